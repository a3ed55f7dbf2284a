#include "optimizer/fit/least_squares.h"

#include <ceres/ceres.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace raffinate::optimizer::fit {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

double& Field(MassAction& law, Quantity quantity) {
  switch (quantity) {
    case Quantity::kLog10K:
      return law.log10_k;
    case Quantity::kDimers:
      return law.dimers;
    case Quantity::kLog10Beta:
      return law.log10_beta ? *law.log10_beta : law.log10_beta.emplace(0.0);
    case Quantity::kEnthalpy:
      break;
  }
  return law.enthalpy_kj_per_mol;
}

/// Residuals of all flasks at once, and their Jacobian: the flasks are solved as
/// one batch whenever Ceres moves to another point.
class Residuals final : public ceres::EvaluationCallback {
 public:
  Residuals(std::span<const Contact> contacts, const Constants& constants,
            std::vector<Parameter>* parameters, const Options& options)
      : contacts_(contacts), constants_(constants), parameters_(parameters), options_(options) {
    for (std::size_t c = 0; c < contacts.size(); ++c) {
      for (std::size_t i = 0; i < contacts[c].metals.size(); ++i) {
        if (contacts[c].metals[i].raffinate) rows_.push_back({c, i});
      }
    }
    values_.resize(static_cast<Eigen::Index>(rows_.size()));
    jacobian_.resize(values_.size(), static_cast<Eigen::Index>(parameters->size()));
  }

  // Ceres asks for Jacobians after it has asked for residuals at the same point.
  void PrepareForEvaluation(bool evaluate_jacobians, bool new_point) override {
    if (!new_point && (has_jacobian_ || !evaluate_jacobians)) return;
    has_jacobian_ = evaluate_jacobians;
    const std::vector<Flask> flasks =
        Equilibrate(contacts_, Apply(constants_, *parameters_), options_.reference_celsius,
                    evaluate_jacobians, options_.device);
    solved_ = std::all_of(flasks.begin(), flasks.end(), [](const Flask& f) { return f.solved; });
    if (!solved_) return;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      const Contact& contact = contacts_[rows_[r].contact];
      const Flask& flask = flasks[rows_[r].contact];
      const ContactMetal& metal = contact.metals[rows_[r].metal];
      const auto row = static_cast<Eigen::Index>(r);
      values_(row) = (flask.aqueous[rows_[r].metal] - *metal.raffinate) / metal.feed;
      if (evaluate_jacobians) Differentiate(row, contact, flask, rows_[r].metal);
    }
  }

  int count() const { return static_cast<int>(rows_.size()); }
  bool solved() const { return solved_; }
  const Vector& values() const { return values_; }
  const Matrix& jacobian() const { return jacobian_; }

 private:
  struct Row {
    std::size_t contact = 0, metal = 0;
  };

  void Differentiate(Eigen::Index row, const Contact& contact, const Flask& flask,
                     std::size_t metal) {
    const std::size_t size = contact.metals.size();
    const double slope =
        contact.celsius ? VantHoffSlope(*contact.celsius, options_.reference_celsius) : 0.0;
    for (std::size_t p = 0; p < parameters_->size(); ++p) {
      const Parameter& parameter = (*parameters_)[p];
      double sum = 0;
      for (std::size_t i = 0; i < size; ++i) {
        if (std::find(parameter.elements.begin(), parameter.elements.end(),
                      contact.metals[i].element) == parameter.elements.end()) {
          continue;
        }
        const std::size_t at = metal * size + i;
        sum += parameter.quantity == Quantity::kDimers      ? flask.by_dimers[at]
               : parameter.quantity == Quantity::kLog10K    ? flask.by_log10_k[at]
               : parameter.quantity == Quantity::kLog10Beta ? flask.by_log10_beta[at]
                                                            : flask.by_log10_k[at] * slope;
      }
      jacobian_(row, static_cast<Eigen::Index>(p)) = sum / contact.metals[metal].feed;
    }
  }

  const std::span<const Contact> contacts_;
  const Constants& constants_;
  std::vector<Parameter>* const parameters_;
  const Options& options_;
  std::vector<Row> rows_;
  Vector values_;
  Matrix jacobian_;
  bool has_jacobian_ = false;
  bool solved_ = true;
};

/// One residual, out of those computed together.
class OneResidual final : public ceres::CostFunction {
 public:
  OneResidual(const Residuals* all, int row, int parameters) : all_(all), row_(row) {
    set_num_residuals(1);
    mutable_parameter_block_sizes()->assign(static_cast<std::size_t>(parameters), 1);
  }

