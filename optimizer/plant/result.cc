#include "optimizer/plant/result.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/distribution.h"
#include "optimizer/model/evidence.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"
#include "optimizer/model/warm_state.h"

namespace raffinate::optimizer {
namespace {

using Rows = std::vector<std::vector<kernels::Outflow>>;

Solved CircuitOf(const Plant& plant, const PlantSolution& solution, std::size_t c) {
  return {plant.circuits[c], plant.cascades[c], solution.circuits[c]};
}

Rows RowsOf(const Plant& plant, const PlantSolution& solution) {
  Rows rows;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    rows.push_back(
        kernels::Outflows(plant.circuits[c].circuit, plant.cascades[c], solution.circuits[c]));
  }
  return rows;
}

kernels::Outflow Scaled(kernels::Outflow out, double share) {
  out.aqueous_flow *= share;
  out.organic_flow *= share;
  for (double& kmol : out.metals) kmol *= share;
  for (double& kmol : out.aqueous_metals) kmol *= share;
  for (double& kmol : out.totals) kmol *= share;
  out.free_acid *= share;
  out.anions *= share;
  out.extractant_dimer *= share;
  return out;
}

/// What is fed of `element`, with what residues took [kmol/h].
double FedBeforeResidues(const Plant& plant, const std::string& element) {
  double fed = plant.Fed(element);
  for (const Built& built : plant.circuits) {
    for (const Composition& stream : built.streams) {
      for (const ComposedResidue& residue : stream.residues) {
        for (const auto& [metal, mol_per_l] : residue.metals) {
          if (metal->symbol == element) fed += stream.flow * mol_per_l;
        }
      }
    }
  }
  return fed;
}

ProductFigures OfProduct(const Product& product, const Plant& plant, const Rows& rows) {
  const auto rest = std::find_if(plant.rests.begin(), plant.rests.end(),
                                 [&](const Rest& stream) { return stream.name == product.stream; });
  if (rest == plant.rests.end()) return FiguresOf(product, plant.circuits[0], {}, {});
  const Built& built = plant.circuits[rest->circuit];
  std::vector<double> fed, leaving;
  double here = 0, all = 0;
  const auto& metals = rows[rest->circuit][built.leaving[rest->leaving].row].metals;
  for (std::size_t i = 0; i < built.components.size(); ++i) {
    fed.push_back(FedBeforeResidues(plant, built.components[i]->symbol));
    leaving.push_back(rest->share * metals[i]);
    if (Wants(product, *built.components[i])) here += fed.back();
  }
  for (const std::string& element : product.elements) all += FedBeforeResidues(plant, element);
  ProductFigures figures = FiguresOf(product, built, leaving, fed);
  // What is fed but cannot come to this circuit is lost all the same.
  if (all > 0) figures.recovery *= here / all;
  return figures;
}

StreamState Entering(const Solved& solved, const std::string& name) {
  const Built& built = solved.built;
  StreamState state;
  state.name = name;
  state.role = "organic";
  state.flow_m3_per_h = built.organic_flow;
  double bound = 0;
  for (std::size_t i = 0; i < built.components.size(); ++i) {
    double kmol = kernels::FeedAt(solved.cascade.feed_up, static_cast<long>(i));
    if (i < solved.solution.recycled.size()) kmol += solved.solution.recycled[i];
    state.metals.push_back({built.components[i]->symbol, kmol / built.organic_flow});
    bound += built.circuit.components[i].dimers * state.metals.back().mol_per_l;
  }
  if (CountsExtractant(built.system->law)) {
    state.free_dimer_mol_per_l = built.extractant_monomer / 2 - bound;
  }
  return state;
}

/// Empty where there is only one circuit.
std::string NameOf(const Plant& plant, std::size_t circuit) {
  return plant.circuits.size() == 1 ? "" : plant.names[circuit];
}

double FreeDimer(const Solved& solved, const Leaving& leaving) {
  return std::exp(solved.solution.state.ln_s[leaving.stage]);
}

}  // namespace

double EnteringOrganicFlow(const Organic& organic, const Built& built) {
  if (organic.from.empty()) return built.organic_flow;
  return organic.make_up ? Value(*organic.make_up) : 0;
}

