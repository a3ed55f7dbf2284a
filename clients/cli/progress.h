// Progress of a search, or a transient, on standard error: one live line on a terminal, plain
// lines otherwise.
#pragma once

#include <chrono>
#include <string>

#include "raffinate/v1/optimizations.pb.h"

namespace raffinate::cli {

class ProgressLine {
 public:
  ProgressLine();
  /// Ends the live line.
  ~ProgressLine();

  /// Shows `progress`; between plain lines at least two seconds pass.
  void Show(const v1::Optimization& optimization);
  void Show(std::string text);
  /// A line that stays.
  void Say(const std::string& text);
  /// Ends the live line, leaving what it shows.
  void Finish();

 private:
  const bool terminal_;
  bool live_ = false;  // the cursor is behind a live line
  std::chrono::steady_clock::time_point last_;
};

/// "12000 evaluations, 3400/s, 35 on the Pareto front, hypervolume 0.7312,
/// 4 s left".
std::string DescribeProgress(const v1::Progress& progress);

/// "41 s", "3 min 20 s", "2 h 5 min".
std::string FormatDuration(double seconds);

}  // namespace raffinate::cli
