// Small dense systems of linear equations.
#pragma once

#include <vector>

namespace raffinate::optimizer {

/// Solves A X = B by elimination with partial pivoting. `a` is n x n and `b` n x columns, row by
/// row; `b` becomes X. Returns false where a pivot is below 1e-12 of the largest number of its
/// row as it was given: A is singular for what is known of it.
bool SolveLinear(int n, std::vector<double> a, int columns, std::vector<double>* b);

}  // namespace raffinate::optimizer
