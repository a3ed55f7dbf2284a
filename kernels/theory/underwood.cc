#include "kernels/theory/underwood.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "kernels/theory/argument_check.h"

namespace raffinate::kernels::theory {
namespace {

std::string Index(const char* name, std::size_t index) {
  return std::string(name) + "[" + std::to_string(index) + "]";
}

ArgumentCheck Check(const MixtureFeed& feed) {
  ArgumentCheck check;
  check.Require(feed.beta.size() >= 2, "beta: found " + std::to_string(feed.beta.size()) +
                                           " components, must be at least 2");
  check.Require(feed.beta.size() == feed.moles.size(),
                "moles: found " + std::to_string(feed.moles.size()) +
                    " components, must be as many as beta (" + std::to_string(feed.beta.size()) +
                    ")");
  for (std::size_t i = 0; i < feed.beta.size(); ++i) {
    check.Require(feed.beta[i] > 0 && std::isfinite(feed.beta[i]), Index("beta", i), feed.beta[i],
                  "a finite number above 0");
  }
  for (std::size_t i = 0; i < feed.moles.size(); ++i) {
    check.Require(feed.moles[i] >= 0 && std::isfinite(feed.moles[i]), Index("moles", i),
                  feed.moles[i], "a finite number of at least 0");
  }
  check.Require(feed.organic_share >= 0 && feed.organic_share <= 1, "organic_share",
                feed.organic_share, "in [0, 1]");
  check.Require(std::isfinite(feed.acid), "acid", feed.acid, "a finite number");
  return check;
}

// The components fed, by falling beta: their indices in the feed.
std::vector<std::size_t> FedByBeta(const MixtureFeed& feed) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < feed.beta.size(); ++i) {
    if (feed.moles[i] > 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return feed.beta[a] > feed.beta[b]; });
  return order;
}

// The feed as the equations want it: falling beta relative to one of them, mole fractions.
struct Sorted {
  std::vector<double> beta, z;
  double organic_step = 0;
};

// A root is kept as its distance from the nearer pole: next to a pole phi itself has no digits left
// of beta - phi.
struct Root {
  std::size_t pole = 0;
  double offset = 0;  // phi - beta[pole]

  double Below(double beta, const Sorted& feed) const {  // beta - phi
    return (beta - feed.beta[pole]) - offset;
  }
};

// The root between neighbours `upper` and `upper + 1` of distinct beta. The feed equation rises
// from minus to plus infinity there, so it has exactly one.
Root RootBetween(const Sorted& feed, std::size_t upper) {
  const double high = feed.beta[upper], low = feed.beta[upper + 1];
  auto evaluate = [&](const Root& root, double* slope) {
    double value = -feed.organic_step;
    *slope = 0;
    for (std::size_t i = 0; i < feed.beta.size(); ++i) {
      const double gap = root.Below(feed.beta[i], feed);
      const double term = feed.beta[i] * feed.z[i] / gap;
      value += term;
      *slope += term / gap;
    }
    return value;
  };
  const double half = 0.5 * (high - low);
  double slope = 0;
  Root root{upper + 1, half};
  double inner = 0, outer = half;  // bracket of |offset|
  if (evaluate(root, &slope) < 0) root = Root{upper, -half};
  const double sign = root.offset > 0 ? 1 : -1;
  for (int step = 0; step < 2000; ++step) {
    const double size = std::fabs(root.offset);
    const double value = evaluate(root, &slope);
    if (value == 0) break;
    // Rising in phi: too high a value means that phi is too large.
    ((value > 0) == (sign > 0) ? outer : inner) = size;
    // Newton on offset * value, which has no pole at the reference.
    double next = sign * (root.offset - root.offset * value / (value + root.offset * slope));
    if (!(next > inner && next < outer)) {
      next = inner > 0 && outer > 4 * inner ? std::sqrt(inner * outer) : 0.5 * (inner + outer);
    }
    root.offset = sign * next;
    if (std::fabs(next - size) <= 2e-16 * size || next <= inner || next >= outer) break;
  }
  return root;
}

// Gaussian elimination with partial pivoting; the matrices have one row per root between the keys.
std::vector<double> SolveLinear(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t r = k + 1; r < n; ++r) {
      if (std::fabs(a[r][k]) > std::fabs(a[pivot][k])) pivot = r;
    }
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t r = k + 1; r < n; ++r) {
      const double factor = a[r][k] / a[k][k];
      for (std::size_t c = k; c < n; ++c) a[r][c] -= factor * a[k][c];
      b[r] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t c = k + 1; c < n; ++c) b[k] -= a[k][c] * b[c];
    b[k] /= a[k][k];
  }
  return b;
}

