// A plain constant-separation-factor cascade, for tests only: written to be read, and sharing no
// code with kernels/.
#pragma once

#include <vector>

namespace raffinate::oracle {

/// One battery of `stages` stages, numbered from 1 in the direction of the organic: fresh organic
/// enters stage 1, aqueous product leaves it; scrub acid enters stage `stages`, organic product
/// leaves it. All fluxes are moles of rare earth (or of the charge that could carry it) per unit of
/// time, on one basis; the total metal on the organic is known everywhere (constant saponification,
/// no free acid left over), so only compositions are unknown.
struct ConstantBetaProblem {
  std::vector<double> beta;  ///< relative extractability of each component, > 0
  std::vector<double> feed;  ///< moles of each component fed, >= 0
  double organic_share = 0;  ///< share of the feed that arrives with the organic, [0, 1]
  int stages = 1;
  int feed_stage = 1;          ///< stage that receives the feed
  double organic_flux = 0;     ///< S: metal the fresh organic can carry
  double organic_product = 0;  ///< metal leaving the last stage as product
  int draw_stage = 0;          ///< stage whose leaving aqueous is drawn; 0: none
  double draw_flux = 0;        ///< metal drawn there

  /// What the ends return.
  enum class Ends {
    /// Metal-free organic (capacity S) enters stage 1 and metal-free acid
    /// (W = S + organic feed - product) enters the last stage.
    kOpen,
    /// The organic entering stage 1 carries S of raffinate composition; the aqueous entering the
    /// last stage carries W with the composition of the organic leaving it.
    kReflux,
  };
  Ends ends = Ends::kOpen;
};

struct ConstantBetaProfile {
  bool converged = false;
  double imbalance = 0;                ///< worst component balance over a stage, per mole fed
  std::vector<std::vector<double>> x;  ///< [stage - 1][component] aqueous mole fractions
  std::vector<std::vector<double>> y;  ///< [stage - 1][component] organic mole fractions
  std::vector<double> aqueous_flux;  ///< [stage - 1] metal leaving with the aqueous (before draws)
  std::vector<double> organic_out;   ///< [stage - 1] metal leaving with the organic
};

/// Solves the steady state. Equilibrium in stage j: y_ij = beta_i x_ij / sum_k beta_k x_kj.
ConstantBetaProfile SolveConstantBeta(const ConstantBetaProblem& problem);

}  // namespace raffinate::oracle
