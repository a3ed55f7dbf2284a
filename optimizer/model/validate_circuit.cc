#include <cstddef>
#include <set>

#include "absl/strings/str_cat.h"
#include "optimizer/model/build.h"
#include "optimizer/model/graph.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

void CheckExtractant(const Circuit& circuit, const std::string& path, Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  const Chemistry& chemistry = examination->chemistry;
  std::vector<std::string> known;
  for (const ExtractantSystem& own : flowsheet.extractant_systems) known.push_back(own.name);
  for (const auto& [name, system] : chemistry.systems) known.push_back(name);

  const std::string field = path + ".extractant.system";
  bool needs_concentration = false;
  const auto check = [&](const std::string& name, const std::string& at) {
    if (name.empty()) {
      examination->Add(at, "missing; the circuit needs an extractant system");
    } else if (const auto* system = FindSystem(flowsheet, chemistry, name); system == nullptr) {
      examination->Add(at, Unknown("extractant system", name, known));
    } else {
      needs_concentration |= system->law != Law::kConstantD;
    }
  };
  if (const auto* name = std::get_if<std::string>(&circuit.system)) {
    check(*name, field);
  } else {
    const auto& names = std::get<1>(circuit.system);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string at = absl::StrCat(field, ".choices.values[", i, "]");
      check(names[i], at);
      if (!seen.insert(names[i]).second) {
        examination->Add(at, absl::StrCat("'", names[i], "' is listed twice"));
      }
    }
  }
  if (needs_concentration && HasOwnOrganic(circuit.organic) &&
      Smallest(circuit.extractant_mol_per_l) == 0) {
    examination->Add(path + ".extractant.concentration_mol_per_l",
                     "found 0 mol/L; it must be above 0 mol/L");
  }
}

/// A stage number against the stage counts that its section may get.
void CheckStage(const Count& stage, const Section& section, const std::string& field,
                Examination* examination) {
  const double most = Largest(section.stages);
  // What is no number of stages at all has been told already.
  if (!kStageBounds.Contain(most) || !kStageBounds.Contain(Largest(stage))) return;
  if (Largest(stage) > most) {
    examination->Add(field,
                     absl::StrCat("found ", Largest(stage), "; section '", section.name, "' has ",
                                  IsOpen(section.stages) ? "at most " : "", most, " stages"));
  }
}

void CheckDraws(const Section& section, bool first_section, const std::string& path,
                Examination* examination) {
  std::set<std::pair<DrawPhase, int>> taken;
  if (!section.outlet.empty() && !first_section) taken.insert({DrawPhase::kAqueous, 1});
  for (std::size_t k = 0; k < section.draws.size(); ++k) {
    const Draw& draw = section.draws[k];
    const std::string at = absl::StrCat(path, ".draws[", k, "]");
    CheckStage(draw.stage, section, at + ".stage", examination);
    if (draw.share.has_value() == draw.flow.has_value()) {
      examination->Add(at, absl::StrCat("found ", draw.share ? "both" : "neither",
                                        " of share and flow; exactly one of them is needed"));
    }
    if (IsOpen(draw.stage)) continue;
    if (!taken.insert({draw.phase, Value(draw.stage)}).second) {
      examination->Add(
          at + ".stage",
          absl::StrCat("the ", draw.phase == DrawPhase::kAqueous ? "aqueous" : "organic",
                       " of stage ", Value(draw.stage), " of section '", section.name,
                       "' is already drawn; one stage can have one draw of a phase"));
    }
  }
}

/// Whether some aqueous reaches the last stage of section `s`: from an inlet
/// there, or from the section after it. True where that is still open.
bool AqueousReaches(const Circuit& circuit, const Graph& graph, std::size_t s) {
  const Section& section = circuit.sections[s];
  for (const Inlet& inlet : section.inlets) {
    const StreamOrigin* origin = graph.Find(inlet.stream);
    if (origin != nullptr && origin->phase == kernels::Phase::kOrganic) continue;
    if (!inlet.stage || Largest(*inlet.stage) >= Smallest(section.stages)) return true;
  }
  if (s + 1 == circuit.sections.size()) return false;
  const Section& after = circuit.sections[s + 1];
  return after.outlet.empty() || Smallest(after.outlet_share) < 1 || IsOpen(after.outlet_share);
}

void CheckSections(const Circuit& circuit, const Graph& graph, const std::string& path,
                   Examination* examination) {
  if (circuit.sections.empty()) {
    examination->Add(path + ".sections", "none found; at least one is needed");
    return;
  }
  std::set<std::string> names;
  for (std::size_t s = 0; s < circuit.sections.size(); ++s) {
    const Section& section = circuit.sections[s];
    const std::string at = absl::StrCat(path, ".sections[", s, "]");
    if (section.name.empty()) {
      examination->Add(at + ".name", "missing; a section needs a name");
    } else if (!names.insert(section.name).second) {
      examination->Add(at + ".name",
                       absl::StrCat("'", section.name, "' is the name of two sections"));
    }
    for (std::size_t k = 0; k < section.inlets.size(); ++k) {
      if (!section.inlets[k].stage) continue;
      CheckStage(*section.inlets[k].stage, section, absl::StrCat(at, ".inlets[", k, "].stage"),
                 examination);
    }
    CheckDraws(section, s == 0, at, examination);
    if (!AqueousReaches(circuit, graph, s)) {
      examination->Add(at + ".inlets",
                       absl::StrCat("no aqueous reaches the last stage of section '", section.name,
                                    "'; let a stream enter there"));
    }
  }
  const Section& first = circuit.sections[0];
  if (first.outlet.empty()) {
    examination->Add(path + ".sections[0].outlet",
                     "missing; the aqueous leaves the first section and needs a name");
  }
  if (IsOpen(first.outlet_share) || Value(first.outlet_share) != 1) {
    examination->Add(path + ".sections[0].outlet_share",
                     "all aqueous leaves the first section; the share must be 1 or left out");
  }
}

}  // namespace

std::vector<std::pair<std::string, const ExtractantSystem*>> ChosenSystems(
    const Flowsheet& flowsheet, const Chemistry& chemistry, const std::set<std::size_t>* within) {
  std::vector<std::pair<std::string, const ExtractantSystem*>> chosen;
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    if (within != nullptr && !within->contains(c)) continue;
    const Name& leaf = flowsheet.circuits[c].system;
    const std::string field = absl::StrCat("circuits[", c, "].extractant.system");
    const auto add = [&](const std::string& name, std::string at) {
      const ExtractantSystem* system = FindSystem(flowsheet, chemistry, name);
      if (system != nullptr) chosen.emplace_back(std::move(at), system);
    };
    if (const auto* name = std::get_if<std::string>(&leaf)) {
      add(*name, field);
    } else {
      const auto& names = std::get<1>(leaf);
      for (std::size_t i = 0; i < names.size(); ++i) {
        add(names[i], absl::StrCat(field, ".choices.values[", i, "]"));
      }
    }
  }
  return chosen;
}

void CheckCircuit(Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  if (flowsheet.circuits.empty()) {
    examination->Add("circuits", "none found; at least one circuit is needed");
  }
  const Graph graph(flowsheet);
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    const std::string path = absl::StrCat("circuits[", c, "]");
    CheckExtractant(flowsheet.circuits[c], path, examination);
    CheckSections(flowsheet.circuits[c], graph, path, examination);
  }
}

}  // namespace raffinate::optimizer
