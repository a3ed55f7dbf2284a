#include "kernels/theory/train.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <string>

#include "kernels/theory/argument_check.h"

namespace raffinate::kernels::theory {
namespace {

// Refuses what would make the cuts of a train meaningless; whether each cut can be made is asked of
// MinimumFluxesForCut on the whole feed, which knows all reasons.
Answer<std::vector<double>> FluxPerCut(const MixtureFeed& feed,
                                       const std::vector<std::size_t>& cuts) {
  if (cuts.empty()) return Reason{"cuts: found none, must be at least one"};
  std::vector<double> fluxes;
  for (const std::size_t cut : cuts) {
    const Answer<MinimumFluxes> flux = MinimumFluxesForCut(feed, cut);
    if (!flux) return Reason{flux.reason()};
    fluxes.push_back(flux->organic);
  }
  return fluxes;
}

std::string CheckRising(const std::vector<std::size_t>& cuts) {
  for (std::size_t k = 1; k < cuts.size(); ++k) {
    if (cuts[k] <= cuts[k - 1]) {
      return "cuts: found " + std::to_string(cuts[k]) + " after " + std::to_string(cuts[k - 1]) +
             ", must rise";
    }
  }
  return {};
}

// The batteries that a train can be made of.
class Batteries {
 public:
  Batteries(const MixtureFeed& feed, const std::vector<std::size_t>& cuts, Handover handover)
      : feed_(feed), handover_(handover) {
    for (std::size_t i = 0; i < feed.beta.size(); ++i) {
      if (feed.moles[i] > 0) order_.push_back(i);
    }
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return feed.beta[a] > feed.beta[b]; });
    for (const std::size_t i : order_) total_ += feed.moles[i];
    edges_ = cuts;
    edges_.insert(edges_.begin(), 0);
    edges_.push_back(order_.size());
  }

  std::size_t products() const { return edges_.size() - 1; }

  // The battery that splits products first..last after product `cut`. `organic` says whether they
  // come as an organic product; the feed of the train comes as the train's feed does.
  Answer<Battery> Make(std::size_t first, std::size_t last, std::size_t cut, bool organic) const {
    MixtureFeed group;
    double amount = 0;
    for (std::size_t rank = edges_[first]; rank < edges_[last + 1]; ++rank) {
      group.beta.push_back(feed_.beta[order_[rank]]);
      group.moles.push_back(feed_.moles[order_[rank]]);
      amount += group.moles.back();
    }
    const bool whole = first == 0 && last + 1 == products();
    group.organic_share = whole ? feed_.organic_share : organic ? 1 : 0;
    group.acid = whole ? feed_.acid : 0;
    const Answer<MinimumFluxes> fluxes =
        MinimumFluxesForCut(group, edges_[cut + 1] - edges_[first]);
    if (!fluxes) return Reason{fluxes.reason()};
    const double counted =
        handover_ == Handover::kOrganicAboveFeed ? fluxes->organic_above_feed : fluxes->organic;
    return Battery{cut, first, last, group.organic_share > 0, counted * amount / total_};
  }

  // Whether the product that goes on with the organic meets the next battery as organic.
  bool organic_goes_on() const { return handover_ != Handover::kStripped; }

 private:
  const MixtureFeed& feed_;
  Handover handover_;
  std::vector<std::size_t> order_;
  std::vector<std::size_t> edges_;
  double total_ = 0;
};

}  // namespace

Answer<LinkedTrain> LinkedTrainMinimum(const MixtureFeed& feed,
                                       const std::vector<std::size_t>& cuts) {
  const std::string problem = CheckRising(cuts);
  if (!problem.empty()) return Reason{problem};
  const Answer<std::vector<double>> fluxes = FluxPerCut(feed, cuts);
  if (!fluxes) return Reason{fluxes.reason()};
  const auto worst = std::max_element(fluxes->begin(), fluxes->end());
  return LinkedTrain{*worst, static_cast<std::size_t>(worst - fluxes->begin()), *fluxes};
}

