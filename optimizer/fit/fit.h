// Constants of mass action from shake-flask data, by least squares.
#pragma once

#include <atomic>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "optimizer/fit/contact.h"
#include "optimizer/fit/equilibria.h"
#include "optimizer/fit/statistics.h"
#include "optimizer/model/violation.h"

namespace raffinate::optimizer::fit {

/// What a residual r (a share of the feed) costs, with the scale a: r^2; Huber, as
/// a line beyond a; soft L1, 2 a^2 (sqrt(1 + r^2/a^2) - 1); Cauchy, a^2 ln(1 +
/// r^2/a^2).
enum class Loss { kSquares, kHuber, kSoftL1, kCauchy };

/// Which slopes m, or constants of complexes, are fitted: none, one for all metals of a
/// charge, or one for each element.
enum class Sharing { kFixed, kShared, kPerElement };

struct Options {
  bool log10_k = true;
  Sharing slopes = Sharing::kFixed;
  /// Of 1:1 complexes of metals (Na and NH4 have none) with the anion of the medium.
  Sharing complexes = Sharing::kFixed;
  bool enthalpy = false;  ///< one for each element; needs temperatures
  /// Whose parameters are fitted; empty: of all elements that were analysed.
  std::vector<std::string> elements = {};
  Loss loss = Loss::kSquares;
  double loss_scale = 0.1;        ///< a, a share of the feed, > 0
  double reference_celsius = 25;  ///< of the constants
  bool leave_one_source_out = true;
  kernels::Device device = {};
  const std::atomic<bool>* cancel = nullptr;  ///< polled between iterations
};

enum class Quantity { kLog10K, kDimers, kLog10Beta, kEnthalpy };

/// One number that was fitted.
struct Parameter {
  Quantity quantity = Quantity::kLog10K;
  std::vector<std::string> elements;  ///< that share it
  /// log10 K: -30 to 30. m: z/2 to z, since a dimer gives at most two protons and at
  /// least one. log10 beta: -3 to 3. Enthalpy: -200 to 200 kJ/mol.
  double lower = 0, upper = 0;
  double start = 0;
  double value = 0;
  bool at_bound = false;  ///< then it counts as given, and has no error
  /// Of `value`, design effect included; absent at a bound.
  std::optional<double> standard_error;
  /// 95 %, by Student's t; absent with less than 3 effective degrees of freedom.
  std::optional<double> low, high;
};

struct SourceAgreement {
  std::string source;
  int contacts = 0;
  std::optional<Agreement> before;  ///< with the starting constants, where all are given
  Agreement after;
  /// Predicted by the constants that all other sources give. Absent when it cannot
  /// be; `note` says why, or which elements were left out of it.
  std::optional<Agreement> left_out;
  std::optional<Agreement> left_out_before;  ///< the same values with the starting constants
  std::string note;
};

struct ElementAgreement {
  std::string element;
  std::optional<Agreement> before;
  Agreement after;
};

struct FitResult {
  Constants constants;
  std::vector<Parameter> parameters;
  /// Of the parameters, P*P, design effect included; zero at bounds.
  std::vector<double> covariance;
  double residual_sd = 0;         ///< share of the feed, n - p degrees of freedom
  double degrees_of_freedom = 0;  ///< n - p
  Grouping grouping;
  double effective_degrees = 0;  ///< n / design effect - p
  std::optional<Agreement> before;
  Agreement after;
  std::optional<Agreement> left_out;         ///< over all sources that could be left out
  std::optional<Agreement> left_out_before;  ///< the same values with the starting constants
  std::vector<SourceAgreement> sources;
  std::vector<ElementAgreement> elements;
  std::vector<Flask> flasks;         ///< at the fitted constants, one per contact
  std::vector<Flask> flasks_before;  ///< empty where a starting constant is missing
  int iterations = 0;
};

/// What is wrong with the contacts, by field path from `contacts[0]`, and with the
/// options, by their names in FitExtractantSystemRequest. `charges` names every
/// known cation.
Violations Check(std::span<const Contact> contacts, const Constants& start,
                 const std::map<std::string, double>& charges, const Options& options);

/// Fits. `start` may lack elements: their m is the charge in `charges`, and their
/// log10 K starts from the median over the flasks of what D, S and h by balance
/// give. Needs contacts that Check accepts. FAILED_PRECONDITION: parameters that
/// the data cannot tell apart or determine, named; CANCELLED.
absl::StatusOr<FitResult> Fit(std::span<const Contact> contacts, const Constants& start,
                              const std::map<std::string, double>& charges, const Options& options);

}  // namespace raffinate::optimizer::fit
