// The last lines of a log, with positions that readers can come back with.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace raffinate::service {

/// Keeps the newest `capacity` lines. Not thread safe.
class LogBuffer {
 public:
  explicit LogBuffer(std::size_t capacity) : capacity_(capacity) {}

  void Add(std::string line) {
    lines_.push_back(std::move(line));
    ++end_;
    if (lines_.size() > capacity_) lines_.pop_front();
  }

  /// Lines from position `*cursor` on that are still kept; moves the cursor
  /// behind the last.
  std::vector<std::string> Since(std::int64_t* cursor) const {
    const std::int64_t begin = end_ - static_cast<std::int64_t>(lines_.size());
    const std::int64_t skip = *cursor > begin ? *cursor - begin : 0;
    *cursor = end_;
    if (skip >= static_cast<std::int64_t>(lines_.size())) return {};
    return {lines_.begin() + skip, lines_.end()};
  }

  std::vector<std::string> lines() const { return {lines_.begin(), lines_.end()}; }

 private:
  std::size_t capacity_;
  std::deque<std::string> lines_;
  std::int64_t end_ = 0;  // position behind the last line
};

}  // namespace raffinate::service
