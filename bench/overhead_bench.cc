// overhead_bench [--generations N] [--output FILE] [POPULATION...]: where the time of a search
// goes, for the front of Nd/Pr (bench/tasks/nd-pr-front) on one core: the solver, what surrounds it
// (flowsheets made of decisions, figures made of solutions), derivatives, and the search itself.
// Restoration and polish are on, as users have them. Each population has the same number of
// generations after its first. Prints JSON.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "bench/flowsheet_file.h"
#include "bench/machine.h"
#include "bench/result_file.h"
#include "bench/wrapped_problem.h"
#include "optimizer/flowsheet_problem.h"
#include "optimizer/judge.h"
#include "optimizer/search/search.h"
#include "optimizer/simulate.h"
#include "service/data/chemistry_data.h"

namespace raffinate {
namespace {

using bench::Now;
using optimizer::Candidate;
using optimizer::FlowsheetProblem;

constexpr const char* kTask = "bench/tasks/nd-pr-front";
const std::atomic<bool> kGoOn{false};

struct Times {
  double solver = 0, model = 0, derivatives = 0, search = 0;  ///< [s]
  long long evaluations = 0;
};

/// A problem that knows where its time goes.
class Timed : public bench::WrappedProblem {
 public:
  using WrappedProblem::WrappedProblem;

  /// What the problem itself does, in its three parts.
  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) override {
    times.evaluations += static_cast<long long>(batch.size());
    for (std::size_t from = 0; from < batch.size(); from += FlowsheetProblem::kTogether) {
      EvaluateBlock(batch.subspan(from, std::min(FlowsheetProblem::kTogether, batch.size() - from)),
                    cancel);
    }
  }
  void Foresee(std::span<const Candidate> batch, std::span<optimizer::Foreseen> foreseen) override {
    const double start = Now();
    WrappedProblem::Foresee(batch, foreseen);
    times.model += Now() - start;
  }
  void Differentiate(std::span<const Candidate> batch, std::span<optimizer::Slopes> slopes,
                     const std::atomic<bool>& cancel) override {
    const double start = Now();
    problem().Differentiate(batch, slopes, cancel);
    times.derivatives += Now() - start;
  }

  Times times;

 private:
  void EvaluateBlock(std::span<Candidate> batch, const std::atomic<bool>& cancel) {
    const double start = Now();
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
    const double ready = Now();
    std::vector<optimizer::Answer> answers;
    optimizer::SolveAll(problem().device(), all, packed, &cancel, &answers);
    const double solved = Now();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (prepared[i].problem.empty() &&
          optimizer::Judge(problem().goals(), problem().decisions().flowsheet(), prepared[i],
                           answers[i], &batch[i])) {
        batch[i].state = problem().Pack(prepared[i], answers[i]);
      }
    }
    times.solver += solved - ready;
    times.model += Now() - solved + (ready - start);
  }
};

Times Run(const optimizer::Flowsheet& flowsheet, const optimizer::Chemistry& chemistry,
          int population, int generations) {
  FlowsheetProblem problem(flowsheet, chemistry, kernels::Device{.threads = 1});
  Timed timed(&problem);
  optimizer::SearchOptions options;
  options.population = population;
  const auto search = *optimizer::Search::Create(&timed, options);
  const double start = Now();
  for (int g = 0; g <= generations; ++g) search->Step(kGoOn);
  Times times = timed.times;
  times.search = Now() - start - times.solver - times.model - times.derivatives;
  return times;
}

}  // namespace
}  // namespace raffinate

int main(int argc, char** argv) {
  int generations = 5;
  std::string output;
  std::vector<int> populations;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const bool has_value = i + 1 < argc;
    if (option == "--generations" && has_value) {
      generations = std::atoi(argv[++i]);
    } else if (option == "--output" && has_value) {
      output = argv[++i];
    } else {
      populations.push_back(std::atoi(option.c_str()));
      if (populations.back() < 4) generations = 0;
    }
  }
  if (generations < 1) {
    std::cerr << "usage: overhead_bench [--generations N] [--output FILE] [POPULATION...], "
                 "N >= 1, POPULATION >= 4\n";
    return 2;
  }
  if (const std::string wrong = raffinate::bench::WhyNotWritable(output); !wrong.empty()) {
    std::cerr << "error: " << wrong << "\n";
    return 2;
  }
  if (populations.empty()) populations = {1000, 10000, 100000};
  const auto chemistry = raffinate::service::LoadEmbeddedChemistry();
  if (!chemistry.ok()) {
    std::cerr << chemistry.status().message() << "\n";
    return 1;
  }
  const raffinate::optimizer::Flowsheet flowsheet = raffinate::bench::LoadFlowsheet(
      raffinate::kTask, *chemistry, raffinate::optimizer::Purpose::kOptimize);
  std::ostringstream out;
  out << raffinate::bench::ResultHead("overhead") << ",\n  \"task\": \"" << raffinate::kTask
      << "\",\n  \"generations\": " << generations + 1 << ",\n  \"populations\": ["
      << std::setprecision(4);
  const char* separator = "\n";
  for (const int population : populations) {
    const raffinate::Times t = raffinate::Run(flowsheet, *chemistry, population, generations);
    out << separator << "    {\"population\": " << population
        << ", \"evaluations\": " << t.evaluations << ", \"solver_s\": " << t.solver
        << ", \"model_s\": " << t.model << ", \"derivatives_s\": " << t.derivatives
        << ", \"search_s\": " << t.search << "}";
    separator = ",\n";
    std::cerr << population << "\n";
  }
  out << "\n  ]\n}\n";
  return raffinate::bench::WriteResult(output, out.str());
}
