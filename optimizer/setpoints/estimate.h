// From measurements to the numbers of a plant, and to constants that fit it.
#pragma once

#include <string>
#include <vector>

#include "optimizer/model/violation.h"
#include "optimizer/setpoints/plant_model.h"

namespace raffinate::optimizer {

/// What became of an instrument's reading.
enum class ReadingStatus {
  kUsed,
  kMissing,      ///< no reading; an input is then inferred, or the state refused
  kStale,        ///< older than the instrument allows
  kBadQuality,   ///< said to be bad
  kImplausible,  ///< a gross error by the limits of the instrument
  kGrossError,   ///< contradicted by all others
  kNotAtRest,    ///< of what leaves, while the plant is not at rest
  kRegistered,   ///< an optional one is not usable: the flowsheet's number serves, of a
                 ///< setpoint what it is set to
};

struct Reading {
  int instrument = 0;
  ReadingStatus status = ReadingStatus::kMissing;
  double measured = 0;     ///< NaN when missing
  double sd = 0;           ///< of the measurement
  double time_s = 0;       ///< of the measurement
  double estimate = 0;     ///< of the quantity, by everything that is used; NaN where unknown
  double estimate_sd = 0;  ///< 0 where nothing is inferred
  /// |measured - estimate| in standard deviations of that difference; 0 without redundancy.
  double normalized_residual = 0;
};

struct Estimate {
  /// Empty, or why the state is refused: "MISSING_MEASUREMENTS", "CONTRADICTORY_MEASUREMENTS",
  /// "NO_STEADY_STATE".
  std::string reason;
  std::string problem;
  std::vector<PlantInputs> inputs;             ///< per state
  std::vector<std::vector<Reading>> readings;  ///< per state, one per instrument
  std::vector<double> offsets, offset_sd;      ///< of the parameters
  double chi_square = 0;                       ///< of measurements and priors
  int redundancy = 0;                          ///< measurements less what is inferred from them
  std::vector<double> state;                   ///< of the last solution

  bool ok() const { return reason.empty(); }
};

/// What is wrong with a state of the plant as a message: names that are not known or double,
/// values that are no numbers, times to come, setpoints whose present value is missing.
Violations CheckState(const PlantModel& model, const MeasuredState& state);

/// The inputs that fit the usable measurements best by weighted least squares, the model's
/// steady state and its derivatives standing between inputs and what leaves (Gauss-Newton).
/// A measurement whose normalized residual is beyond what noise alone gives any of them once in
/// a thousand states (Tamhane 1982; limit by Sidak) is a gross error: it is left out and the
/// rest fitted again. The state is refused where it cannot be told which of several is wrong, or
/// what is missing cannot be inferred to ten times the standard deviation of its instrument.
/// `states` as CheckState accepts them. With `fit_parameters` the offsets are inferred
/// as well, from the registered constants with their standard deviations (maximum a
/// posteriori); otherwise `offsets` hold. `state`: to start from, may be empty.
Estimate EstimatePlant(const PlantModel& model, const std::vector<MeasuredState>& states,
                       const std::vector<double>& offsets, bool fit_parameters,
                       const std::vector<double>& state);

/// The normalized residual that the largest of `count` independent ones passes with a
/// probability of 0.1 %.
double GrossErrorLimit(int count);

}  // namespace raffinate::optimizer
