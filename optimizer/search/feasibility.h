// How candidates that do not meet the demands compare.
#pragma once

#include <cstddef>

#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

inline bool Feasible(const Candidate& c) { return c.solved && c.violation <= 0; }

/// True when `a` is nearer to a usable design than `b`: feasible before solved
/// before unsolved, then by violation. Feasible candidates are not ordered, nor
/// are unsolved ones, whose violation means nothing.
inline bool LessViolated(const Candidate& a, const Candidate& b) {
  if (a.solved != b.solved) return a.solved;
  if (!a.solved || Feasible(a)) return a.solved && !Feasible(b);
  return a.violation < b.violation;
}

/// True when `a` is nearer to a usable design than `b`, or both are feasible and `a`
/// is nowhere worse and somewhere better.
inline bool Beats(const Candidate& a, const Candidate& b) {
  if (!Feasible(a) || !Feasible(b)) return LessViolated(a, b);
  bool better = false;
  for (std::size_t j = 0; j < a.objectives.size(); ++j) {
    if (a.objectives[j] > b.objectives[j]) return false;
    better = better || a.objectives[j] < b.objectives[j];
  }
  return better;
}

}  // namespace raffinate::optimizer
