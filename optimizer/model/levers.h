// From a circuit's derivatives to those by the numbers of its flowsheet.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "kernels/circuit_gradient.h"
#include "optimizer/model/build.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// A number's own derivatives by what the inlets bring, at a fixed cascade. An empty
/// array stands for zeros.
struct SupplyGradient {
  double by_acid_kg = 0;       ///< [per kg/h of HCl]
  double by_base_kmol = 0;     ///< [per kmol/h]
  double by_organic_flow = 0;  ///< entering the first stage [per m3/h]
  double by_organic_fed = 0;   ///< the same, of what comes from no circuit [per m3/h]
  std::vector<double> by_fed;  ///< per component [per kmol/h]
};

/// What else a flowsheet of one circuit brings, as a caller counts it: numbers of a fixed order,
/// each linear in every leaf alone. Null: none.
using BroughtNumbers = std::function<std::vector<double>(const Flowsheet&, const Built&)>;

/// Which leaves, by their index in the order of VisitLeaves; null: all.
using WantedLeaves = std::function<bool(std::size_t)>;

/// How the numbers of a circuit follow each real number of its flowsheet. Exact:
/// every number of a circuit is linear in each number of its flowsheet alone.
class Levers {
 public:
  /// `flowsheet` is what `built` was made of. A leaf that cannot change by itself is no lever: a
  /// concentration of zero where the metal enters nowhere is not in the model.
  Levers(const Flowsheet& flowsheet, const Chemistry& chemistry, const Built& built,
         const WantedLeaves& wanted = nullptr, const BroughtNumbers& brought = nullptr);

  const std::vector<Lever>& levers() const { return levers_; }
  /// Of each lever, the index of its leaf.
  const std::vector<std::size_t>& leaves() const { return leaves_; }

  /// The total derivatives of a number, one per lever, in its unit per that of the lever.
  /// `by_brought`: by each of the BroughtNumbers; empty: none.
  std::vector<double> Derivatives(const kernels::CircuitGradient& by_circuit,
                                  const SupplyGradient& by_supplies,
                                  const std::vector<double>& by_brought = {}) const;

 private:
  /// Of one lever.
  struct Slopes {
    std::vector<std::pair<std::size_t, double>> numbers;  ///< of the circuit, in the order of
                                                          ///< Flatten
    double acid_kg = 0, base_kmol = 0, organic_flow = 0;
    std::vector<double> fed, brought;
  };

  std::vector<double> Flatten(const kernels::Circuit& circuit) const;
  std::vector<double> Flatten(const kernels::CircuitGradient& gradient) const;

  const Built& built_;
  std::size_t totals_ = 0;  ///< per inlet
  std::vector<Lever> levers_;
  std::vector<std::size_t> leaves_;
  std::vector<Slopes> slopes_;
};

}  // namespace raffinate::optimizer
