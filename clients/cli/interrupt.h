// Ctrl-C: the first asks for an orderly end, the second ends at once.
#pragma once

#include <functional>
#include <thread>

namespace raffinate::cli {

/// While it lives, the first SIGINT or SIGTERM calls `on_interrupt` once, on a
/// thread of its own; a second one ends the process with status 130. One at a
/// time.
class Interrupt {
 public:
  explicit Interrupt(std::function<void()> on_interrupt);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Whether a signal came.
  bool happened() const;

 private:
  std::function<void()> on_interrupt_;
  std::thread thread_;
};

}  // namespace raffinate::cli
