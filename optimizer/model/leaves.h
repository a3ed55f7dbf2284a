// The one list of a flowsheet's leaves, with their paths and physical bounds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// What values a leaf can have physically.
struct Bounds {
  double lower = 0;
  double upper = 0;
  bool lower_open = false;  ///< `lower` itself is excluded
  bool upper_open = false;
  const char* unit = "";  ///< "" for shares and counts

  bool Contain(double value) const {
    return (lower_open ? value > lower : value >= lower) &&
           (upper_open ? value < upper : value <= upper);
  }
};

inline constexpr int kMaxStages = 1000;  ///< of one section
inline constexpr Bounds kFlowBounds{0, 1e6, true, false, "m3/h"};
inline constexpr Bounds kConcentrationBounds{0, 20, false, false, "mol/L"};
inline constexpr Bounds kTrainAcidBounds{0, 20, true, false, "mol/L"};
inline constexpr Bounds kChlorideBounds{0, 60, false, false, "mol/L"};
inline constexpr Bounds kExtractantBounds{0, 10, false, false, "mol/L"};
inline constexpr Bounds kSaponificationBounds{0, 0.5, false, false, ""};
inline constexpr Bounds kStageBounds{1, kMaxStages, false, false, ""};
inline constexpr Bounds kOutletShareBounds{0, 1, true, false, ""};
inline constexpr Bounds kDrawShareBounds{0, 1, true, true, ""};
inline constexpr Bounds kEfficiencyBounds{0, 1, true, false, ""};
inline constexpr Bounds kEntrainmentBounds{0, 0.5, false, true, ""};
/// What an operator may set, who can shut off and return everything.
inline constexpr Bounds kOperatedFlowBounds{0, 1e6, false, false, "m3/h"};
inline constexpr Bounds kOperatedShareBounds{0, 1, false, false, ""};
inline constexpr Bounds kMixerBounds{0, 1000, true, false, "h"};
inline constexpr Bounds kSettlerBounds{0, 1000, false, false, "h"};
inline constexpr Bounds kUntilBounds{0, 1e6, true, false, "h"};
inline constexpr int kMaxOutputs = 10000;  ///< of a transient

/// Whether the flow that enters the first stage is given: always, unless another
/// circuit's organic enters there and no flow is written beside it.
inline bool HoldsFlow(const Organic& organic) {
  const auto* flow = std::get_if<double>(&organic.flow);
  return organic.from.empty() || flow == nullptr || *flow != 0;
}
/// Whether organic of the circuit's own extractant enters: its flow or make-up.
inline bool HasOwnOrganic(const Organic& organic) {
  return HoldsFlow(organic) || organic.make_up.has_value();
}

