#include "optimizer/setpoints/estimate.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kUncertainFactor = 3;  ///< of the standard deviation
constexpr int kMaxSteps = 12;
constexpr double kClose = 1e-3;  ///< change of an unknown, in its standard deviations
constexpr int kMaxGrossErrors = 3;
constexpr double kInferredFactor = 10;  ///< of the instrument's standard deviation
/// Clocks of plant and server differ.
constexpr double kClockSkew = 1;  // [s]
/// How far an unknown without a measurement is looked for, in registered values.
constexpr double kWide = 10;
/// Of states without any gross error: one in six weeks of hourly states.
constexpr double kFalseAlarms = 1e-3;
/// Normalized residuals nearer than this are those of one contradiction.
constexpr double kSame = 0.02;

double SdOf(const Instrument& instrument, double value) {
  return instrument.sd.value_or(instrument.relative_sd.value_or(0) *
                                std::max(std::fabs(value), 1e-12));
}

bool Usable(ReadingStatus status) { return status == ReadingStatus::kUsed; }

/// Something that is inferred: an input of one state, or a parameter of all.
struct Inferred {
  int state = -1;  ///< -1: a parameter
  int index = 0;   ///< of the quantities, or of the parameters
  int instrument = -1;
};

class Estimator {
 public:
  Estimator(const PlantModel& model, const std::vector<MeasuredState>& states,
            const std::vector<double>& offsets, bool fit_parameters,
            const std::vector<double>& state)
      : model_(model), states_(states), fit_(fit_parameters) {
    out_.state = state;
    out_.offsets = offsets;
    out_.offsets.resize(model.spec().parameters.size(), 0.0);
    out_.offset_sd.assign(out_.offsets.size(), 0.0);
    if (fit_) out_.offsets.assign(out_.offsets.size(), 0.0);
  }

  Estimate Run() {
    for (std::size_t s = 0; s < states_.size(); ++s) Read(s);
    for (int removed = 0;; ++removed) {
      ListUnknowns();
      if (!Fit()) return std::move(out_);
      const std::vector<std::pair<int, int>> suspects = Suspects();
      if (suspects.empty()) break;
      if (suspects.size() > 1 || removed == kMaxGrossErrors) {
        std::vector<std::string> names;
        for (const auto& [s, i] : suspects) {
          const Reading& reading = out_.readings[s][i];
          names.push_back(absl::StrFormat("%s (measured %.6g, the others say %.6g)",
                                          model_.spec().instruments[i].quantity, reading.measured,
                                          reading.estimate));
        }
        Refuse("CONTRADICTORY_MEASUREMENTS",
               absl::StrCat("measurements contradict each other, and which is wrong cannot be "
                            "told: ",
                            absl::StrJoin(names, ", ")));
        return std::move(out_);
      }
      out_.readings[suspects[0].first][suspects[0].second].status = ReadingStatus::kGrossError;
    }
    return std::move(out_);
  }

 private:
  void Refuse(const std::string& reason, const std::string& problem) {
    out_.reason = reason;
    out_.problem = problem;
  }

  const Quantity& QuantityOf(int instrument) const {
    return model_.quantities()[QuantityIndex(instrument)];
  }
  int QuantityIndex(int instrument) const {
    return FindQuantity(model_.quantities(), model_.spec().instruments[instrument].quantity);
  }

