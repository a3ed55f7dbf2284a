#include "kernels/theory/linked_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "kernels/theory/argument_check.h"
#include "kernels/theory/train.h"

namespace raffinate::kernels::theory {
namespace {

/// Sections with less than this run dry: smallest flux below a feed and of scrub above it, as a
/// share of what is fed to the split.
constexpr double kLeastShare = 0.02;

double Sum(const std::vector<double>& amounts) {
  return std::accumulate(amounts.begin(), amounts.end(), 0.0);
}

class Planner {
 public:
  Planner(const MixtureFeed& feed, const std::vector<std::size_t>& cuts, const LinkedChoice& choice)
      : feed_(feed), choice_(choice) {
    for (std::size_t i = 0; i < feed.beta.size(); ++i) {
      if (feed.moles[i] > 0) order_.push_back(i);
    }
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return feed.beta[a] > feed.beta[b]; });
    edges_.push_back(0);
    edges_.insert(edges_.end(), cuts.begin(), cuts.end());
    edges_.push_back(order_.size());
  }

  Answer<LinkedPlan> Plan(double bound) {
    LinkedPlan plan;
    plan.least = bound;
    const std::size_t products = edges_.size() - 1;
    const double total = Sum(feed_.moles);
    for (std::size_t p = 0; p < products; ++p) {
      double amount = 0;
      for (std::size_t r = edges_[p]; r < edges_[p + 1]; ++r) amount += feed_.moles[order_[r]];
      plan.products.push_back(amount / total);
    }
    std::size_t inner = 0;
    for (std::size_t level = 0; level + 1 < products; ++level) {
      const bool last = level + 2 == products;
      std::vector<LinkedSplit> splits;
      std::vector<double> steps;
      for (std::size_t place = 0; place <= level; ++place) {
        LinkedSplit split;
        split.level = level;
        split.place = place;
        split.first = place;
        split.last = place + products - 1 - level;
        split.organic_key = order_[edges_[split.first + 1] - 1];
        split.aqueous_key = order_[edges_[split.last]];
        double step = Feed(plan, &split);
        const double shift =
            last || inner >= choice_.inner_shift.size() ? 0 : choice_.inner_shift[inner];
        if (std::string wrong = Divide(step, shift, &split); !wrong.empty()) {
          return Reason{"level " + std::to_string(level) + ", split " + std::to_string(place) +
                        ": " + wrong};
        }
        if (!last) {
          const double ratio = inner < choice_.inner_ratio.size() ? choice_.inner_ratio[inner]
                                                                  : choice_.organic_ratio;
          SetFluxes(Floor(split, step) + (ratio - 1) * split.least_organic_above, step, &split);
          ++inner;
        }
        steps.push_back(step);
        splits.push_back(std::move(split));
      }
      if (last) Stack(steps, &splits, &plan);
      plan.levels.push_back(std::move(splits));
    }
    return plan;
  }

 private:
  // What the level before sends to the split, and the organic that joins with it.
  double Feed(const LinkedPlan& plan, LinkedSplit* split) const {
    const std::size_t components = feed_.beta.size();
    split->feed.assign(components, 0.0);
    if (split->level == 0) {
      const double total = Sum(feed_.moles);
      for (std::size_t i = 0; i < components; ++i) split->feed[i] = feed_.moles[i] / total;
      return feed_.organic_step();
    }
    const std::vector<LinkedSplit>& before = plan.levels.back();
    double step = 0;
    if (split->place < before.size()) {
      const LinkedSplit& lower = before[split->place];  // sends its organic product up
      step += lower.organic_above;
      for (std::size_t i = 0; i < components; ++i) split->feed[i] += lower.organic_product[i];
    }
    if (split->place > 0) {
      const LinkedSplit& upper = before[split->place - 1];  // sends its raffinate down
      step -= upper.organic_below;
      for (std::size_t i = 0; i < components; ++i) split->feed[i] += upper.aqueous_product[i];
    }
    return step;
  }

