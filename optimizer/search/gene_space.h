// The space a search moves in: genes in their own units on one side, search
// coordinates in [0, 1] on the other.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// Maps every variable to [0, 1]: linearly, or by the logarithm when it asks for
/// that. A variable with a step, an integer or a category has a finite number of
/// values, the lattice; each owns a cell of equal width of [0, 1] (of the
/// logarithmic scale: the nearest value is taken).
class GeneSpace {
 public:
  /// INVALID_ARGUMENT with every variable that is not usable: bounds that are not
  /// finite or not ordered, a start outside of them, a negative step, whole-number
  /// kinds with fractional bounds, a logarithm over zero or less.
  static absl::Status Check(const std::vector<Variable>& variables);

  /// `variables` must have passed Check and must outlive this.
  explicit GeneSpace(const std::vector<Variable>& variables);

  int size() const { return static_cast<int>(axes_.size()); }
  bool category(int i) const { return axes_[i].category; }

  /// Number of values a variable can take; 0: a continuum.
  std::int64_t values(int i) const { return axes_[i].values; }

  /// Number of points of the whole space, or 0 when it is a continuum or more
  /// than `limit`.
  std::int64_t points(std::int64_t limit) const;

  /// The `k`-th point of a finite space, 0 <= k < points(); axis 0 runs fastest.
  std::vector<double> Point(std::int64_t k) const;

  /// The start values, clamped to the bounds against round-off.
  std::vector<double> Start() const;

  /// Search coordinate in [0, 1] of a gene.
  double Encode(int i, double gene) const;

  /// Gene, snapped to its lattice and inside its bounds, of a coordinate; the
  /// coordinate is clamped to [0, 1].
  double Decode(int i, double coordinate) const;

  /// Derivative of the gene by its coordinate, at `gene` of a continuum.
  double Stretch(int i, double gene) const;

  /// Position on the lattice of the value nearest to `gene`, and the value there.
  std::int64_t Index(int i, double gene) const;
  double Value(int i, std::int64_t index) const;

 private:
  struct Axis {
    double lower = 0;
    double upper = 1;
    double start = 0;
    double step = 0;
    std::int64_t values = 0;
    bool log = false;
    bool category = false;
    double log_ratio = 0;  ///< ln(upper / lower) of a logarithmic axis
  };
  std::vector<Axis> axes_;
};

}  // namespace raffinate::optimizer
