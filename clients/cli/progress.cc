#include "clients/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace raffinate::cli {
namespace {

std::size_t TerminalWidth() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 100;
  return size.ws_col;
}

}  // namespace

std::string FormatDuration(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  if (whole < 60) return absl::StrFormat("%d s", whole);
  if (whole < 3600) return absl::StrFormat("%d min %d s", whole / 60, whole % 60);
  return absl::StrFormat("%d h %d min", whole / 3600, whole % 3600 / 60);
}

std::string DescribeProgress(const v1::Progress& progress) {
  std::string text = absl::StrFormat("%d evaluations", progress.evaluations());
  if (progress.evaluations_per_s() > 0) {
    absl::StrAppend(&text, absl::StrFormat(", %.0f/s", progress.evaluations_per_s()));
  }
  if (progress.pareto_size() > 0) {
    absl::StrAppend(&text, absl::StrFormat(", %d on the Pareto front, hypervolume %.4f",
                                           progress.pareto_size(), progress.hypervolume()));
  } else if (progress.evaluations() > 0) {
    absl::StrAppend(&text, absl::StrFormat(", none meets the demands yet, least violation %.3g",
                                           progress.least_violation()));
  }
  if (progress.remaining_s() > 0) {
    absl::StrAppend(&text, ", ", FormatDuration(progress.remaining_s()), " left");
  }
  return text;
}

ProgressLine::ProgressLine()
    : terminal_(isatty(STDERR_FILENO) == 1),
      last_(std::chrono::steady_clock::now() - std::chrono::hours(1)) {}

ProgressLine::~ProgressLine() { Finish(); }

void ProgressLine::Show(const v1::Optimization& optimization) {
  Show(optimization.state() == v1::Optimization::QUEUED
           ? "waiting in the queue"
           : DescribeProgress(optimization.progress()));
}

void ProgressLine::Show(std::string text) {
  if (terminal_) {
    // Cut, because a line that wraps cannot be overwritten.
    const std::size_t width = TerminalWidth() - 1;
    if (text.size() > width) text.resize(width);
    std::cerr << "\r\x1b[K" << text << std::flush;
    live_ = true;
    return;
  }
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::seconds(2)) return;
  last_ = now;
  std::cerr << text << std::endl;
}

void ProgressLine::Say(const std::string& text) {
  if (live_) std::cerr << "\r\x1b[K";
  live_ = false;
  std::cerr << text << std::endl;
}

void ProgressLine::Finish() {
  if (live_) std::cerr << std::endl;
  live_ = false;
}

}  // namespace raffinate::cli
