// population_bench [--most N] [--output FILE]: one generation's selection and variation, by the
// serial code of the tests and by the search on one thread and on two, in turns; as JSON.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "bench/machine.h"
#include "bench/result_file.h"
#include "optimizer/search/gene_space.h"
#include "optimizer/search/offspring.h"
#include "optimizer/search/selection.h"
#include "tests/optimizer/search/serial_search.h"

namespace raffinate {
namespace {

using bench::Now;
using optimizer::Candidate;
using optimizer::Selected;
using optimizer::Standing;

constexpr int kVariables = 30;
constexpr int kThreads[] = {1, 2};

// Parents and children of a search under way: points a little above a spherical front.
std::vector<Candidate> Pool(std::size_t size, int objectives) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> share(0, 1);
  std::vector<Candidate> pool(size);
  for (Candidate& c : pool) {
    for (int k = 0; k < kVariables; ++k) c.genes.push_back(share(random));
    double square = 0;
    for (int j = 0; j < objectives; ++j) {
      c.objectives.push_back(std::abs(normal(random)));
      square += c.objectives.back() * c.objectives.back();
    }
    const double scale = (1 + 0.1 * share(random)) / std::sqrt(square);
    for (double& f : c.objectives) f *= scale;
    c.solved = true;
  }
  return pool;
}

std::vector<Candidate> Kept(const std::vector<Candidate>& pool,
                            const std::vector<std::size_t>& survivors) {
  std::vector<Candidate> kept;
  kept.reserve(survivors.size());
  for (const std::size_t i : survivors) kept.push_back(pool[i]);
  return kept;
}

struct Times {
  double select_s = 0;
  double vary_s = 0;
};

void Least(double* least, double seconds) {
  if (*least == 0 || seconds < *least) *least = seconds;
}

void Serial(const std::vector<Candidate>& pool, int objectives, const optimizer::GeneSpace& space,
            Times* times) {
  const std::size_t keep = pool.size() / 2;
  double start = Now();
  const std::vector<std::size_t> survivors = optimizer::serial::Survivors(pool, objectives, keep);
  double seconds = Now() - start;
  const std::vector<Candidate> next = Kept(pool, survivors);
  start = Now();
  const std::vector<Standing> standings = optimizer::serial::Stand(next, objectives);
  Least(&times->select_s, seconds + Now() - start);
  start = Now();
  const auto offspring = optimizer::serial::MakeOffspring(space, next, standings, 1, 1, 0.5, keep);
  Least(&times->vary_s, Now() - start);
}

void Parallel(int threads, const std::vector<Candidate>& pool, int objectives,
              const optimizer::GeneSpace& space, Times* times) {
  kernels::Device device;
  device.threads = threads;
  const std::size_t keep = pool.size() / 2;
  double start = Now();
  const Selected selected = optimizer::SelectSurvivors(device, pool, objectives, keep);
  Least(&times->select_s, Now() - start);
  const std::vector<Candidate> next = Kept(pool, selected.survivors);
  start = Now();
  const auto offspring =
      optimizer::MakeOffspring(space, next, selected.standings, 1, 1, 0.5, keep, threads);
  Least(&times->vary_s, Now() - start);
}

std::string Row(std::size_t population, int objectives) {
  const std::vector<Candidate> pool = Pool(2 * population, objectives);
  std::vector<optimizer::Variable> variables(kVariables);
  for (optimizer::Variable& v : variables) v.upper = 1;
  const optimizer::GeneSpace space(variables);
  const int turns = static_cast<int>(std::clamp<std::size_t>(200'000 / population, 2, 200));
  Times serial;
  Times parallel[std::size(kThreads)];
  for (int turn = 0; turn < turns; ++turn) {
    Serial(pool, objectives, space, &serial);
    for (std::size_t n = 0; n < std::size(kThreads); ++n) {
      Parallel(kThreads[n], pool, objectives, space, &parallel[n]);
    }
  }
  std::ostringstream out;
  out << "    {\"population\": " << population << ", \"objectives\": " << objectives
      << ", \"turns\": " << turns << ", \"serial\": {\"select_s\": " << serial.select_s
      << ", \"vary_s\": " << serial.vary_s << "}";
  for (std::size_t n = 0; n < std::size(kThreads); ++n) {
    out << ", \"threads_" << kThreads[n] << "\": {\"select_s\": " << parallel[n].select_s
        << ", \"vary_s\": " << parallel[n].vary_s << "}";
  }
  out << "}";
  std::cerr << out.str() << "\n";
  return out.str();
}

}  // namespace
}  // namespace raffinate

int main(int argc, char** argv) {
  std::int64_t most = 1'000'000;
  std::string output;
  bool usage = false;
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--most") {
      most = std::atoll(value);
    } else if (option == "--output") {
      output = value;
    } else {
      usage = true;
    }
  }
  if (usage || most < 100) {
    std::cerr << "usage: population_bench [--most N] [--output FILE], N >= 100\n";
    return 2;
  }
  if (const std::string wrong = raffinate::bench::WhyNotWritable(output); !wrong.empty()) {
    std::cerr << "error: " << wrong << "\n";
    return 2;
  }
  std::ostringstream out;
  out << raffinate::bench::ResultHead("population") << ",\n  \"rows\": [";
  const char* separator = "\n";
  for (std::int64_t population = 100; population <= most; population *= 10) {
    for (const int objectives : {2, 3, 5}) {
      out << separator << raffinate::Row(static_cast<std::size_t>(population), objectives);
      separator = ",\n";
    }
  }
  out << "\n  ]\n}\n";
  return raffinate::bench::WriteResult(output, out.str());
}
