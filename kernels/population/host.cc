// The host backend: Thrust over oneTBB, or without threads where a step is small.
#include <tbb/info.h>
#include <tbb/task_arena.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/system/cpp/execution_policy.h>
#include <thrust/system/tbb/execution_policy.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "kernels/population/backend.h"
#include "kernels/population/detail/crowding.h"
#include "kernels/population/detail/ranks.h"

namespace raffinate::kernels::population {
namespace {

// Below this size of a step threads cost more than they save.
constexpr std::size_t kLeastForThreads = 4096;

class Threads {
 public:
  template <class T>
  using Array = std::vector<T>;
  static constexpr bool kHost = true;

  // Of an arena with `threads`: for what is called in it, no others are used.
  explicit Threads(int threads) : threads_(threads) {}

  template <class Step>
  void Run(std::size_t size, Step step) const {
    if (threads_ == 1 || size < kLeastForThreads) {
      step(thrust::cpp::par);
    } else {
      step(thrust::tbb::par);
    }
  }
  template <class Function>
  void ForEach(std::size_t size, Function f) const {
    Run(size, [&](const auto& policy) {
      thrust::for_each_n(policy, thrust::counting_iterator<Index>(0), size, f);
    });
  }
  template <class T>
  void Fetch(const T* from, T* to) const {
    *to = *from;
  }

 private:
  const int threads_;
};

// Calls f with as many threads (0: all) at its service as populations of this size need and
// the machine has.
template <class Function>
void With(int threads, std::size_t rows, Function f) {
  if (threads == 1 || rows < kLeastForThreads) {
    f(Threads(1));
    return;
  }
  const int most = tbb::info::default_concurrency();
  const int used = threads > 0 ? std::min(threads, most) : most;
  tbb::task_arena arena(used);
  arena.execute([&] { f(Threads(used)); });
}

}  // namespace

void RankOnHost(int threads, const Columns& values, std::size_t enough, std::span<int> ranks) {
  With(threads, values.rows, [&](const Threads& system) {
    Rank(system, values.values.data(), values.rows, values.columns, enough,
         std::numeric_limits<int>::max(), ranks.data());
  });
}

void CrowdOnHost(int threads, const Columns& values, std::span<const int> front,
                 std::span<double> crowding) {
  With(threads, values.rows, [&](const Threads& system) {
    Crowd(system, values.values.data(), values.rows, values.columns, front.data(), crowding.data());
  });
}

}  // namespace raffinate::kernels::population