// `order` as FedByBeta gives it; beta is taken relative to that of component `reference`.
Sorted SortFeed(const MixtureFeed& feed, const std::vector<std::size_t>& order,
                std::size_t reference) {
  Sorted sorted;
  sorted.organic_step = feed.organic_step();
  double total = 0;
  for (const std::size_t i : order) total += feed.moles[i];
  for (const std::size_t i : order) {
    sorted.beta.push_back(feed.beta[i] / feed.beta[reference]);
    sorted.z.push_back(feed.moles[i] / total);
  }
  return sorted;
}

Reason NoBattery(double organic, double scrub) {
  return Reason{"split: found an organic flux of " + Number(organic) + " and a scrub flux of " +
                Number(scrub) +
                ", must both be at least 0; this feed meets the recoveries with one section alone"};
}

// `light` < `heavy` are the keys' ranks by falling beta among the components fed.
Answer<MinimumFluxes> Solve(const MixtureFeed& feed, const std::vector<std::size_t>& order,
                            std::size_t light, std::size_t heavy, double light_recovery,
                            double heavy_recovery) {
  const Sorted sorted = SortFeed(feed, order, order[heavy]);
  // Components of equal beta cannot be told apart and distribute alike: no root lies between them,
  // so the first of each run of equals between the keys stands for the run.
  std::vector<std::size_t> runs;  // first rank of each run strictly between the keys
  std::vector<Root> roots;
  for (std::size_t k = light; k < heavy; ++k) {
    if (sorted.beta[k] == sorted.beta[k + 1]) continue;
    roots.push_back(RootBetween(sorted, k));
    if (sorted.beta[k + 1] != sorted.beta[heavy]) runs.push_back(k + 1);
  }
  auto product_share = [&](std::size_t k) -> double {  // outside the open interval of the keys
    if (sorted.beta[k] > sorted.beta[light]) return 1;
    if (sorted.beta[k] == sorted.beta[light]) return light_recovery;
    return sorted.beta[k] == sorted.beta[heavy] ? 1 - heavy_recovery : 0;
  };
  auto between = [&](std::size_t k) {
    return sorted.beta[k] < sorted.beta[light] && sorted.beta[k] > sorted.beta[heavy];
  };
  // Unknowns: organic flux above the feed, then the share of each run that goes with the organic.
  const std::size_t n = roots.size();
  std::vector<std::vector<double>> matrix(n, std::vector<double>(n, 0.0));
  std::vector<double> right(n, 0.0);
  for (std::size_t r = 0; r < n; ++r) {
    matrix[r][0] = 1;
    for (std::size_t k = 0; k < sorted.beta.size(); ++k) {
      const double term = sorted.beta[k] * sorted.z[k] / roots[r].Below(sorted.beta[k], sorted);
      if (!between(k)) {
        right[r] += product_share(k) * term;
        continue;
      }
      std::size_t run = 0;
      while (sorted.beta[runs[run]] != sorted.beta[k]) ++run;
      matrix[r][1 + run] -= term;
    }
  }
  const std::vector<double> solution = SolveLinear(std::move(matrix), std::move(right));

  MinimumFluxes fluxes;
  fluxes.organic_product.assign(feed.beta.size(), 0.0);
  double organic_product = 0;
  for (std::size_t k = 0; k < sorted.beta.size(); ++k) {
    double share = 0;
    if (between(k)) {
      std::size_t run = 0;
      while (sorted.beta[runs[run]] != sorted.beta[k]) ++run;
      share = solution[1 + run];
      if (!(share > -1e-9 && share < 1 + 1e-9)) {
        return Reason{"split: component " + std::to_string(order[k]) +
                      " between the keys would not distribute (share with the organic " +
                      Number(share) + "); make it a key"};
      }
      share = std::clamp(share, 0.0, 1.0);
    } else {
      share = product_share(k);
    }
    fluxes.organic_product[order[k]] = share * sorted.z[k];
    organic_product += share * sorted.z[k];
  }
  fluxes.organic_above_feed = solution[0];
  fluxes.organic = solution[0] - feed.organic_step();
  fluxes.scrub = solution[0] - organic_product;
  fluxes.aqueous_below_feed = fluxes.scrub + 1 - feed.organic_step();
  for (const Root& root : roots) {
    fluxes.roots.push_back((sorted.beta[root.pole] + root.offset) * feed.beta[order[heavy]]);
  }
  if (!(fluxes.organic >= 0 && fluxes.scrub >= 0)) return NoBattery(fluxes.organic, fluxes.scrub);
  return fluxes;
}

}  // namespace

