#include "optimizer/setpoints/quantities.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <type_traits>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

/// The name of the `index`th thing that `field` lists, where the things before in the path
/// were numbers `above` of theirs.
std::string NameOf(const Flowsheet& flowsheet, absl::string_view field, std::size_t index,
                   const std::vector<std::size_t>& above) {
  if (field == "streams") return flowsheet.streams[index].name;
  if (field == "circuits") return flowsheet.circuits[index].name;
  if (field == "splits") return flowsheet.splits[index].stream;
  if (field == "parts") return flowsheet.splits[above[0]].parts[index].name;
  if (field == "sections") return flowsheet.circuits[above[0]].sections[index].name;
  if (field == "draws") {
    return flowsheet.circuits[above[0]].sections[above[1]].draws[index].name;
  }
  return absl::StrCat(index);
}

}  // namespace

std::string QuantityName(const Flowsheet& flowsheet, const std::string& path) {
  std::string name;
  std::vector<std::size_t> indices;
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '.');
  bool organic = false;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const std::vector<absl::string_view> halves = absl::StrSplit(parts[k], '[');
    absl::string_view field = halves[0];
    if (halves.size() == 2) {
      std::size_t index = 0;
      (void)absl::SimpleAtoi(absl::StripSuffix(halves[1], "]"), &index);
      // The molarity of a metal goes by the element alone.
      if (field == "metals" || field == "complexants") {
        const auto& metals = organic ? flowsheet.circuits[indices[0]].organic.metals
                                     : flowsheet.streams[indices[0]].metals;
        absl::StrAppend(&name, ".", field, ".",
                        field == "metals"
                            ? metals[index].element
                            : flowsheet.streams[indices[0]].complexants[index].ligand);
        return name;
      }
      absl::StrAppend(&name, name.empty() ? "" : ".", field, ".",
                      NameOf(flowsheet, field, index, indices));
      indices.push_back(index);
      continue;
    }
    organic = organic || field == "organic";
    for (const char* unit : {"_m3_per_h", "_mol_per_l"}) {
      if (absl::EndsWith(field, unit)) field = absl::StripSuffix(field, unit);
    }
    absl::StrAppend(&name, name.empty() ? "" : ".", field);
  }
  return name;
}

std::vector<Quantity> ListQuantities(const Flowsheet& flowsheet, const Built& built) {
  std::vector<Quantity> all;
  std::size_t index = 0;
  VisitLeaves(flowsheet, [&](const auto& leaf, const Bounds& bounds, auto path) {
    const std::size_t at = index++;
    if constexpr (std::is_same_v<std::decay_t<decltype(leaf)>, Number>) {
      Quantity quantity;
      quantity.path = path();
      quantity.name = QuantityName(flowsheet, quantity.path);
      quantity.unit = *bounds.unit == 0 ? "1" : bounds.unit;
      quantity.leaf = at;
      quantity.bounds = bounds;
      if (const auto* range = std::get_if<Range>(&leaf)) {
        quantity.setpoint = true;
        quantity.range = *range;
        const double middle = range->log ? std::sqrt(range->min * range->max)
                                         : range->min + (range->max - range->min) / 2;
        quantity.registered = range->start.value_or(middle);
      } else if (!IsOpen(leaf)) {
        quantity.registered = Value(leaf);
      }
      all.push_back(std::move(quantity));
    }
  });
  for (const Leaving& leaving : built.leaving) {
    if (leaving.phase != kernels::Phase::kAqueous) continue;
    Quantity quantity;
    quantity.row = leaving.row;
    quantity.kind = Quantity::Kind::kStreamFlow;
    quantity.name = absl::StrCat("streams.", leaving.name, ".flow");
    quantity.unit = "m3/h";
    all.push_back(quantity);
    quantity.kind = Quantity::Kind::kStreamMetal;
    quantity.unit = "mol/L";
    for (const Element* element : built.components) {
      quantity.element = element->symbol;
      quantity.name = absl::StrCat("streams.", leaving.name, ".metals.", element->symbol);
      all.push_back(quantity);
    }
  }
  if (KnowsProton(built.system->law)) {
    for (int j = 0; j < built.circuit.stages; ++j) {
      Quantity quantity;
      quantity.kind = Quantity::Kind::kStagePh;
      quantity.name = absl::StrCat("stages.", j + 1, ".ph");
      quantity.unit = "1";
      quantity.stage = j;
      all.push_back(quantity);
    }
  }
  // A metal of an input is one that units by mass need to know.
  for (Quantity& quantity : all) {
    const std::size_t metals = quantity.name.rfind(".metals.");
    if (quantity.kind == Quantity::Kind::kInput && metals != std::string::npos) {
      quantity.element = quantity.name.substr(metals + 8);
    }
  }
  return all;
}

int FindQuantity(const std::vector<Quantity>& quantities, const std::string& name) {
  const auto found = std::find_if(quantities.begin(), quantities.end(),
                                  [&](const Quantity& quantity) { return quantity.name == name; });
  return found == quantities.end() ? -1 : static_cast<int>(found - quantities.begin());
}

}  // namespace raffinate::optimizer
