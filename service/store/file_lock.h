// A lock that says "this file is ours" to other processes.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace raffinate::service {

/// Held until destroyed, or until the process dies however it dies.
class FileLock {
 public:
  /// Locks `path`, made when absent. FAILED_PRECONDITION, naming the holder,
  /// when another process (or this one) holds it.
  static absl::StatusOr<std::unique_ptr<FileLock>> Acquire(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace raffinate::service
