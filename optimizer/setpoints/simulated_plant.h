// A plant to try setpoints on: the dynamic model with instruments that err.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kernels/dynamics.h"
#include "optimizer/setpoints/plant_model.h"

namespace raffinate::optimizer {

struct SimulatedPlantOptions {
  std::uint64_t seed = 1;
  double noise = 1;          ///< of the instruments' standard deviations
  double drift_per_day = 0;  ///< of every instrument, in its standard deviations
  double assay_delay_h = 0;  ///< of molarities and acid; flows and pH are seen at once
  double mixer_h = 0.05;     ///< residence time at the registered flows, > 0
  double settler_h = 0.25;
  std::vector<double> log10_k;  ///< by how much constants differ from the model's, per
                                ///< parameter of the plant; or none
};

/// What a plant has used and made.
struct PlantTotals {
  double hours = 0;
  double acid_kg = 0;                    ///< 100 % HCl, feeds excluded
  double base_kg = 0;                    ///< as NaOH
  std::vector<ProductFigures> products;  ///< of all that has left: masses in kg in place of kg/h
  std::vector<double> fed_wanted;        ///< per product, kmol of its elements that entered
};

class SimulatedPlant {
 public:
  /// In the steady state of `inputs`. `model` must outlive it.
  static absl::StatusOr<std::unique_ptr<SimulatedPlant>> Create(
      const PlantModel& model, const SimulatedPlantOptions& options, const PlantInputs& inputs,
      double time_s);

  /// From now on.
  absl::Status Set(const PlantInputs& inputs);
  const PlantInputs& inputs() const { return inputs_; }

  /// Goes on for `hours`.
  absl::Status Advance(double hours);
  double time_s() const;

  /// What the instruments show now, with noise, drift and delay. The setpoints are known.
  MeasuredState Show();

  /// Figures of what leaves now.
  std::vector<ProductFigures> Products() const;
  /// Since the start, or since the last call of ForgetTotals.
  const PlantTotals& totals() const { return totals_; }
  void ForgetTotals();

 private:
  SimulatedPlant(const PlantModel& model, const SimulatedPlantOptions& options, double time_s);
  absl::Status Lay(const PlantInputs& inputs);
  /// The true value of every instrument now.
  std::vector<double> Truth() const;
  void Count(double hours);

  struct Sample {
    double time_s = 0;
    std::vector<double> values;
  };

  const PlantModel& model_;
  const SimulatedPlantOptions options_;
  const double start_s_;
  std::mt19937_64 random_;
  std::vector<double> drift_sign_;
  PlantInputs inputs_;
  Flowsheet flowsheet_;
  std::unique_ptr<Built> built_;
  std::unique_ptr<kernels::Transient> transient_;
  std::vector<Sample> samples_;
  PlantTotals totals_;
  std::vector<std::vector<double>> collected_;  ///< per product and component [kmol]
};

}  // namespace raffinate::optimizer
