#include "optimizer/model/check_covariance.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

using Rows = std::vector<std::vector<double>>;

constexpr char kLog10K[] = ".log10_k";
constexpr char kDimers[] = ".dimers";
constexpr char kLog10Beta[] = ".log10_beta";

std::vector<std::string> PossibleParameters(const ExtractantSystem& system) {
  std::vector<std::string> out;
  for (const EquilibriumConstant& constant : system.constants) {
    if (constant.log10_k) out.push_back(constant.element + kLog10K);
    if (constant.dimers) out.push_back(constant.element + kDimers);
    if (constant.complexes.size() == 1 && constant.complexes.front().log10_beta.size() == 1) {
      out.push_back(constant.element + kLog10Beta);
    }
  }
  return out;
}

/// Whether a symmetric matrix has no eigenvalue below zero, to 1e-8 of its diagonal:
/// Cholesky's elimination with the largest remaining diagonal as pivot.
bool IsSemidefinite(Rows matrix) {
  const std::size_t size = matrix.size();
  constexpr double kTolerance = 1e-8;
  std::vector<double> scale(size);
  for (std::size_t i = 0; i < size; ++i) {
    if (matrix[i][i] < 0) return false;
    scale[i] = matrix[i][i];
  }
  std::vector<bool> done(size, false);
  for (std::size_t step = 0; step < size; ++step) {
    std::size_t pivot = size;
    for (std::size_t i = 0; i < size; ++i) {
      if (done[i] || matrix[i][i] <= kTolerance * scale[i]) continue;
      if (pivot == size || matrix[i][i] / scale[i] > matrix[pivot][pivot] / scale[pivot]) pivot = i;
    }
    if (pivot == size) break;
    done[pivot] = true;
    for (std::size_t i = 0; i < size; ++i) {
      if (done[i]) continue;
      const double factor = matrix[i][pivot] / matrix[pivot][pivot];
      for (std::size_t k = 0; k < size; ++k) {
        if (!done[k]) matrix[i][k] -= factor * matrix[pivot][k];
      }
    }
  }
  // What has no variance left must have no covariance left.
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < size; ++k) {
      if (done[i] || done[k]) continue;
      if (matrix[i][i] < -kTolerance * scale[i] ||
          std::fabs(matrix[i][k]) > kTolerance * std::sqrt(scale[i] * scale[k])) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

void CheckCovariance(const ExtractantSystem& system, const std::string& path,
                     Violations* violations) {
  const Covariance& covariance = system.covariance;
  const std::size_t size = covariance.rows.size();
  if (size == 0) return;
  const auto add = [&](const std::string& field, std::string description) {
    violations->push_back({absl::StrCat(path, field), std::move(description)});
  };
  const std::size_t before = violations->size();
  const std::vector<std::string> possible = PossibleParameters(system);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string at = absl::StrCat("[", i, "]");
    const std::string& name = covariance.parameters[i];
    if (std::find(possible.begin(), possible.end(), name) == possible.end()) {
      add(at + ".parameter", Unknown("fitted parameter", name, possible));
    }
    if (!seen.insert(name).second) {
      add(at + ".parameter", absl::StrCat("'", name, "' is listed twice"));
    }
    if (covariance.rows[i].size() != size) {
      add(at + ".values", absl::StrCat("found ", covariance.rows[i].size(), " values; ", size,
                                       " are needed, one for each parameter"));
    }
  }
  if (violations->size() != before) return;
  constexpr double kSymmetry = 1e-9;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      const double here = covariance.rows[i][k], there = covariance.rows[k][i];
      if (std::fabs(here - there) > kSymmetry * std::max(std::fabs(here), std::fabs(there))) {
        add(absl::StrCat("[", i, "].values[", k, "]"),
            absl::StrCat("found ", here, ", and ", there,
                         " the other way round; a covariance is "
                         "symmetric"));
      }
    }
  }
  constexpr double kOfStandardError = 0.01;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string& name = covariance.parameters[i];
    if (!absl::EndsWith(name, kLog10K)) continue;
    const auto* constant = system.Find(name.substr(0, name.size() + 1 - sizeof(kLog10K)));
    const double error = std::sqrt(std::max(0.0, covariance.rows[i][i]));
    if (constant->log10_standard_error && std::fabs(error - *constant->log10_standard_error) >
                                              kOfStandardError * *constant->log10_standard_error) {
      add(absl::StrCat("[", i, "].values[", i, "]"),
          absl::StrCat("found ", covariance.rows[i][i], ", the square of ", error,
                       "; the standard error of ", constant->element, " is ",
                       *constant->log10_standard_error));
    }
  }
  if (violations->size() == before && !IsSemidefinite(covariance.rows)) {
    add("",
        "is not positive semidefinite; some combination of the parameters would have a "
        "negative variance");
  }
}

}  // namespace raffinate::optimizer
