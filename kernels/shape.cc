#include "kernels/shape.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace raffinate::kernels {
namespace {

/// Whether all are finite and, where `signs` is set, none below zero. By bits and without an
/// early exit, so that it runs at the speed of memory: this is done for every task.
bool AllFinite(std::span<const double> values, bool signs) {
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63, kExponentUnit = std::uint64_t{1} << 52;
  const std::uint64_t keep = signs ? ~std::uint64_t{0} : ~kSign;
  // The sign bit of the sum is set by a sign, and by an exponent of all ones.
  std::uint64_t seen = 0;
  for (const double v : values) seen |= (std::bit_cast<std::uint64_t>(v) & keep) + kExponentUnit;
  if ((seen & kSign) == 0) return true;
  // Minus zero is no negative number.
  return std::all_of(values.begin(), values.end(),
                     [&](double v) { return std::isfinite(v) && !(signs && v < 0); });
}

/// What is wrong with feeds of a cascade of `size` pairs of stage and component; empty: nothing.
const char* CheckFeeds(const Feeds& feeds, long size) {
  long last = -1;
  for (const Feed& feed : feeds) {
    if (!(feed.amount >= 0 && feed.amount <= std::numeric_limits<double>::max())) {
      return "feeds must be finite and not negative";
    }
    if (feed.at <= last || feed.at >= size) {
      return "feeds must lie within the cascade, in its order and none twice";
    }
    last = feed.at;
  }
  return "";
}

/// What is wrong with the flows of a stage; empty: nothing.
const char* CheckFlows(const StageFlows& f) {
  const double aqueous = f.aq_up + f.aq_down + f.aq_draw;
  const double organic = f.org_up + f.org_down + f.org_draw;
  const double all = aqueous + organic + f.bypass_up + f.bypass_draw;
  const double least = std::min({f.aq_up, f.aq_down, f.aq_draw, f.org_up, f.org_down, f.org_draw,
                                 f.bypass_up, f.bypass_draw});
  if (!(least >= 0) || !(all <= std::numeric_limits<double>::max())) {
    return "flows must be finite and not negative";
  }
  if (!(aqueous > 0)) return "a stage has no aqueous phase";
  if (!(organic > 0)) return "a stage has no organic phase";
  if (!(f.bypass_up + f.bypass_draw < 1)) return "a stage has no contact between the phases";
  return "";
}

/// Whether CheckFlows finds nothing in any stage. False also for minus zero; without a
/// branch per stage.
bool FlowsAreGood(const std::vector<StageFlows>& flows) {
  const auto bits = [](double v) { return std::bit_cast<std::uint64_t>(v); };
  std::uint64_t signs = 0;
  bool good = true;
  for (const StageFlows& f : flows) {
    const double aqueous = f.aq_up + f.aq_down + f.aq_draw;
    const double organic = f.org_up + f.org_down + f.org_draw;
    const double bypass = f.bypass_up + f.bypass_draw;
    signs |= bits(f.aq_up) | bits(f.aq_down) | bits(f.aq_draw) | bits(f.org_up) | bits(f.org_down) |
             bits(f.org_draw) | bits(f.bypass_up) | bits(f.bypass_draw);
    good &= (aqueous > 0) & (organic > 0) & (bypass < 1) &
            (aqueous + organic + bypass <= std::numeric_limits<double>::max());
  }
  return good && signs >> 63 == 0;
}

bool HasBypass(const Cascade& c) {
  return std::any_of(c.flows.begin(), c.flows.end(),
                     [](const StageFlows& f) { return f.bypass_up + f.bypass_draw > 0; });
}

/// Whether the cascade can share a lane group with others of the shape: lanes
/// must agree in everything that decides control flow, and nothing a lane
/// computes may depend on its neighbours.
bool Fits(const Cascade& c, bool bypass, const detail::Shape& s) {
  if (c.size() != s.components || (c.law == Law::kMassAction) != s.mass_action ||
      (c.law == Law::kConstantD) != s.linear || bypass != s.bypass ||
      (c.recycle > 0) != s.recycle || (c.law == Law::kTable) != (s.table != nullptr)) {
    return false;
  }
  if (c.law == Law::kTable) {
    return c.table.get() == s.table || SameTable(*c.table, *s.table, s.components);
  }
  for (int i = 0; i < s.components; ++i) {
    if (c.components[i].charge != s.charge[i] || c.components[i].dimers != s.dimers[i]) {
      return false;
    }
  }
  return true;
}

detail::Shape ShapeOf(const Cascade& c, bool bypass) {
  detail::Shape s;
  s.components = c.size();
  s.mass_action = c.law == Law::kMassAction;
  s.linear = c.law == Law::kConstantD;
  s.bypass = bypass;
  s.recycle = c.recycle > 0;
  s.whole_powers = s.mass_action;
  s.one_wave = c.law == Law::kMassAction || c.law == Law::kConstantBeta;
  s.masters = c.masters();
  if (c.law == Law::kTable) s.table = c.table.get();
  for (int i = 0; i < s.components; ++i) {
    s.charge[i] = c.components[i].charge;
    s.dimers[i] = c.components[i].dimers;
    s.one_wave = s.one_wave && s.charge[i] == (s.mass_action ? s.dimers[i] : 0.0);
    s.whole_powers = s.whole_powers && s.charge[i] == std::floor(s.charge[i]) &&
                     s.dimers[i] == std::floor(s.dimers[i]);
    int g = 0;
    while (g < s.groups && (s.group_charge[g] != s.charge[i] || s.group_dimers[g] != s.dimers[i])) {
      ++g;
    }
    if (g == s.groups) {
      s.group_charge[g] = s.charge[i];
      s.group_dimers[g] = s.dimers[i];
      ++s.groups;
    }
    s.group[i] = g;
  }
  return s;
}

std::string CheckTabled(const Cascade& c) {
  const size_t n = c.flows.size(), m = c.components.size();
  if (c.table == nullptr) return "a cascade by a table has none";
  if (auto wrong = CheckTable(*c.table, c.size()); !wrong.empty()) return wrong;
  if (c.totals.size() != n * (c.table->masters - 2)) {
    return "totals do not match the number of stages and master species";
  }
  if (!c.shift.empty() && c.shift.size() != n * m) {
    return "shifts of ln D do not match the number of stages and components";
  }
  if (!AllFinite(c.shift, false)) return "shifts of ln D must be finite";
  if (!AllFinite(c.totals, true)) return "totals must be finite and not negative";
  for (size_t k = 0; k < c.totals.size(); ++k) {
    const Master kind = c.table->kind[k % (c.table->masters - 2) + 2];
    if (kind == Master::kExtractant && !(c.totals[k] > 0)) {
      return "a stage has none of the second extractant";
    }
  }
  return "";
}

}  // namespace