Figures ComputePlantFigures(const Flowsheet& flowsheet, const Plant& plant,
                            const PlantSolution& solution) {
  const Rows rows = RowsOf(plant, solution);
  Figures figures;
  double reo_kg = 0, acid_kg = 0, base_kmol = 0;
  for (const Product& product : flowsheet.products) {
    figures.products.push_back(OfProduct(product, plant, rows));
    reo_kg += figures.products.back().reo_kg_per_h;
  }
  Effluents effluents;
  for (const Rest& rest : plant.rests) {
    const Built& built = plant.circuits[rest.circuit];
    effluents.Add(built, rows[rest.circuit][built.leaving[rest.leaving].row], rest.share);
  }
  bool has_ph = false;
  for (const Built& built : plant.circuits) {
    const Supplies supplies = SuppliesOf(built);
    acid_kg += supplies.acid_kg_per_h;
    base_kmol += supplies.base_kmol_per_h;
    has_ph = has_ph || KnowsProton(built.system->law);
  }
  if (!flowsheet.products.empty()) SetPerTonne(acid_kg, base_kmol, effluents, reo_kg, &figures);
  BeginStageFigures(has_ph, &figures);
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    const Built& built = plant.circuits[c];
    figures.stages += plant.cascades[c].stages();
    figures.stage_flow_m3_per_h += built.organic_flow * plant.cascades[c].stages();
    figures.organic_m3_per_h += EnteringOrganicFlow(flowsheet.circuits[c].organic, built);
    AddStageFigures(CircuitOf(plant, solution, c), &figures);
  }
  return figures;
}

std::vector<StreamState> PlantStreams(const Flowsheet& flowsheet, const Plant& plant,
                                      const PlantSolution& solution) {
  std::vector<StreamState> streams;
  const Rows rows = RowsOf(plant, solution);
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
      if (!(plant.circuits[c].streams[i].flow > 0)) continue;
      streams.push_back(
          EnteringStream(flowsheet.streams[i], plant.circuits[c].streams[i], plant.circuits[c]));
      streams.back().circuit = NameOf(plant, c);
    }
  }
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    streams.push_back(Entering(CircuitOf(plant, solution, c), EnteringOrganicName(flowsheet, c)));
    streams.back().circuit = NameOf(plant, c);
  }
  const auto add = [&](int c, const Leaving& leaving, double share) -> StreamState& {
    const Solved solved = CircuitOf(plant, solution, static_cast<std::size_t>(c));
    streams.push_back(LeavingStream(leaving, Scaled(rows[c][leaving.row], share), solved.built,
                                    FreeDimer(solved, leaving)));
    streams.back().circuit = NameOf(plant, c);
    return streams.back();
  };
  for (const Link& link : plant.links) {
    const std::vector<Leaving>& leaving = plant.circuits[link.from].leaving;
    const auto stream = std::find_if(leaving.begin(), leaving.end(),
                                     [&link](const Leaving& one) { return one.row == link.row; });
    StreamState& state = add(link.from, *stream, link.share);
    state.name = link.name;
    state.role = "link";
    state.to_circuit = NameOf(plant, link.to);
  }
  for (const Rest& rest : plant.rests) {
    add(rest.circuit, plant.circuits[rest.circuit].leaving[rest.leaving], rest.share).name =
        rest.name;
  }
  return streams;
}

std::vector<StageState> PlantStages(const Plant& plant, const PlantSolution& solution) {
  std::vector<StageState> all;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    for (StageState& stage : ComputeStages(CircuitOf(plant, solution, c))) {
      stage.circuit = NameOf(plant, c);
      all.push_back(std::move(stage));
    }
  }
  return all;
}

std::vector<Flag> PlantFlags(const Plant& plant, const PlantSolution& solution) {
  std::vector<Flag> all;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    for (Flag& flag : ComputeFlags(CircuitOf(plant, solution, c))) {
      if (flag.stages.empty() && flag.section.empty()) {
        // What is said of a system is said once.
        if (std::any_of(all.begin(), all.end(), [&flag](const Flag& other) {
              return other.code == flag.code && other.message == flag.message;
            })) {
          continue;
        }
      } else if (plant.circuits.size() > 1) {
        flag.circuit = plant.names[c];
        flag.message = absl::StrCat(plant.names[c], ", ", flag.message);
      }
      all.push_back(std::move(flag));
    }
  }
  return all;
}

