// Runs the built program in a folder of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace raffinate::cli {

struct Outcome {
  int code = -1;  ///< exit status; 1000 + signal when killed by one
  std::string out;
  std::string err;
};

/// A running program.
class Process {
 public:
  /// Starts `raffinate` (or `program`) with `arguments` in `folder`.
  Process(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
          const std::string& program = "");
  /// Kills what still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void Signal(int signal);
  /// Waits until the output holds `text`; false when the program ended first or
  /// after two minutes.
  bool WaitForOutput(const std::string& text);
  bool WaitForError(const std::string& text);
  std::string Output() const;
  Outcome Wait();

 private:
  bool WaitFor(const std::filesystem::path& file, const std::string& text);

  std::filesystem::path out_, err_;
  pid_t pid_ = -1;
  bool ended_ = false;
  int status_ = 0;
};

/// An empty folder that goes away with the object.
class Folder {
 public:
  Folder();
  ~Folder();

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file and returns its name.
  std::string Write(const std::string& name, const std::string& text) const;
  std::string Read(const std::string& name) const;
  /// Names of all files below, with their sizes and times of change.
  std::map<std::string, std::string> Contents() const;

  Outcome Run(const std::vector<std::string>& arguments) const;

 private:
  std::filesystem::path path_;
};

/// A flowsheet that a search solves in a moment: two elements at constant D.
std::string SmallProblem(int evaluations);

/// One of its designs, with only numbers: four stages at D = 2 and 0.2.
std::string SmallDesign();

}  // namespace raffinate::cli