  /// Sorts the readings of one state, and sets its inputs to what is measured.
  void Read(std::size_t s) {
    const MeasuredState& state = states_[s];
    PlantInputs inputs = model_.registered();
    for (const SetpointValue& present : state.present) {
      inputs[FindQuantity(model_.quantities(), present.setpoint)] = present.value;
    }
    std::vector<Reading> readings;
    const auto& instruments = model_.spec().instruments;
    for (std::size_t i = 0; i < instruments.size(); ++i) {
      const Instrument& instrument = instruments[i];
      const int q = QuantityIndex(static_cast<int>(i));
      const Quantity& quantity = model_.quantities()[q];
      const bool input = quantity.kind == Quantity::Kind::kInput;
      Reading reading;
      reading.instrument = static_cast<int>(i);
      reading.measured = reading.estimate = kNan;
      for (const Measurement& measurement : state.measurements) {
        if (measurement.quantity != instrument.quantity) continue;
        reading.measured = measurement.value;
        reading.time_s = measurement.time_s;
        reading.sd = SdOf(instrument, measurement.value);
        if (measurement.quality == Measurement::Quality::kUncertain) {
          reading.sd *= kUncertainFactor;
        }
        const double age = (state.time_s - measurement.time_s) / 3600;
        const bool possible = !input || quantity.bounds.Contain(measurement.value) ||
                              (measurement.value < 0 && !quantity.bounds.lower_open &&
                               measurement.value > -3 * reading.sd);
        if (measurement.quality == Measurement::Quality::kBad) {
          reading.status = ReadingStatus::kBadQuality;
        } else if (age > instrument.max_age_h) {
          reading.status = ReadingStatus::kStale;
        } else if (!possible || measurement.value < instrument.min.value_or(-INFINITY) ||
                   measurement.value > instrument.max.value_or(INFINITY)) {
          reading.status = ReadingStatus::kImplausible;
        } else if (!state.at_rest && !input && quantity.kind != Quantity::Kind::kStreamFlow) {
          reading.status = ReadingStatus::kNotAtRest;
        } else {
          reading.status = ReadingStatus::kUsed;
          if (input) inputs[q] = std::max(measurement.value, quantity.bounds.lower);
        }
      }
      // Of a setpoint what it is set to serves.
      if (input && (instrument.optional || quantity.setpoint) && !Usable(reading.status)) {
        reading.status = ReadingStatus::kRegistered;
      }
      if (input) reading.estimate = inputs[q];
      readings.push_back(reading);
    }
    out_.inputs.push_back(std::move(inputs));
    out_.readings.push_back(std::move(readings));
  }

  void ListUnknowns() {
    unknowns_.clear();
    if (fit_) {
      for (std::size_t p = 0; p < out_.offsets.size(); ++p) {
        unknowns_.push_back({-1, static_cast<int>(p), -1});
      }
    }
    for (std::size_t s = 0; s < states_.size(); ++s) {
      for (const Reading& reading : out_.readings[s]) {
        if (QuantityOf(reading.instrument).kind != Quantity::Kind::kInput) continue;
        if (reading.status == ReadingStatus::kRegistered) continue;
        unknowns_.push_back(
            {static_cast<int>(s), QuantityIndex(reading.instrument), reading.instrument});
      }
    }
  }

  double& Value(const Inferred& unknown) {
    return unknown.state < 0 ? out_.offsets[unknown.index]
                             : out_.inputs[unknown.state][unknown.index];
  }

  /// Outputs with a usable reading, or all that are measured in the end.
  std::vector<int> OutputsOf(std::size_t s) const {
    std::vector<int> outputs;
    for (const Reading& reading : out_.readings[s]) {
      if (Usable(reading.status) && QuantityOf(reading.instrument).kind != Quantity::Kind::kInput) {
        outputs.push_back(reading.instrument);
      }
    }
    return outputs;
  }

