// A closed loop to look at: the bundled simulated plant, led by the advice of a server, beside
// the same plant with fixed setpoints.
#pragma once

#include <grpcpp/channel.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "raffinate/v1/setpoints.pb.h"

namespace raffinate::service {

struct PlantDemoOptions {
  double hours = 48;         ///< > 0
  double change_at_h = 16;   ///< of the feed
  double change = 0.15;      ///< of the metals in the feeds, as a share
  double assay_delay_h = 2;  ///< of all molarities
  double mixer_h = 3.0 / 60;
  double settler_h = 12.0 / 60;
  double drift_per_day = 0.5;  ///< of every instrument, in its standard deviations
  double constants_off = 0.7;  ///< of the plant's constants, in their standard deviations, the
                               ///< first upwards, the next downwards
  std::uint64_t seed = 1;
};

/// One plant over the hours.
struct PlantDemoTotals {
  double acid_kg = 0;
  double base_kg = 0;
  struct Product {
    std::string name;
    double purity = 0;        ///< of all that was collected
    double worst_purity = 1;  ///< of what left, at the end of any interval
    double recovery = 0;      ///< left over fed
    double kg = 0;            ///< of wanted oxide
    double hours_missed = 0;  ///< intervals at whose end the purity was below its demand
  };
  std::vector<Product> products;
};

struct PlantDemoHour {
  double hour = 0;
  bool held = false;                     ///< no advice for this state
  std::string held_reason;               ///< why
  std::vector<double> setpoints;         ///< of the advised plant from now on
  std::vector<double> advised_purities;  ///< of its products now
  std::vector<double> fixed_purities;
};

struct PlantDemo {
  std::vector<std::string> setpoints;
  std::vector<double> fixed;         ///< setpoints of the other plant: the starts of the ranges
  v1::ParameterVersion constants;    ///< as inferred at rest before the first hour
  std::vector<double> true_log10_k;  ///< of the simulated plant, less the registered constants
  std::vector<PlantDemoHour> hours;
  PlantDemoTotals advised, unadvised;
};

/// Registers `plant` with the server behind `channel`, tracks the simulated plant there, and
/// deletes it again. `seen` is called for each interval.
absl::StatusOr<PlantDemo> RunPlantDemo(const v1::Plant& plant,
                                       const std::shared_ptr<grpc::Channel>& channel,
                                       const PlantDemoOptions& options,
                                       const std::function<void(const PlantDemoHour&)>& seen);

}  // namespace raffinate::service