/// Calls `visit(leaf, bounds, path)` for every leaf that is present, in the
/// order of the public message. `leaf` is a Number, Count or Name (const when
/// `Flowsheet` is), `path` makes its field path when called.
template <class AnyFlowsheet, class Visitor>
requires std::is_same_v<std::remove_const_t<AnyFlowsheet>, Flowsheet>
void VisitLeaves(AnyFlowsheet& flowsheet, Visitor&& visit) {
  const auto optionally = [&](auto& leaf, const Bounds& bounds, auto path) {
    if (leaf) visit(*leaf, bounds, path);
  };
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    auto& stream = flowsheet.streams[i];
    const auto in = [i](const char* field) {
      return [i, field] { return absl::StrCat("streams[", i, "].", field); };
    };
    visit(stream.flow, kFlowBounds, in("flow_m3_per_h"));
    for (std::size_t k = 0; k < stream.metals.size(); ++k) {
      visit(stream.metals[k].mol_per_l, kConcentrationBounds,
            [i, k] { return absl::StrCat("streams[", i, "].metals[", k, "].mol_per_l"); });
    }
    optionally(stream.hcl, kConcentrationBounds, in("hcl_mol_per_l"));
    optionally(stream.naoh, kConcentrationBounds, in("naoh_mol_per_l"));
    optionally(stream.nh4oh, kConcentrationBounds, in("nh4oh_mol_per_l"));
    optionally(stream.nacl, kConcentrationBounds, in("nacl_mol_per_l"));
    optionally(stream.nh4cl, kConcentrationBounds, in("nh4cl_mol_per_l"));
    optionally(stream.chloride, kChlorideBounds, in("chloride_mol_per_l"));
    optionally(stream.hno3, kConcentrationBounds, in("hno3_mol_per_l"));
    optionally(stream.nano3, kConcentrationBounds, in("nano3_mol_per_l"));
    optionally(stream.nh4no3, kConcentrationBounds, in("nh4no3_mol_per_l"));
    optionally(stream.h2so4, kConcentrationBounds, in("h2so4_mol_per_l"));
    optionally(stream.na2so4, kConcentrationBounds, in("na2so4_mol_per_l"));
    optionally(stream.nh4_2so4, kConcentrationBounds, in("nh4_2so4_mol_per_l"));
    for (std::size_t k = 0; k < stream.complexants.size(); ++k) {
      visit(stream.complexants[k].mol_per_l, kConcentrationBounds,
            [i, k] { return absl::StrCat("streams[", i, "].complexants[", k, "].mol_per_l"); });
    }
  }
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    auto& circuit = flowsheet.circuits[c];
    const auto in = [c](const char* field) {
      return [c, field] { return absl::StrCat("circuits[", c, "].", field); };
    };
    visit(circuit.system, Bounds{}, in("extractant.system"));
    if (HasOwnOrganic(circuit.organic)) {
      visit(circuit.extractant_mol_per_l, kExtractantBounds,
            in("extractant.concentration_mol_per_l"));
    }
    optionally(circuit.second_extractant_mol_per_l, kExtractantBounds,
               in("extractant.second_concentration_mol_per_l"));
    if (HoldsFlow(circuit.organic)) {
      visit(circuit.organic.flow, kFlowBounds, in("organic.flow_m3_per_h"));
    }
    optionally(circuit.organic.make_up, kFlowBounds, in("organic.make_up_m3_per_h"));
    visit(circuit.organic.saponification, kSaponificationBounds, in("organic.saponification"));
    for (std::size_t k = 0; k < circuit.organic.metals.size(); ++k) {
      visit(circuit.organic.metals[k].mol_per_l, kConcentrationBounds,
            [c, k] { return absl::StrCat("circuits[", c, "].organic.metals[", k, "].mol_per_l"); });
    }
    for (std::size_t s = 0; s < circuit.sections.size(); ++s) {
      auto& section = circuit.sections[s];
      const auto within = [c, s](const char* field) {
        return
            [c, s, field] { return absl::StrCat("circuits[", c, "].sections[", s, "].", field); };
      };
      visit(section.stages, kStageBounds, within("stages"));
      for (std::size_t k = 0; k < section.inlets.size(); ++k) {
        optionally(section.inlets[k].stage, kStageBounds, [c, s, k] {
          return absl::StrCat("circuits[", c, "].sections[", s, "].inlets[", k, "].stage");
        });
      }
      visit(section.outlet_share, kOutletShareBounds, within("outlet_share"));
      for (std::size_t k = 0; k < section.draws.size(); ++k) {
        auto& draw = section.draws[k];
        const auto of = [c, s, k](const char* field) {
          return [c, s, k, field] {
            return absl::StrCat("circuits[", c, "].sections[", s, "].draws[", k, "].", field);
          };
        };
        visit(draw.stage, kStageBounds, of("stage"));
        optionally(draw.share, kDrawShareBounds, of("share"));
        optionally(draw.flow, kFlowBounds, of("flow_m3_per_h"));
      }
      visit(section.efficiency, kEfficiencyBounds, within("efficiency"));
      visit(section.aqueous_entrainment, kEntrainmentBounds, within("aqueous_entrainment"));
      visit(section.organic_entrainment, kEntrainmentBounds, within("organic_entrainment"));
    }
  }
  for (std::size_t s = 0; s < flowsheet.splits.size(); ++s) {
    for (std::size_t k = 0; k < flowsheet.splits[s].parts.size(); ++k) {
      optionally(flowsheet.splits[s].parts[k].share, kDrawShareBounds,
                 [s, k] { return absl::StrCat("splits[", s, "].parts[", k, "].share"); });
    }
  }
  if (flowsheet.train) {
    optionally(flowsheet.train->scrub_hcl, kTrainAcidBounds,
               [] { return std::string("train.scrub_hcl_mol_per_l"); });
    optionally(flowsheet.train->strip_hcl, kTrainAcidBounds,
               [] { return std::string("train.strip_hcl_mol_per_l"); });
  }
}

/// The number of a closed leaf; of an uncertain one what it is taken to be.
inline double Value(const Number& leaf) {
  const auto* uncertain = std::get_if<Uncertain>(&leaf);
  return uncertain != nullptr ? uncertain->value : std::get<double>(leaf);
}
inline int Value(const Count& leaf) { return std::get<int>(leaf); }
inline const std::string& Value(const Name& leaf) { return std::get<std::string>(leaf); }

/// The least value a numeric leaf can take; 0 for an empty list of choices.
template <class Leaf>
double Smallest(const Leaf& leaf) {
  if (const auto* range = std::get_if<Range>(&leaf)) return range->min;
  if (!IsOpen(leaf)) return Value(leaf);
  const auto& values = std::get<Choices>(leaf).values;
  return values.empty() ? 0 : *std::min_element(values.begin(), values.end());
}

/// The largest value a numeric leaf can take; 0 for an empty list of choices.
template <class Leaf>
double Largest(const Leaf& leaf) {
  if (const auto* range = std::get_if<Range>(&leaf)) return range->max;
  if (!IsOpen(leaf)) return Value(leaf);
  const auto& values = std::get<Choices>(leaf).values;
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

}  // namespace raffinate::optimizer
