// The least-squares problem of flasks, and its solver.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "optimizer/fit/fit.h"

namespace raffinate::optimizer::fit {

/// The constants with the values of `parameters` in place.
Constants Apply(Constants constants, std::span<const Parameter> parameters);

/// Every analysed value of `contacts` beside what `flasks` predict, in their order;
/// flasks that are not solved are left out.
std::vector<Comparison> Compare(std::span<const Contact> contacts, std::span<const Flask> flasks);

struct LeastSquares {
  std::vector<Parameter> parameters;  ///< with values and at_bound
  /// P*P. Of an M-estimate (Huber 1981, Robust Statistics, chapter 7):
  /// sum psi^2 / (n - p) / mean psi' (sum psi' J^T J)^-1, which is s^2 (J^T J)^-1 for
  /// plain squares. As if residuals were independent; zero at bounds.
  std::vector<double> covariance;
  int iterations = 0;
};

/// Minimizes the sum of losses over all analysed values, within the bounds, by
/// Levenberg-Marquardt (Ceres). The covariance only where `with_covariance`; a
/// singular one is FAILED_PRECONDITION and names the parameters. INTERNAL where a
/// flask could not be solved, CANCELLED.
absl::StatusOr<LeastSquares> Minimize(std::span<const Contact> contacts, const Constants& constants,
                                      std::vector<Parameter> parameters, const Options& options,
                                      bool with_covariance);

/// "log10 K of Nd", "m of La, Nd".
std::string Describe(const Parameter& parameter);

}  // namespace raffinate::optimizer::fit
