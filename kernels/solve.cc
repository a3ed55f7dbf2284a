#include "kernels/solve.h"

#include <algorithm>
#include <barrier>
#include <cstdio>
#include <thread>
#include <vector>

#include "kernels/cpu/lanes.h"
#include "kernels/cuda/backend.h"
#include "kernels/metal_balance.h"
#include "kernels/shape.h"

namespace raffinate::kernels {
namespace {

/// Solves one group with `threads` threads that take from one queue.
void SolveGroup(const ShapeGroup& group, std::span<const Task> tasks, const SolveOptions& options,
                const cpu::Backend& backend, int threads, std::span<Solution> solutions) {
  const int total = static_cast<int>(group.order.size());
  threads = std::min(threads, (total + backend.lanes - 1) / backend.lanes);
  detail::Queue queue;
  queue.tasks = tasks.data();
  queue.solutions = solutions.data();
  queue.order = group.order.data();
  queue.size = total;
  const size_t m = group.shape.components;
  std::barrier sized(threads);
  const auto work = [&](int thread) {
    // Nothing is allocated while lanes run.
    for (int t = thread; t < total; t += threads) {
      const Cascade& cascade = *tasks[group.order[t]].cascade;
      Solution& s = solutions[group.order[t]];
      const size_t n = cascade.flows.size();
      detail::SizeState(cascade, &s.state);
      s.x.resize(n * m), s.y.resize(n * m), s.recycled.resize(m);
    }
    sized.arrive_and_wait();
    backend.run(group.shape, group.max_stages, queue, options);
  };
  std::vector<std::thread> pool;
  for (int t = 1; t < threads; ++t) pool.emplace_back(work, t);
  work(0);
  for (std::thread& thread : pool) thread.join();
}

/// Takes from the groups what lacks metal for a steady state: iterations would find that out
/// only by their limit.
void TakeOutShortages(std::span<const Task> tasks, std::vector<ShapeGroup>* groups,
                      std::span<Solution> solutions) {
  for (ShapeGroup& group : *groups) {
    std::erase_if(group.order, [&](int t) {
      const Shortage shortage = FindShortage(*tasks[t].cascade);
      if (shortage.stage < 0) return false;
      solutions[t].status = SolveStatus::kNoSteadyState;
      solutions[t].residual = shortage.metal;
      solutions[t].worst_stage = shortage.stage;
      return true;
    });
  }
  std::erase_if(*groups, [](const ShapeGroup& group) { return group.order.empty(); });
}

/// Takes out of the groups what devices have handed in: what is left of a batch on CUDA, because
/// a device failed or none is there, is solved on the CPU.
void KeepWhatIsLeft(std::span<const Solution> solutions, std::vector<ShapeGroup>* groups) {
  for (ShapeGroup& group : *groups) {
    std::erase_if(group.order,
                  [&](int t) { return solutions[t].status != SolveStatus::kCancelled; });
  }
  std::erase_if(*groups, [](const ShapeGroup& group) { return group.order.empty(); });
}

}  // namespace

void Solve(const Device& device, std::span<const Task> tasks, const SolveOptions& options,
           std::span<Solution> solutions) {
  for (Solution& s : solutions.first(tasks.size())) {
    // Memory of an earlier use is kept.
    s.status = SolveStatus::kInvalid;
    s.iterations = 0;
    s.residual = 0;
    s.worst_stage = -1;
    s.cold = true;
    s.rescued = false;
  }
  std::vector<ShapeGroup> groups = GroupByShape(tasks);
  TakeOutShortages(tasks, &groups, solutions);
  for (const ShapeGroup& group : groups) {
    for (const int t : group.order) solutions[t].status = SolveStatus::kCancelled;
  }
  for (Solution& s : solutions.first(tasks.size())) {
    if (s.status == SolveStatus::kCancelled) continue;
    for (std::vector<double>* v :
         {&s.state.ln_h, &s.state.ln_s, &s.state.ln_more, &s.x, &s.y, &s.recycled}) {
      v->clear();
    }
  }
  if (device.kind == Device::Kind::kCuda) {
    std::vector<int> devices;
    for (int d = 0; d < cuda::DeviceCount(); ++d) {
      if (device.devices == 0 || (d < 64 && (device.devices >> d & 1) != 0)) devices.push_back(d);
    }
    if (!devices.empty()) {
      const std::shared_ptr<cuda::Pipelines> pipelines =
          device.pipelines != nullptr ? device.pipelines : cuda::MakePipelines();
      cuda::Solve(*pipelines, devices, groups, tasks, options, solutions);
    }
    if (options.cancel != nullptr && options.cancel->load()) return;
    KeepWhatIsLeft(solutions, &groups);
    if (groups.empty()) return;
    std::fprintf(stderr,
                 "raffinate: CUDA has failed or is not there; the CPU solves what is left\n");
  }
  const cpu::Backend backend =
      device.kind == Device::Kind::kCpuScalar ? cpu::Scalar() : cpu::Best();
  int threads = device.threads;
  if (threads <= 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  for (const ShapeGroup& group : groups) {
    SolveGroup(group, tasks, options, backend, threads, solutions);
  }
}

}  // namespace raffinate::kernels
