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

// Acid is a component where salts are extracted, and nowhere else.
bool BringsAcid(const Built& built) {
  return built.system->law == Law::kSolvation &&
         std::any_of(built.streams.begin(), built.streams.end(),
                     [](const Composition& stream) { return stream.acid > 0; });
}

/// What base metered into the organic brings; empty when there is none.
std::string Metered(const Organic& organic) {
  return Value(organic.saponification) <= 0 ? ""
         : organic.base == Base::kNaOH      ? kSodium
                                            : kAmmonium;
}

std::string AddComponents(const Circuit& circuit, const Chemistry& chemistry,
                          const std::set<std::string>& carried, Built* built) {
  const Organic& organic = circuit.organic;
  const auto in_organic = [&organic](const std::string& symbol) {
    return std::any_of(organic.metals.begin(), organic.metals.end(),
                       [&](const MetalConcentration& metal) {
                         return metal.element == symbol && Value(metal.mol_per_l) > 0;
                       });
  };
  const std::string metered = Metered(organic);
  for (const auto& [symbol, element] : chemistry.elements) {
    const bool present = symbol == metered || carried.contains(symbol) || in_organic(symbol) ||
                         std::any_of(built->streams.begin(), built->streams.end(),
                                     [&symbol = symbol](const Composition& stream) {
                                       return stream.Of(symbol) > 0;
                                     });
    if (!present && !(symbol == kProton && BringsAcid(*built))) continue;
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

std::string AddSections(const Flowsheet& flowsheet, std::size_t index, Built* built) {
  const Circuit& circuit = flowsheet.circuits[index];
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
    built->leaving.push_back({LoadedOrganicName(flowsheet, index), Leaving::Role::kOrganic,
                              kernels::Phase::kOrganic, static_cast<int>(draws.size()) + 1,
                              built->circuit.stages - 1});
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

/// Organic of the circuit's own: what enters the first stage, or makes up for it.
void AddOwnOrganic(const Organic& given, double flow, Built* built) {
  kernels::Inlet organic;
  organic.stage = 0;
  organic.phase = kernels::Phase::kOrganic;
  organic.flow = flow;
  organic.extractant_dimer_mol_per_l = built->extractant_monomer / 2;
  organic.molarity.assign(built->components.size(), 0);
  for (const MetalConcentration& metal : given.metals) {
    if (const double mol_per_l = Value(metal.mol_per_l); mol_per_l > 0) {
      organic.molarity[built->Component(metal.element)] += mol_per_l;
      built->organic_metals.emplace_back(metal.element, mol_per_l);
    }
  }
  // What comes from a circuit brings extractant that is not known yet.
  if (const double share = Value(given.saponification); share > 0 && HoldsFlow(given)) {
    const double base = share * built->extractant_monomer;  // [mol/L]
    const bool sodium = given.base == Base::kNaOH;
    organic.molarity[built->Component(sodium ? kSodium : kAmmonium)] += base;
    built->saponification_base = base * built->organic_flow;
  }
  built->circuit.inlets.push_back(std::move(organic));
  built->stream_of_inlet.push_back(0);
}

/// An inlet for what comes from a circuit.
void AddLink(int section, int index, int stage, kernels::Phase phase, Built* built) {
  kernels::Inlet inlet;
  inlet.stage = stage;
  inlet.phase = phase;
  inlet.flow = 1;
  inlet.molarity.assign(built->components.size(), 0);
  built->links.push_back({section, index, stage, static_cast<int>(built->circuit.inlets.size())});
  built->circuit.inlets.push_back(std::move(inlet));
  built->stream_of_inlet.push_back(built->streams.size() - 1);
}

void AddOrganic(const Organic& organic, Built* built) {
  const bool linked = !organic.from.empty();
  if (HoldsFlow(organic)) {
    AddOwnOrganic(organic, built->organic_flow, built);
    if (linked) built->links.push_back({-1, 0, 0, -1});
  } else {
    if (organic.make_up) AddOwnOrganic(organic, Value(*organic.make_up), built);
    AddLink(-1, 0, 0, kernels::Phase::kOrganic, built);
  }
  built->circuit.recycle = organic.loop == Loop::kClosed ? 1 : 0;
}

/// The stream of an inlet in a flowsheet of one circuit.
InletSource FromOutside(const Flowsheet& flowsheet, const Inlet& inlet) {
  const auto stream =
      std::find_if(flowsheet.streams.begin(), flowsheet.streams.end(),
                   [&](const Stream& candidate) { return candidate.name == inlet.stream; });
  return {static_cast<int>(stream - flowsheet.streams.begin()), 1, kernels::Phase::kAqueous};
}

void AddInlets(const Flowsheet& flowsheet, std::size_t circuit_index, const Wiring* wiring,
               Built* built) {
  const Circuit& circuit = flowsheet.circuits[circuit_index];
  const std::size_t components = built->components.size();
  AddOrganic(circuit.organic, built);
  for (std::size_t s = 0; s < circuit.sections.size(); ++s) {
    for (std::size_t k = 0; k < circuit.sections[s].inlets.size(); ++k) {
      const Inlet& own = circuit.sections[s].inlets[k];
      const InletSource source =
          wiring == nullptr ? FromOutside(flowsheet, own) : wiring->inlets[s][k];
      const bool organic = source.phase == kernels::Phase::kOrganic;
      const int usual = organic ? 1 : built->sections[s].count;
      const int stage = built->sections[s].first + (own.stage ? Value(*own.stage) : usual) - 1;
      if (source.stream < 0) {
        AddLink(static_cast<int>(s), static_cast<int>(k), stage, source.phase, built);
        continue;
      }
      const auto index = static_cast<std::size_t>(source.stream);
      const Composition& composition = built->streams[index];
      kernels::Inlet inlet;
      inlet.stage = stage;
      // The composition's flow is what enters the circuit, of a divided stream at several places.
      inlet.flow = wiring == nullptr ? composition.flow
                                     : Value(flowsheet.streams[index].flow) * source.share;
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

/// The circuit's extractant system and what is known without its streams.
std::string AddSystem(const Circuit& circuit, const Flowsheet& flowsheet,
                      const Chemistry& chemistry, Built* built) {
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
  return "";
}

std::string AddStreams(const Flowsheet& flowsheet, const Chemistry& chemistry, const Wiring* wiring,
                       Built* built) {
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    Composition composition;
    if (wiring == nullptr || wiring->stream_shares[i] > 0) {
      if (auto wrong =
              Compose(flowsheet.streams[i], chemistry, built->system->law == Law::kConstantBeta,
                      built->system->medium, &composition);
          !wrong.empty()) {
        return wrong;
      }
      if (wiring != nullptr) composition.flow *= wiring->stream_shares[i];
    }
    built->streams.push_back(std::move(composition));
  }
  return "";
}

std::string Finish(const Flowsheet& flowsheet, const Chemistry& chemistry, std::size_t index,
                   const Wiring* wiring, const std::set<std::string>& carried, Built* built) {
  const Circuit& circuit = flowsheet.circuits[index];
  if (auto wrong = AddComponents(circuit, chemistry, carried, built); !wrong.empty()) return wrong;
  if (auto wrong = AddSections(flowsheet, index, built); !wrong.empty()) return wrong;
  AddStageShares(circuit, built);
  AddInlets(flowsheet, index, wiring, built);
  SetLaw(circuit, built);
  return "";
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
  if (auto wrong = AddSystem(flowsheet.circuits[0], flowsheet, chemistry, built); !wrong.empty()) {
    return wrong;
  }
  if (auto wrong = AddStreams(flowsheet, chemistry, nullptr, built); !wrong.empty()) return wrong;
  return Finish(flowsheet, chemistry, 0, nullptr, carried, built);
}

std::string BuildStreams(const Flowsheet& flowsheet, const Chemistry& chemistry,
                         const Wiring& wiring, Built* built) {
  *built = Built();
  const Circuit& circuit = flowsheet.circuits[wiring.circuit];
  if (auto wrong = AddSystem(circuit, flowsheet, chemistry, built); !wrong.empty()) return wrong;
  if (auto wrong = AddStreams(flowsheet, chemistry, &wiring, built); !wrong.empty()) return wrong;
  built->streams.emplace_back();
  return "";
}

std::string BuildCircuit(const Flowsheet& flowsheet, const Chemistry& chemistry,
                         const Wiring& wiring, const std::set<std::string>& carried, Built* built) {
  return Finish(flowsheet, chemistry, wiring.circuit, &wiring, carried, built);
}

std::set<std::string> EnteringCations(const Circuit& circuit, const Built& built) {
  std::set<std::string> entering;
  for (const Composition& stream : built.streams) {
    for (const auto& [element, mol_per_l] : stream.cations) entering.insert(element);
  }
  for (const MetalConcentration& metal : circuit.organic.metals) {
    if (Value(metal.mol_per_l) > 0) entering.insert(metal.element);
  }
  if (auto metered = Metered(circuit.organic); !metered.empty()) entering.insert(metered);
  if (BringsAcid(built)) entering.insert(kProton);
  return entering;
}

}  // namespace raffinate::optimizer
