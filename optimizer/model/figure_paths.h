// What every figure sees of what was solved.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernels/circuit_gradient.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/levers.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// A stream, or a part of one, that leaves for good.
struct ExitRow {
  std::string name;
  std::size_t circuit = 0;
  int row = 0;  ///< of kernels::Outflows of that circuit
  double share = 1;
};

/// One circuit that stands alone, or all of several.
struct SolvedCircuits {
  std::vector<Solved> circuits;
  std::vector<ExitRow> exits;
};
SolvedCircuits Alone(const Solved& solved);

/// One figure by what was solved.
struct FigurePath {
  struct Part {
    /// To hand to kernels::Differentiate; none where the figure sees nothing of the circuit, unless
    /// it stands alone.
    std::optional<kernels::OutflowPath> path;
    SupplyGradient supplies;
  };
  std::string name, product;
  double value = 0;
  std::vector<Part> circuits;    ///< one each
  std::vector<double> by_share;  ///< one per exit, by its share
};

/// Whether derivatives of a figure are asked for, by its name and product; null: of all.
using WantedFigures = std::function<bool(const std::string&, const std::string&)>;

/// Every figure of the figure table but the number of stages, the ratios to the theoretical
/// minimum, which changes with the split, and those of the plant. `figures` are those of
/// `solved`. Where a figure is that of one stage (largest loading, lowest pH), so is its path:
/// of several equal ones the first. What is not wanted costs nothing.
std::vector<FigurePath> FigurePaths(const Flowsheet& flowsheet, const SolvedCircuits& solved,
                                    const Figures& figures, const WantedFigures& wanted = nullptr);

}  // namespace raffinate::optimizer
