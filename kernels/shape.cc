#include "kernels/shape.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace raffinate::kernels {
namespace {

bool AllFinite(const std::vector<double>& values, bool non_negative) {
  return std::all_of(values.begin(), values.end(),
                     [&](double v) { return std::isfinite(v) && (!non_negative || v >= 0); });
}

}  // namespace

std::string CheckCascade(const Cascade& c) {
  const size_t n = c.flows.size(), m = c.components.size();
  if (n == 0) return "a cascade needs at least one stage";
  if (m == 0) return "a cascade needs at least one component";
  if (m > detail::kMaxComponents) return "more than 32 components";
  if (c.feed_up.size() != n * m || c.feed_down.size() != n * m || c.anions.size() != n ||
      c.extractant.size() != n) {
    return "arrays do not match the number of stages and components";
  }
  if (!AllFinite(c.feed_up, true) || !AllFinite(c.feed_down, true)) {
    return "feeds must be finite and not negative";
  }
  if (!AllFinite(c.anions, false)) return "anions must be finite";
  if (!AllFinite(c.extractant, true)) return "extractant must be finite and not negative";
  if (c.law != Law::kConstantD) {
    for (double e : c.extractant) {
      if (!(e > 0)) return "a stage has no extractant left to load";
    }
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
  for (const StageFlows& f : c.flows) {
    for (double v : {f.aq_up, f.aq_down, f.aq_draw, f.org_up, f.org_down, f.org_draw, f.bypass_up,
                     f.bypass_draw}) {
      if (!(v >= 0) || !std::isfinite(v)) return "flows must be finite and not negative";
    }
    if (!(f.aq_up + f.aq_down + f.aq_draw > 0)) return "a stage has no aqueous phase";
    if (!(f.org_up + f.org_down + f.org_draw > 0)) return "a stage has no organic phase";
    if (!(f.bypass_up + f.bypass_draw < 1)) return "a stage has no contact between the phases";
  }
  return "";
}

std::vector<ShapeGroup> GroupByShape(std::span<const Task> tasks) {
  std::map<std::vector<double>, int> index;
  std::vector<ShapeGroup> groups;
  for (size_t t = 0; t < tasks.size(); ++t) {
    const Cascade& c = *tasks[t].cascade;
    if (!CheckCascade(c).empty()) continue;
    // Lanes of a group must agree in everything that decides control flow, and
    // nothing a lane computes may depend on its neighbours: bypass and recycle
    // are part of the key.
    bool bypass = false;
    for (const StageFlows& f : c.flows) bypass |= f.bypass_up + f.bypass_draw > 0;
    std::vector<double> key = {static_cast<double>(c.law), bypass ? 1.0 : 0.0,
                               c.recycle > 0 ? 1.0 : 0.0};
    for (const Component& k : c.components) {
      key.push_back(k.charge);
      key.push_back(k.dimers);
    }
    const auto [it, added] = index.emplace(std::move(key), static_cast<int>(groups.size()));
    if (added) {
      ShapeGroup group;
      detail::Shape& s = group.shape;
      s.components = c.size();
      s.mass_action = c.law == Law::kMassAction;
      s.linear = c.law == Law::kConstantD;
      s.bypass = bypass;
      s.recycle = c.recycle > 0;
      for (int i = 0; i < s.components; ++i) {
        s.charge[i] = c.components[i].charge;
        s.dimers[i] = c.components[i].dimers;
        int g = 0;
        while (g < s.groups &&
               (s.group_charge[g] != s.charge[i] || s.group_dimers[g] != s.dimers[i])) {
          ++g;
        }
        if (g == s.groups) {
          s.group_charge[g] = s.charge[i];
          s.group_dimers[g] = s.dimers[i];
          ++s.groups;
        }
        s.group[i] = g;
      }
      groups.push_back(std::move(group));
    }
    ShapeGroup& group = groups[it->second];
    group.max_stages = std::max(group.max_stages, c.stages());
    group.order.push_back(static_cast<int>(t));
  }
  for (ShapeGroup& group : groups) {
    std::stable_sort(group.order.begin(), group.order.end(), [&](int a, int b) {
      return tasks[a].cascade->stages() > tasks[b].cascade->stages();
    });
  }
  return groups;
}

}  // namespace raffinate::kernels