Answer<UnlinkedTrain> UnlinkedTrainMinimum(const MixtureFeed& feed,
                                           const std::vector<std::size_t>& order,
                                           Handover handover) {
  std::vector<std::size_t> cuts = order;
  std::sort(cuts.begin(), cuts.end());
  for (std::size_t k = 1; k < cuts.size(); ++k) {
    if (cuts[k] == cuts[k - 1]) {
      return Reason{"order: found cut " + std::to_string(cuts[k]) + " twice, must be once"};
    }
  }
  const Answer<std::vector<double>> fluxes = FluxPerCut(feed, cuts);
  if (!fluxes) return Reason{fluxes.reason()};
  const Batteries batteries(feed, cuts, handover);
  // Groups of products not yet cut apart, and how each is delivered.
  struct Group {
    std::size_t first, last;
    bool organic;
  };
  std::vector<Group> groups = {{0, batteries.products() - 1, false}};
  UnlinkedTrain train;
  for (const std::size_t value : order) {
    const std::size_t cut =
        static_cast<std::size_t>(std::find(cuts.begin(), cuts.end(), value) - cuts.begin());
    const auto group = std::find_if(groups.begin(), groups.end(),
                                    [&](const Group& g) { return g.first <= cut && cut < g.last; });
    const Group parent = *group;
    const Answer<Battery> battery = batteries.Make(parent.first, parent.last, cut, parent.organic);
    if (!battery) return Reason{battery.reason()};
    train.organic += battery->organic;
    train.batteries.push_back(*battery);
    *group = {parent.first, cut, batteries.organic_goes_on()};
    groups.push_back({cut + 1, parent.last, false});
  }
  return train;
}

Answer<UnlinkedTrain> BestUnlinkedTrain(const MixtureFeed& feed,
                                        const std::vector<std::size_t>& cuts, Handover handover) {
  const std::string problem = CheckRising(cuts);
  if (!problem.empty()) return Reason{problem};
  const Answer<std::vector<double>> fluxes = FluxPerCut(feed, cuts);
  if (!fluxes) return Reason{fluxes.reason()};
  const Batteries batteries(feed, cuts, handover);
  const std::size_t n = batteries.products();

  // best[first][last][organic]: the least flux that separates the group, and its first battery.
  struct Choice {
    double organic = 0;
    std::optional<Battery> battery;
  };
  std::vector<Choice> best(n * n * 2);
  const auto at = [n](std::size_t first, std::size_t last, bool organic) {
    return (first * n + last) * 2 + (organic ? 1 : 0);
  };
  for (std::size_t length = 2; length <= n; ++length) {
    for (std::size_t first = 0; first + length <= n; ++first) {
      const std::size_t last = first + length - 1;
      for (const bool organic : {false, true}) {
        Choice& choice = best[at(first, last, organic)];
        choice.organic = std::numeric_limits<double>::infinity();
        for (std::size_t cut = first; cut < last; ++cut) {
          const Answer<Battery> battery = batteries.Make(first, last, cut, organic);
          if (!battery) return Reason{battery.reason()};
          const double sum = battery->organic +
                             best[at(first, cut, batteries.organic_goes_on())].organic +
                             best[at(cut + 1, last, false)].organic;
          if (sum < choice.organic) choice = {sum, *battery};
        }
      }
    }
  }
  UnlinkedTrain train;
  train.organic = best[at(0, n - 1, false)].organic;
  const std::function<void(std::size_t, std::size_t, bool)> collect =
      [&](std::size_t first, std::size_t last, bool organic) {
        if (first == last) return;
        const Battery battery = *best[at(first, last, organic)].battery;
        train.batteries.push_back(battery);
        collect(first, battery.cut, batteries.organic_goes_on());
        collect(battery.cut + 1, last, false);
      };
  collect(0, n - 1, false);
  return train;
}

}  // namespace raffinate::kernels::theory