  bool Evaluate(double const* const* /*parameters*/, double* residuals,
                double** jacobians) const override {
    if (!all_->solved()) return false;
    residuals[0] = all_->values()(row_);
    if (jacobians == nullptr) return true;
    for (std::size_t p = 0; p < parameter_block_sizes().size(); ++p) {
      if (jacobians[p] != nullptr) {
        jacobians[p][0] = all_->jacobian()(row_, static_cast<Eigen::Index>(p));
      }
    }
    return true;
  }

 private:
  const Residuals* all_;
  int row_;
};

class Canceller final : public ceres::IterationCallback {
 public:
  explicit Canceller(const std::atomic<bool>* cancel) : cancel_(cancel) {}
  ceres::CallbackReturnType operator()(const ceres::IterationSummary& /*summary*/) override {
    return cancel_ != nullptr && *cancel_ ? ceres::SOLVER_ABORT : ceres::SOLVER_CONTINUE;
  }

 private:
  const std::atomic<bool>* cancel_;
};

std::unique_ptr<ceres::LossFunction> MakeLoss(const Options& options) {
  switch (options.loss) {
    case Loss::kSquares:
      break;
    case Loss::kHuber:
      return std::make_unique<ceres::HuberLoss>(options.loss_scale);
    case Loss::kSoftL1:
      return std::make_unique<ceres::SoftLOneLoss>(options.loss_scale);
    case Loss::kCauchy:
      return std::make_unique<ceres::CauchyLoss>(options.loss_scale);
  }
  return std::make_unique<ceres::TrivialLoss>();
}

absl::Status NotDetermined(const std::vector<Parameter>& parameters, const Vector& direction) {
  // Those that make up the direction in which the data say nothing.
  std::vector<std::string> names;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (std::fabs(direction(static_cast<Eigen::Index>(p))) > 0.1) {
      names.push_back(Describe(parameters[p]));
    }
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the data do not determine ", absl::StrJoin(names, " and "),
                   names.size() > 1 ? " apart from each other" : "",
                   "; fit fewer parameters, or add flasks with other extractant concentrations, "
                   "acids or temperatures"));
}

/// The inverse of `information`, or which parameters it does not determine; `of` are
/// its rows among `parameters`.
absl::StatusOr<Matrix> Invert(const Matrix& information, const std::vector<Eigen::Index>& of,
                              const std::vector<Parameter>& parameters) {
  Vector direction = Vector::Zero(static_cast<Eigen::Index>(parameters.size()));
  // In units of each parameter's own information, so that the rank does not
  // depend on whether it is a logarithm or a kJ/mol.
  const Vector scale = information.diagonal().cwiseSqrt();
  for (Eigen::Index i = 0; i < scale.size(); ++i) {
    if (scale(i) > 1e-9) continue;
    direction(of[static_cast<std::size_t>(i)]) = 1;
    return NotDetermined(parameters, direction);
  }
  const Vector inverse_scale = scale.cwiseInverse();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(inverse_scale.asDiagonal() * information *
                                                    inverse_scale.asDiagonal());
  constexpr double kSingular = 1e-8;
  if (eigen.eigenvalues()(0) < kSingular) {
    for (std::size_t i = 0; i < of.size(); ++i) {
      direction(of[i]) = eigen.eigenvectors()(static_cast<Eigen::Index>(i), 0);
    }
    return NotDetermined(parameters, direction);
  }
  return Matrix(inverse_scale.asDiagonal() * eigen.eigenvectors() *
                eigen.eigenvalues().cwiseInverse().asDiagonal() * eigen.eigenvectors().transpose() *
                inverse_scale.asDiagonal());
}

