#include "optimizer/plant/economic_paths.h"

#include <cstddef>
#include <functional>
#include <numeric>
#include <string>
#include <utility>

#include "optimizer/economics/slopes.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"
#include "optimizer/plant/balance.h"

namespace raffinate::optimizer {
namespace {

/// From the derivatives by a balance to those by what it was made of; the way back through
/// ComputePlantBalance.
class Paths {
 public:
  Paths(const SolvedCircuits& solved, const PlantBalance& balance)
      : solved_(solved), maker_(solved), all_(solved.circuits.size()) {
    std::iota(all_.begin(), all_.end(), std::size_t{0});
    for (const Solved& circuit : solved.circuits) {
      std::vector<std::size_t>& own = own_.emplace_back();
      for (const Element* element : circuit.built.components) {
        own.push_back(static_cast<std::size_t>(FindElement(balance, element->symbol)));
      }
    }
  }

  FigurePath Of(const FigureSlopes& figure) const {
    PathMaker::Seeds seeds = maker_.NoSeeds();
    for (std::size_t e = 0; e < seeds.size(); ++e) {
      SetSeed(figure.by.outlets[e], solved_.exits[e], &seeds[e]);
    }
    FigurePath path = maker_.End(maker_.Begin(figure.name, "", figure.value), seeds, all_,
                                 [&](std::size_t c, kernels::OutflowPath* seen) {
                                   SeeStages(figure.by.circuits[c], c, seen);
                                 });
    path.by_brought = Brought(figure.by);
    return path;
  }

 private:
  void SetSeed(const PlantOutlet& by, const ExitRow& exit, kernels::OutflowSeed* seed) const {
    const Built& built = maker_.BuiltOf(exit);
    const std::vector<std::size_t>& own = own_[exit.circuit];
    seed->aqueous_flow = by.flow;
    if (by.aqueous) seed->droplets = by.organic;
    seed->metals.resize(own.size());
    seed->aqueous_metals.resize(own.size());
    for (std::size_t k = 0; k < own.size(); ++k) {
      seed->metals[k] = by.metals[own[k]];
      seed->aqueous_metals[k] = by.aqueous_metals[own[k]];
    }
    const int proton = built.Component(kProton);
    if (KnowsProton(built.system->law)) {
      seed->free_acid = by.free_acid;
    } else if (proton >= 0) {
      seed->aqueous_metals[proton] += by.free_acid;
    }
    AddMediumEquivalents(built, by.anions, seed);
  }

  void SeeStages(const PlantCircuit& by, std::size_t c, kernels::OutflowPath* seen) const {
    const Solved& circuit = solved_.circuits[c];
    const std::vector<std::size_t>& own = own_[c];
    std::size_t j = 0;
    for (const PlantSection& section : by.sections) {
      for (const PlantStage& stage : section.stages) {
        AddVolumes(circuit.cascade.flows[j], stage.aqueous, stage.organic, &seen->direct.flows[j]);
        for (std::size_t k = 0; k < own.size(); ++k) {
          seen->seed.x[j * own.size() + k] += stage.x[own[k]];
          seen->seed.y[j * own.size() + k] += stage.y[own[k]];
        }
        ++j;
      }
    }
  }

  const SolvedCircuits& solved_;
  PathMaker maker_;
  std::vector<std::size_t> all_;               ///< circuits
  std::vector<std::vector<std::size_t>> own_;  ///< [circuit][component]: index in the balance
};

std::vector<FigurePath> PathsOf(const Flowsheet& flowsheet, const SolvedCircuits& circuits,
                                const PlantBalance& balance, const WantedFigures& wanted) {
  std::function<bool(const std::string&)> is_wanted;
  if (wanted) is_wanted = [&](const std::string& figure) { return wanted(figure, ""); };
  const Paths paths(circuits, balance);
  std::vector<FigurePath> all;
  for (const FigureSlopes& figure : DifferentiatePlant(
           balance, *circuits.circuits.front().built.economics, flowsheet.economics, is_wanted)) {
    all.push_back(paths.Of(figure));
  }
  return all;
}

}  // namespace

std::vector<FigurePath> EconomicPaths(const Flowsheet& flowsheet, const Solved& solved,
                                      const WantedFigures& wanted) {
  if (!CanEvaluate(flowsheet, solved.built)) return {};
  return PathsOf(flowsheet, Alone(solved), ComputePlantBalance(flowsheet, solved), wanted);
}

std::vector<FigurePath> EconomicPaths(const Flowsheet& flowsheet, const Plant& plant,
                                      const PlantSolution& solution, const SolvedCircuits& circuits,
                                      const WantedFigures& wanted) {
  if (!CanEvaluate(flowsheet, plant)) return {};
  return PathsOf(flowsheet, circuits, ComputePlantBalance(flowsheet, plant, solution), wanted);
}

}  // namespace raffinate::optimizer
