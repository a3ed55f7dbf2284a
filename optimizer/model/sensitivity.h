// Derivatives of the figures by every number that an engineer may turn.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kernels/gradient.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/figure_paths.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/levers.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// Sensitivities by some numbers of a flowsheet.
struct LeafSensitivities {
  Sensitivities all;
  std::vector<std::size_t> leaves;  ///< of each lever, its index in the order of VisitLeaves
};

/// The figures of one solved circuit on their way to derivatives: seeds for
/// kernels::Differentiate, and what to make of its answer. Several circuits: plant/sensitivity.h.
class FigureGradients {
 public:
  /// Figures beside those of FigurePaths, and what they see of what the flowsheet brings.
  struct More {
    std::vector<FigurePath> paths;
    BroughtNumbers brought;
  };

  /// Keeps references to the first three. `figures` are those of `solved`. Covers what FigurePaths
  /// does, and `more`.
  FigureGradients(const Flowsheet& flowsheet, const Chemistry& chemistry, const Solved& solved,
                  const Figures& figures, const WantedFigures& wanted = nullptr, More more = {});

  /// One per figure, to hand to kernels::Differentiate.
  const std::vector<kernels::SolutionSeed>& seeds() const { return seeds_; }

  /// One figure by the numbers of the circuit.
  struct ByCircuit {
    std::string name, product;
    double value = 0;
    kernels::CircuitGradient circuit;
    SupplyGradient supplies;
  };
  /// `gradients`: one per seed.
  std::vector<ByCircuit> ThroughCircuit(std::vector<kernels::CascadeGradient> gradients) const;

  /// The derivatives by every real number of the flowsheet that can change by itself and is
  /// `wanted`. A concentration of zero is none where the metal enters nowhere: it is then not in
  /// the model.
  /// `gradients`: one per seed. Exact up to rounding: every number of a circuit
  /// is linear in each number of its flowsheet alone.
  LeafSensitivities Finish(std::vector<kernels::CascadeGradient> gradients,
                           const WantedLeaves& wanted = nullptr) const;

 private:
  struct Figure {
    std::string name, product;
    double value = 0;
    kernels::CascadeGradient direct;  ///< by the cascade at a fixed solution
    SupplyGradient supplies;
    std::vector<double> by_brought;
  };

  const Flowsheet& flowsheet_;
  const Chemistry& chemistry_;
  const Solved& solved_;
  BroughtNumbers brought_;
  std::vector<Figure> figures_;
  std::vector<kernels::SolutionSeed> seeds_;
};

/// The sensitivities of one solved circuit.
Sensitivities ComputeSensitivities(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                   const Solved& solved, const kernels::Device& device);

}  // namespace raffinate::optimizer
