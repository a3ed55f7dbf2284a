#include "optimizer/plant/plant.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"
#include "optimizer/plant/flows.h"

namespace raffinate::optimizer {
namespace {

std::vector<Wiring> Wire(const Flowsheet& flowsheet, const Graph& graph) {
  std::vector<Wiring> wirings;
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    Wiring wiring;
    wiring.circuit = c;
    wiring.stream_shares.assign(flowsheet.streams.size(), 0.0);
    for (const Section& section : flowsheet.circuits[c].sections) {
      auto& inlets = wiring.inlets.emplace_back();
      for (const Inlet& inlet : section.inlets) {
        const StreamOrigin& origin = *graph.Find(inlet.stream);
        InletSource source;
        source.stream = origin.stream;
        source.phase = origin.phase;
        if (origin.stream >= 0) {
          source.share = ShareOf(flowsheet, origin);
          wiring.stream_shares[origin.stream] += source.share;
        }
        inlets.push_back(source);
      }
    }
    wirings.push_back(std::move(wiring));
  }
  return wirings;
}

int LeavingIndex(const Built& built, const std::string& name) {
  for (std::size_t i = 0; i < built.leaving.size(); ++i) {
    if (built.leaving[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

void AddLinks(const Flowsheet& flowsheet, const Graph& graph, Plant* plant) {
  for (const Edge& edge : graph.edges()) {
    const StreamOrigin& origin = *graph.Find(edge.name);
    const Built& from = plant->circuits[edge.from];
    const Built& to = plant->circuits[edge.to];
    const auto inlet =
        std::find_if(to.links.begin(), to.links.end(), [&edge](const LinkedInlet& link) {
          return link.section == edge.section && link.index == edge.index;
        });
    Link link;
    link.name = edge.name;
    link.from = edge.from;
    link.row = from.leaving[LeavingIndex(from, origin.root)].row;
    link.share = ShareOf(flowsheet, origin);
    link.to = edge.to;
    link.stage = inlet->stage;
    link.held = inlet->inlet < 0;
    link.phase = origin.phase;
    link.inlet[PhaseIndex(origin.phase)] = inlet->inlet;
    plant->links.push_back(std::move(link));
  }
}

/// Everything of `name` that nothing takes up.
void AddRests(const Flowsheet& flowsheet, const std::map<std::string, std::string>& consumed,
              const Graph& graph, const std::string& name, int circuit, int leaving, Plant* plant) {
  for (const Split& split : flowsheet.splits) {
    if (split.stream != name) continue;
    for (const SplitPart& part : split.parts) {
      AddRests(flowsheet, consumed, graph, part.name, circuit, leaving, plant);
    }
    return;
  }
  if (consumed.contains(name)) return;
  plant->rests.push_back({name, circuit, leaving, ShareOf(flowsheet, *graph.Find(name))});
}

/// Base metered into organic that comes from a circuit, now that its extractant is known.
void Saponify(const Circuit& circuit, Link* link, Plant* plant) {
  Built& built = plant->circuits[link->to];
  kernels::Inlet& inlet = built.circuit.inlets[link->inlet[1]];
  double flow = 0, dimer = 0;
  for (const kernels::Inlet& in : built.circuit.inlets) {
    if (in.phase != kernels::Phase::kOrganic || in.stage != 0) continue;
    if (&in != &inlet && &in != &built.circuit.inlets[0]) continue;
    flow += in.flow;
    dimer += in.flow * in.extractant_dimer_mol_per_l;
  }
  // What the fresh organic brings is counted by volume of all.
  for (auto& [element, mol_per_l] : built.organic_metals) {
    mol_per_l *= Value(*circuit.organic.make_up) / flow;
  }
  built.organic_flow = flow;
  built.extractant_monomer = 2 * dimer / flow;
  const double share = Value(circuit.organic.saponification);
  if (!(share > 0)) return;
  built.saponification_base = share * 2 * dimer;
  link->metered.assign(built.components.size(), 0.0);
  const bool sodium = circuit.organic.base == Base::kNaOH;
  link->metered[built.Component(sodium ? kSodium : kAmmonium)] = built.saponification_base;
}

void CountFed(Plant* plant) {
  std::map<std::string, double> fed;
  for (std::size_t c = 0; c < plant->circuits.size(); ++c) {
    const Built& built = plant->circuits[c];
    const kernels::Cascade& cascade = plant->cascades[c];
    for (const kernels::Feeds* feeds : {&cascade.feed_up, &cascade.feed_down}) {
      for (const kernels::Feed& feed : *feeds) {
        fed[built.components[feed.at % cascade.size()]->symbol] += feed.amount;
      }
    }
  }
  plant->fed.assign(fed.begin(), fed.end());
}

}  // namespace

double Plant::Fed(const std::string& element) const {
  for (const auto& [symbol, kmol] : fed) {
    if (symbol == element) return kmol;
  }
  return 0;
}

std::string MakePlant(const Flowsheet& flowsheet, const Chemistry& chemistry, const Graph& graph,
                      Plant* plant) {
  *plant = Plant();
  plant->groups = graph.groups();
  const std::vector<Wiring> wirings = Wire(flowsheet, graph);
  std::vector<std::set<std::string>> cations;
  for (const Wiring& wiring : wirings) {
    plant->names.push_back(flowsheet.circuits[wiring.circuit].name);
    Built& built = plant->circuits.emplace_back();
    if (auto wrong = BuildStreams(flowsheet, chemistry, wiring, &built); !wrong.empty()) {
      return absl::StrCat(plant->names.back(), ": ", wrong);
    }
    cations.push_back(EnteringCations(flowsheet.circuits[wiring.circuit], built));
  }
  for (std::size_t round = 0; round < cations.size(); ++round) {
    for (const Edge& edge : graph.edges()) {
      cations[edge.to].insert(cations[edge.from].begin(), cations[edge.from].end());
    }
  }
  for (std::size_t c = 0; c < wirings.size(); ++c) {
    if (auto wrong =
            BuildCircuit(flowsheet, chemistry, wirings[c], cations[c], &plant->circuits[c]);
        !wrong.empty()) {
      return absl::StrCat(plant->names[c], ": ", wrong);
    }
  }
  AddLinks(flowsheet, graph, plant);
  const auto consumed = Consumed(flowsheet);
  for (std::size_t c = 0; c < plant->circuits.size(); ++c) {
    const std::vector<Leaving>& leaving = plant->circuits[c].leaving;
    for (std::size_t i = 0; i < leaving.size(); ++i) {
      AddRests(flowsheet, consumed, graph, leaving[i].name, static_cast<int>(c),
               static_cast<int>(i), plant);
    }
  }
  if (auto wrong = SolveFlows(plant); !wrong.empty()) return wrong;
  for (std::size_t e = 0; e < graph.edges().size(); ++e) {
    Link& link = plant->links[e];
    if (graph.edges()[e].section < 0 && !link.held) {
      Saponify(flowsheet.circuits[link.to], &link, plant);
    }
  }
  for (std::size_t c = 0; c < plant->circuits.size(); ++c) {
    kernels::Cascade& cascade = plant->cascades.emplace_back();
    if (auto wrong = kernels::Assemble(plant->circuits[c].circuit, &cascade); !wrong.empty()) {
      return absl::StrCat(plant->names[c], ": ", wrong);
    }
  }
  for (const Link& link : plant->links) {
    for (std::size_t i = 0; i < link.metered.size(); ++i) {
      kernels::AddFeed(static_cast<long>(i), link.metered[i], &plant->cascades[link.to].feed_up);
    }
  }
  CountFed(plant);
  return "";
}

}  // namespace raffinate::optimizer
