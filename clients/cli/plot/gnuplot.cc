#include "clients/cli/plot/gnuplot.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/errors.h"

namespace raffinate::cli {
namespace {

constexpr const char* kColours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                    "#E69F00", "#56B4E9", "#000000"};
constexpr int kColourCount = static_cast<int>(std::size(kColours));

// Filled circle, filled triangle, filled square, filled diamond, circle, triangle,
// square, diamond, turned triangles, cross, star.
constexpr int kShapes[] = {7, 9, 5, 13, 6, 8, 4, 12, 11, 10, 2, 3};

}  // namespace

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}, {"\n", " "}, {"\r", " "}}), "'");
}

std::string Colour(int i) { return kColours[i % kColourCount]; }

std::string LineStyle(int i) {
  return absl::StrFormat("linecolor rgb '%s' dashtype %d linewidth 2", Colour(i),
                         1 + i / kColourCount % 4);
}

std::string PointStyle(int i) {
  return absl::StrFormat("linecolor rgb '%s' pointtype %d pointsize 0.8", Colour(i),
                         kShapes[i % static_cast<int>(std::size(kShapes))]);
}

std::string Picture::Data(const Series& series) {
  const std::string name = absl::StrCat("$data", ++blocks_);
  absl::StrAppend(&script_, name, " << END\n");
  for (const auto& [x, y] : series.points) absl::StrAppendFormat(&script_, "%.6g %.6g\n", x, y);
  script_ += "END\n";
  return name;
}

ExitCode Picture::Write(const std::string& path) const {
  const bool svg = absl::EndsWithIgnoreCase(path, ".svg");
  if (!svg && !absl::EndsWithIgnoreCase(path, ".png")) {
    PrintError(absl::StrCat(path, ": a picture is written as .svg or .png"));
    return kBadInput;
  }
  if (std::FILE* probe = std::fopen(path.c_str(), "wb"); probe != nullptr) {
    std::fclose(probe);
  } else {
    PrintError(path + ": cannot be written");
    return kFailed;
  }
  // An SVG's identifiers are the same each time, so that the same data give the same file.
  const std::string head = absl::StrFormat(
      "set terminal %s noenhanced size %d,%d font 'DejaVu Sans,%d' background rgb 'white'\n"
      "set output %s\n"
      "set border linewidth 1 linecolor rgb '#404040'\n"
      "set tics textcolor rgb '#202020'\n"
      "set grid linecolor rgb '#d8d8d8' linewidth 1 dashtype 1\n"
      "set key noopaque\n",
      svg ? "svg name 'raffinate'" : "pngcairo", width_, height_, svg ? 14 : 12, Quoted(path));
  // A gnuplot that ends early must not end this program.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  std::FILE* pipe = popen("gnuplot", "w");
  int status = -1;
  if (pipe != nullptr) {
    std::fputs(head.c_str(), pipe);
    std::fputs(script_.c_str(), pipe);
    status = pclose(pipe);
  }
  std::signal(SIGPIPE, before);
  if (status == 0) return kOk;
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  constexpr int kNotFound = 127;  // of the shell
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotFound) {
    PrintError("gnuplot draws the pictures and is not installed: apt-get install gnuplot-nox");
  } else {
    PrintError("gnuplot did not draw the picture; its message is above");
  }
  return kFailed;
}

}  // namespace raffinate::cli
