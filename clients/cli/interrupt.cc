#include "clients/cli/interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace raffinate::cli {
namespace {

// A handler reaches nothing but globals. Lock-free atomics are safe in it.
std::atomic<int> signal_count{0};
std::atomic<int> wake_fd{-1};
int pipe_fds[2] = {-1, -1};
struct sigaction previous_int, previous_term;

extern "C" void HandleSignal(int) {
  const int saved_errno = errno;
  if (signal_count.fetch_add(1) > 0) {
    static const char kNewline = '\n';
    (void)!write(STDERR_FILENO, &kNewline, 1);
    _exit(130);
  }
  const char byte = 's';
  (void)!write(wake_fd.load(), &byte, 1);
  errno = saved_errno;
}

}  // namespace

Interrupt::Interrupt(std::function<void()> on_interrupt) : on_interrupt_(std::move(on_interrupt)) {
  signal_count = 0;
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) return;
  wake_fd = pipe_fds[1];
  struct sigaction action = {};
  action.sa_handler = HandleSignal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &previous_int);
  sigaction(SIGTERM, &action, &previous_term);
  thread_ = std::thread([this] {
    char byte = 0;
    ssize_t got = 0;
    do {
      got = read(pipe_fds[0], &byte, 1);
    } while (got < 0 && errno == EINTR);
    if (got == 1 && byte == 's') on_interrupt_();
  });
}

Interrupt::~Interrupt() {
  if (!thread_.joinable()) return;
  sigaction(SIGINT, &previous_int, nullptr);
  sigaction(SIGTERM, &previous_term, nullptr);
  const char byte = 'q';
  (void)!write(pipe_fds[1], &byte, 1);
  thread_.join();
  wake_fd = -1;
  close(pipe_fds[0]);
  close(pipe_fds[1]);
}

bool Interrupt::happened() const { return signal_count.load() > 0; }

}  // namespace raffinate::cli
