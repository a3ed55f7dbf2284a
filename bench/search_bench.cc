// search_bench [--seeds N] [--process-seeds N] [--no-speed | --only-speed] [--output FILE]: quality
// and speed of the search as JSON. With pagmo (Debian libpagmo-dev) in the build its searches run
// on the same problems in the same run, hypervolumes are computed by it, and its WFG problems must
// be ours. --no-speed leaves out the rates, for a machine on which other things run; --only-speed
// leaves out all else.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <memory>
#include <numbers>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "bench/machine.h"
#include "bench/result_file.h"
#include "optimizer/search/hypervolume.h"
#include "tests/optimizer/search/known_fronts.h"
#include "tests/optimizer/search/process_problems.h"
#include "tests/optimizer/search/test_problems.h"
#include "tests/optimizer/search/wfg.h"
#ifdef RAFFINATE_PAGMO
#include "bench/search_peers.h"
#include "bench/wfg_peer.h"
#endif

namespace {

using raffinate::bench::Now;
using raffinate::bench::Quantile;
using raffinate::optimizer::Candidate;
using raffinate::optimizer::Search;
using raffinate::optimizer::SearchOptions;
namespace problems = raffinate::optimizer::testing;

// Points of a known front that sets are measured from, and of those whose volume is the ceiling.
constexpr int kFrontPoints = 1000;
constexpr int kCeilingPoints = 100000;

struct Case {
  std::string name;
  problems::FunctionProblem problem;
  int population;
  int generations;
  std::vector<double> reference;
  double ceiling;             // of the whole front; 0: not known
  std::vector<double> front;  // points of it; empty: not known
  std::string best_peer;      // published program that does best here, and its median
  double best_peer_volume;    // 0: none is known
};

Case ZdtCase(int number, const char* best_peer, double volume) {
  return {"ZDT" + std::to_string(number),
          problems::Zdt(number),
          100,
          250,
          {1.1, 1.1},
          problems::ZdtCeiling(number),
          problems::ZdtFront(number, kFrontPoints),
          best_peer,
          volume};
}

Case DtlzCase(int number, int generations, double reference, double ceiling, double volume) {
  return {"DTLZ" + std::to_string(number),
          problems::Dtlz(number),
          92,
          generations,
          std::vector<double>(3, reference),
          ceiling,
          problems::DtlzFront(number, kFrontPoints),
          "pymoo NSGA-III",
          volume};
}

Case WfgCase(int number, int objectives) {
  const bool two = objectives == 2;
  std::vector<double> reference{3, 5};
  if (!two) reference.push_back(7);
  double ceiling = 0;
  if (two) {
    ceiling = raffinate::optimizer::Hypervolume(
        problems::WfgFront(number, objectives, kCeilingPoints), reference);
  } else if (number > 3) {
    ceiling = 105 - 8 * std::numbers::pi;
  }
  return {"WFG" + std::to_string(number) + (two ? ", 2" : ", 3"),
          problems::Wfg(number, objectives),
          two ? 100 : 92,
          two ? 250 : 400,
          reference,
          ceiling,
          problems::WfgFront(number, objectives, kFrontPoints),
          "",
          0};
}

// Best peers: medians of 11 seeds of pagmo 2.18 and pymoo 0.6.2 at these evaluations.
std::vector<Case> Cases() {
  std::vector<Case> cases{
      ZdtCase(1, "pymoo NSGA-III", 0.87042),    ZdtCase(2, "pymoo MOEA/D", 0.53688),
      ZdtCase(3, "pagmo NSGA-II", 1.32753),     ZdtCase(4, "pagmo NSGA-II", 0.86607),
      ZdtCase(6, "pymoo MOEA/D", 0.49850),      DtlzCase(1, 400, 0.6, 0.195167, 0.18946),
      DtlzCase(2, 250, 1.1, 0.807401, 0.74401), DtlzCase(3, 1000, 1.1, 0.807401, 0.73828),
      DtlzCase(4, 600, 1.1, 0.807401, 0.74479), DtlzCase(7, 1000, 6.1, 0, 116.68),
  };
  for (const int objectives : {2, 3}) {
    for (int number = 1; number <= 9; ++number) cases.push_back(WfgCase(number, objectives));
  }
  return cases;
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

std::string Spread(const std::vector<double>& values) {
  std::ostringstream out;
  out << std::setprecision(7) << "{\"median\": " << Quantile(values, 0.5)
      << ", \"p25\": " << Quantile(values, 0.25) << ", \"p75\": " << Quantile(values, 0.75) << "}";
  return out.str();
}

/// What the final sets of all seeds of one program are worth.
struct Sets {
  std::vector<double> volumes, distances;

  void Add(const Case& c, const std::vector<double>& points) {
    volumes.push_back(Volume(points, c.reference));
    if (c.front.empty()) return;
    distances.push_back(problems::IgdPlus(points, c.front, c.problem.objectives()));
  }
  void Print(const std::string& program, std::ostream& out) const {
    out << ",\n     \"" << program << "\": " << Spread(volumes);
    if (!distances.empty()) out << ",\n     \"" << program << " IGD+\": " << Spread(distances);
  }
};

void Quality(std::ostream& out, int seeds) {
  const char* separator = "\n";
  for (Case& c : Cases()) {
    Sets ours;
    for (int seed = 1; seed <= seeds; ++seed) {
      SearchOptions options;
      options.seed = seed;
      options.population = c.population;
      options.archive_size = c.population;
      options.max_evaluations = std::int64_t{c.population} * c.generations;
      ours.Add(c, Objectives(*problems::RunToEnd(c.problem, options)));
    }
    out << separator << "    {\"problem\": \"" << c.name << "\", \"population\": " << c.population
        << ", \"evaluations\": " << c.population * c.generations << std::setprecision(7)
        << ", \"ceiling\": " << c.ceiling << ",\n     \"best_peer\": \"" << c.best_peer
        << "\", \"best_peer_median\": " << c.best_peer_volume;
    ours.Print("ours", out);
#ifdef RAFFINATE_PAGMO
    for (const char* algorithm : raffinate::bench::kPagmoAlgorithms) {
      Sets theirs;
      for (int seed = 1; seed <= seeds; ++seed) {
        theirs.Add(c, raffinate::bench::PagmoRun(algorithm, c.problem, c.population, c.generations,
                                                 static_cast<unsigned>(seed)));
      }
      theirs.Print(std::string("pagmo ") + algorithm, out);
    }
#endif
    out << "}";
    separator = ",\n";
    std::cerr << c.name << "\n";
  }
}

#ifdef RAFFINATE_PAGMO
// WFG8 of pagmo 2.18 is another: there the mean that biases a distance is of distances that have
// been biased themselves, in the paper and here of the variables.
bool WfgIsPagmos() {
  for (const int objectives : {2, 3}) {
    for (const int number : {1, 2, 3, 4, 5, 6, 7, 9}) {
      const double difference = raffinate::bench::WfgDifference(number, objectives);
      if (difference <= 1e-12) continue;
      std::cerr << "error: WFG" << number << " of " << objectives << " objectives differs by "
                << difference << " from pagmo's\n";
      return false;
    }
  }
  return true;
}
#endif

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
  bool speed = true, quality = true;
  std::string output;
  bool usage = false;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const bool has_value = i + 1 < argc;
    if (option == "--seeds" && has_value) {
      seeds = std::atoi(argv[++i]);
    } else if (option == "--process-seeds" && has_value) {
      process_seeds = std::atoi(argv[++i]);
    } else if (option == "--output" && has_value) {
      output = argv[++i];
    } else if (option == "--no-speed") {
      speed = false;
    } else if (option == "--only-speed") {
      quality = false;
    } else {
      usage = true;
    }
  }
  if (usage || seeds < 1 || process_seeds < 1 || !(speed || quality)) {
    std::cerr << "usage: search_bench [--seeds N] [--process-seeds N] [--no-speed | --only-speed] "
                 "[--output FILE], N >= 1\n";
    return 2;
  }
  if (const std::string wrong = raffinate::bench::WhyNotWritable(output); !wrong.empty()) {
    std::cerr << "error: " << wrong << "\n";
    return 2;
  }
#ifdef RAFFINATE_PAGMO
  if (!WfgIsPagmos()) return 1;
#endif

  const std::vector<Pace> paces = speed ? OurPaces() : std::vector<Pace>();
  std::ostringstream out;
  out << raffinate::bench::ResultHead("search") << ",\n  \"pagmo\": \""
#ifdef RAFFINATE_PAGMO
      << raffinate::bench::PagmoVersion()
#endif
      << "\",\n  \"seeds\": " << seeds << ",\n  \"quality\": [";
  if (quality) Quality(out, seeds);
  out << "\n  ],\n  \"process\": [";
  if (quality) Process(out, process_seeds);
  out << "\n  ]";
  if (speed) {
    out << ",\n  \"speed\": [";
    Speed(out, paces);
    out << "\n  ]";
  }
  out << "\n}\n";
  return raffinate::bench::WriteResult(output, out.str());
}
