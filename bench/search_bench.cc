// search_bench [SEEDS [SECONDS]]: speed and quality of the search as JSON on stdout.
//
// Speed: generations per second on ZDT1, one thread, for three populations, each
// measured for SECONDS (default 3). Quality: median hypervolume over SEEDS (default
// 11) beside that of pagmo 2.18 NSGA-II and pymoo 0.6.2 NSGA-II with the same budget,
// problem and reference point.
#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "tests/optimizer/search/test_problems.h"

namespace {

using raffinate::optimizer::Search;
using raffinate::optimizer::SearchOptions;
namespace problems = raffinate::optimizer::testing;

struct Reference {
  const char* name;
  problems::FunctionProblem problem;
  int population;
  int generations;
  std::vector<double> point;
  double ceiling;  // 0: not known
  double pagmo;
  double pymoo;  // 0: not known
};

std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out;
}

std::string CpuModel() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown";
}

std::string Now() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

double GenerationsPerSecond(int population, double seconds) {
  problems::FunctionProblem problem = problems::Zdt(1);
  SearchOptions options;
  options.population = population;
  const std::unique_ptr<Search> search = std::move(*Search::Create(&problem, options));
  const std::atomic<bool> cancel{false};
  search->Step(cancel);
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> took{0};
  int generations = 0;
  do {
    search->Step(cancel);
    ++generations;
    took = std::chrono::steady_clock::now() - start;
  } while (took.count() < seconds);
  return generations / took.count();
}

double MedianHypervolume(Reference& reference, int seeds) {
  std::vector<double> volumes;
  for (int seed = 1; seed <= seeds; ++seed) {
    SearchOptions options;
    options.seed = seed;
    options.population = reference.population;
    options.archive_size = reference.population;
    options.max_evaluations = std::int64_t{reference.population} * reference.generations;
    volumes.push_back(problems::ParetoHypervolume(*problems::RunToEnd(reference.problem, options),
                                                  reference.point));
  }
  return problems::Median(std::move(volumes));
}

}  // namespace

int main(int argc, char** argv) {
  const int seeds = argc > 1 ? std::atoi(argv[1]) : 11;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  if (argc > 3 || seeds < 1 || !(seconds > 0)) {
    std::cerr << "usage: search_bench [SEEDS >= 1 [SECONDS > 0]]\n";
    return 2;
  }
  utsname machine{};
  uname(&machine);
  std::printf("{\n  \"benchmark\": \"search\",\n  \"date\": \"%s\",\n", Now().c_str());
  std::printf("  \"machine\": {\"cpu\": \"%s\", \"kernel\": \"%s %s\"},\n",
              Escaped(CpuModel()).c_str(), Escaped(machine.sysname).c_str(),
              Escaped(machine.release).c_str());
#ifdef NDEBUG
  const char* build = "release";
#else
  const char* build = "debug";
#endif
  std::printf("  \"build\": {\"compiler\": \"%s\", \"type\": \"%s\"},\n",
              Escaped(__VERSION__).c_str(), build);

  std::printf("  \"speed\": [");
  const char* separator = "\n";
  // Generations per second of pagmo 2.18 NSGA-II on one core; at 10,000 not measured.
  const std::pair<int, const char*> speeds[] = {{100, "2200"}, {1000, "38"}, {10000, "null"}};
  for (const auto& [population, pagmo] : speeds) {
    std::printf(
        "%s    {\"problem\": \"ZDT1\", \"population\": %d, \"generations_per_s\": %.4g, "
        "\"pagmo\": %s}",
        separator, population, GenerationsPerSecond(population, seconds), pagmo);
    std::fflush(stdout);
    separator = ",\n";
  }

  const std::vector<double> two{1.1, 1.1};
  Reference references[] = {
      {"ZDT1", problems::Zdt(1), 100, 250, two, problems::ZdtCeiling(1), 0.86954, 0.86966},
      {"ZDT2", problems::Zdt(2), 100, 250, two, problems::ZdtCeiling(2), 0.53632, 0.53629},
      {"ZDT3", problems::Zdt(3), 100, 250, two, problems::ZdtCeiling(3), 1.32753, 1.32742},
      {"ZDT4", problems::Zdt(4), 100, 250, two, problems::ZdtCeiling(4), 0.86607, 0.86476},
      {"ZDT6", problems::Zdt(6), 100, 250, two, problems::ZdtCeiling(6), 0.49611, 0.49444},
      {"DTLZ1", problems::Dtlz(1), 92, 400, {0.6, 0.6, 0.6}, 0.195167, 0.18495, 0},
      {"DTLZ2", problems::Dtlz(2), 92, 250, {1.1, 1.1, 1.1}, 0.807401, 0.69715, 0},
      {"DTLZ7", problems::Dtlz(7), 92, 1000, {6.1, 6.1, 6.1}, 0, 116.14, 0},
  };
  const auto number = [](double v) { return v > 0 ? std::to_string(v) : std::string("null"); };
  std::printf("\n  ],\n  \"seeds\": %d,\n  \"quality\": [", seeds);
  separator = "\n";
  for (Reference& r : references) {
    std::printf(
        "%s    {\"problem\": \"%s\", \"population\": %d, \"generations\": %d, "
        "\"median_hypervolume\": %.6f, \"ceiling\": %s, \"pagmo_nsga2\": %s, "
        "\"pymoo_nsga2\": %s}",
        separator, r.name, r.population, r.generations, MedianHypervolume(r, seeds),
        number(r.ceiling).c_str(), number(r.pagmo).c_str(), number(r.pymoo).c_str());
    std::fflush(stdout);
    separator = ",\n";
  }
  std::printf("\n  ]\n}\n");
  return 0;
}
