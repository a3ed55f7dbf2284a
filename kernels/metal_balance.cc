#include "kernels/metal_balance.h"

#include <cstddef>
#include <vector>

namespace raffinate::kernels {

Shortage FindShortage(const Cascade& c) {
  if (c.law != Law::kConstantBeta || c.recycle > 0) return {};
  const int n = c.stages();
  const std::size_t m = c.components.size();
  const auto totals = [&](const Feeds& feeds) {
    std::vector<double> fed(static_cast<std::size_t>(n));
    for (const Feed& feed : feeds) fed[static_cast<std::size_t>(feed.at) / m] += feed.amount;
    return fed;
  };
  const std::vector<double> fed_up = totals(c.feed_up), fed_down = totals(c.feed_down);
  double up = 0, all = 0;
  std::vector<double> from_below(static_cast<std::size_t>(n));
  for (int j = 0; j < n; ++j) {
    const StageFlows& f = c.flows[j];
    if (f.aq_up > 0 || f.org_down > 0 || f.bypass_up > 0 || f.bypass_draw > 0) return {};
    const double fresh = fed_up[j];
    all += fresh;
    from_below[j] = up + fresh;
    up = f.org_up * c.extractant[j];
  }
  Shortage shortage;
  double down = 0;
  for (int j = n - 1; j >= 0; --j) {
    const StageFlows& f = c.flows[j];
    const double fresh = fed_down[j];
    all += fresh;
    double dissolved = from_below[j] + down + fresh - (f.org_up + f.org_draw) * c.extractant[j];
    if (!(dissolved > 0)) {
      if (shortage.stage < 0) shortage.stage = j;
      shortage.metal -= dissolved;
      dissolved = 0;
    }
    down = dissolved * f.aq_down / (f.aq_down + f.aq_draw);
  }
  // Nothing fed at all lacks everything.
  shortage.metal = all > 0 ? shortage.metal / all : (shortage.stage < 0 ? 0 : 1);
  return shortage;
}

}  // namespace raffinate::kernels