  /// Weighted residuals and derivatives of everything that is known. False with a reason
  /// where the model has no steady state.
  bool Linearize() {
    rows_.clear();
    std::vector<std::vector<double>> jacobian;
    std::vector<double> residuals;
    const auto add = [&](int state, int instrument, double residual, std::vector<double> row,
                         double sd) {
      for (double& each : row) each /= sd;
      rows_.emplace_back(state, instrument);
      residuals.push_back(residual / sd);
      jacobian.push_back(std::move(row));
    };
    const std::vector<double> zeros(unknowns_.size(), 0.0);
    for (std::size_t u = 0; u < unknowns_.size(); ++u) {
      const Inferred& unknown = unknowns_[u];
      std::vector<double> row = zeros;
      row[u] = 1;
      const double value = Value(unknown);
      if (unknown.state < 0) {
        add(-1, -1, -value, row, model_.parameter_sd()[unknown.index]);
        continue;
      }
      const Reading& reading = out_.readings[unknown.state][unknown.instrument];
      if (Usable(reading.status)) {
        add(unknown.state, unknown.instrument, reading.measured - value, row, reading.sd);
      } else {
        const double registered = model_.registered()[unknown.index];
        add(-1, -1, registered - value, row, kWide * std::max(std::fabs(registered), 1e-6));
      }
    }
    for (std::size_t s = 0; s < states_.size(); ++s) {
      const std::vector<int> outputs = OutputsOf(s);
      if (outputs.empty()) continue;
      PlantQuestion question;
      for (const int instrument : outputs) question.outputs.push_back(QuantityIndex(instrument));
      std::vector<std::size_t> column;
      for (std::size_t u = 0; u < unknowns_.size(); ++u) {
        if (unknowns_[u].state != static_cast<int>(s)) continue;
        question.inputs.push_back(unknowns_[u].index);
        column.push_back(u);
      }
      const PlantPoint point = model_.Solve(out_.inputs[s], out_.offsets, out_.state, question);
      if (!point.solved) {
        Refuse("NO_STEADY_STATE",
               absl::StrCat("the model has no steady state at what is measured: ", point.problem));
        return false;
      }
      out_.state = point.state;
      for (std::size_t k = 0; k < outputs.size(); ++k) {
        std::vector<double> row = zeros;
        for (std::size_t c = 0; c < column.size(); ++c) row[column[c]] = point.outputs_by[k][c];
        for (std::size_t u = 0; u < unknowns_.size() && unknowns_[u].state < 0; ++u) {
          row[u] = point.outputs_by_log10_k[k][unknowns_[u].index];
        }
        Reading& reading = out_.readings[s][outputs[k]];
        reading.estimate = point.outputs[k];
        add(static_cast<int>(s), outputs[k], reading.measured - point.outputs[k], row, reading.sd);
      }
    }
    const Index m = static_cast<Index>(rows_.size()), n = static_cast<Index>(unknowns_.size());
    jacobian_.resize(m, n);
    residuals_.resize(m);
    for (Index r = 0; r < m; ++r) {
      residuals_[r] = residuals[static_cast<std::size_t>(r)];
      for (Index c = 0; c < n; ++c) {
        jacobian_(r, c) = jacobian[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
      }
    }
    return true;
  }

  bool Fit() {
    const Index n = static_cast<Index>(unknowns_.size());
    bool outputs = false;
    for (std::size_t s = 0; s < states_.size(); ++s) outputs = outputs || !OutputsOf(s).empty();
    MatrixXd covariance;
    double before = std::numeric_limits<double>::infinity();
    std::vector<double> kept;
    for (int step = 0; step < kMaxSteps; ++step) {
      if (!Linearize()) return false;
      // A step that did not help is halved once and again.
      const double now = residuals_.squaredNorm();
      if (now > before * (1 + 1e-9) && step < kMaxSteps - 1) {
        for (std::size_t u = 0; u < unknowns_.size(); ++u) {
          double& value = Value(unknowns_[u]);
          value = (value + kept[u]) / 2;
        }
        continue;
      }
      before = now;
      const MatrixXd normal = jacobian_.transpose() * jacobian_;
      const Eigen::LDLT<MatrixXd> factors(normal);
      covariance = factors.solve(MatrixXd::Identity(n, n));
      if (!outputs && !fit_) {
        // Inputs alone: the measurements are the estimate, all others as registered.
        break;
      }
      const VectorXd change = factors.solve(jacobian_.transpose() * residuals_);
      kept.clear();
      double largest = 0;
      for (Index u = 0; u < n; ++u) {
        double& value = Value(unknowns_[static_cast<std::size_t>(u)]);
        kept.push_back(value);
        const double sd = std::sqrt(std::max(covariance(u, u), 1e-300));
        largest = std::max(largest, std::fabs(change[u]) / sd);
        value += change[u];
        const Inferred& unknown = unknowns_[static_cast<std::size_t>(u)];
        if (unknown.state >= 0) {
          const Bounds& bounds = model_.quantities()[unknown.index].bounds;
          if (!bounds.Contain(value)) {
            value = bounds.lower_open && value <= bounds.lower
                        ? kept.back() / 2
                        : std::clamp(value, bounds.lower, bounds.upper);
          }
        }
      }
      if (largest < kClose) {
        if (!Linearize()) return false;
        break;
      }
    }
    return Judge(covariance);
  }

  /// Takes the fit into the readings; false when something needed cannot be inferred.
  bool Judge(const MatrixXd& covariance) {
    out_.chi_square = residuals_.squaredNorm();
    out_.redundancy =
        static_cast<int>(std::count_if(rows_.begin(), rows_.end(),
                                       [](const auto& row) { return row.second >= 0; })) -
        static_cast<int>(unknowns_.size());
    std::vector<std::string> missing;
    for (std::size_t u = 0; u < unknowns_.size(); ++u) {
      const Inferred& unknown = unknowns_[u];
      const double sd =
          std::sqrt(std::max(covariance(static_cast<Index>(u), static_cast<Index>(u)), 0.0));
      if (unknown.state < 0) {
        out_.offset_sd[unknown.index] = sd;
        continue;
      }
      Reading& reading = out_.readings[unknown.state][unknown.instrument];
      reading.estimate = Value(unknown);
      reading.estimate_sd = sd;
      const Instrument& instrument = model_.spec().instruments[unknown.instrument];
      if (!Usable(reading.status) &&
          !(sd <= kInferredFactor * SdOf(instrument, reading.estimate))) {
        missing.push_back(absl::StrCat(instrument.quantity, " (", Why(reading), ")"));
      }
    }
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      const auto [s, i] = rows_[r];
      if (i < 0) continue;
      const Index row = static_cast<Index>(r);
      const double variance = 1 - jacobian_.row(row) * covariance * jacobian_.row(row).transpose();
      // Without redundancy nothing is left to test.
      out_.readings[s][i].normalized_residual =
          variance > 1e-6 ? std::fabs(residuals_[row]) / std::sqrt(variance) : 0;
    }
    if (missing.empty()) return true;
    Refuse("MISSING_MEASUREMENTS",
           absl::StrCat("needed and neither measured nor to be inferred from the others: ",
                        absl::StrJoin(missing, ", ")));
    return false;
  }

