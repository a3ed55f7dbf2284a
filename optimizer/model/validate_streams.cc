#include <cmath>
#include <cstddef>
#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "kernels/shape.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

/// What the kernels solve together, less Na and NH4.
constexpr std::size_t kMostMetals = kernels::detail::kMaxComponents - 2;

double SmallestOr0(const std::optional<Number>& leaf) { return leaf ? Smallest(*leaf) : 0; }
double LargestOr0(const std::optional<Number>& leaf) { return leaf ? Largest(*leaf) : 0; }

template <class Map>
std::vector<std::string> Keys(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

struct Interval {
  double smallest = 0;
  double largest = 0;
};

/// Chloride that the cations of a stream bind [eq/L].
Interval Bound(const Stream& stream, const Chemistry& chemistry) {
  Interval bound{SmallestOr0(stream.nacl) + SmallestOr0(stream.nh4cl),
                 LargestOr0(stream.nacl) + LargestOr0(stream.nh4cl)};
  for (const MetalConcentration& metal : MetalsOf(stream, chemistry)) {
    const auto element = chemistry.elements.find(metal.element);
    if (element == chemistry.elements.end()) continue;
    bound.smallest += element->second.charge * Smallest(metal.mol_per_l);
    bound.largest += element->second.charge * Largest(metal.mol_per_l);
  }
  return bound;
}

void CheckChloride(const Stream& stream, const std::string& path, bool has_base,
                   Examination* examination) {
  if (!stream.chloride) return;
  const std::string field = path + ".chloride_mol_per_l";
  for (const auto& [at, system] :
       ChosenSystems(examination->flowsheet, examination->chemistry, examination->within)) {
    if (system->law == Law::kConstantBeta) {
      examination->Add(field, absl::StrCat("has no meaning in ", system->name,
                                           ", which counts moles of metal; give hcl instead"));
      return;
    }
  }
  if (has_base) {
    examination->Add(field,
                     "a stream with base takes its chloride from nacl and nh4cl; leave it out");
    return;
  }
  const Interval chloride{Smallest(*stream.chloride), Largest(*stream.chloride)};
  const Interval bound = Bound(stream, examination->chemistry);
  // A NaN or infinity has been told already.
  if (!std::isfinite(chloride.largest + chloride.smallest + bound.largest + bound.smallest)) return;
  if (chloride.largest < bound.smallest * (1 - 1e-9)) {
    examination->Add(field, absl::StrCat("charges cannot balance: found ", chloride.largest,
                                         " mol/L, but the cations carry ", bound.smallest,
                                         " eq/L; at least that much chloride is needed"));
    return;
  }
  if (!stream.hcl) return;
  const Interval sum{bound.smallest + Smallest(*stream.hcl), bound.largest + Largest(*stream.hcl)};
  if (sum.smallest - chloride.largest > kChlorideTolerance * chloride.largest ||
      chloride.smallest - sum.largest > kChlorideTolerance * chloride.smallest) {
    examination->Add(
        field, absl::StrCat("contradicts metals and hcl: found ", chloride.largest,
                            " mol/L, they sum to ", sum.largest,
                            " eq/L; the two must agree within 1 %, or leave one of them out"));
  }
}

/// Adds one violation for each chosen system that has no constant for what
/// `field` brings in.
void CheckConstants(const std::string& element, const std::string& field, const std::string& cause,
                    Examination* examination) {
  std::set<std::string> told;
  for (const auto& [at, system] :
       ChosenSystems(examination->flowsheet, examination->chemistry, examination->within)) {
    if (system->Find(element) != nullptr || !told.insert(system->name).second) continue;
    if (IsBaseCation(element) && system->law == Law::kConstantBeta) continue;
    std::vector<std::string> known;
    for (const EquilibriumConstant& constant : system->constants) {
      known.push_back(constant.element);
    }
    const auto library = examination->chemistry.systems.find(system->name);
    const bool replaced = library != examination->chemistry.systems.end() &&
                          &library->second != system && library->second.Find(element) != nullptr;
    examination->Add(
        field, absl::StrCat(cause, system->name, " has no constant for ", element, "; it has ",
                            absl::StrJoin(known, ", "),
                            replaced ? ". The built-in system of that name has one, but the "
                                       "flowsheet's own replaces it whole"
                                     : ""));
  }
}

/// Base and salts: their cations must be known to the extractant, and a law of
/// constant loading has no place for them.
void CheckBaseCation(const std::optional<Number>& leaf, const char* element,
                     const std::string& field, Examination* examination) {
  if (!leaf || !(Largest(*leaf) > 0)) return;
  for (const auto& [at, system] :
       ChosenSystems(examination->flowsheet, examination->chemistry, examination->within)) {
    if (system->law == Law::kConstantBeta) {
      examination->Add(field, absl::StrCat("has no place in ", system->name,
                                           ", whose loading is constant; leave it out"));
      return;
    }
  }
  CheckConstants(element, field, absl::StrCat("brings ", element, ", but "), examination);
}

void CheckMetals(const Stream& stream, const std::string& path, bool has_base,
                 Examination* examination) {
  const Chemistry& chemistry = examination->chemistry;
  std::set<std::string> own;
  for (std::size_t k = 0; k < stream.metals.size(); ++k) {
    const MetalConcentration& metal = stream.metals[k];
    const std::string field = absl::StrCat(path, ".metals[", k, "].element");
    if (!own.insert(metal.element).second) {
      examination->Add(field, absl::StrCat("'", metal.element, "' is listed twice"));
      continue;
    }
    if (!chemistry.elements.contains(metal.element)) {
      examination->Add(field, Unknown("element", metal.element, Keys(chemistry.elements)));
      continue;
    }
    if (!(Largest(metal.mol_per_l) > 0)) continue;
    if (has_base && !IsBaseCation(metal.element)) {
      examination->Add(field, absl::StrCat("a stream with base can hold no metals, found ",
                                           metal.element, "; they would precipitate"));
    }
    if (!(ShareLeft(stream, metal.element) > 0)) continue;
    CheckConstants(metal.element, field, "", examination);
  }
  if (stream.feed.empty()) return;
  const auto feed = chemistry.feeds.find(stream.feed);
  const std::string field = path + ".feed";
  if (feed == chemistry.feeds.end()) {
    examination->Add(field, Unknown("feed", stream.feed, Keys(chemistry.feeds)));
    return;
  }
  for (const auto& [element, mol_per_l] : feed->second.mol_per_l) {
    if (own.contains(element) || !(mol_per_l > 0)) continue;
    if (!chemistry.elements.contains(element)) {
      examination->Add(field, Unknown("element", element, Keys(chemistry.elements)));
      continue;
    }
    if (has_base && !IsBaseCation(element)) {
      examination->Add(field, absl::StrCat("a stream with base can hold no metals, found ", element,
                                           "; they would precipitate"));
    }
    if (!(ShareLeft(stream, element) > 0)) continue;
    CheckConstants(element, field,
                   absl::StrCat("feed '", stream.feed, "' holds ", element, ", but "), examination);
  }
}

/// Residues: names of their own, metals that the stream has, shares of it, and a base that the
/// extractant knows the cation of.
void CheckResidues(const Stream& stream, const std::string& path, bool has_base,
                   Examination* examination) {
  if (!stream.residues.empty() && has_base) {
    examination->Add(path + ".residues", "found in a stream with base, which can hold no metals");
  }
  std::set<std::string> held, names;
  for (const MetalConcentration& metal : MetalsOf(stream, examination->chemistry)) {
    if (Largest(metal.mol_per_l) > 0) held.insert(metal.element);
  }
  bool before = true;
  for (const Stream& other : examination->flowsheet.streams) {
    names.insert(other.name);
    before = before && &other != &stream;
    if (!before) continue;
    for (const Residue& residue : other.residues) names.insert(residue.name);
  }
  for (const std::string& leaving : LeavingNames(examination->flowsheet)) names.insert(leaving);
  for (std::size_t r = 0; r < stream.residues.size(); ++r) {
    const Residue& residue = stream.residues[r];
    const std::string at = absl::StrCat(path, ".residues[", r, "]");
    if (residue.name.empty()) {
      examination->Add(at + ".name", "missing; a residue needs a name");
    } else if (!names.insert(residue.name).second) {
      examination->Add(at + ".name", absl::StrCat("'", residue.name,
                                                  "' is the name of a stream or of another "
                                                  "residue; names must differ"));
    }
    if (residue.metals.empty()) {
      examination->Add(at + ".metals", "none given; a residue takes at least one metal");
    }
    std::set<std::string> own;
    for (std::size_t k = 0; k < residue.metals.size(); ++k) {
      const ResidueMetal& metal = residue.metals[k];
      const std::string field = absl::StrCat(at, ".metals[", k, "]");
      if (!own.insert(metal.element).second) {
        examination->Add(field + ".element", absl::StrCat("'", metal.element, "' is listed twice"));
      } else if (IsBaseCation(metal.element)) {
        examination->Add(field + ".element",
                         absl::StrCat("found ", metal.element,
                                      ", which stays dissolved; a residue takes metals"));
      } else if (!held.contains(metal.element)) {
        examination->Add(field + ".element",
                         Unknown("metal", metal.element, {held.begin(), held.end()}));
      }
      if (!(metal.share > 0 && metal.share <= 1)) {
        examination->Add(field + ".share", absl::StrCat("found ", metal.share,
                                                        "; it must lie above 0 and reach at most "
                                                        "1 (100 %)"));
      }
    }
    if (!residue.base) continue;
    const Number some = 1.0;
    CheckBaseCation(some, *residue.base == Base::kNaOH ? kSodium : kAmmonium, at + ".base",
                    examination);
  }
}

}  // namespace

