#include "bench/search_peers.h"

#include <algorithm>
#include <atomic>
#include <pagmo/algorithm.hpp>
#include <pagmo/algorithms/moead.hpp>
#include <pagmo/algorithms/nsga2.hpp>
#include <pagmo/algorithms/nspso.hpp>
#include <pagmo/batch_evaluators/member_bfe.hpp>
#include <pagmo/bfe.hpp>
#include <pagmo/config.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>
#include <pagmo/utils/hypervolume.hpp>
#include <utility>

#include "bench/machine.h"
#include "optimizer/search/feasibility.h"

namespace raffinate::bench {
namespace {

using optimizer::Candidate;
using optimizer::Problem;

// A problem as pagmo sees it. Copies share the one that is evaluated.
class Adapter {
 public:
  Adapter() = default;  // pagmo asks for it
  explicit Adapter(Problem* problem) : problem_(problem) {}

  pagmo::vector_double fitness(const pagmo::vector_double& genes) const {
    Candidate candidate;
    candidate.genes = genes;
    const std::atomic<bool> cancel{false};
    problem_->Evaluate({&candidate, 1}, cancel);
    return candidate.objectives;
  }
  pagmo::vector_double::size_type get_nobj() const {
    return problem_ ? static_cast<pagmo::vector_double::size_type>(problem_->objectives()) : 1;
  }
  std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const {
    std::pair<pagmo::vector_double, pagmo::vector_double> bounds;
    if (!problem_) return {{0}, {1}};
    for (const optimizer::Variable& v : problem_->variables()) {
      bounds.first.push_back(v.lower);
      bounds.second.push_back(v.upper);
    }
    return bounds;
  }

 private:
  Problem* problem_ = nullptr;
};

// Points in [0, 1]^n that are evaluated in batches. Copies share what evaluates.
class Batches {
 public:
  Batches() = default;  // pagmo asks for it
  Batches(int variables, int objectives, const BatchEvaluation* evaluate)
      : variables_(static_cast<std::size_t>(variables)),
        objectives_(static_cast<std::size_t>(objectives)),
        evaluate_(evaluate) {}

  pagmo::vector_double fitness(const pagmo::vector_double& genes) const {
    return batch_fitness(genes);
  }
  pagmo::vector_double batch_fitness(const pagmo::vector_double& genes) const {
    std::vector<std::vector<double>> points;
    for (auto at = genes.begin(); at != genes.end();
         at += static_cast<std::ptrdiff_t>(variables_)) {
      points.emplace_back(at, at + static_cast<std::ptrdiff_t>(variables_));
    }
    pagmo::vector_double values;
    for (const Candidate& c : (*evaluate_)(points)) {
      if (optimizer::Feasible(c)) {
        values.insert(values.end(), c.objectives.begin(), c.objectives.end());
      } else {
        values.insert(values.end(), objectives_, kBeyond + c.violation);
      }
    }
    return values;
  }
  pagmo::vector_double::size_type get_nobj() const { return objectives_; }
  std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const {
    return {pagmo::vector_double(variables_, 0.0), pagmo::vector_double(variables_, 1.0)};
  }

 private:
  static constexpr double kBeyond = 1e9;  // of any objective that meets the demands
  std::size_t variables_ = 1;
  std::size_t objectives_ = 1;
  const BatchEvaluation* evaluate_ = nullptr;
};

pagmo::algorithm Algorithm(const std::string& name, unsigned generations, std::size_t variables,
                           unsigned seed) {
  if (name == "MOEA/D") {
    pagmo::moead moead(generations);
    moead.set_seed(seed);
    return pagmo::algorithm(std::move(moead));
  }
  if (name == "NSPSO") {
    pagmo::nspso nspso(generations);
    nspso.set_seed(seed);
    return pagmo::algorithm(std::move(nspso));
  }
  return pagmo::algorithm(
      pagmo::nsga2(generations, 0.9, 15, 1.0 / static_cast<double>(variables), 20, seed));
}

std::vector<double> Flat(const pagmo::population& population) {
  std::vector<double> values;
  for (const auto& f : population.get_f()) values.insert(values.end(), f.begin(), f.end());
  return values;
}

}  // namespace

std::string PagmoVersion() {
  return std::to_string(PAGMO_VERSION_MAJOR) + "." + std::to_string(PAGMO_VERSION_MINOR);
}

std::vector<double> PagmoRun(const std::string& algorithm, const Problem& problem, int population,
                             int generations, unsigned seed) {
  auto size = static_cast<unsigned>(population);
  auto steps = static_cast<unsigned>(generations - 1);  // the first is the sample
  if (algorithm == "MOEA/D" && problem.objectives() == 3) {
    // Evaluations no fewer than those of the others.
    steps = (size * static_cast<unsigned>(generations) + 90) / 91 - 1;
    size = 91;
  }
  // Evaluation changes nothing that a result depends on.
  pagmo::population start(pagmo::problem(Adapter(const_cast<Problem*>(&problem))), size, seed);
  return Flat(Algorithm(algorithm, steps, problem.variables().size(), seed).evolve(start));
}

void PagmoDrive(int variables, int objectives, int population, int generations, unsigned seed,
                const BatchEvaluation& evaluate) {
  // It wants two objectives: of one it gets the same twice.
  const BatchEvaluation twice = [&](const std::vector<std::vector<double>>& points) {
    std::vector<Candidate> batch = evaluate(points);
    for (Candidate& c : batch) c.objectives.push_back(c.objectives[0]);
    return batch;
  };
  const Batches batches =
      objectives == 1 ? Batches(variables, 2, &twice) : Batches(variables, objectives, &evaluate);
  const pagmo::population start(pagmo::problem(batches), pagmo::bfe(pagmo::member_bfe()),
                                static_cast<unsigned>(population), seed);
  pagmo::nsga2 nsga2(static_cast<unsigned>(generations - 1), 0.9, 15,
                     1.0 / static_cast<double>(variables), 20, seed);
  nsga2.set_bfe(pagmo::bfe(pagmo::member_bfe()));
  pagmo::algorithm(std::move(nsga2)).evolve(start);
}

double PagmoGenerationsPerSecond(const Problem& problem, int population, int generations) {
  const pagmo::population state(pagmo::problem(Adapter(const_cast<Problem*>(&problem))),
                                static_cast<unsigned>(population), 1U);
  const pagmo::algorithm nsga2 =
      Algorithm("NSGA-II", static_cast<unsigned>(generations), problem.variables().size(), 1);
  const double start = Now();
  nsga2.evolve(state);
  return generations / (Now() - start);
}

double PagmoHypervolume(std::span<const double> points, const std::vector<double>& reference) {
  const std::size_t m = reference.size();
  std::vector<pagmo::vector_double> inside;
  for (std::size_t i = 0; i + m <= points.size(); i += m) {
    pagmo::vector_double row(points.begin() + static_cast<std::ptrdiff_t>(i),
                             points.begin() + static_cast<std::ptrdiff_t>(i + m));
    bool better = true;
    for (std::size_t j = 0; j < m; ++j) better = better && row[j] < reference[j];
    if (better) inside.push_back(std::move(row));
  }
  return inside.empty() ? 0 : pagmo::hypervolume(inside, true).compute(reference);
}

}  // namespace raffinate::bench
