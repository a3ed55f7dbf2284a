// A plant that runs, as setpoints are sought for it. Field meanings, units and ranges
// are those of proto/raffinate/v1/setpoints.proto.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// How far a setpoint may go from where it is. At least one of the two.
struct MoveLimit {
  std::string setpoint;              ///< name of a quantity
  std::optional<double> per_advice;  ///< [unit of the setpoint], > 0
  std::optional<double> per_hour;    ///< [unit of the setpoint per h], > 0
};

/// What measures a quantity of the plant.
struct Instrument {
  std::string quantity;
  std::optional<double> sd;           ///< [unit of the quantity], > 0; or
  std::optional<double> relative_sd;  ///< of the measured value, > 0
  double max_age_h = 0;               ///< > 0; an older value is stale
  std::optional<double> min, max;     ///< plausible values; others are gross errors
  /// Of an input: without a measurement the flowsheet's number serves.
  bool optional = false;
};

/// A constant that may follow the plant: log10 K of one element.
struct PlantParameter {
  std::string element;
  std::optional<double> sd;  ///< prior, log10; when absent the constant's standard error
};

struct PlantSpec {
  Flowsheet flowsheet;  ///< ranges of numbers are setpoints with their operating limits
  std::vector<MoveLimit> moves;
  std::vector<Instrument> instruments;
  std::vector<PlantParameter> parameters;
  double demand_margin = 0;  ///< share of what a purity or recovery may miss that is kept free
  double interval_h = 1;     ///< between two advices that are followed
};

/// One reading.
struct Measurement {
  enum class Quality { kGood, kUncertain, kBad };
  std::string quantity;
  double value = 0;   ///< [unit of the quantity]
  double time_s = 0;  ///< since 1970
  Quality quality = Quality::kGood;
};

struct SetpointValue {
  std::string setpoint;
  double value = 0;
};

/// What is known of a plant at a time.
struct MeasuredState {
  double time_s = 0;     ///< since 1970; ages count back from it
  bool at_rest = false;  ///< what leaves belongs to what enters
  std::vector<SetpointValue> present;
  std::vector<Measurement> measurements;
};

}  // namespace raffinate::optimizer
