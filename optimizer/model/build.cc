#include "optimizer/model/build.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "optimizer/model/equilibrium.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

constexpr double kUsualTemperature = 25;  ///< [degC]

std::string AddComponents(const Flowsheet& flowsheet, const Chemistry& chemistry,
                          const std::set<std::string>& carried, Built* built) {
  const Organic& organic = flowsheet.circuits[0].organic;
  const auto in_organic = [&organic](const std::string& symbol) {
    return std::any_of(organic.metals.begin(), organic.metals.end(),
                       [&](const MetalConcentration& metal) {
                         return metal.element == symbol && Value(metal.mol_per_l) > 0;
                       });
  };
  const char* metered = Value(organic.saponification) <= 0 ? ""
                        : organic.base == Base::kNaOH      ? kSodium
                                                           : kAmmonium;
  for (const auto& [symbol, element] : chemistry.elements) {
    const bool present = symbol == metered || carried.contains(symbol) || in_organic(symbol) ||
                         std::any_of(built->streams.begin(), built->streams.end(),
                                     [&symbol = symbol](const Composition& stream) {
                                       return stream.Of(symbol) > 0;
                                     });
    // Acid is a component where salts are extracted, and nowhere else.
    const bool acid = symbol == kProton && built->system->law == Law::kSolvation &&
                      std::any_of(built->streams.begin(), built->streams.end(),
                                  [](const Composition& stream) { return stream.acid > 0; });
    if (!present && !acid) continue;
    if (built->system->Find(symbol) == nullptr) {
      return absl::StrCat(built->system->name, " has no constant for ", symbol);
    }
    built->components.push_back(&element);
    const auto hydroxide = chemistry.hydroxides.find(symbol);
    built->hydroxides.push_back(hydroxide == chemistry.hydroxides.end() ? nullptr
                                                                        : &hydroxide->second);
  }
  return "";
}

std::string AddSections(const Circuit& circuit, Built* built) {
  for (const Section& section : circuit.sections) {
    const double usual = built->system->reference_temperature.value_or(kUsualTemperature);
    built->sections.push_back({section.name, built->circuit.stages, Value(section.stages),
                               section.temperature.value_or(usual)});
    built->circuit.stages += Value(section.stages);
  }
  auto& draws = built->circuit.draws;
  std::set<std::pair<int, kernels::Phase>> taken;
  const auto draw = [&](const std::string& name, Leaving::Role role, kernels::Draw what) {
    if (!taken.insert({what.stage, what.phase}).second) {
      return absl::StrCat("'", name, "' is the second draw of the ",
                          what.phase == kernels::Phase::kAqueous ? "aqueous" : "organic",
                          " of stage ", what.stage + 1, "; one stage can have one");
    }
    built->leaving.push_back({name, role, what.phase, static_cast<int>(draws.size()), what.stage});
    draws.push_back(what);
    return std::string();
  };
  for (std::size_t s = 0; s < circuit.sections.size(); ++s) {
    const Section& section = circuit.sections[s];
    const int first = built->sections[s].first;
    if (s == 0) {
      // What flows down from stage 0 leaves by itself; its row follows the draws'.
      built->leaving.push_back(
          {section.outlet, Leaving::Role::kOutlet, kernels::Phase::kAqueous, -1, 0});
    } else if (!section.outlet.empty()) {
      const kernels::Draw what{first, kernels::Phase::kAqueous, Value(section.outlet_share), 0};
      if (auto wrong = draw(section.outlet, Leaving::Role::kOutlet, what); !wrong.empty()) {
        return wrong;
      }
    }
    for (const Draw& own : section.draws) {
      kernels::Draw what;
      what.stage = first + Value(own.stage) - 1;
      what.phase =
          own.phase == DrawPhase::kAqueous ? kernels::Phase::kAqueous : kernels::Phase::kOrganic;
      if (own.share) what.share = Value(*own.share);
      if (own.flow) what.flow = Value(*own.flow);
      if (auto wrong = draw(own.name, Leaving::Role::kDraw, what); !wrong.empty()) return wrong;
    }
  }
  for (Leaving& leaving : built->leaving) {
    if (leaving.row < 0) leaving.row = static_cast<int>(draws.size());
  }
  if (circuit.organic.loop == Loop::kOpen) {
    built->leaving.push_back({kLoadedOrganic, Leaving::Role::kOrganic, kernels::Phase::kOrganic,
                              static_cast<int>(draws.size()) + 1, built->circuit.stages - 1});
  }
  return "";
}

void AddStageShares(const Circuit& circuit, Built* built) {
  const auto fill = [&](const Number Section::*share, double usual, std::vector<double>* stages) {
    const bool any =
        std::any_of(circuit.sections.begin(), circuit.sections.end(),
                    [&](const Section& section) { return Value(section.*share) != usual; });
    if (!any) return;
    for (const Section& section : circuit.sections) {
      stages->insert(stages->end(), static_cast<std::size_t>(Value(section.stages)),
                     Value(section.*share));
    }
  };
  fill(&Section::efficiency, 1, &built->circuit.efficiency);
  fill(&Section::aqueous_entrainment, 0, &built->circuit.aqueous_entrainment);
  fill(&Section::organic_entrainment, 0, &built->circuit.organic_entrainment);
}