Answer<MinimumFluxes> MinimumFluxesForKeys(const MixtureFeed& feed, const KeySplit& split) {
  ArgumentCheck check = Check(feed);
  const std::pair<const char*, std::size_t> keys[] = {{"organic_key", split.organic_key},
                                                      {"aqueous_key", split.aqueous_key}};
  for (const auto& [name, key] : keys) {
    const bool known = key < feed.beta.size() && key < feed.moles.size();
    check.Require(known, std::string(name) + ": found " + std::to_string(key) +
                             ", must be the index of a component");
    check.Require(!known || feed.moles[key] != 0,
                  std::string(name) + ": component " + std::to_string(key) + " is not fed");
  }
  check.Require(split.organic_recovery > 0 && split.organic_recovery <= 1, "organic_recovery",
                split.organic_recovery, "in (0, 1]");
  check.Require(split.aqueous_recovery > 0 && split.aqueous_recovery <= 1, "aqueous_recovery",
                split.aqueous_recovery, "in (0, 1]");
  if (check.failed()) return check.reason();
  check.Require(feed.beta[split.organic_key] > feed.beta[split.aqueous_key],
                "organic_key: beta " + Number(feed.beta[split.organic_key]) +
                    " must be above that of aqueous_key (" + Number(feed.beta[split.aqueous_key]) +
                    ")");
  check.Require(split.organic_recovery + split.aqueous_recovery > 1,
                "organic_recovery + aqueous_recovery",
                split.organic_recovery + split.aqueous_recovery, "above 1: nothing is separated");
  if (check.failed()) return check.reason();
  const std::vector<std::size_t> order = FedByBeta(feed);
  const auto rank = [&](std::size_t key) {
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), key) - order.begin());
  };
  return Solve(feed, order, rank(split.organic_key), rank(split.aqueous_key),
               split.organic_recovery, split.aqueous_recovery);
}

Answer<MinimumFluxes> MinimumFluxesForCut(const MixtureFeed& feed, std::size_t cut) {
  ArgumentCheck check = Check(feed);
  if (check.failed()) return check.reason();
  const std::vector<std::size_t> order = FedByBeta(feed);
  if (cut < 1 || cut >= order.size()) {
    return Reason{"cut: found " + std::to_string(cut) +
                  ", must be at least 1 and below the number of components fed (" +
                  std::to_string(order.size()) + ")"};
  }
  if (feed.beta[order[cut - 1]] == feed.beta[order[cut]]) {
    return Reason{"cut: components " + std::to_string(order[cut - 1]) + " and " +
                  std::to_string(order[cut]) + " have the same beta (" +
                  Number(feed.beta[order[cut]]) + ") and cannot be separated"};
  }
  return Solve(feed, order, cut - 1, cut, 1, 1);
}

Answer<SplitFluxes> MinimumFluxesForSplit(const MixtureFeed& feed,
                                          const std::vector<double>& organic_recovery) {
  ArgumentCheck check = Check(feed);
  check.Require(organic_recovery.size() == feed.moles.size(),
                "organic_recovery: found " + std::to_string(organic_recovery.size()) +
                    " components, must be as many as moles (" + std::to_string(feed.moles.size()) +
                    ")");
  for (std::size_t i = 0; i < organic_recovery.size(); ++i) {
    check.Require(organic_recovery[i] >= 0 && organic_recovery[i] <= 1,
                  Index("organic_recovery", i), organic_recovery[i], "in [0, 1]");
  }
  if (check.failed()) return check.reason();
  const std::vector<std::size_t> order = FedByBeta(feed);
  if (order.empty() || feed.beta[order.front()] == feed.beta[order.back()]) {
    return Reason{"beta: found " + std::to_string(order.size()) +
                  " components that are fed, all alike; nothing can be separated"};
  }
  const Sorted sorted = SortFeed(feed, order, order.back());
  double organic_product = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    organic_product += organic_recovery[order[k]] * sorted.z[k];
  }
  SplitFluxes fluxes;
  bool first = true;
  for (std::size_t k = 0; k + 1 < order.size(); ++k) {
    if (sorted.beta[k] == sorted.beta[k + 1]) continue;
    const Root root = RootBetween(sorted, k);
    double flux = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      flux += sorted.beta[i] * sorted.z[i] * organic_recovery[order[i]] /
              root.Below(sorted.beta[i], sorted);
    }
    if (!first && !(flux > fluxes.organic_above_feed)) continue;
    first = false;
    fluxes.organic_above_feed = flux;
    fluxes.root = (sorted.beta[root.pole] + root.offset) * feed.beta[order.back()];
    fluxes.organic_key = order[k];
    fluxes.aqueous_key = order[k + 1];
  }
  fluxes.organic = fluxes.organic_above_feed - feed.organic_step();
  fluxes.scrub = fluxes.organic_above_feed - organic_product;
  if (!(fluxes.organic >= 0 && fluxes.scrub >= 0)) return NoBattery(fluxes.organic, fluxes.scrub);
  return fluxes;
}

}  // namespace raffinate::kernels::theory