  static const char* Why(const Reading& reading) {
    switch (reading.status) {
      case ReadingStatus::kStale:
        return "stale";
      case ReadingStatus::kBadQuality:
        return "of bad quality";
      case ReadingStatus::kImplausible:
        return "outside its plausible range";
      case ReadingStatus::kGrossError:
        return "contradicted by the others";
      default:
        return "missing";
    }
  }

  /// The readings of the largest normalized residual, when that is a gross error.
  std::vector<std::pair<int, int>> Suspects() const {
    int tested = 0;
    double worst = 0;
    for (const auto& readings : out_.readings) {
      for (const Reading& reading : readings) {
        if (!Usable(reading.status) || reading.normalized_residual == 0) continue;
        ++tested;
        worst = std::max(worst, reading.normalized_residual);
      }
    }
    std::vector<std::pair<int, int>> suspects;
    if (tested == 0 || worst <= GrossErrorLimit(tested)) return suspects;
    for (std::size_t s = 0; s < out_.readings.size(); ++s) {
      for (std::size_t i = 0; i < out_.readings[s].size(); ++i) {
        const Reading& reading = out_.readings[s][i];
        if (Usable(reading.status) && reading.normalized_residual > worst * (1 - kSame)) {
          suspects.emplace_back(static_cast<int>(s), static_cast<int>(i));
        }
      }
    }
    return suspects;
  }