absl::Status AddCovariance(const Residuals& residuals, const ceres::LossFunction& loss,
                           LeastSquares* out) {
  const auto p = static_cast<Eigen::Index>(out->parameters.size());
  out->covariance.assign(static_cast<std::size_t>(p * p), 0.0);
  std::vector<Eigen::Index> all, free;
  for (Eigen::Index i = 0; i < p; ++i) {
    all.push_back(i);
    if (!out->parameters[static_cast<std::size_t>(i)].at_bound) free.push_back(i);
  }
  if (all.empty()) return absl::OkStatus();
  const Eigen::Index n = residuals.values().size();
  if (n <= p) {
    return absl::FailedPreconditionError(
        absl::StrCat("there are ", n, " analysed values for ", p,
                     " parameters; more values than parameters are needed"));
  }
  Matrix information = Matrix::Zero(p, p);
  double psi_squares = 0, slopes = 0;
  for (Eigen::Index r = 0; r < n; ++r) {
    const double residual = residuals.values()(r), square = residual * residual;
    double rho[3];
    loss.Evaluate(square, rho);
    const double slope = std::max(0.0, rho[1] + 2 * rho[2] * square);
    psi_squares += rho[1] * rho[1] * square;
    slopes += slope / static_cast<double>(n);
    information += slope * residuals.jacobian().row(r).transpose() * residuals.jacobian().row(r);
  }
  // Where the data say nothing a parameter may well rest at a bound: those count here.
  if (const auto whole = Invert(information, all, out->parameters); !whole.ok()) {
    return whole.status();
  }
  if (free.empty()) return absl::OkStatus();
  const auto inverse = Invert(information(free, free), free, out->parameters);
  if (!inverse.ok()) return inverse.status();
  const double variance =
      psi_squares / static_cast<double>(n - static_cast<Eigen::Index>(free.size())) / slopes;
  for (std::size_t i = 0; i < free.size(); ++i) {
    for (std::size_t k = 0; k < free.size(); ++k) {
      out->covariance[static_cast<std::size_t>(free[i] * p + free[k])] =
          variance * (*inverse)(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string Describe(const Parameter& parameter) {
  const char* what = parameter.quantity == Quantity::kLog10K      ? "log10 K"
                     : parameter.quantity == Quantity::kDimers    ? "m"
                     : parameter.quantity == Quantity::kLog10Beta ? "log10 beta"
                                                                  : "enthalpy";
  return absl::StrCat(what, " of ", absl::StrJoin(parameter.elements, ", "));
}

Constants Apply(Constants constants, std::span<const Parameter> parameters) {
  for (const Parameter& parameter : parameters) {
    for (const std::string& element : parameter.elements) {
      Field(constants.at(element), parameter.quantity) = parameter.value;
    }
  }
  return constants;
}

std::vector<Comparison> Compare(std::span<const Contact> contacts, std::span<const Flask> flasks) {
  std::vector<Comparison> out;
  for (std::size_t c = 0; c < contacts.size(); ++c) {
    if (!flasks[c].solved) continue;
    for (std::size_t i = 0; i < contacts[c].metals.size(); ++i) {
      const ContactMetal& metal = contacts[c].metals[i];
      if (!metal.raffinate) continue;
      out.push_back(
          {contacts[c].source, metal.element, metal.feed, *metal.raffinate, flasks[c].aqueous[i]});
    }
  }
  return out;
}

absl::StatusOr<LeastSquares> Minimize(std::span<const Contact> contacts, const Constants& constants,
                                      std::vector<Parameter> parameters, const Options& options,
                                      bool with_covariance) {
  LeastSquares out;
  out.parameters = std::move(parameters);
  for (Parameter& p : out.parameters) p.value = std::clamp(p.start, p.lower, p.upper);
  Residuals residuals(contacts, constants, &out.parameters, options);
  const std::unique_ptr<ceres::LossFunction> loss = MakeLoss(options);
  if (!out.parameters.empty()) {
    ceres::Problem::Options ownership;
    ownership.loss_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
    ownership.evaluation_callback = &residuals;
    ceres::Problem problem(ownership);
    std::vector<double*> blocks;
    for (Parameter& p : out.parameters) {
      blocks.push_back(&p.value);
      problem.AddParameterBlock(&p.value, 1);
      problem.SetParameterLowerBound(&p.value, 0, p.lower);
      problem.SetParameterUpperBound(&p.value, 0, p.upper);
    }
    for (int row = 0; row < residuals.count(); ++row) {
      // The problem owns the cost function.
      problem.AddResidualBlock(
          new OneResidual(&residuals, row, static_cast<int>(out.parameters.size())), loss.get(),
          blocks);
    }
    Canceller canceller(options.cancel);
    ceres::Solver::Options solver;
    solver.linear_solver_type = ceres::DENSE_QR;
    solver.logging_type = ceres::SILENT;
    solver.max_num_iterations = 200;
    solver.function_tolerance = 1e-12;
    solver.gradient_tolerance = 1e-12;
    solver.parameter_tolerance = 1e-10;
    solver.callbacks.push_back(&canceller);
    ceres::Solver::Summary summary;
    ceres::Solve(solver, &problem, &summary);
    if (summary.termination_type == ceres::USER_FAILURE) {
      return absl::CancelledError("the fit was cancelled");
    }
    if (!summary.IsSolutionUsable()) {
      return absl::InternalError(absl::StrCat("the fit failed: ", summary.message));
    }
    out.iterations = static_cast<int>(summary.iterations.size());
  }
  residuals.PrepareForEvaluation(true, true);
  if (!residuals.solved()) return absl::InternalError("a flask has no solution");
  for (Parameter& p : out.parameters) {
    const double near = 1e-6 * (p.upper - p.lower);
    p.at_bound = p.value <= p.lower + near || p.value >= p.upper - near;
  }
  if (with_covariance) {
    if (const absl::Status status = AddCovariance(residuals, *loss, &out); !status.ok()) {
      return status;
    }
  }
  return out;
}

}  // namespace raffinate::optimizer::fit