  // Shares of the components that go up with the least organic, as far as `shift` lets them, and
  // that least.
  std::string Divide(double step, double shift, LinkedSplit* split) const {
    const double total = Sum(split->feed);
    const MixtureFeed mixture{feed_.beta, split->feed, 0, -step / total};
    std::optional<std::vector<double>> best;
    double least = std::numeric_limits<double>::infinity();
    std::string reason;
    // Between which keys the products in between distribute: most often those of the split. Where
    // one of them would rather not, it goes with its neighbour, and the keys move together.
    const std::size_t light = edges_[split->first + 1] - 1, heavy = edges_[split->last];
    for (std::size_t upper = light; upper < heavy; ++upper) {
      for (std::size_t lower = heavy; lower > upper; --lower) {
        const KeySplit keys{order_[upper], order_[lower], 1, 1};
        if (split->feed[keys.organic_key] <= 0 || split->feed[keys.aqueous_key] <= 0) continue;
        const auto fluxes = MinimumFluxesForKeys(mixture, keys);
        if (!fluxes) {
          if (reason.empty()) reason = fluxes.reason();
          continue;
        }
        std::vector<double> recovery(feed_.beta.size(), 0.0);
        for (std::size_t i = 0; i < recovery.size(); ++i) {
          if (split->feed[i] <= 0) continue;
          recovery[i] = std::clamp(fluxes->organic_product[i] * total / split->feed[i], 0.0, 1.0);
        }
        const auto all = MinimumFluxesForSplit(mixture, recovery);
        if (!all || !(all->organic_above_feed < least * (1 - 1e-12))) continue;
        least = all->organic_above_feed;
        best = std::move(recovery);
      }
    }
    if (!best) return reason.empty() ? "the split needs no battery" : reason;
    // Sharp to the last digit.
    for (std::size_t rank = 0; rank < order_.size(); ++rank) {
      if (rank <= light) (*best)[order_[rank]] = 1;
      if (rank >= heavy) (*best)[order_[rank]] = 0;
    }
    for (std::size_t rank = light + 1; rank < heavy; ++rank) {
      double& share = (*best)[order_[rank]];
      share += shift > 0 ? shift * (1 - share) : shift * share;
    }
    if (shift != 0) {
      const auto shifted = MinimumFluxesForSplit(mixture, *best);
      if (!shifted) return shifted.reason();
      least = shifted->organic_above_feed;
    }
    split->least_organic_above = least * total;
    split->organic_product.resize(best->size());
    split->aqueous_product.resize(best->size());
    for (std::size_t i = 0; i < best->size(); ++i) {
      split->organic_product[i] = (*best)[i] * split->feed[i];
      split->aqueous_product[i] = split->feed[i] - split->organic_product[i];
    }
    return {};
  }

  // The organic above the feed with which all four fluxes are there.
  static double Floor(const LinkedSplit& split, double step) {
    const double small = kLeastShare * Sum(split.feed);
    return std::max({split.least_organic_above, step + small, Sum(split.organic_product) + small});
  }

  static void SetFluxes(double organic_above, double step, LinkedSplit* split) {
    split->organic_above = organic_above;
    split->organic_below = organic_above - step;
    split->aqueous_above = organic_above - Sum(split->organic_product);
    split->aqueous_below = split->organic_below + Sum(split->aqueous_product);
  }

  // The last level: what leaves a split as organic is what the next one above receives, since
  // products are drawn from the aqueous; one fresh organic serves all.
  void Stack(const std::vector<double>& steps, std::vector<LinkedSplit>* splits,
             LinkedPlan* plan) const {
    double least = 0, joined = 0;
    for (std::size_t i = splits->size(); i-- > 0;) {
      joined += steps[i];
      least = std::max(least, Floor((*splits)[i], steps[i]) - joined);
    }
    plan->organic = choice_.organic_ratio * least;
    double above = plan->organic;
    for (std::size_t i = splits->size(); i-- > 0;) {
      above += steps[i];
      SetFluxes(above, steps[i], &(*splits)[i]);
    }
    plan->scrub = splits->front().aqueous_above;
  }

  const MixtureFeed& feed_;
  const LinkedChoice& choice_;
  std::vector<std::size_t> order_;  // components fed, by falling beta
  std::vector<std::size_t> edges_;  // of the products, as ranks
};

}  // namespace

Answer<LinkedPlan> PlanLinkedTrain(const MixtureFeed& feed, const std::vector<std::size_t>& cuts,
                                   const LinkedChoice& choice) {
  const auto bound = LinkedTrainMinimum(feed, cuts);
  if (!bound) return Reason{bound.reason()};
  ArgumentCheck check;
  const std::size_t inner = InnerSplits(cuts.size() + 1);
  check.Require(choice.organic_ratio > 1 && std::isfinite(choice.organic_ratio), "organic_ratio",
                choice.organic_ratio, "a finite number above 1");
  for (const double ratio : choice.inner_ratio) {
    check.Require(ratio > 1 && std::isfinite(ratio), "inner_ratio", ratio,
                  "a finite number above 1");
  }
  for (const double shift : choice.inner_shift) {
    check.Require(shift >= -1 && shift <= 1, "inner_shift", shift, "in [-1, 1]");
  }
  check.Require(choice.inner_ratio.size() <= inner && choice.inner_shift.size() <= inner,
                "inner_ratio, inner_shift: found " + std::to_string(choice.inner_ratio.size()) +
                    " and " + std::to_string(choice.inner_shift.size()) +
                    " entries, must be at most the number of inner splits (" +
                    std::to_string(inner) + ")");
  if (check.failed()) return check.reason();
  return Planner(feed, cuts, choice).Plan(bound->organic);
}

Answer<double> StagesForFlux(double flux, double least_flux, double least_stages) {
  ArgumentCheck check;
  check.Require(least_flux >= 0, "least_flux", least_flux, "at least 0");
  check.Require(flux > least_flux && std::isfinite(flux), "flux", flux,
                "finite and above least_flux");
  check.Require(least_stages > 0 && std::isfinite(least_stages), "least_stages", least_stages,
                "a finite number above 0");
  if (check.failed()) return check.reason();
  const double x = (flux - least_flux) / flux;
  const double y = 1 - std::exp((1 + 54.4 * x) / (11 + 117.2 * x) * (x - 1) / std::sqrt(x));
  return (least_stages + y) / (1 - y);
}

}  // namespace raffinate::kernels::theory
