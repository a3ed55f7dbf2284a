// How candidates that do not meet the demands compare.
#pragma once

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

}  // namespace raffinate::optimizer
