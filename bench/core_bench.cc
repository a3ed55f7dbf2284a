// Simulations per second of the batch solver on every backend of this machine.
//
//   core_bench [--quick] [--check] [--output FILE]
//
// Cold: every cascade from nothing. Warm: from the solution of a parent whose
// flows, feeds and constants differ by up to 1 or 5 %. Only solved cascades
// count; "first" is the share that Newton from the parent solved. Gradients:
// derivatives of 8 numbers of each solution by everything its cascade consists
// of, beside the warm solve of the same cascades. One core's peak and copy rate
// are measured in the same run. At the end, the cost law of an evaluation per
// device: t = c N^a M^b through all its measured cases.
// Rates of one run are comparable with one another; between runs only ratios
// are. --check compares the backends with the scalar one and ends with exit
// code 1 when any outlet differs by more than 1e-8 relative.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/corpus/corpus.h"
#include "bench/cost_law.h"
#include "bench/machine.h"
#include "bench/result_file.h"
#include "kernels/circuit.h"
#include "kernels/detail/slot.h"
#include "kernels/detail/workspace.h"
#include "kernels/gradient.h"
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
  double perturbation = 0;
  std::vector<Circuit> circuits;
  std::vector<Cascade> cascades;
  std::vector<kernels::State> parents;
  std::vector<std::vector<double>> parents_x;
};

/// `count` children of a few parents: every flow, concentration and constant
/// changed by up to `perturbation`.
Batch MakeBatch(int stages, int components, double perturbation, int count) {
  Batch batch;
  batch.perturbation = perturbation;
  const int parents = 16;
  std::vector<Solution> states;
  for (std::uint64_t seed = 0; static_cast<int>(batch.circuits.size()) < count; ++seed) {
    const Circuit parent = BenchmarkCircuit(stages, components, seed % parents);
    Cascade cascade;
    if (!Assemble(parent, &cascade).empty()) continue;
    Solution solved;
    const Task task{&cascade, nullptr};
    if (seed < parents) {
      Solve(Device{Device::Kind::kCpuScalar, 0, 1}, {&task, 1}, SolveOptions(), {&solved, 1});
      states.push_back(solved);
    }
    Circuit child = Perturbed(parent, perturbation, 1000 + seed);
    Cascade assembled;
    if (!Assemble(child, &assembled).empty()) continue;
    batch.circuits.push_back(std::move(child));
    batch.cascades.push_back(std::move(assembled));
    batch.parents.push_back(states[seed % parents].state);
    batch.parents_x.push_back(states[seed % parents].x);
  }
  return batch;
}

struct Measure {
  std::string device, start;
  int stages = 0, components = 0, candidates = 0;
  double perturbation = 0;  ///< of a warm start
  double seconds = 0;
  int solved = 0, first_attempt = 0;
  int from_neighbour = 0;  ///< without a cold start: by Newton, or by time steps after it
  double iterations = 0;
  // Of the evaluations that the solved candidates needed:
  double evaluations = 0;
  double gflops = 0, gb_per_s = 0;     ///< [1e9/s]
  std::pair<long, long> record_bytes;  ///< to a device and back
  /// Rate over that of one thread of the same backend; 0: one thread, or another kind.
  double over_one_thread = 0;
};

struct DeviceLaw {
  std::string device;
  CostLaw law;
};

/// Differentiated numbers per candidate: a search has some figures for objectives
/// and demands.
constexpr int kGradientSeeds = 8;

struct GradientMeasure {
  std::string device;
  int stages = 0, components = 0, candidates = 0;
  double seconds = 0;
  /// Time per candidate over that of one warm solve at `perturbation`.
  double warm_solves = 0;
  double perturbation = 0;
};

struct Latency {
  int stages = 0, components = 0;
  std::string start;
  double ms_p50 = 0, ms_p99 = 0;
};