std::map<std::string, FedAmount> FedMetals(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  std::map<std::string, FedAmount> fed;
  for (const Stream& stream : flowsheet.streams) {
    for (const MetalConcentration& metal : MetalsOf(stream, chemistry)) {
      if (IsBaseCation(metal.element) || !(Largest(metal.mol_per_l) > 0)) continue;
      // A metal that goes with a residue whole never enters.
      const double left = ShareLeft(stream, metal.element);
      if (!(left > 0)) continue;
      FedAmount& amount = fed[metal.element];
      amount.smallest += left * Smallest(stream.flow) * Smallest(metal.mol_per_l);
      amount.largest += left * Largest(stream.flow) * Largest(metal.mol_per_l);
    }
  }
  return fed;
}

void CheckStreams(Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  if (flowsheet.streams.empty()) {
    examination->Add("streams", "none found; at least a feed is needed");
    return;
  }
  const Graph graph(flowsheet);
  std::set<std::size_t> reached;
  examination->within = &reached;
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    const Stream& stream = flowsheet.streams[i];
    const std::string path = absl::StrCat("streams[", i, "]");
    reached = CircuitsReached(flowsheet, graph, i);
    const bool has_base = LargestOr0(stream.naoh) > 0 || LargestOr0(stream.nh4oh) > 0;
    CheckMetals(stream, path, has_base, examination);
    CheckResidues(stream, path, has_base, examination);
    CheckBaseCation(stream.naoh, kSodium, path + ".naoh_mol_per_l", examination);
    CheckBaseCation(stream.nh4oh, kAmmonium, path + ".nh4oh_mol_per_l", examination);
    for (const Medium medium : kMedia) {
      const MediumFields& fields = FieldsOf(medium);
      const auto at = [&](const char* field) {
        return absl::StrCat(path, ".", field, "_mol_per_l");
      };
      CheckBaseCation(stream.*fields.sodium_salt_of, kSodium, at(fields.sodium_salt), examination);
      CheckBaseCation(stream.*fields.ammonium_salt_of, kAmmonium, at(fields.ammonium_salt),
                      examination);
      if (has_base && LargestOr0(stream.*fields.acid_of) > 0) {
        examination->Add(at(fields.acid),
                         "found in a stream with base; a stream is acid or base, not both");
      }
    }
    CheckChloride(stream, path, has_base, examination);
  }
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    const Organic& organic = flowsheet.circuits[c].organic;
    reached = graph.Reached(static_cast<int>(c));
    CheckBaseCation(organic.saponification, organic.base == Base::kNaOH ? kSodium : kAmmonium,
                    absl::StrCat("circuits[", c, "].organic.saponification"), examination);
    for (std::size_t k = 0; k < organic.metals.size(); ++k) {
      const std::string field = absl::StrCat("circuits[", c, "].organic.metals[", k, "].element");
      const std::string& element = organic.metals[k].element;
      if (!examination->chemistry.elements.contains(element)) {
        examination->Add(field, Unknown("element", element, Keys(examination->chemistry.elements)));
      } else if (Largest(organic.metals[k].mol_per_l) > 0) {
        CheckConstants(element, field, "", examination);
      }
    }
  }
  examination->within = nullptr;
  const std::size_t metals = FedMetals(flowsheet, examination->chemistry).size();
  if (metals == 0) {
    examination->Add("streams", "no stream holds a metal; at least one feed is needed");
  } else if (metals > kMostMetals) {
    examination->Add("streams", absl::StrCat("found ", metals, " metals; at most ", kMostMetals,
                                             " are simulated together"));
  }
}

}  // namespace raffinate::optimizer
