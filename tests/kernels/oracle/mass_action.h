// A plain mass-action cascade for tests only: dense Newton in long double on the full set of
// unknowns, written to be read, and sharing no code with kernels/.
#pragma once

#include <vector>

namespace raffinate::oracle {

/// D = 10^log10_k * S^dimers / h^charge with S free dimer and h free proton [mol/L].
struct MassActionComponent {
  double log10_k = 0;
  double charge = 3;
  double dimers = 3;
};

struct MassActionInlet {
  int stage = 1;
  double flow = 1;               ///< aqueous [L/h]
  std::vector<double> molarity;  ///< per component [mol/L], >= 0
  double anions = 0;  ///< strong anions [eq/L]; what metals leave is acid (+) or base (-)
};

/// Stages are numbered from 1 in the direction of the organic. The organic enters stage 1 and
/// leaves the last; aqueous flows down and leaves stage 1. The last stage must receive an aqueous
/// inlet.
struct MassActionProblem {
  std::vector<MassActionComponent> components;
  int stages = 1;
  double organic_flow = 1;               ///< [L/h]
  double dimer = 0.5;                    ///< total extractant as dimer [mol/L]
  std::vector<double> organic_molarity;  ///< on the entering organic [mol/L]; empty: none
  std::vector<MassActionInlet> inlets;   ///< aqueous
  double water_product = 1e-14;          ///< [mol2/L2]
};

struct MassActionProfile {
  bool converged = false;
  double residual = 0;                 ///< worst scaled equation
  std::vector<std::vector<double>> x;  ///< [stage - 1][component] aqueous [mol/L]
  std::vector<std::vector<double>> y;  ///< [stage - 1][component] organic [mol/L]
  std::vector<double> h;               ///< [stage - 1] free proton [mol/L]
  std::vector<double> s;               ///< [stage - 1] free dimer [mol/L]
};

/// Solves the steady state of small cascades (a few hundred unknowns).
MassActionProfile SolveMassAction(const MassActionProblem& problem);

}  // namespace raffinate::oracle
