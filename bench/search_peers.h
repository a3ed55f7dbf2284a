// Searches of pagmo2 on the problems of the tests, by its own operators.
#pragma once

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

/// Generations per second of NSGA-II on one core, over the first `generations` after the
/// sample. Needs pagmo in the build.
double PagmoGenerationsPerSecond(const optimizer::Problem& problem, int population,
                                 int generations);

/// Exact hypervolume by pagmo; points beyond the reference add nothing. Needs pagmo in
/// the build.
double PagmoHypervolume(std::span<const double> points, const std::vector<double>& reference);

}  // namespace raffinate::bench
