// Constrained process problems whose equalities defeat plain evolutionary search.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/optimizer/search/test_problems.h"

namespace raffinate::optimizer::testing {

struct ProcessProblem {
  std::string name;
  FunctionProblem problem;
  std::int64_t evaluations;  ///< budget
};

/// RCM22, 23, 24 and 28 of Kumar et al. 2021 (doi:10.1016/j.swevo.2021.100961): pooling
/// of crudes after Haverly, a network of two reactors, a heat exchanger network, the
/// choice between two reactors. Equalities hold within 1e-4, as there; the violation is
/// the sum of what the demands are missed by.
std::vector<ProcessProblem> ProcessProblems();

}  // namespace raffinate::optimizer::testing