  const PlantModel& model_;
  const std::vector<MeasuredState>& states_;
  const bool fit_;
  Estimate out_;
  std::vector<Inferred> unknowns_;
  std::vector<std::pair<int, int>> rows_;  ///< state and instrument; -1: a prior
  MatrixXd jacobian_;                      ///< of predictions, in standard deviations
  VectorXd residuals_;                     ///< measured less predicted, alike
};

}  // namespace

double GrossErrorLimit(int count) {
  const double share = 1 - std::pow(1 - kFalseAlarms, 1.0 / std::max(count, 1));
  double low = 0, high = 10;
  for (int k = 0; k < 60; ++k) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) > share ? low : high) = middle;
  }
  return high;
}

Violations CheckState(const PlantModel& model, const MeasuredState& state) {
  Violations violations;
  const auto refuse = [&](const std::string& field, const std::string& what) {
    violations.push_back({field, what});
  };
  const auto finite = [&](const std::string& field, double value) {
    if (!std::isfinite(value)) refuse(field, "is no number; a finite one is needed");
  };
  if (!(state.time_s > 0)) refuse("time", "is missing; ages of measurements count back from it");
  std::vector<std::string> settable, measured;
  for (const int q : model.setpoints()) settable.push_back(model.quantities()[q].name);
  for (const Instrument& each : model.spec().instruments) measured.push_back(each.quantity);
  std::set<std::string> seen;
  for (std::size_t k = 0; k < state.present.size(); ++k) {
    const std::string at = absl::StrCat("present[", k, "]");
    const SetpointValue& present = state.present[k];
    if (std::find(settable.begin(), settable.end(), present.setpoint) == settable.end()) {
      refuse(at + ".setpoint", Unknown("setpoint", present.setpoint, settable));
      continue;
    }
    if (!seen.insert(present.setpoint).second) {
      refuse(at + ".setpoint", absl::StrCat("'", present.setpoint, "' is listed twice"));
    }
    finite(at + ".value", present.value);
    const Quantity& quantity =
        model.quantities()[FindQuantity(model.quantities(), present.setpoint)];
    if (std::isfinite(present.value) && !quantity.bounds.Contain(present.value)) {
      refuse(at + ".value", absl::StrCat("found ", present.value, " ", quantity.unit,
                                         "; that is no value of '", quantity.name, "'"));
    }
  }
  for (const std::string& name : settable) {
    if (!seen.contains(name)) {
      refuse("present",
             absl::StrCat("'", name, "' is missing; what every setpoint is set to now is needed"));
    }
  }
  seen.clear();
  for (std::size_t k = 0; k < state.measurements.size(); ++k) {
    const std::string at = absl::StrCat("measurements[", k, "]");
    const Measurement& measurement = state.measurements[k];
    if (std::find(measured.begin(), measured.end(), measurement.quantity) == measured.end()) {
      refuse(at + ".quantity", Unknown("instrument", measurement.quantity, measured));
    } else if (!seen.insert(measurement.quantity).second) {
      refuse(at + ".quantity", absl::StrCat("'", measurement.quantity, "' is listed twice"));
    }
    finite(at + ".value", measurement.value);
    if (!(measurement.time_s > 0)) {
      refuse(at + ".time", "is missing; a measurement has a time");
    } else if (measurement.time_s > state.time_s + kClockSkew) {
      refuse(at + ".time", absl::StrFormat("lies %.0f s after the time of the state",
                                           measurement.time_s - state.time_s));
    }
  }
  return violations;
}

Estimate EstimatePlant(const PlantModel& model, const std::vector<MeasuredState>& states,
                       const std::vector<double>& offsets, bool fit_parameters,
                       const std::vector<double>& state) {
  return Estimator(model, states, offsets, fit_parameters, state).Run();
}

}  // namespace raffinate::optimizer