std::string CheckCascade(const Cascade& c) {
  const size_t n = c.flows.size(), m = c.components.size();
  if (n == 0) return "a cascade needs at least one stage";
  if (m == 0) return "a cascade needs at least one component";
  if (m > detail::kMaxComponents) return "more than 32 components";
  if (c.anions.size() != n || c.extractant.size() != n) {
    return "arrays do not match the number of stages";
  }
  for (const Feeds* feeds : {&c.feed_up, &c.feed_down}) {
    if (const char* wrong = CheckFeeds(*feeds, static_cast<long>(n * m)); *wrong != 0) return wrong;
  }
  if (!AllFinite(c.anions, false)) return "anions must be finite";
  if (!AllFinite(c.extractant, true)) return "extractant must be finite and not negative";
  if (c.law != Law::kConstantD) {
    for (double e : c.extractant) {
      if (!(e > 0)) return "a stage has no extractant left to load";
    }
  }
  if (c.law == Law::kTable) {
    if (auto wrong = CheckTabled(c); !wrong.empty()) return wrong;
  }
  if (!(c.recycle >= 0 && c.recycle <= 1)) return "the recycled share must lie in [0, 1]";
  for (const Component& k : c.components) {
    if (!std::isfinite(k.log10_k) || std::abs(k.log10_k) > 100) {
      return "log10 K must lie within [-100, 100]";
    }
    if (!(k.charge >= 0 && k.charge <= 6) || !(k.dimers >= 0 && k.dimers <= 12)) {
      return "charge must lie in [0, 6] and dimers in [0, 12]";
    }
  }
  if (FlowsAreGood(c.flows)) return "";
  for (const StageFlows& f : c.flows) {
    if (const char* wrong = CheckFlows(f); *wrong != 0) return wrong;
  }
  return "";
}

std::vector<ShapeGroup> GroupByShape(std::span<const Task> tasks) {
  std::vector<ShapeGroup> groups;
  size_t last = 0;  // neighbours in a batch are mostly of one shape
  for (size_t t = 0; t < tasks.size(); ++t) {
    const Cascade& c = *tasks[t].cascade;
    if (!CheckCascade(c).empty()) continue;
    const bool bypass = HasBypass(c);
    size_t g = last;
    if (g >= groups.size() || !Fits(c, bypass, groups[g].shape)) {
      g = 0;
      while (g < groups.size() && !Fits(c, bypass, groups[g].shape)) ++g;
    }
    if (g == groups.size()) {
      groups.emplace_back();
      groups.back().shape = ShapeOf(c, bypass);
    }
    last = g;
    groups[g].max_stages = std::max(groups[g].max_stages, c.stages());
    groups[g].order.push_back(static_cast<int>(t));
  }
  for (ShapeGroup& group : groups) {
    std::stable_sort(group.order.begin(), group.order.end(), [&](int a, int b) {
      return tasks[a].cascade->stages() > tasks[b].cascade->stages();
    });
  }
  return groups;
}

}  // namespace raffinate::kernels