/// Operations of one evaluation (transport, closures, Newton step) of one
/// stage, counted in kernels/detail/transport.h, fall.h and newton.h for one wave, full contact, an
/// open loop and phases in opposite directions, without a time step (one takes more); a division
/// and a comparison count as one.
double FlopsPerStage(int m) { return 10.0 * m * m + 83.0 * m + 110.0; }

/// Bytes of the workspace that one evaluation and the step after it load and store per
/// stage, counted in the same code, every load and store once. Per component 19
/// numbers: Rise loads 2 (feeds) and stores 4, Descend loads 4 and stores 5, Ascend loads 4. Per
/// stage 40: the flows (8) twice, masters, what closes them and steps. Most of it never
/// leaves the caches of a core.
double BytesPerStage(int m) { return sizeof(double) * (19.0 * m + 40.0); }

/// Bytes of the records that carry a candidate to a device and back, of the first of `batch`.
std::pair<long, long> RecordBytes(const Batch& batch, bool warm) {
  const kernels::Cascade& cascade = batch.cascades.front();
  const Task task{&cascade, warm ? &batch.parents.front() : nullptr,
                  warm ? &batch.parents_x.front() : nullptr};
  return {8 * kernels::detail::InputSize(task), 8 * kernels::detail::OutputSize(cascade)};
}

/// Memory that one candidate occupies while it is solved.
long BytesPerCandidate(int stages, int components) {
  kernels::detail::Shape shape;
  shape.components = components;
  return kernels::detail::WorkspaceSize(shape, stages) * static_cast<long>(sizeof(double));
}

std::vector<Task> Tasks(const Batch& batch, bool warm) {
  std::vector<Task> tasks;
  for (size_t i = 0; i < batch.cascades.size(); ++i) {
    tasks.push_back({&batch.cascades[i], warm ? &batch.parents[i] : nullptr,
                     warm ? &batch.parents_x[i] : nullptr});
  }
  return tasks;
}

Measure Run(const std::string& name, const Device& device, const Batch& batch, bool warm,
            double least_seconds) {
  const std::vector<Task> tasks = Tasks(batch, warm);
  std::vector<Solution> solutions(tasks.size());
  Measure m;
  m.device = name;
  m.start = warm ? "warm" : "cold";
  m.perturbation = warm ? batch.perturbation : 0;
  m.stages = batch.cascades[0].stages();
  m.components = batch.cascades[0].size();
  Solve(device, tasks, SolveOptions(), solutions);  // first touch, not timed
  // The best of several rounds: whatever else runs on the machine only adds.
  m.seconds = 1e300;
  const double begin = Now();
  do {
    const double round = Now();
    Solve(device, tasks, SolveOptions(), solutions);
    m.seconds = std::min(m.seconds, Now() - round);
  } while (Now() - begin < least_seconds);
  m.candidates = static_cast<int>(tasks.size());
  m.record_bytes = RecordBytes(batch, warm);
  for (const Solution& s : solutions) {
    if (s.status != SolveStatus::kSolved) continue;
    ++m.solved;
    m.first_attempt += warm && !s.rescued;
    m.from_neighbour += warm && !s.cold;
    m.iterations += s.iterations;
    m.evaluations += s.iterations + 1;
  }
  m.iterations /= std::max(1, m.solved);
  const double stages_per_s = m.evaluations * m.stages / m.seconds;
  m.gflops = 1e-9 * stages_per_s * FlopsPerStage(m.components);
  m.gb_per_s = 1e-9 * stages_per_s * BytesPerStage(m.components);
  return m;
}

/// Seeds as figures have them: what leaves at either end, component by component.
std::vector<kernels::SolutionSeed> Seeds(const Cascade& cascade) {
  const size_t n = cascade.stages(), m = cascade.size();
  std::vector<kernels::SolutionSeed> seeds(kGradientSeeds);
  for (size_t k = 0; k < seeds.size(); ++k) {
    std::vector<double>& molarity = k % 2 == 0 ? seeds[k].x : seeds[k].y;
    molarity.assign(n * m, 0.0);
    molarity[(k % 2 == 0 ? 0 : n - 1) * m + (k / 2) % m] = 1;
  }
  return seeds;
}

