// Simulations per second of the batch solver on every backend of this machine.
//
//   core_bench [--quick] [--check] [--output FILE]
//
// Cold: every cascade from nothing. Warm: from the solution of a parent whose
// flows, feeds and constants differ by up to 1 %. Only solved cascades count.
// Rates of one run are comparable with one another; between runs only ratios
// are. --check compares the backends with the scalar one and ends with exit
// code 1 when any outlet differs by more than 1e-8 relative.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/corpus/corpus.h"
#include "kernels/circuit.h"
#include "kernels/solve.h"

namespace raffinate::bench {
namespace {

using kernels::Cascade;
using kernels::Circuit;
using kernels::Device;
using kernels::Solution;
using kernels::SolveOptions;
using kernels::SolveStatus;
using kernels::Task;

struct Batch {
  std::vector<Circuit> circuits;
  std::vector<Cascade> cascades;
  std::vector<kernels::State> parents;
};

/// `count` children of a few parents, all solvable cold.
Batch MakeBatch(int stages, int components, int count) {
  Batch batch;
  const int parents = 16;
  for (std::uint64_t seed = 0; static_cast<int>(batch.circuits.size()) < count; ++seed) {
    const Circuit parent = BenchmarkCircuit(stages, components, seed % parents);
    Cascade cascade;
    if (!Assemble(parent, &cascade).empty()) continue;
    Solution solved;
    const Task task{&cascade, nullptr};
    if (seed < parents) {
      Solve(Device{Device::Kind::kCpuScalar, 0, 1}, {&task, 1}, SolveOptions(), {&solved, 1});
    }
    static std::vector<kernels::State> states;
    if (seed < parents) {
      if (seed == 0) states.clear();
      states.push_back(solved.state);
    }
    Circuit child = Perturbed(parent, 0.01, 1000 + seed);
    Cascade assembled;
    if (!Assemble(child, &assembled).empty()) continue;
    batch.circuits.push_back(std::move(child));
    batch.cascades.push_back(std::move(assembled));
    batch.parents.push_back(states[seed % parents]);
  }
  return batch;
}

struct Measure {
  std::string device;
  int stages = 0, components = 0, candidates = 0;
  bool warm = false;
  double seconds = 0;
  int solved = 0, first_attempt = 0;
  double iterations = 0;
};

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<Task> Tasks(const Batch& batch, bool warm) {
  std::vector<Task> tasks;
  for (size_t i = 0; i < batch.cascades.size(); ++i) {
    tasks.push_back({&batch.cascades[i], warm ? &batch.parents[i] : nullptr});
  }
  return tasks;
}

Measure Run(const std::string& name, const Device& device, const Batch& batch, bool warm,
            double least_seconds) {
  const std::vector<Task> tasks = Tasks(batch, warm);
  std::vector<Solution> solutions(tasks.size());
  Measure m;
  m.device = name;
  m.warm = warm;
  m.stages = batch.cascades[0].stages();
  m.components = batch.cascades[0].size();
  Solve(device, tasks, SolveOptions(), solutions);  // first touch, not timed
  int rounds = 0;
  const double begin = Now();
  do {
    Solve(device, tasks, SolveOptions(), solutions);
    ++rounds;
  } while (Now() - begin < least_seconds);
  m.seconds = (Now() - begin) / rounds;
  m.candidates = static_cast<int>(tasks.size());
  for (const Solution& s : solutions) {
    if (s.status != SolveStatus::kSolved) continue;
    ++m.solved;
    m.first_attempt += warm && !s.cold;
    m.iterations += s.iterations;
  }
  m.iterations /= std::max(1, m.solved);
  return m;
}

/// Largest relative difference of any outlet between two backends.
double Difference(const Batch& batch, const Device& a, const Device& b) {
  const std::vector<Task> tasks = Tasks(batch, false);
  std::vector<Solution> left(tasks.size()), right(tasks.size());
  Solve(a, tasks, SolveOptions(), left);
  Solve(b, tasks, SolveOptions(), right);
  double worst = 0;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (left[i].status != right[i].status) return 1.0;
    if (left[i].status != SolveStatus::kSolved) continue;
    const auto rows_a = Outflows(batch.circuits[i], batch.cascades[i], left[i]);
    const auto rows_b = Outflows(batch.circuits[i], batch.cascades[i], right[i]);
    for (size_t r = 0; r < rows_a.size(); ++r) {
      for (size_t k = 0; k < rows_a[r].metals.size(); ++k) {
        const double x = rows_a[r].metals[k], y = rows_b[r].metals[k];
        if (std::max(x, y) > 1e-30) worst = std::max(worst, std::abs(x - y) / std::max(x, y));
      }
    }
  }
  return worst;
}

std::string ProcessorName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

std::string Today() {
  char text[32];
  const std::time_t now = std::time(nullptr);
  std::strftime(text, sizeof(text), "%Y-%m-%d", std::gmtime(&now));
  return text;
}

std::string Json(const std::vector<Measure>& measures) {
  std::ostringstream out;
  out << "{\n  \"benchmark\": \"core\",\n  \"date\": \"" << Today() << "\",\n  \"processor\": \""
      << ProcessorName() << "\",\n  \"hardware_threads\": " << std::thread::hardware_concurrency()
      << ",\n  \"compiler\": \"" << __VERSION__ << "\",\n  \"devices\": [";
  const char* comma = "";
  for (const std::string& line : kernels::DescribeDevices()) {
    out << comma << "\"" << line << "\"";
    comma = ", ";
  }
  out << "],\n  \"results\": [";
  comma = "\n";
  for (const Measure& m : measures) {
    out << comma << "    {\"device\": \"" << m.device << "\", \"stages\": " << m.stages
        << ", \"components\": " << m.components << ", \"start\": \"" << (m.warm ? "warm" : "cold")
        << "\", \"candidates\": " << m.candidates << ", \"seconds\": " << m.seconds
        << ", \"solved\": " << m.solved << ", \"solved_per_s\": " << m.solved / m.seconds
        << ", \"iterations\": " << m.iterations;
    if (m.warm) out << ", \"first_attempt\": " << m.first_attempt;
    out << "}";
    comma = ",\n";
  }
  out << "\n  ]\n}\n";
  return out.str();
}

int Main(int argc, char** argv) {
  bool quick = false, check = false;
  std::string output;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--quick") == 0) {
      quick = true;
    } else if (std::strcmp(argv[i], "--check") == 0) {
      check = true;
    } else if (std::strcmp(argv[i], "--output") == 0 && i + 1 < argc) {
      output = argv[++i];
    } else {
      std::fprintf(stderr, "usage: core_bench [--quick] [--check] [--output FILE]\n");
      return 2;
    }
  }
  struct Named {
    std::string name;
    Device device;
  };
  std::vector<Named> devices = {{"cpu-scalar, 1 thread", {Device::Kind::kCpuScalar, 0, 1}},
                                {"cpu, 1 thread", {Device::Kind::kCpu, 0, 1}}};
  const int threads = static_cast<int>(std::thread::hardware_concurrency());
  if (threads > 1) {
    devices.push_back({"cpu, " + std::to_string(threads) + " threads", {Device::Kind::kCpu, 0, 0}});
  }
  Device cuda;
  const bool has_cuda = kernels::ParseDevice("cuda", &cuda).empty();
  if (has_cuda) devices.push_back({"cuda:0", cuda});

  std::vector<Measure> measures;
  bool agree = true;
  std::printf("%-22s %-10s %-5s %12s %10s %8s %8s\n", "device", "N x M", "start", "solved/s",
              "iterations", "solved", "first");
  for (const auto& [stages, components] : {std::pair{40, 4}, {100, 8}, {100, 16}}) {
    for (const Named& d : devices) {
      const bool on_gpu = d.device.kind == Device::Kind::kCuda;
      const int count = (on_gpu ? 16384 : 512) / (quick ? 4 : 1);
      const Batch batch = MakeBatch(stages, components, count);
      for (const bool warm : {true, false}) {
        Batch part = batch;
        if (!warm && !on_gpu) {
          const size_t fewer = std::min<size_t>(part.cascades.size(), quick ? 16 : 64);
          part.circuits.resize(fewer);
          part.cascades.resize(fewer);
          part.parents.resize(fewer);
        }
        const Measure m = Run(d.name, d.device, part, warm, quick ? 0.2 : 1.0);
        std::printf("%-22s %3d x %-4d %-5s %12.0f %10.2f %7.1f%% %7.1f%%\n", m.device.c_str(),
                    m.stages, m.components, warm ? "warm" : "cold", m.solved / m.seconds,
                    m.iterations, 100.0 * m.solved / m.candidates,
                    100.0 * m.first_attempt / m.candidates);
        std::fflush(stdout);
        measures.push_back(m);
      }
    }
    if (check) {
      const Batch batch = MakeBatch(stages, components, 64);
      for (size_t d = 1; d < devices.size(); ++d) {
        const double difference = Difference(batch, devices[0].device, devices[d].device);
        std::printf("  %s differs from scalar by %.1e\n", devices[d].name.c_str(), difference);
        agree = agree && difference <= 1e-8;
      }
    }
  }
  if (!output.empty()) {
    std::ofstream file(output);
    file << Json(measures);
    if (!file) {
      std::fprintf(stderr, "core_bench: cannot write '%s'\n", output.c_str());
      return 1;
    }
  }
  return agree ? 0 : 1;
}

}  // namespace
}  // namespace raffinate::bench

int main(int argc, char** argv) { return raffinate::bench::Main(argc, argv); }
