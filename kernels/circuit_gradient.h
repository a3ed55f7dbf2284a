// The way of derivatives from what leaves a circuit to what its user gave.
#pragma once

#include <span>
#include <vector>

#include "kernels/circuit.h"
#include "kernels/gradient.h"

namespace raffinate::kernels {

/// A number's own derivatives by one row of Outflows. Empty arrays stand for
/// zeros.
struct OutflowSeed {
  double aqueous_flow = 0;             ///< [per m3/h]
  double droplets = 0;                 ///< organic that the aqueous leaving stage 0 carries, in
                                       ///< that row only [per m3/h]
  double free_acid = 0;                ///< [per kmol/h]
  double anions = 0;                   ///< [per keq/h]
  std::vector<double> metals;          ///< M [per kmol/h]
  std::vector<double> aqueous_metals;  ///< M [per kmol/h]
  std::vector<double> totals;          ///< masters - 2 [per kmol/h]; of the aqueous only
};

/// What a number sees of a solved circuit: through the solution, and directly
/// through flows and anions.
struct OutflowPath {
  SolutionSeed seed;
  CascadeGradient direct;
};

/// The path of a number that is computed from the rows of Outflows. `seeds` has
/// one entry per row. To `direct` a caller may add what the number sees of the
/// cascade otherwise.
OutflowPath SeedOutflows(const Circuit& circuit, const Cascade& cascade, const Solution& solution,
                         std::span<const OutflowSeed> seeds);

/// By the numbers of one inlet, in the number's unit per that of the field.
struct InletGradient {
  double flow = 0;
  std::vector<double> molarity;  ///< M
  double anions = 0;
  double extractant_dimer_mol_per_l = 0;
  std::vector<double> totals;  ///< masters - 2; 0 where the phase carries none of it
};

/// By everything a circuit is made of. Inlets and draws in the circuit's order; a
/// draw's is by whichever of share and flow it was given as.
struct CircuitGradient {
  std::vector<InletGradient> inlets;
  std::vector<double> draws;
  std::vector<double> efficiency;           ///< N
  std::vector<double> aqueous_entrainment;  ///< N
  std::vector<double> organic_entrainment;  ///< N
  std::vector<double> log10_k;              ///< M
  double recycle = 0;
  std::vector<double> shift;  ///< N*M by ln D; tables only
};

/// Derivatives by the circuit's numbers from those by the cascade that Assemble
/// made of it: the sum of the path's `direct` and what Differentiate returns for
/// its `seed`. The circuit must be one that Assemble accepts.
CircuitGradient ThroughAssembly(const Circuit& circuit, const CascadeGradient& by_cascade);
/// The same of several numbers of one circuit, which is laid out once.
std::vector<CircuitGradient> ThroughAssembly(const Circuit& circuit,
                                             std::span<const CascadeGradient> by_cascade);

/// `sum += scale * term`, sized like `term` when empty.
void AddScaled(double scale, const CascadeGradient& term, CascadeGradient* sum);

}  // namespace raffinate::kernels