/// Derivatives at the solutions of `batch`, whose warm solve is `warm`.
GradientMeasure Differentiated(const Device& device, const Batch& batch, const Measure& warm,
                               double least_seconds) {
  // Results take up to 3 MB per candidate.
  constexpr size_t kMost = 256;
  const std::vector<Task> all = Tasks(batch, true);
  const std::span<const Task> tasks(all.data(), std::min(all.size(), kMost));
  std::vector<Solution> solutions(tasks.size());
  Solve(device, tasks, SolveOptions(), solutions);
  const std::vector<kernels::SolutionSeed> seeds = Seeds(batch.cascades[0]);
  std::vector<kernels::GradientTask> solved;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (solutions[i].status != SolveStatus::kSolved) continue;
    solved.push_back({tasks[i].cascade, &solutions[i], seeds});
  }
  std::vector<std::vector<kernels::CascadeGradient>> gradients(solved.size());
  Differentiate(device, solved, gradients);  // first touch, not timed
  GradientMeasure m;
  m.device = warm.device;
  m.stages = warm.stages;
  m.components = warm.components;
  m.perturbation = warm.perturbation;
  m.candidates = static_cast<int>(solved.size());
  m.seconds = 1e300;
  const double begin = Now();
  do {
    const double round = Now();
    Differentiate(device, solved, gradients);
    m.seconds = std::min(m.seconds, Now() - round);
  } while (Now() - begin < least_seconds);
  m.warm_solves = m.seconds / m.candidates / (warm.seconds / warm.solved);
  return m;
}

