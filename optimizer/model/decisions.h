// The open leaves of a flowsheet as the variables of a search.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "optimizer/model/flowsheet.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// Significant digits of a decided real value. Few enough that a reported
/// number reads well, enough that no optimum is felt.
inline constexpr int kDecisionDigits = 12;

/// The open leaves, in the order of the public message. Ranges of numbers are
/// reals, ranges of counts integers, choices categories (the gene is the index
/// of the choice). `flowsheet` must be valid.
class Decisions {
 public:
  explicit Decisions(Flowsheet flowsheet);

  const std::vector<Variable>& variables() const { return variables_; }
  const Flowsheet& flowsheet() const { return flowsheet_; }

  /// Of each variable, the index of its leaf in the order of VisitLeaves.
  std::vector<std::size_t> Leaves() const;

  /// The flowsheet with every leaf decided: only numbers. Genes are clamped to
  /// their bounds and snapped to their step; reals are rounded to
  /// kDecisionDigits. The stage of an inlet or draw beyond the number of stages
  /// that its section got becomes the section's last stage.
  Flowsheet Apply(std::span<const double> genes) const;

  /// The same into `decided`, which must be a copy of flowsheet() or of an
  /// earlier result: nothing but the open leaves is written.
  void ApplyTo(std::span<const double> genes, Flowsheet* decided) const;

 private:
  Flowsheet flowsheet_;
  std::vector<Variable> variables_;
  std::vector<char> open_;  ///< of every leaf, whether it is open
};

}  // namespace raffinate::optimizer
