// Searches of pagmo2 on the problems of the tests, by its own operators.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "optimizer/search/problem.h"

namespace raffinate::bench {

/// Version of the pagmo that is built in; empty when this build has none.
std::string PagmoVersion();

/// The algorithms that Pagmo* know.
inline constexpr const char* kPagmoAlgorithms[] = {"NSGA-II", "MOEA/D", "NSPSO"};

/// Objectives, row-major, of the last population of one run. NSGA-II: SBX 0.9 with eta
/// 15, polynomial mutation 1/D with eta 20, as ours; the others as pagmo sets them.
/// MOEA/D takes its weights from a grid: of three objectives it needs 91 members where
/// others have 92. Unconstrained problems of real variables only; `population` a
/// multiple of 4. Needs pagmo in the build.
std::vector<double> PagmoRun(const std::string& algorithm, const optimizer::Problem& problem,
                             int population, int generations, unsigned seed);

/// Evaluates points in [0, 1]^n in one batch.
using BatchEvaluation =
    std::function<std::vector<optimizer::Candidate>(const std::vector<std::vector<double>>&)>;

/// NSGA-II as above over [0, 1]^variables by batches. What misses demands it sees by the
/// feasibility rules: worse than all that meets them, by how much it misses. One objective
/// counts twice: it takes no fewer than two. Needs pagmo in the build.
void PagmoDrive(int variables, int objectives, int population, int generations, unsigned seed,
                const BatchEvaluation& evaluate);

/// Generations per second of NSGA-II on one core, over the first `generations` after the
/// sample. Needs pagmo in the build.
double PagmoGenerationsPerSecond(const optimizer::Problem& problem, int population,
                                 int generations);

/// Exact hypervolume by pagmo; points beyond the reference add nothing. Needs pagmo in
/// the build.
double PagmoHypervolume(std::span<const double> points, const std::vector<double>& reference);

}  // namespace raffinate::bench