/// Every task alone, on one core: what a setpoint query waits for.
Latency Alone(const Batch& batch, bool warm) {
  Latency latency;
  latency.stages = batch.cascades[0].stages();
  latency.components = batch.cascades[0].size();
  latency.start = warm ? "warm" : "cold";
  std::vector<double> seconds;
  Solution solution;
  const std::vector<Task> tasks = Tasks(batch, warm);
  for (const Task& task : tasks) {
    const double begin = Now();
    Solve(Device{Device::Kind::kCpuScalar, 0, 1}, {&task, 1}, SolveOptions(), {&solution, 1});
    if (solution.status == SolveStatus::kSolved) seconds.push_back(Now() - begin);
  }
  latency.ms_p50 = 1e3 * Quantile(seconds, 0.5);
  latency.ms_p99 = 1e3 * Quantile(seconds, 0.99);
  return latency;
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

/// The earlier measure of the same case on one thread of the same backend, or null.
const Measure* OneThread(const std::vector<Measure>& measures, const Measure& of) {
  if (of.device.find("threads") == std::string::npos) return nullptr;
  for (const Measure& m : measures) {
    if (m.device == "cpu, 1 thread" && m.stages == of.stages && m.components == of.components &&
        m.start == of.start && m.perturbation == of.perturbation) {
      return &m;
    }
  }
  return nullptr;
}

/// One law per device, in the order of the measures.
std::vector<DeviceLaw> Laws(const std::vector<Measure>& measures) {
  std::vector<DeviceLaw> laws;
  for (const Measure& first : measures) {
    const auto same = [&](const DeviceLaw& l) { return l.device == first.device; };
    if (std::any_of(laws.begin(), laws.end(), same)) continue;
    std::vector<Cost> costs;
    for (const Measure& m : measures) {
      if (m.device != first.device || m.evaluations == 0) continue;
      costs.push_back({static_cast<double>(m.stages), static_cast<double>(m.components),
                       m.seconds / m.evaluations});
    }
    laws.push_back({first.device, FitCostLaw(costs)});
  }
  return laws;
}

struct Machine {
  double peak_gflops = 0, copy_gb_per_s = 0;
};

std::string Json(const Machine& machine, const std::vector<Measure>& measures,
                 const std::vector<DeviceLaw>& laws, const std::vector<GradientMeasure>& gradients,
                 const std::vector<Latency>& latencies) {
  std::ostringstream out;
  out << "{\n  \"benchmark\": \"core\",\n  \"date\": \"" << Today() << "\",\n  \"processor\": \""
      << ProcessorName() << "\",\n  \"hardware_threads\": " << std::thread::hardware_concurrency()
      << ",\n  \"compiler\": \"" << __VERSION__
      << "\",\n  \"peak_gflops_one_core\": " << machine.peak_gflops
      << ",\n  \"copy_gb_per_s_one_core\": " << machine.copy_gb_per_s << ",\n  \"devices\": [";
  const char* comma = "";
  for (const std::string& line : kernels::DescribeDevices()) {
    out << comma << "\"" << line << "\"";
    comma = ", ";
  }
  out << "],\n  \"results\": [";
  comma = "\n";
  for (const Measure& m : measures) {
    out << comma << "    {\"device\": \"" << m.device << "\", \"stages\": " << m.stages
        << ", \"components\": " << m.components << ", \"start\": \"" << m.start
        << "\", \"perturbation\": " << m.perturbation << ", \"candidates\": " << m.candidates
        << ", \"seconds\": " << m.seconds << ", \"solved\": " << m.solved
        << ", \"solved_per_s\": " << m.solved / m.seconds << ", \"iterations\": " << m.iterations
        << ", \"gflops\": " << m.gflops << ", \"gb_per_s\": " << m.gb_per_s
        << ", \"bytes_per_candidate\": " << BytesPerCandidate(m.stages, m.components)
        << ", \"evaluation_flops\": " << FlopsPerStage(m.components) * m.stages
        << ", \"evaluation_bytes\": " << BytesPerStage(m.components) * m.stages
        << ", \"record_in_bytes\": " << m.record_bytes.first
        << ", \"record_out_bytes\": " << m.record_bytes.second;
    if (m.start == "warm") {
      out << ", \"first_attempt\": " << m.first_attempt
          << ", \"from_neighbour\": " << m.from_neighbour;
    }
    if (m.over_one_thread > 0) out << ", \"over_one_thread\": " << m.over_one_thread;
    out << "}";
    comma = ",\n";
  }
  out << "\n  ],\n  \"cost_laws\": [";
  comma = "\n";
  for (const DeviceLaw& l : laws) {
    out << comma << "    {\"device\": \"" << l.device << "\", \"seconds\": " << l.law.seconds
        << ", \"stages\": " << l.law.stages << ", \"components\": " << l.law.components
        << ", \"largest_error\": " << l.law.largest_error << "}";
    comma = ",\n";
  }
  out << "\n  ],\n  \"gradients\": [";
  comma = "\n";
  for (const GradientMeasure& g : gradients) {
    out << comma << "    {\"device\": \"" << g.device << "\", \"stages\": " << g.stages
        << ", \"components\": " << g.components << ", \"seeds\": " << kGradientSeeds
        << ", \"candidates\": " << g.candidates << ", \"seconds\": " << g.seconds
        << ", \"candidates_per_s\": " << g.candidates / g.seconds
        << ", \"gradients_per_s\": " << kGradientSeeds * g.candidates / g.seconds
        << ", \"perturbation\": " << g.perturbation << ", \"warm_solves\": " << g.warm_solves
        << "}";
    comma = ",\n";
  }
  out << "\n  ],\n  \"latency\": [";
  comma = "\n";
  for (const Latency& l : latencies) {
    out << comma << "    {\"stages\": " << l.stages << ", \"components\": " << l.components
        << ", \"start\": \"" << l.start << "\", \"ms_p50\": " << l.ms_p50
        << ", \"ms_p99\": " << l.ms_p99 << "}";
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

  Machine machine{PeakGflops(), CopyGigabytesPerSecond()};
  std::printf("one core: %.1f GF/s multiply-add, %.1f GB/s copy\n\n", machine.peak_gflops,
              machine.copy_gb_per_s);
  std::vector<Measure> measures;
  std::vector<GradientMeasure> gradients;
  std::vector<Latency> latencies;
  bool agree = true;
  // What else runs on a machine comes and goes in seconds.
  const double least_seconds = quick ? 0.2 : 4.0;
  std::printf("%-22s %-10s %-9s %12s %10s %8s %8s %8s %8s\n", "device", "N x M", "start",
              "solved/s", "iterations", "solved", "first", "GF/s", "GB/s");
  for (const auto& [stages, components] : {std::pair{40, 4}, {100, 8}, {100, 16}, {300, 16}}) {
    for (const Named& d : devices) {
      const bool on_gpu = d.device.kind == Device::Kind::kCuda;
      const int count = (on_gpu ? 16384 : stages > 100 ? 256 : 1024) / (quick ? 8 : 1);
      for (const double perturbation : {0.01, 0.05, 0.0}) {
        const bool warm = perturbation > 0;
        const int fewer = on_gpu || warm ? count : quick ? 8 : 32;
        const Batch batch = MakeBatch(stages, components, warm ? perturbation : 0.01, fewer);
        Measure m = Run(d.name, d.device, batch, warm, least_seconds);
        if (const Measure* one = OneThread(measures, m)) {
          m.over_one_thread = m.solved / m.seconds / (one->solved / one->seconds);
        }
        std::printf("%-22s %3d x %-4d %-4s %3.0f%% %12.0f %10.2f %7.1f%% %7.1f%% %8.1f %8.1f",
                    m.device.c_str(), m.stages, m.components, m.start.c_str(), 100 * m.perturbation,
                    m.solved / m.seconds, m.iterations, 100.0 * m.solved / m.candidates,
                    100.0 * m.first_attempt / m.candidates, m.gflops, m.gb_per_s);
        if (m.over_one_thread > 0) std::printf("  %.2f x one thread", m.over_one_thread);
        std::printf("\n");
        std::fflush(stdout);
        measures.push_back(m);
        // They are computed on the CPU for every device.
        if (on_gpu || perturbation != 0.01) continue;
        const GradientMeasure g = Differentiated(d.device, batch, m, least_seconds);
        std::printf(
            "%-22s %3d x %-4d gradients %12.0f of %.0f candidates/s, %.2f warm solves each\n",
            g.device.c_str(), g.stages, g.components, kGradientSeeds * g.candidates / g.seconds,
            g.candidates / g.seconds, g.warm_solves);
        std::fflush(stdout);
        gradients.push_back(g);
      }
    }
    const Batch alone = MakeBatch(stages, components, 0.01, quick ? 16 : 64);
    for (const bool warm : {true, false}) {
      const Latency l = Alone(alone, warm);
      std::printf("  one at a time, %s: p50 %.3f ms, p99 %.3f ms\n", l.start.c_str(), l.ms_p50,
                  l.ms_p99);
      latencies.push_back(l);
    }
    if (check) {
      const Batch batch = MakeBatch(stages, components, 0.01, 64);
      for (size_t d = 1; d < devices.size(); ++d) {
        const double difference = Difference(batch, devices[0].device, devices[d].device);
        std::printf("  %s differs from scalar by %.1e\n", devices[d].name.c_str(), difference);
        agree = agree && difference <= 1e-8;
      }
    }
  }
  const std::vector<DeviceLaw> laws = Laws(measures);
  for (const DeviceLaw& l : laws) {
    std::printf("%-22s an evaluation takes %.3g ns x N^%.2f x M^%.2f, within %.0f%%\n",
                l.device.c_str(), 1e9 * l.law.seconds, l.law.stages, l.law.components,
                100 * l.law.largest_error);
  }
  if (!output.empty() &&
      WriteResult(output, Json(machine, measures, laws, gradients, latencies)) != 0) {
    return 1;
  }
  return agree ? 0 : 1;
}

}  // namespace
}  // namespace raffinate::bench

int main(int argc, char** argv) { return raffinate::bench::Main(argc, argv); }