std::vector<CircuitState> PlantCircuits(const Plant& plant, const PlantSolution& solution) {
  std::vector<CircuitState> all;
  if (plant.circuits.size() == 1) return all;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    const Built& built = plant.circuits[c];
    Figures figures;
    BeginStageFigures(KnowsProton(built.system->law), &figures);
    AddStageFigures(CircuitOf(plant, solution, c), &figures);
    CircuitState state;
    state.circuit = plant.names[c];
    state.system = built.system->name;
    state.stages = plant.cascades[c].stages();
    state.organic_m3_per_h = built.organic_flow;
    state.max_organic_to_aqueous = figures.max_organic_to_aqueous;
    state.min_organic_to_aqueous = figures.min_organic_to_aqueous;
    state.max_loading = figures.max_loading;
    state.min_ph = figures.min_ph;
    state.max_ph = figures.max_ph;
    all.push_back(std::move(state));
  }
  return all;
}

Evidence PlantEvidence(const Flowsheet& flowsheet, const Graph& graph, const Plant& plant,
                       const PlantSolution& solution) {
  Flowsheet whole;
  whole.products = flowsheet.products;
  for (Product& product : whole.products) {
    if (const StreamOrigin* origin = graph.Find(product.stream)) product.stream = origin->root;
  }
  const auto join = [](Provenance provenance, const std::vector<std::string>& elements,
                       Provenance* weakest, std::vector<std::string>* of) {
    if (elements.empty()) return;
    if (of->empty() || (provenance != *weakest && Weaker(*weakest, provenance) == provenance)) {
      *weakest = provenance;
      *of = elements;
    } else if (provenance == *weakest) {
      for (const std::string& element : elements) {
        if (std::find(of->begin(), of->end(), element) == of->end()) of->push_back(element);
      }
    }
  };
  Evidence all;
  std::vector<std::string> systems;
  for (const Product& product : flowsheet.products) {
    all.products.emplace_back().product = product.name;
  }
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    const Evidence own = ComputeEvidence(whole, CircuitOf(plant, solution, c));
    if (std::find(systems.begin(), systems.end(), own.system) == systems.end()) {
      systems.push_back(own.system);
    }
    all.origin = std::max(all.origin, own.origin);
    join(own.weakest, own.weakest_elements, &all.weakest, &all.weakest_elements);
    const std::set<std::size_t> reached = graph.Reached(static_cast<int>(c));
    for (std::size_t p = 0; p < all.products.size(); ++p) {
      const StreamOrigin* origin = graph.Find(whole.products[p].stream);
      if (origin == nullptr || !reached.contains(static_cast<std::size_t>(origin->circuit))) {
        continue;
      }
      join(own.products[p].weakest, own.products[p].weakest_elements, &all.products[p].weakest,
           &all.products[p].weakest_elements);
    }
  }
  all.system = absl::StrJoin(systems, ", ");
  return all;
}

std::vector<double> PackPlant(const Plant& plant, const PlantSolution& solution) {
  std::vector<double> packed;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    const std::vector<double> own =
        PackState(plant.circuits[c].sections, solution.circuits[c].state, {});
    packed.push_back(static_cast<double>(own.size()));
    packed.insert(packed.end(), own.begin(), own.end());
  }
  packed.insert(packed.end(), solution.moles.begin(), solution.moles.end());
  return packed;
}

PlantState UnpackPlant(const std::vector<double>& packed, const Plant& plant) {
  PlantState state;
  std::size_t at = 0;
  for (const Built& built : plant.circuits) {
    if (at >= packed.size() || !(packed[at] >= 0 && packed[at] <= 1e9)) return {};
    const auto size = static_cast<std::size_t>(packed[at++]);
    if (packed.size() - at < size) return {};
    state.circuits.push_back(
        UnpackState(std::span(packed).subspan(at, size), built.sections).state);
    at += size;
  }
  state.moles.assign(packed.begin() + at, packed.end());
  if (!std::all_of(state.moles.begin(), state.moles.end(),
                   [](double kmol) { return std::isfinite(kmol) && kmol >= 0; })) {
    return {};
  }
  return state;
}

}  // namespace raffinate::optimizer
