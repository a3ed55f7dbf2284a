// Pictures by gnuplot.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "clients/cli/exit_codes.h"

namespace raffinate::cli {

/// Text as gnuplot takes it literally: in single quotes, nothing in it is run or
/// formatted.
std::string Quoted(const std::string& text);

/// One column of points or a curve.
struct Series {
  std::string title;  ///< in the legend; none where empty
  std::vector<std::pair<double, double>> points;
};

/// A picture under construction.
class Picture {
 public:
  Picture(int width, int height) : width_(width), height_(height) {}

  /// Adds a command.
  void Add(const std::string& command) { script_ += command + "\n"; }
  /// Adds the data of a series and returns the name of its block.
  std::string Data(const Series& series);

  /// Writes it by gnuplot as the ending of `path` says, .svg or .png. Prints what is
  /// wrong: gnuplot is missing, the ending is another, the file cannot be written.
  ExitCode Write(const std::string& path) const;

 private:
  int width_, height_;
  int blocks_ = 0;
  std::string script_;
};

/// The colour of the i-th series: Okabe and Ito's palette, told apart with any colour
/// vision (https://jfly.uni-koeln.de/color/), its yellow last.
std::string Colour(int i);

/// "linecolor rgb '#0072B2' dashtype 2 linewidth 2": series beyond the palette take it
/// again with another dash.
std::string LineStyle(int i);

/// "linecolor rgb '#0072B2' pointtype 7 pointsize 0.8": every series its own shape.
std::string PointStyle(int i);

}  // namespace raffinate::cli
