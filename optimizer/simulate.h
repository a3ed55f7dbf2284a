// One simulated flowsheet, from its solution to its result.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "kernels/cascade.h"
#include "kernels/circuit.h"
#include "optimizer/model/build.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/graph.h"
#include "optimizer/plant/solve.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// A flowsheet of numbers, laid out for the solver. `problem` says why it
/// cannot be, and is empty when it can. Must not outlive `chemistry` nor the
/// flowsheet's own extractant systems. A circuit that stands alone is in `built` and `cascade`;
/// several, or one with streams that come back to it, are in `plant`.
struct Prepared {
  Built built;
  kernels::Cascade cascade;
  std::string problem;
  std::shared_ptr<const Graph> graph;
  std::unique_ptr<Plant> plant;  ///< null where a circuit stands alone
};
/// `graph` is the flowsheet's own, shared by all that differ in numbers alone.
Prepared Prepare(const Flowsheet& flowsheet, const Chemistry& chemistry,
                 std::shared_ptr<const Graph> graph);
Prepared Prepare(const Flowsheet& flowsheet, const Chemistry& chemistry);

/// A solution of what was prepared: one of the two.
struct Answer {
  kernels::Solution circuit;
  PlantSolution plant;
};

/// What is kept of an answer to start its neighbours from; see PackState and PackPlant.
/// `composition`: of a circuit that stands alone also what is in its stages, M numbers per
/// stage beside the two and more of the masters; a neighbour from which Newton's method does
/// not arrive goes on from there with fewer steps, above all in long cascades.
std::vector<double> PackAnswer(const Prepared& prepared, const Answer& answer,
                               bool composition = false);

/// Solves all that have no problem, as batches. `packed` has one entry per prepared, from
/// PackAnswer or empty; or none at all for cold starts. `answers` is sized like `prepared`.
void SolveAll(const kernels::Device& device, const std::vector<Prepared*>& prepared,
              const std::vector<const std::vector<double>*>& packed,
              const std::atomic<bool>* cancel, std::vector<Answer>* answers);

/// Whether it has a steady state, and the residual of the search for it.
bool IsSolved(const Prepared& prepared, const Answer& answer);
double ResidualOf(const Prepared& prepared, const Answer& answer);

/// Figures that cost more than the others.
struct Extras {
  bool minimum = false;  ///< theoretical; of a circuit that stands alone
  bool plant = false;    ///< environmental and economic
};

/// The figures of a solved one, with what is asked for.
Figures FiguresOf(const Flowsheet& flowsheet, const Prepared& prepared, const Answer& answer,
                  const Extras& extras);

/// The result of a solution. Without convergence only the flowsheet and
/// Convergence, which says where and why, are filled: the numbers of a state
/// that is no steady state would mislead.
SimulationResult MakeResult(const Flowsheet& flowsheet, const Prepared& prepared,
                            const Answer& answer);

}  // namespace raffinate::optimizer