void AddInlets(const Flowsheet& flowsheet, Built* built) {
  const Circuit& circuit = flowsheet.circuits[0];
  const std::size_t components = built->components.size();

  kernels::Inlet organic;
  organic.stage = 0;
  organic.phase = kernels::Phase::kOrganic;
  organic.flow = built->organic_flow;
  organic.extractant_dimer_mol_per_l = built->extractant_monomer / 2;
  organic.molarity.assign(components, 0);
  for (const MetalConcentration& metal : circuit.organic.metals) {
    if (const double mol_per_l = Value(metal.mol_per_l); mol_per_l > 0) {
      organic.molarity[built->Component(metal.element)] += mol_per_l;
      built->organic_metals.emplace_back(metal.element, mol_per_l);
    }
  }
  if (const double share = Value(circuit.organic.saponification); share > 0) {
    const double base = share * built->extractant_monomer;  // [mol/L]
    const bool sodium = circuit.organic.base == Base::kNaOH;
    organic.molarity[built->Component(sodium ? kSodium : kAmmonium)] += base;
    built->saponification_base = base * built->organic_flow;
  }
  built->circuit.inlets.push_back(std::move(organic));
  built->stream_of_inlet.push_back(0);
  built->circuit.recycle = circuit.organic.loop == Loop::kClosed ? 1 : 0;

  for (std::size_t s = 0; s < circuit.sections.size(); ++s) {
    for (const Inlet& own : circuit.sections[s].inlets) {
      const auto stream =
          std::find_if(flowsheet.streams.begin(), flowsheet.streams.end(),
                       [&](const Stream& candidate) { return candidate.name == own.stream; });
      const auto index = static_cast<std::size_t>(stream - flowsheet.streams.begin());
      const Composition& composition = built->streams[index];
      kernels::Inlet inlet;
      const int in_section = own.stage ? Value(*own.stage) : built->sections[s].count;
      inlet.stage = built->sections[s].first + in_section - 1;
      inlet.flow = composition.flow;
      inlet.anions = composition.anions;
      inlet.molarity.assign(components, 0);
      for (const auto& [element, mol_per_l] : composition.cations) {
        inlet.molarity[built->Component(element)] = mol_per_l;
      }
      built->circuit.inlets.push_back(std::move(inlet));
      built->stream_of_inlet.push_back(index);
    }
  }
}

}  // namespace

int Built::Component(const std::string& element) const {
  for (std::size_t i = 0; i < components.size(); ++i) {
    if (components[i]->symbol == element) return static_cast<int>(i);
  }
  return -1;
}

int Built::SectionIndexOf(int stage) const {
  const int last = static_cast<int>(sections.size()) - 1;
  for (int s = 0; s < last; ++s) {
    if (stage < sections[s].first + sections[s].count) return s;
  }
  return last;
}

const std::string& Built::SectionOf(int stage) const {
  return sections[SectionIndexOf(stage)].name;
}

const ExtractantSystem* FindSystem(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                   const std::string& name) {
  for (const ExtractantSystem& system : flowsheet.extractant_systems) {
    if (system.name == name) return &system;
  }
  const auto found = chemistry.systems.find(name);
  return found == chemistry.systems.end() ? nullptr : &found->second;
}

std::string Build(const Flowsheet& flowsheet, const Chemistry& chemistry, Built* built,
                  const std::set<std::string>& carried) {
  *built = Built();
  const Circuit& circuit = flowsheet.circuits[0];
  const ExtractantSystem* system = FindSystem(flowsheet, chemistry, Value(circuit.system));
  if (system == nullptr) {
    return absl::StrCat("unknown extractant system '", Value(circuit.system), "'");
  }
  built->system = system;
  const auto library = chemistry.systems.find(system->name);
  const bool known = library != chemistry.systems.end();
  built->own_system = !known || &library->second != system;
  built->replaces_built_in =
      built->own_system && known && (library->second.built_in || library->second.replaces_built_in);
  built->limits = &chemistry.limits;
  built->economics = &chemistry.economics;
  built->organic_flow = Value(circuit.organic.flow);
  built->extractant_monomer = Value(circuit.extractant_mol_per_l);
  for (const Stream& stream : flowsheet.streams) {
    Composition composition;
    if (auto wrong = Compose(stream, chemistry, system->law == Law::kConstantBeta, system->medium,
                             &composition);
        !wrong.empty()) {
      return wrong;
    }
    built->streams.push_back(std::move(composition));
  }
  if (auto wrong = AddComponents(flowsheet, chemistry, carried, built); !wrong.empty())
    return wrong;
  if (auto wrong = AddSections(circuit, built); !wrong.empty()) return wrong;
  AddStageShares(circuit, built);
  AddInlets(flowsheet, built);
  SetLaw(circuit, built);
  return "";
}

}  // namespace raffinate::optimizer
