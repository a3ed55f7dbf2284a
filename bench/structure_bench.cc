// structure_bench [--seeds N] [--evaluations N] [--output FILE] [TASK...]: what the structure of
// the design tasks tells of candidates without simulating them, and what simulations that come to
// nothing cost. Prints JSON, per task over all seeds of the search as it is: children that were
// left out as hopeless (optimizer/search/hopeless.h); evaluations that end feasible, infeasible and
// unsolved, with the solver's iterations on each (of plants of several circuits: passes); the same
// of the children alone that are made once something meets the demands, which is all that anything
// known of them beforehand, or sooner, could spare; the most iterations that a solution took and
// those that the unsolved went on beyond; the share of the time that the solver takes; and, of
// binaries, candidates whose organic carries less than Underwood's least for the demands, with
// those of them that meet the demands all the same.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "bench/design_tasks.h"
#include "bench/flowsheet_file.h"
#include "bench/least_organic.h"
#include "bench/machine.h"
#include "bench/result_file.h"
#include "bench/wrapped_problem.h"
#include "optimizer/flowsheet_problem.h"
#include "optimizer/judge.h"
#include "optimizer/search/feasibility.h"
#include "optimizer/search/search.h"
#include "optimizer/simulate.h"
#include "service/data/chemistry_data.h"

namespace raffinate {
namespace {

using optimizer::Candidate;
using optimizer::FlowsheetProblem;
using optimizer::Foreseen;

const std::atomic<bool> kGoOn{false};

struct Outcome {
  long long candidates = 0, iterations = 0;
  std::map<long long, long long> taken;  ///< candidates by iterations
};

struct Outcomes {
  Outcome feasible, infeasible, unsolved;

  void Count(const Candidate& candidate, long long iterations) {
    Outcome& outcome = optimizer::Feasible(candidate) ? feasible
                       : candidate.solved             ? infeasible
                                                      : unsolved;
    ++outcome.candidates;
    ++outcome.taken[iterations];
    outcome.iterations += iterations;
  }
};

/// The most iterations that any solution took, and how many those that found none went on beyond.
struct Limit {
  long long longest = 0, beyond = 0;
};

Limit LimitOf(const Outcomes& outcomes) {
  Limit limit;
  for (const Outcome* solved : {&outcomes.feasible, &outcomes.infeasible}) {
    if (!solved->taken.empty())
      limit.longest = std::max(limit.longest, solved->taken.rbegin()->first);
  }
  for (const auto& [iterations, candidates] : outcomes.unsolved.taken) {
    limit.beyond += std::max(iterations - limit.longest, 0LL) * candidates;
  }
  return limit;
}

struct Counts {
  long long made = 0, left_out = 0;  ///< children once something meets the demands
  Outcomes all, children;
  double solver_seconds = 0;
  bool theory = false;  ///< has an answer here
  long long below_least = 0, feasible_below_least = 0;
};

/// The problem, with everything counted. It always claims to foresee, so that it is shown the
/// children; what it says of them is what the problem says.
class Watched : public bench::WrappedProblem {
 public:
  using WrappedProblem::WrappedProblem;

  bool foresees() const override { return true; }
  void Foresee(std::span<const Candidate> batch, std::span<Foreseen> foreseen) override {
    if (problem().foresees()) {
      problem().Foresee(batch, foreseen);
    } else {
      const auto m = static_cast<std::size_t>(objectives());
      for (Foreseen& f : foreseen) f = {std::vector<double>(m, -INFINITY), 0};
    }
    made_ = static_cast<long long>(batch.size());
    counts.made += made_;
  }

  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) override {
    // What was foreseen is evaluated next, but for what was left out.
    const bool children = made_ > 0;
    if (children) counts.left_out += made_ - static_cast<long long>(batch.size());
    made_ = 0;
    std::vector<optimizer::Prepared> prepared(batch.size());
    std::vector<optimizer::Prepared*> all;
    std::vector<const std::vector<double>*> packed;
    optimizer::Flowsheet decided = problem().decisions().flowsheet();
    decided.extractant_systems.clear();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      problem().decisions().ApplyTo(batch[i].genes, &decided);
      prepared[i] = optimizer::Prepare(decided, problem().chemistry(), problem().graph());
      if (!prepared[i].problem.empty()) {
        optimizer::MarkUnsolved(INFINITY, objectives(), &batch[i]);
      }
      all.push_back(&prepared[i]);
      packed.push_back(&batch[i].state);
    }
    std::vector<optimizer::Answer> answers;
    const double start = bench::Now();
    optimizer::SolveAll(problem().device(), all, packed, &cancel, &answers);
    counts.solver_seconds += bench::Now() - start;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!prepared[i].problem.empty()) continue;
      if (optimizer::Judge(problem().goals(), problem().decisions().flowsheet(), prepared[i],
                           answers[i], &batch[i])) {
        batch[i].state = problem().Pack(prepared[i], answers[i]);
      }
      Count(prepared[i], answers[i], children, batch[i]);
    }
  }

  Counts counts;

 private:
  void Count(const optimizer::Prepared& prepared, const optimizer::Answer& answer, bool child,
             const Candidate& candidate) {
    const bool plant = prepared.plant != nullptr;
    const long long iterations = plant ? answer.plant.passes : answer.circuit.iterations;
    counts.all.Count(candidate, iterations);
    if (child) counts.children.Count(candidate, iterations);
    if (plant) return;
    const auto least = bench::LeastOrganic(problem().decisions().flowsheet(), prepared.built);
    if (!least) return;
    counts.theory = true;
    if (bench::OrganicCarries(prepared.built, prepared.cascade) >= *least) return;
    ++counts.below_least;
    counts.feasible_below_least += optimizer::Feasible(candidate);
  }

  long long made_ = 0;
};

