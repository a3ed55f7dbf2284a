#include "tests/cli/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

namespace raffinate::cli {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

fs::path TemporaryName(const char* what) {
  std::string name = (fs::temp_directory_path() / (std::string("raffinate_") + what + "_XXXXXX"));
  const int fd = mkstemp(name.data());
  if (fd >= 0) close(fd);
  return name;
}

}  // namespace

Process::Process(const fs::path& folder, const std::vector<std::string>& arguments,
                 const std::string& program)
    : out_(TemporaryName("out")), err_(TemporaryName("err")) {
  std::vector<std::string> words = {program.empty() ? RAFFINATE_PROGRAM : program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  const int out = open(out_.c_str(), O_WRONLY | O_TRUNC);
  const int err = open(err_.c_str(), O_WRONLY | O_TRUNC);
  const int in = open("/dev/null", O_RDONLY);
  if (out < 0 || err < 0 || in < 0 || chdir(folder.c_str()) != 0) _exit(126);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  execvp(argv[0], argv.data());
  _exit(127);
}

Process::~Process() {
  if (!ended_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
  }
  fs::remove(out_);
  fs::remove(err_);
}

void Process::Signal(int signal) { kill(pid_, signal); }

bool Process::WaitFor(const fs::path& file, const std::string& text) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (std::chrono::steady_clock::now() < limit) {
    if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
    if (ReadAll(file).find(text) != std::string::npos) return true;
    if (ended_) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

bool Process::WaitForOutput(const std::string& text) { return WaitFor(out_, text); }
bool Process::WaitForError(const std::string& text) { return WaitFor(err_, text); }
std::string Process::Output() const { return ReadAll(out_); }

Outcome Process::Wait() {
  if (!ended_) waitpid(pid_, &status_, 0);
  ended_ = true;
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 1000 + WTERMSIG(status_);
  return {code, ReadAll(out_), ReadAll(err_)};
}

Folder::Folder() {
  std::string name = fs::temp_directory_path() / "raffinate_cli_XXXXXX";
  path_ = mkdtemp(name.data());
}

Folder::~Folder() { fs::remove_all(path_); }

std::string Folder::Write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return name;
}

std::string Folder::Read(const std::string& name) const { return ReadAll(path_ / name); }

std::map<std::string, std::string> Folder::Contents() const {
  std::map<std::string, std::string> contents;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path_)) {
    contents[fs::relative(entry.path(), path_).string()] =
        entry.is_regular_file()
            ? std::to_string(entry.file_size()) + " " +
                  std::to_string(entry.last_write_time().time_since_epoch().count())
            : "folder";
  }
  return contents;
}

Outcome Folder::Run(const std::vector<std::string>& arguments) const {
  return Process(path_, arguments).Wait();
}

namespace {

std::string Plant(const std::string& stages, const std::string& flow) {
  return R"(name: small
extractant_systems:
  test:
    law: constant_d
    source: a test
    constants:
      Nd: {d: 2, class: assumed, source: a test}
      Pr: {d: 0.2, class: assumed, source: a test}
streams:
  feed:
    flow: 1 m3/h
    metals: {Nd: 0.01 mol/L, Pr: 0.01 mol/L}
    hcl: 0.01 mol/L
circuits:
  main:
    extractant: {system: test, concentration: 1 mol/L}
    organic: {flow: )" +
         flow + R"(, loop: open}
    sections:
      extraction: {stages: )" +
         stages + R"(, inlets: [feed], outlet: raffinate}
)";
}

}  // namespace

std::string SmallProblem(int evaluations) {
  return Plant("{min: 2, max: 12}", "{min: 0.5 m3/h, max: 3 m3/h}") +
         R"(products:
  light: {stream: raffinate, elements: [Pr], purity: ">= 60 %", recovery: ">= 20 %"}
objectives:
  - {maximize: purity, product: light}
  - {maximize: recovery, product: light}
  - {minimize: stages}
search: {evaluations: )" +
         std::to_string(evaluations) + ", seed: 7, population: 40}\n";
}

std::string SmallDesign() {
  return Plant("4", "1 m3/h") + "products:\n  left: {stream: raffinate, elements: [Nd]}\n";
}

}  // namespace raffinate::cli
