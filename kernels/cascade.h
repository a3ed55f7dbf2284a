// The stage-level description of a counter-current cascade, and its solution.
#pragma once

#include <memory>
#include <vector>

#include "kernels/equilibrium.h"
#include "kernels/feeds.h"

namespace raffinate::kernels {

/// How phases equilibrate. The first three share one form, D_i = K_i S^m_i / h^z_i:
///  - mass action: S free dimer, h free proton (mol/L), closed by the extractant
///    balance S + sum m_i y_i = C and by electroneutrality.
///  - constant D: m = z = 0.
///  - constant beta: D_i = beta_i S with sum y_i = C, the total loading.
///  - table: D_i and its closures by an EquilibriumTable.
enum class Law { kMassAction, kConstantD, kConstantBeta, kTable };

/// One component's equilibrium.
struct Component {
  double log10_k = 0;  ///< log10 K, log10 D or log10 beta; table: added to log10 D
  double charge = 0;   ///< z; 0 unless mass action or table
  double dimers = 0;   ///< m, 0 for constant D, 1 for constant beta; table: not used
};

/// Where the phases that were in equilibrium in a stage go, per phase [m3/h],
/// and what passes it by. "Up" is the direction of the organic.
struct StageFlows {
  double aq_up = 0, aq_down = 0, aq_draw = 0;
  double org_up = 0, org_down = 0, org_draw = 0;
  /// Shares of what comes from below (with the organic entering here) that
  /// pass without contact and leave upwards, and with the draw.
  double bypass_up = 0, bypass_draw = 0;
};

/// A cascade of N stages and M components. Arrays over stages and components
/// are stage-major: [stage * M + component].
struct Cascade {
  Law law = Law::kMassAction;
  std::vector<Component> components;  ///< M
  std::vector<StageFlows> flows;      ///< N
  Feeds feed_up;                      ///< entering with the organic
  Feeds feed_down;                    ///< entering with the aqueous
  std::vector<double> anions;         ///< N, in the equilibrium aqueous [eq/L]
  std::vector<double> extractant;     ///< N, dimers in the equilibrium organic [mol/L];
                                      ///< constant beta: total loading [mol/L]
  double recycle = 0;                 ///< share of the organic leaving the top that re-enters
  // Law::kTable only.
  std::shared_ptr<const EquilibriumTable> table;
  /// N*(masters - 2), >= 0: what closes the masters after the second: total of a ligand
  /// in the equilibrium aqueous, of an extractant in the equilibrium organic (> 0)
  /// [mol/L]; ionic: molarity of the strong monovalent anions.
  std::vector<double> totals;
  std::vector<double> shift;  ///< N*M added to ln D (temperature); empty: none

  /// Master species per stage.
  int masters() const { return law == Law::kTable ? table->masters : 2; }
  /// Whether free proton is one of them.
  bool proton() const {
    return law == Law::kMassAction || (law == Law::kTable && table->kind[0] == Master::kProton);
  }
  int stages() const { return static_cast<int>(flows.size()); }
  int size() const { return static_cast<int>(components.size()); }
};

enum class SolveStatus {
  kSolved,
  kNotConverged,   ///< out of iterations; `worst_stage` says where
  kNoSteadyState,  ///< constant loading: the organic holds more metal than is fed. `worst_stage`
                   ///< is the first stage from above that lacks metal, `residual` what is lacking
                   ///< as a share of what is fed (metal_balance.h); nothing was iterated
  kInvalid,        ///< flows or feeds that no cascade can have
  kCancelled,
};

/// A neighbour's solution to start from; empty for a cold start.
struct State {
  std::vector<double> ln_h;     ///< N, ln of free proton (or salt anion) [mol/L]
  std::vector<double> ln_s;     ///< N, ln of free dimer (first extractant) [mol/L]
  std::vector<double> ln_more;  ///< N*(masters - 2), ln of the other masters [mol/L]
};

struct Solution {
  SolveStatus status = SolveStatus::kInvalid;
  int iterations = 0;
  double residual = 0;   ///< largest scaled closure residual
  int worst_stage = -1;  ///< where it is, from 0
  bool cold = true;      ///< whether the cold start was needed
  bool rescued = false;  ///< Newton from the neighbour failed; time steps or the cold start did it
  State state;
  std::vector<double> x;         ///< N*M aqueous molarity in equilibrium [mol/L]
  std::vector<double> y;         ///< N*M organic molarity in equilibrium [mol/L]
  std::vector<double> recycled;  ///< M returning to stage 0 with the organic [kmol/h]
};

}  // namespace raffinate::kernels
