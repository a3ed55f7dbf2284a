#include "kernels/gradient.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "kernels/cpu/lanes.h"
#include "kernels/shape.h"

namespace raffinate::kernels {
namespace {

CascadeGradient Sized(const Cascade& cascade) {
  const size_t n = cascade.flows.size(), m = cascade.components.size();
  CascadeGradient gradient;
  gradient.flows.resize(n);
  gradient.feed_up.resize(n * m);
  gradient.feed_down.resize(n * m);
  gradient.anions.resize(n);
  gradient.extractant.resize(n);
  gradient.log10_k.resize(m);
  gradient.totals.resize(n * (cascade.masters() - 2));
  if (cascade.law == Law::kTable) gradient.shift.resize(n * m);
  return gradient;
}

}  // namespace

void Differentiate(const Device& device, std::span<const GradientTask> tasks,
                   std::span<std::vector<CascadeGradient>> gradients) {
  std::vector<Task> solved;
  std::vector<int> index;  // of every solved one among the tasks
  for (size_t t = 0; t < tasks.size(); ++t) {
    gradients[t].clear();
    if (tasks[t].solution->status != SolveStatus::kSolved) continue;
    gradients[t].assign(tasks[t].seeds.size(), Sized(*tasks[t].cascade));
    solved.push_back({tasks[t].cascade, nullptr});
    index.push_back(static_cast<int>(t));
  }
  const cpu::Backend backend =
      device.kind == Device::Kind::kCpuScalar ? cpu::Scalar() : cpu::Best();
  int threads = device.threads;
  if (threads <= 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  for (ShapeGroup& group : GroupByShape(solved)) {
    for (int& t : group.order) t = index[t];
    const int total = static_cast<int>(group.order.size());
    const int chunk = std::max(backend.lanes, (total + 4 * threads - 1) / (4 * threads));
    std::atomic<int> next{0};
    const auto work = [&] {
      while (true) {
        const int begin = next.fetch_add(chunk);
        if (begin >= total) return;
        const detail::AdjointQueue queue{tasks.data(), gradients.data(), group.order.data(), begin,
                                         std::min(total, begin + chunk)};
        backend.differentiate(group.shape, tasks[group.order[begin]].cascade->stages(), queue);
      }
    };
    std::vector<std::thread> pool;
    const int helpers = std::min(threads, (total + chunk - 1) / chunk) - 1;
    for (int t = 0; t < helpers; ++t) pool.emplace_back(work);
    work();
    for (std::thread& thread : pool) thread.join();
  }
}

}  // namespace raffinate::kernels
