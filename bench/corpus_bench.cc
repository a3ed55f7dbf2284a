// Cold starts of the random circuits, one at a time on one core: share solved
// and time per kind. Then those of a kind again as one batch in SIMD lanes, and on a
// GPU where there is one: by how much what leaves the circuits differs.
//
//   corpus_bench [--count N] [--first SEED] [--output FILE]
//
// N circuits per kind (default 1000), 2 to 400 stages, 2 to 20 components.
// What is not solved is listed with its seed, stage and residual, as is what differs
// by more than 1e-8, and the exit code is then 1.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "bench/corpus/corpus.h"
#include "bench/machine.h"
#include "bench/result_file.h"
#include "kernels/circuit.h"
#include "kernels/solve.h"

namespace raffinate::bench {
namespace {

using kernels::Device;
using kernels::SolveStatus;

constexpr double kMostDifference = 1e-8;
constexpr double kNothing = 1e-25;  ///< [kmol/h], below which it does not count what differs

struct Row {
  std::string kind;
  int count = 0, solved = 0;
  double worst_balance = 0;
  std::vector<double> seconds, iterations;
  int agree = 0;                ///< on all backends
  double worst_difference = 0;  ///< relative, of a metal in what leaves
  double lanes_seconds = 0;     ///< of one core for the whole batch
};

struct Case {
  std::uint64_t seed = 0;
  kernels::Circuit circuit;
  kernels::Cascade cascade;
};

/// The largest relative difference of a metal in what leaves.
double Difference(const Case& c, const kernels::Solution& a, const kernels::Solution& b) {
  if (a.status != b.status) return 1;
  if (a.status != SolveStatus::kSolved) return 0;
  const auto left = Outflows(c.circuit, c.cascade, a), right = Outflows(c.circuit, c.cascade, b);
  double worst = 0;
  for (size_t r = 0; r < left.size(); ++r) {
    for (size_t i = 0; i < left[r].metals.size(); ++i) {
      const double x = left[r].metals[i], y = right[r].metals[i];
      worst = std::max(worst, std::fabs(x - y) / std::max(std::fabs(x), kNothing));
    }
  }
  return worst;
}

/// Solves the cases of a kind as one batch on the other backends.
void Compare(const std::vector<Case>& cases, const std::vector<kernels::Solution>& expected,
             Row* row) {
  std::vector<kernels::Task> tasks;
  for (const Case& c : cases) tasks.push_back({&c.cascade, nullptr});
  std::vector<std::pair<const char*, Device>> devices = {{"SIMD", {Device::Kind::kCpu, 0, 1}}};
  Device cuda;
  if (kernels::ParseDevice("cuda", &cuda).empty()) devices.emplace_back("CUDA", cuda);
  std::vector<double> worst(cases.size());
  for (const auto& [name, device] : devices) {
    std::vector<kernels::Solution> found(cases.size());
    const double begin = Now();
    Solve(device, tasks, kernels::SolveOptions(), found);
    if (device.kind == Device::Kind::kCpu) row->lanes_seconds = Now() - begin;
    for (size_t k = 0; k < cases.size(); ++k) {
      const double difference = Difference(cases[k], expected[k], found[k]);
      worst[k] = std::max(worst[k], difference);
      if (difference > kMostDifference) {
        std::printf("DIFFERS %s seed %llu: %s by %.1e from scalar\n", row->kind.c_str(),
                    static_cast<unsigned long long>(cases[k].seed), name, difference);
      }
    }
  }
  for (const double difference : worst) {
    row->agree += difference <= kMostDifference;
    row->worst_difference = std::max(row->worst_difference, difference);
  }
}

Row RunKind(Kind kind, std::uint64_t first, int count) {
  const CorpusLimits limits{2, 400, 2, 20};
  const Device core{Device::Kind::kCpuScalar, 0, 1};
  std::vector<Case> cases;
  std::vector<kernels::Solution> solutions;
  Row row;
  row.kind = KindName(kind);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    Case c{seed, RandomCircuit(kind, seed, limits), {}};
    // A circuit that cannot be laid out is not in the corpus.
    if (!Assemble(c.circuit, &c.cascade).empty()) continue;
    const kernels::Task task{&c.cascade, nullptr};
    kernels::Solution solution;
    const double begin = Now();
    Solve(core, {&task, 1}, kernels::SolveOptions(), {&solution, 1});
    row.seconds.push_back(Now() - begin);
    row.iterations.push_back(solution.iterations);
    ++row.count;
    if (solution.status == SolveStatus::kSolved) {
      ++row.solved;
      row.worst_balance = std::max(row.worst_balance, BalanceError(c.circuit, c.cascade, solution));
    } else {
      std::printf("NOT SOLVED %s seed %llu: %d stages, %d components, residual %.1e at stage %d\n",
                  row.kind.c_str(), static_cast<unsigned long long>(seed), c.cascade.stages(),
                  c.cascade.size(), solution.residual, solution.worst_stage + 1);
    }
    cases.push_back(std::move(c));
    solutions.push_back(std::move(solution));
  }
  Compare(cases, solutions, &row);
  return row;
}

void Print(const Row& r) {
  std::printf(
      "%-14s %5d of %5d   iterations %4.0f %5.0f %5.0f   ms %8.2f %8.2f %8.2f %8.2f   in lanes "
      "%8.2f, %.0e off\n",
      r.kind.c_str(), r.solved, r.count, Quantile(r.iterations, 0.5), Quantile(r.iterations, 0.9),
      Quantile(r.iterations, 1), 1e3 * Quantile(r.seconds, 0.5), 1e3 * Quantile(r.seconds, 0.9),
      1e3 * Quantile(r.seconds, 0.99), 1e3 * Quantile(r.seconds, 1),
      1e3 * r.lanes_seconds / std::max(1, r.count), r.worst_difference);
  std::fflush(stdout);
}

std::string Json(const Row& r) {
  std::ostringstream out;
  out << "    {\"kind\": \"" << r.kind << "\", \"circuits\": " << r.count
      << ", \"solved\": " << r.solved << ", \"worst_balance\": " << r.worst_balance
      << ", \"iterations_p50\": " << Quantile(r.iterations, 0.5)
      << ", \"iterations_p90\": " << Quantile(r.iterations, 0.9)
      << ", \"iterations_max\": " << Quantile(r.iterations, 1)
      << ", \"ms_p50\": " << 1e3 * Quantile(r.seconds, 0.5)
      << ", \"ms_p90\": " << 1e3 * Quantile(r.seconds, 0.9)
      << ", \"ms_p99\": " << 1e3 * Quantile(r.seconds, 0.99)
      << ", \"ms_max\": " << 1e3 * Quantile(r.seconds, 1)
      << ", \"ms_lanes\": " << 1e3 * r.lanes_seconds / std::max(1, r.count)
      << ", \"agree\": " << r.agree << ", \"worst_difference\": " << r.worst_difference << "}";
  return out.str();
}

int Main(int argc, char** argv) {
  int count = 1000;
  std::uint64_t first = 1000000;
  std::string output;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--count") == 0) {
      count = std::atoi(argv[i + 1]);
    } else if (std::strcmp(argv[i], "--first") == 0) {
      first = std::strtoull(argv[i + 1], nullptr, 10);
    } else if (std::strcmp(argv[i], "--output") == 0) {
      output = argv[i + 1];
    } else {
      count = 0;
    }
  }
  if (count <= 0 || argc % 2 == 0) {
    std::fprintf(stderr, "usage: corpus_bench [--count N] [--first SEED] [--output FILE]\n");
    return 2;
  }
  std::printf(
      "kind            solved          iterations  p50   p90   max   ms      p50      p90"
      "      p99      max\n");
  Row all;
  all.kind = "all";
  std::ostringstream rows;
  for (int k = 0; k < kKinds; ++k) {
    const Row row = RunKind(static_cast<Kind>(k), first, count);
    Print(row);
    rows << Json(row) << ",\n";
    all.count += row.count;
    all.solved += row.solved;
    all.worst_balance = std::max(all.worst_balance, row.worst_balance);
    all.agree += row.agree;
    all.worst_difference = std::max(all.worst_difference, row.worst_difference);
    all.lanes_seconds += row.lanes_seconds;
    all.seconds.insert(all.seconds.end(), row.seconds.begin(), row.seconds.end());
    all.iterations.insert(all.iterations.end(), row.iterations.begin(), row.iterations.end());
  }
  Print(all);
  if (!output.empty()) {
    std::ostringstream json;
    json << ResultHead("corpus") << ",\n  \"first_seed\": " << first << ",\n  \"results\": [\n"
         << rows.str() << Json(all) << "\n  ]\n}\n";
    if (WriteResult(output, json.str()) != 0) return 1;
  }
  return all.solved == all.count && all.agree == all.count ? 0 : 1;
}

}  // namespace
}  // namespace raffinate::bench

int main(int argc, char** argv) { return raffinate::bench::Main(argc, argv); }
