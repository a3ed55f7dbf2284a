// search_bench [--seeds N] [--output FILE]: quality and speed of the
// search as JSON. With pagmo (Debian libpagmo-dev) in the build its searches run on the
// same problems in the same run, and hypervolumes are computed by it.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "bench/machine.h"
#include "optimizer/search/hypervolume.h"
#include "tests/optimizer/search/process_problems.h"
#include "tests/optimizer/search/test_problems.h"
#ifdef RAFFINATE_PAGMO
#include "bench/search_peers.h"
#endif

namespace {

using raffinate::bench::Now;
using raffinate::bench::Quantile;
using raffinate::optimizer::Candidate;
using raffinate::optimizer::Search;
using raffinate::optimizer::SearchOptions;
namespace problems = raffinate::optimizer::testing;

struct Case {
  std::string name;
  problems::FunctionProblem problem;
  int population;
  int generations;
  std::vector<double> reference;
  double ceiling;         // of the whole front; 0: not known
  std::string best_peer;  // published program that does best here, and its median
  double best_peer_volume;
};

// Medians of 11 seeds of pagmo 2.18 and pymoo 0.6.2 at these evaluations.
std::vector<Case> Cases() {
  const std::vector<double> two{1.1, 1.1};
  const std::vector<double> three{1.1, 1.1, 1.1};
  return {
      {"ZDT1", problems::Zdt(1), 100, 250, two, problems::ZdtCeiling(1), "pymoo NSGA-III", 0.87042},
      {"ZDT2", problems::Zdt(2), 100, 250, two, problems::ZdtCeiling(2), "pymoo MOEA/D", 0.53688},
      {"ZDT3", problems::Zdt(3), 100, 250, two, problems::ZdtCeiling(3), "pagmo NSGA-II", 1.32753},
      {"ZDT4", problems::Zdt(4), 100, 250, two, problems::ZdtCeiling(4), "pagmo NSGA-II", 0.86607},
      {"ZDT6", problems::Zdt(6), 100, 250, two, problems::ZdtCeiling(6), "pymoo MOEA/D", 0.49850},
      {"DTLZ1", problems::Dtlz(1), 92, 400, {0.6, 0.6, 0.6}, 0.195167, "pymoo NSGA-III", 0.18946},
      {"DTLZ2", problems::Dtlz(2), 92, 250, three, 0.807401, "pymoo NSGA-III", 0.74401},
      {"DTLZ3", problems::Dtlz(3), 92, 1000, three, 0.807401, "pymoo NSGA-III", 0.73828},
      {"DTLZ4", problems::Dtlz(4), 92, 600, three, 0.807401, "pymoo NSGA-III", 0.74479},
      {"DTLZ7", problems::Dtlz(7), 92, 1000, {6.1, 6.1, 6.1}, 0, "pymoo NSGA-III", 116.68},
  };
}

std::vector<double> Objectives(const Search& search) {
  std::vector<double> points;
  for (const Candidate& c : search.Pareto()) {
    points.insert(points.end(), c.objectives.begin(), c.objectives.end());
  }
  return points;
}

double Volume(const std::vector<double>& points, const std::vector<double>& reference) {
#ifdef RAFFINATE_PAGMO
  return raffinate::bench::PagmoHypervolume(points, reference);
#else
  return raffinate::optimizer::Hypervolume(points, reference);
#endif
}

std::string Spread(const std::vector<double>& volumes) {
  std::ostringstream out;
  out << std::setprecision(7) << "{\"median\": " << Quantile(volumes, 0.5)
      << ", \"p25\": " << Quantile(volumes, 0.25) << ", \"p75\": " << Quantile(volumes, 0.75)
      << ", \"least\": " << *std::min_element(volumes.begin(), volumes.end()) << "}";
  return out.str();
}

void Quality(std::ostream& out, int seeds) {
  const char* separator = "\n";
  for (Case& c : Cases()) {
    std::vector<double> ours;
    for (int seed = 1; seed <= seeds; ++seed) {
      SearchOptions options;
      options.seed = seed;
      options.population = c.population;
      options.archive_size = c.population;
      options.max_evaluations = std::int64_t{c.population} * c.generations;
      ours.push_back(Volume(Objectives(*problems::RunToEnd(c.problem, options)), c.reference));
    }
    out << separator << "    {\"problem\": \"" << c.name << "\", \"population\": " << c.population
        << ", \"evaluations\": " << c.population * c.generations << ", \"ceiling\": " << c.ceiling
        << ",\n     \"best_peer\": \"" << c.best_peer
        << "\", \"best_peer_median\": " << std::setprecision(7) << c.best_peer_volume
        << ",\n     \"ours\": " << Spread(ours);
#ifdef RAFFINATE_PAGMO
    for (const char* algorithm : raffinate::bench::kPagmoAlgorithms) {
      std::vector<double> volumes;
      for (int seed = 1; seed <= seeds; ++seed) {
        volumes.push_back(
            Volume(raffinate::bench::PagmoRun(algorithm, c.problem, c.population, c.generations,
                                              static_cast<unsigned>(seed)),
                   c.reference));
      }
      out << ",\n     \"pagmo " << algorithm << "\": " << Spread(volumes);
    }
#endif
    out << "}";
    separator = ",\n";
    std::cerr << c.name << "\n";
  }
}

// Share of seeds that find a feasible design, and after how many evaluations.
void Process(std::ostream& out, int seeds) {
  const char* separator = "\n";
  for (problems::ProcessProblem& p : problems::ProcessProblems()) {
    std::vector<double> first;
    std::vector<double> members;
    for (int seed = 1; seed <= seeds; ++seed) {
      SearchOptions options;
      options.seed = seed;
      options.max_evaluations = p.evaluations;
      auto search = std::move(*Search::Create(&p.problem, options));
      const std::atomic<bool> cancel{false};
      std::int64_t found = 0;
      bool more = true;
      while (more) {
        more = search->Step(cancel);
        if (found == 0 && search->progress().pareto_size > 0) {
          found = search->progress().evaluations;
        }
      }
      if (found == 0) continue;
      first.push_back(static_cast<double>(found));
      members.push_back(search->progress().pareto_size);
    }
    out << separator << "    {\"problem\": \"" << p.name << "\", \"evaluations\": " << p.evaluations
        << ", \"seeds\": " << seeds << ", \"feasible\": " << first.size()
        << ", \"feasible_after_p50\": " << Quantile(first, 0.5)
        << ", \"feasible_after_p90\": " << Quantile(first, 0.9)
        << ", \"pareto_size_p50\": " << Quantile(members, 0.5) << "}";
    separator = ",\n";
    std::cerr << p.name << "\n";
  }
}

// Over the first `generations` after the sample.
double GenerationsPerSecond(int population, int generations) {
  problems::FunctionProblem problem = problems::Zdt(1);
  SearchOptions options;
  options.population = population;
  options.device.threads = 1;
  const std::unique_ptr<Search> search = std::move(*Search::Create(&problem, options));
  const std::atomic<bool> cancel{false};
  search->Step(cancel);
  const double start = Now();
  for (int n = 0; n < generations; ++n) search->Step(cancel);
  return generations / (Now() - start);
}

double PeakMemoryMib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Pace {
  int population;
  int generations;
  double per_s;
  double memory_mib;
};

// Before anything else in this process, the largest last: peaks of memory are then ours.
std::vector<Pace> OurPaces() {
  std::vector<Pace> paces{{100, 1000, 0, 0}, {1000, 100, 0, 0}, {8000, 10, 0, 0},
                          {10000, 10, 0, 0}, {100000, 5, 0, 0}, {1000000, 2, 0, 0}};
  for (Pace& pace : paces) {
    pace.per_s = GenerationsPerSecond(pace.population, pace.generations);
    pace.memory_mib = PeakMemoryMib();
    std::cerr << "N = " << pace.population << "\n";
  }
  return paces;
}

void Speed(std::ostream& out, const std::vector<Pace>& paces) {
  const char* separator = "\n";
  for (const Pace& pace : paces) {
    out << separator << "    {\"problem\": \"ZDT1\", \"population\": " << pace.population
        << ", \"generations\": " << pace.generations
        << ", \"generations_per_s\": " << std::setprecision(4) << pace.per_s
        << ", \"memory_mib\": " << pace.memory_mib;
#ifdef RAFFINATE_PAGMO
    // Its sorting is quadratic: beyond this one generation takes minutes.
    if (pace.population <= 8000) {
      const int generations = pace.population < 8000 ? pace.generations : 2;
      out << ", \"pagmo_generations\": " << generations << ", \"pagmo_generations_per_s\": "
          << raffinate::bench::PagmoGenerationsPerSecond(problems::Zdt(1), pace.population,
                                                         generations);
    }
#endif
    out << "}";
    separator = ",\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  int seeds = 11;
  int process_seeds = 30;
  std::string output;
  bool usage = false;
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--seeds") {
      seeds = std::atoi(value);
    } else if (option == "--process-seeds") {
      process_seeds = std::atoi(value);
    } else if (option == "--output") {
      output = value;
    } else {
      usage = true;
    }
  }
  if (usage || seeds < 1 || process_seeds < 1) {
    std::cerr << "usage: search_bench [--seeds N] [--process-seeds N] "
                 "[--output FILE], N >= 1\n";
    return 2;
  }

  const std::vector<Pace> paces = OurPaces();
  std::ostringstream out;
  out << "{\n  \"benchmark\": \"search\",\n  \"date\": \"" << raffinate::bench::Today()
      << "\",\n  \"processor\": \"" << raffinate::bench::ProcessorName()
      << "\",\n  \"compiler\": \"" << __VERSION__ << "\",\n  \"pagmo\": \""
#ifdef RAFFINATE_PAGMO
      << raffinate::bench::PagmoVersion()
#endif
      << "\",\n  \"seeds\": " << seeds << ",\n  \"quality\": [";
  Quality(out, seeds);
  out << "\n  ],\n  \"process\": [";
  Process(out, process_seeds);
  out << "\n  ],\n  \"speed\": [";
  Speed(out, paces);
  out << "\n  ]\n}\n";
  if (output.empty()) {
    std::cout << out.str();
    return 0;
  }
  std::ofstream file(output);
  file << out.str();
  if (!file.flush()) {
    std::cerr << "error: cannot write " << output << "\n";
    return 1;
  }
  return 0;
}
