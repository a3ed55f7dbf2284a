// Cold starts of the random circuits, one at a time on one core: share solved
// and time per kind.
//
//   corpus_bench [--count N] [--first SEED] [--output FILE]
//
// N circuits per kind (default 1000), 2 to 400 stages, 2 to 20 components.
// What is not solved is listed with its seed, stage and residual, and the exit
// code is then 1.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/corpus/corpus.h"
#include "bench/machine.h"
#include "kernels/circuit.h"
#include "kernels/solve.h"

namespace raffinate::bench {
namespace {

struct Row {
  std::string kind;
  int count = 0, solved = 0;
  double worst_balance = 0;
  std::vector<double> seconds, iterations;
};

Row RunKind(Kind kind, std::uint64_t first, int count) {
  const CorpusLimits limits{2, 400, 2, 20};
  const kernels::Device core{kernels::Device::Kind::kCpuScalar, 0, 1};
  Row row;
  row.kind = KindName(kind);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const kernels::Circuit circuit = RandomCircuit(kind, seed, limits);
    kernels::Cascade cascade;
    // A circuit that cannot be laid out is not in the corpus.
    if (!Assemble(circuit, &cascade).empty()) continue;
    const kernels::Task task{&cascade, nullptr};
    kernels::Solution solution;
    const double begin = Now();
    Solve(core, {&task, 1}, kernels::SolveOptions(), {&solution, 1});
    row.seconds.push_back(Now() - begin);
    row.iterations.push_back(solution.iterations);
    ++row.count;
    if (solution.status == kernels::SolveStatus::kSolved) {
      ++row.solved;
      row.worst_balance = std::max(row.worst_balance, BalanceError(circuit, cascade, solution));
    } else {
      std::printf("NOT SOLVED %s seed %llu: %d stages, %d components, residual %.1e at stage %d\n",
                  row.kind.c_str(), static_cast<unsigned long long>(seed), cascade.stages(),
                  cascade.size(), solution.residual, solution.worst_stage + 1);
    }
  }
  return row;
}

void Print(const Row& r) {
  std::printf("%-14s %5d of %5d   iterations %4.0f %5.0f %5.0f   ms %8.2f %8.2f %8.2f %8.2f\n",
              r.kind.c_str(), r.solved, r.count, Quantile(r.iterations, 0.5),
              Quantile(r.iterations, 0.9), Quantile(r.iterations, 1),
              1e3 * Quantile(r.seconds, 0.5), 1e3 * Quantile(r.seconds, 0.9),
              1e3 * Quantile(r.seconds, 0.99), 1e3 * Quantile(r.seconds, 1));
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
      << ", \"ms_max\": " << 1e3 * Quantile(r.seconds, 1) << "}";
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
    all.seconds.insert(all.seconds.end(), row.seconds.begin(), row.seconds.end());
    all.iterations.insert(all.iterations.end(), row.iterations.begin(), row.iterations.end());
  }
  Print(all);
  if (!output.empty()) {
    std::ofstream file(output);
    file << "{\n  \"benchmark\": \"corpus\",\n  \"date\": \"" << Today()
         << "\",\n  \"processor\": \"" << ProcessorName() << "\",\n  \"compiler\": \""
         << __VERSION__ << "\",\n  \"first_seed\": " << first << ",\n  \"results\": [\n"
         << rows.str() << Json(all) << "\n  ]\n}\n";
    if (!file) {
      std::fprintf(stderr, "corpus_bench: cannot write '%s'\n", output.c_str());
      return 1;
    }
  }
  return all.solved == all.count ? 0 : 1;
}

}  // namespace
}  // namespace raffinate::bench

int main(int argc, char** argv) { return raffinate::bench::Main(argc, argv); }
