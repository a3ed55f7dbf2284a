// What a figure sees of what was solved.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/circuit_gradient.h"
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
  std::vector<Part> circuits;      ///< one each
  std::vector<double> by_share;    ///< one per exit, by its share
  std::vector<double> by_brought;  ///< by the numbers of BroughtNumbers; empty: none
};

/// Puts the paths of figures together.
class PathMaker {
 public:
  /// One per exit: by the whole row that it is a share of.
  using Seeds = std::vector<kernels::OutflowSeed>;
  /// Adds what a figure sees of a circuit beside what leaves it.
  using Within = std::function<void(std::size_t circuit, kernels::OutflowPath* path)>;

  /// Keeps a reference.
  explicit PathMaker(const SolvedCircuits& solved);

  const SolvedCircuits& solved() const { return solved_; }
  const Built& BuiltOf(const ExitRow& exit) const { return solved_.circuits[exit.circuit].built; }

  Seeds NoSeeds() const { return Seeds(solved_.exits.size()); }

  FigurePath Begin(const std::string& name, const std::string& product, double value) const;

  /// `within` is called for the circuits that `seen` lists.
  FigurePath End(FigurePath path, const Seeds& seeds, std::span<const std::size_t> seen = {},
                 const Within& within = nullptr) const;

 private:
  const SolvedCircuits& solved_;
  std::vector<std::vector<kernels::Outflow>> rows_;  ///< of each circuit
};

/// Adds a number's derivatives by the volumes through a stage (VolumesOf) to those by its flows.
void AddVolumes(const kernels::StageFlows& flows, double by_aqueous, double by_organic,
                kernels::StageFlows* by);

/// `sum += scale * term`, sized like `term` when shorter.
void AddScaled(double scale, const std::vector<double>& term, std::vector<double>* sum);

}  // namespace raffinate::optimizer
