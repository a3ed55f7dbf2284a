// The setpoints that are best now.
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "optimizer/setpoints/plant_model.h"

namespace raffinate::optimizer {

/// What is kept from one advice to the next. Nothing but speed depends on it.
struct AdviceMemory {
  std::vector<double> state;      ///< of the last solution
  std::vector<double> setpoints;  ///< last advised
  Eigen::MatrixXd hessian;        ///< of the Lagrangian by scaled setpoints
  double trust = 0;               ///< radius, in shares of the operating ranges
  int unprobed = 0;               ///< searches since one tried what curvature may hide
};

/// What holds a setpoint where it is.
enum class SetpointLimit { kNone, kOperatingMin, kOperatingMax, kMoveMin, kMoveMax };

struct AdvisedSetpoint {
  int quantity = 0;
  double value = 0;
  double present = 0;
  double lower = 0, upper = 0;  ///< of this advice: operating and move limits
  SetpointLimit active = SetpointLimit::kNone;
  /// Of the active limit: what the objective's figure loses by each unit that the limit is
  /// tighter [objective's unit per that of the setpoint], >= 0.
  double price = 0;
};

struct AdvisedDemand {
  double value = 0;    ///< of the figure at the advised setpoints
  double present = 0;  ///< at the present ones; NaN without a steady state there
  bool met = true;     ///< as demanded, without margin
  bool active = false;
  double violation = 0;  ///< of the demand with its margin: decades, or relative to the limit
  /// What the objective's figure loses by each unit that the limit is tighter, >= 0; 0 when
  /// the demands cannot be met.
  double price = 0;
  /// The same for a limit that is tighter by a hundredth of what it allows to miss, or of itself.
  double price_per_percent = 0;
  /// Where the demands cannot be met: by how much the sum of all violations falls for each
  /// decade, or for each share of its limit, that this demand is eased; 0 to 1.
  double violation_price = 0;
};

struct Advice {
  bool found = false;   ///< a steady state; else `problem`
  std::string problem;  ///< why there is none
  std::vector<AdvisedSetpoint> setpoints;
  bool feasible = false;  ///< every demand is met with its margin
  std::vector<AdvisedDemand> demands;
  int costliest_demand = -1;  ///< of the demands; -1 when none costs anything
  double objective = 0;       ///< figure at the advised setpoints
  bool present_solved = false;
  double present_objective = 0;
  double violation = 0;  ///< sum over the demands
  double present_violation = 0;
  /// d figure / d setpoint: of the objective, then of each demand.
  std::vector<std::vector<double>> gradients;
  /// d scaled demand / d input of `drift_inputs`, for PredictBreach.
  std::vector<std::vector<double>> demands_by_input;
  PlantPoint point;         ///< at the advised setpoints
  std::vector<Flag> flags;  ///< of that point
  int simulations = 0;
  bool converged = false;  ///< no better setpoints within the limits by the model
};

struct AdviceQuestion {
  PlantInputs inputs;             ///< reconciled; the setpoints among them do not count
  std::vector<double> present;    ///< one per setpoint
  std::vector<double> offsets;    ///< of the parameters, or none
  double hours = 0;               ///< since the setpoints were last moved, at most the interval
  std::vector<int> drift_inputs;  ///< indices of quantities
};

/// Sequential quadratic programming on the model: each step solves a quadratic program of
/// exact derivatives within move limits, operating limits and a trust region, and is kept if
/// the simulation there is better. What is returned has been simulated. Demands that cannot
/// be met are missed by as little as possible in all.
Advice Advise(const PlantModel& model, const AdviceQuestion& question, AdviceMemory* memory);

/// Limits of one setpoint for this advice. Within the operating limits even where the present
/// value is not: it is then led back as fast as its moves allow.
void MoveBox(const PlantModel& model, std::size_t setpoint, double present, double hours,
             double* lower, double* upper);

}  // namespace raffinate::optimizer