void Print(std::ostream& out, const char* name, const Outcomes& outcomes) {
  const auto print = [&out](const char* which, const Outcome& outcome) {
    out << "\"" << which << "\": {\"candidates\": " << outcome.candidates
        << ", \"iterations\": " << outcome.iterations << "}";
  };
  out << ",\n     \"" << name << "\": {";
  print("feasible", outcomes.feasible);
  out << ", ";
  print("infeasible", outcomes.infeasible);
  out << ", ";
  print("unsolved", outcomes.unsolved);
  out << "}";
}

void RunTask(std::ostream& out, const std::string& path, const optimizer::Chemistry& chemistry,
             int seeds, std::int64_t most) {
  const optimizer::Flowsheet flowsheet =
      bench::LoadFlowsheet(path, chemistry, optimizer::Purpose::kOptimize);
  kernels::Device device;
  device.threads = 1;
  FlowsheetProblem problem(flowsheet, chemistry, device);
  Watched watched(&problem);
  const double start = bench::Now();
  for (int seed = 1; seed <= seeds; ++seed) {
    optimizer::SearchOptions options;
    options.seed = seed;
    options.population = flowsheet.search.population;
    options.max_evaluations = std::min<std::int64_t>(flowsheet.search.max_evaluations, most);
    const auto search = *optimizer::Search::Create(&watched, options);
    while (search->Step(kGoOn)) {
    }
  }
  const double seconds = bench::Now() - start;
  const Counts& counts = watched.counts;
  out << "    {\"task\": \"" << path
      << "\", \"foresees\": " << (problem.foresees() ? "true" : "false")
      << ", \"made\": " << counts.made << ", \"left_out\": " << counts.left_out;
  Print(out, "all", counts.all);
  Print(out, "children", counts.children);
  const Limit limit = LimitOf(counts.all);
  out << ",\n     \"longest_solved\": " << limit.longest << ", \"beyond\": " << limit.beyond;
  out << ",\n     \"seconds\": " << seconds << ", \"solver_seconds\": " << counts.solver_seconds;
  if (counts.theory) {
    out << ",\n     \"below_least\": " << counts.below_least
        << ", \"feasible_below_least\": " << counts.feasible_below_least;
  }
  out << "}";
}

}  // namespace
}  // namespace raffinate

int main(int argc, char** argv) {
  const auto options = raffinate::bench::ReadTaskOptions("structure_bench", 1500, argc, argv);
  if (!options) return 2;
  const auto chemistry = raffinate::service::LoadEmbeddedChemistry();
  if (!chemistry.ok()) {
    std::cerr << chemistry.status().message() << "\n";
    return 1;
  }
  std::ostringstream out;
  out << raffinate::bench::ResultHead("structure") << ",\n  \"seeds\": " << options->seeds
      << ",\n  \"evaluations\": " << options->evaluations << ",\n  \"tasks\": [";
  const char* separator = "\n";
  for (const std::string& path : options->paths) {
    out << separator;
    raffinate::RunTask(out, path, *chemistry, options->seeds, options->evaluations);
    separator = ",\n";
    std::cerr << path << "\n";
  }
  out << "\n  ]\n}\n";
  return raffinate::bench::WriteResult(options->output, out.str());
}
