#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

bool Brings(const std::optional<Number>& leaf) { return leaf && Largest(*leaf) > 0; }

/// Where a system is used: the circuits that may choose it and the streams that can come there.
struct Scope {
  std::set<std::size_t> circuits;
  std::set<std::size_t> streams;
};

Scope ScopeOf(const Examination& examination, const Graph& graph, const ExtractantSystem* system) {
  const Flowsheet& flowsheet = examination.flowsheet;
  Scope scope;
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    const std::set<std::size_t> one{c};
    for (const auto& [at, chosen] : ChosenSystems(flowsheet, examination.chemistry, &one)) {
      if (chosen == system) scope.circuits.insert(c);
    }
  }
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    for (const std::size_t c : CircuitsReached(flowsheet, graph, i)) {
      if (scope.circuits.contains(c)) scope.streams.insert(i);
    }
  }
  return scope;
}

/// Acid and salts of a stream against the medium of one system.
void CheckMedium(const Stream& stream, const std::string& path, const ExtractantSystem& system,
                 Examination* examination) {
  const auto refuse = [&](const char* field, Medium medium) {
    examination->Add(
        absl::StrCat(path, ".", field, "_mol_per_l"),
        absl::StrCat("belongs to a ", MediumName(medium), " medium; that of ", system.name, " is ",
                     MediumName(system.medium), ": use ", FieldsOf(system.medium).acid, ", ",
                     FieldsOf(system.medium).sodium_salt, " or ",
                     FieldsOf(system.medium).ammonium_salt));
  };
  for (const Medium medium : kMedia) {
    if (medium == system.medium) continue;
    const MediumFields& fields = FieldsOf(medium);
    if (Brings(stream.*fields.acid_of)) refuse(fields.acid, medium);
    if (Brings(stream.*fields.sodium_salt_of)) refuse(fields.sodium_salt, medium);
    if (Brings(stream.*fields.ammonium_salt_of)) refuse(fields.ammonium_salt, medium);
  }
  if (system.medium == Medium::kChloride) return;
  if (Brings(stream.chloride)) refuse("chloride", Medium::kChloride);
  const auto feed = examination->chemistry.feeds.find(stream.feed);
  if (feed != examination->chemistry.feeds.end() && feed->second.hcl_mol_per_l > 0) {
    examination->Add(path + ".feed", absl::StrCat("'", stream.feed,
                                                  "' is a liquor in hydrochloric acid; the "
                                                  "medium of ",
                                                  system.name, " is ", MediumName(system.medium),
                                                  ": give its metals and the acid one by one"));
  }
}

void CheckComplexants(const Stream& stream, const std::string& path, const ExtractantSystem& system,
                      Examination* examination) {
  std::set<std::string> seen;
  for (std::size_t k = 0; k < stream.complexants.size(); ++k) {
    const std::string& name = stream.complexants[k].ligand;
    const std::string field = absl::StrCat(path, ".complexants[", k, "].ligand");
    if (!seen.insert(name).second) {
      examination->Add(field, absl::StrCat("'", name, "' is listed twice"));
    }
    if (name == MediumName(system.medium)) {
      examination->Add(field, absl::StrCat("'", name, "' comes with acid and salts; leave it out"));
    } else if (system.FindLigand(name) == nullptr) {
      std::vector<std::string> known;
      for (const Ligand& ligand : system.ligands) {
        if (ligand.name != MediumName(system.medium)) known.push_back(ligand.name);
      }
      examination->Add(field,
                       absl::StrCat(Unknown("complexant", name, known), " (of ", system.name, ")"));
    }
  }
}

/// Salts are extracted whole, with the acid among them; a base has no place.
void CheckSolvation(const Flowsheet& flowsheet, const ExtractantSystem& system, const Scope& scope,
                    Examination* examination) {
  const std::string why =
      absl::StrCat("has no place in ", system.name, ", which extracts neutral salts; leave it out");
  bool acid = false;
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    if (!scope.streams.contains(i)) continue;
    const Stream& stream = flowsheet.streams[i];
    const std::string path = absl::StrCat("streams[", i, "].");
    if (Brings(stream.naoh)) examination->Add(path + "naoh_mol_per_l", why);
    if (Brings(stream.nh4oh)) examination->Add(path + "nh4oh_mol_per_l", why);
    const auto feed = examination->chemistry.feeds.find(stream.feed);
    acid = acid || Brings(stream.*FieldsOf(system.medium).acid_of) || stream.chloride ||
           (feed != examination->chemistry.feeds.end() && feed->second.hcl_mol_per_l > 0);
  }
  for (const std::size_t c : scope.circuits) {
    if (Largest(flowsheet.circuits[c].organic.saponification) > 0) {
      examination->Add(absl::StrCat("circuits[", c, "].organic.saponification"), why);
    }
  }
  if (acid && system.Find(kProton) == nullptr) {
    examination->Add("streams", absl::StrCat(system.name,
                                             " has no constant for H, and streams "
                                             "bring acid, which it extracts too"));
  }
}

void CheckSecondExtractant(const Flowsheet& flowsheet, const ExtractantSystem& system,
                           const Scope& scope, Examination* examination) {
  for (const std::size_t c : scope.circuits) {
    const auto& second = flowsheet.circuits[c].second_extractant_mol_per_l;
    const std::string field =
        absl::StrCat("circuits[", c, "].extractant.second_concentration_mol_per_l");
    if (system.second_extractant.empty() && second) {
      examination->Add(field, absl::StrCat(system.name, " has one extractant; leave it out"));
    }
    if (!system.second_extractant.empty() && HasOwnOrganic(flowsheet.circuits[c].organic) &&
        !(second && Smallest(*second) > 0)) {
      examination->Add(field, absl::StrCat("missing; ", system.name, " is a mixture with ",
                                           system.second_extractant,
                                           ", of which a concentration above 0 is needed"));
    }
  }
}

}  // namespace

void CheckMedia(Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  const Graph graph(flowsheet);
  std::set<const ExtractantSystem*> seen;
  for (const auto& [at, system] : ChosenSystems(flowsheet, examination->chemistry)) {
    if (!seen.insert(system).second) continue;
    const Scope scope = ScopeOf(*examination, graph, system);
    for (const std::size_t i : scope.streams) {
      const std::string path = absl::StrCat("streams[", i, "]");
      CheckMedium(flowsheet.streams[i], path, *system, examination);
      CheckComplexants(flowsheet.streams[i], path, *system, examination);
    }
    if (system->law == Law::kSolvation) CheckSolvation(flowsheet, *system, scope, examination);
    CheckSecondExtractant(flowsheet, *system, scope, examination);
  }
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    const Circuit& circuit = flowsheet.circuits[c];
    for (std::size_t s = 0; s < circuit.sections.size(); ++s) {
      const auto& temperature = circuit.sections[s].temperature;
      if (temperature && !(*temperature >= 0 && *temperature <= 100)) {
        examination->Add(
            absl::StrCat("circuits[", c, "].sections[", s, "].temperature_celsius"),
            absl::StrCat("found ", *temperature, " degC; it must lie between 0 and 100 degC"));
      }
    }
    if (!circuit.organic.metals.empty() && circuit.organic.loop == Loop::kClosed) {
      examination->Add(absl::StrCat("circuits[", c, "].organic.metals"),
                       "the organic of a closed loop brings what it holds; give metals for an "
                       "open loop only");
    }
  }
}

}  // namespace raffinate::optimizer
