// A loop over independent items on several threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace raffinate::optimizer {

/// Calls `body(begin, end)` for disjoint pieces of [0, count), on `threads`
/// threads (0: all), the caller's among them. Short loops stay on the caller's.
inline void ParallelFor(int threads, std::size_t count,
                        const std::function<void(std::size_t, std::size_t)>& body) {
  // Below this a thread costs more than it saves.
  constexpr std::size_t kLeastPerThread = 64;
  if (threads <= 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const std::size_t pieces =
      std::clamp<std::size_t>(count / kLeastPerThread, 1, static_cast<std::size_t>(threads));
  std::vector<std::thread> helpers;
  for (std::size_t p = 1; p < pieces; ++p) {
    helpers.emplace_back(body, count * p / pieces, count * (p + 1) / pieces);
  }
  body(0, count / pieces);
  for (std::thread& helper : helpers) helper.join();
}

/// Of `threads` (0: all) so many as `count` short items, of about a microsecond, keep busy.
inline int ThreadsFor(int threads, std::size_t count) {
  constexpr std::size_t kLeastPerThread = 1024;
  const std::size_t most = count / kLeastPerThread;
  if (most < 2) return 1;
  const int all =
      threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return static_cast<int>(std::min(most, static_cast<std::size_t>(all)));
}

}  // namespace raffinate::optimizer
