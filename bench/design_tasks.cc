#include "bench/design_tasks.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "bench/result_file.h"

namespace raffinate::bench {
namespace {

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::optional<TaskOptions> ReadTaskOptions(const std::string& program,
                                           std::int64_t usual_evaluations, int argc, char** argv) {
  TaskOptions options;
  options.evaluations = usual_evaluations;
  std::vector<std::string> names;
  bool usage = false;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const bool has_value = i + 1 < argc;
    if (option == "--seeds" && has_value) {
      options.seeds = std::atoi(argv[++i]);
    } else if (option == "--evaluations" && has_value) {
      options.evaluations = std::atoll(argv[++i]);
    } else if (option == "--output" && has_value) {
      options.output = argv[++i];
    } else if (!option.empty() && option[0] != '-') {
      names.push_back(option);
    } else {
      usage = true;
    }
  }
  if (usage || options.seeds < 1 || options.evaluations < 1) {
    std::cerr << "usage: " << program
              << " [--seeds N] [--evaluations N] [--output FILE] [TASK...], N >= 1\n";
    return std::nullopt;
  }
  for (const std::string path : kDesignTasks) {
    const bool named = std::find(names.begin(), names.end(), NameOf(path)) != names.end();
    if (named || names.empty()) options.paths.push_back(path);
  }
  for (const std::string& name : names) {
    const bool known = std::any_of(options.paths.begin(), options.paths.end(),
                                   [&](const std::string& path) { return NameOf(path) == name; });
    if (known) continue;
    std::cerr << "error: no task is called '" << name << "'; there are";
    for (const std::string path : kDesignTasks) std::cerr << ' ' << NameOf(path);
    std::cerr << "\n";
    return std::nullopt;
  }
  if (const std::string wrong = WhyNotWritable(options.output); !wrong.empty()) {
    std::cerr << "error: " << wrong << "\n";
    return std::nullopt;
  }
  return options;
}

}  // namespace raffinate::bench
