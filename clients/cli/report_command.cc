// raffinate report: the report is written by the Python package, which has the frames and the
// pictures; this finds and starts it.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/errors.h"

namespace raffinate::cli {
namespace {

constexpr char kProgram[] = "raffinate-report";

// Replaces this process; returns only where there is nothing to start.
ExitCode Start(std::vector<std::string> words) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  // The package asks this very program for profiles and sensitivities.
  if (!error) setenv("RAFFINATE_PROGRAM", self.c_str(), /*overwrite=*/0);
  const std::string beside = (self.parent_path() / kProgram).string();
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(beside.c_str(), argv.data());
  execvp(kProgram, argv.data());
  if (errno == ENOENT) {
    PrintError(absl::StrCat(kProgram,
                            " writes the report and is neither beside this program nor on the "
                            "path; the Python package brings it: pip install clients/python"));
  } else {
    PrintError(absl::StrCat(kProgram, " cannot be started: ", std::strerror(errno)));
  }
  return kFailed;
}

}  // namespace

void AddReport(CLI::App* app, Command* chosen) {
  struct Options {
    std::string result;
    std::string question;
    std::string design;
    std::string output;
    std::string server;
    bool pdf = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "report", "Write one HTML file about a result, for those who decide (by the Python package)");
  command->add_option("RESULT", options->result, "Folder that optimize wrote, or its pareto.json")
      ->required();
  command->add_option("--question", options->question,
                      "The file that was optimized: its ranges are told, and its name");
  command->add_option("--design", options->design, "Propose design N instead of the rule's")
      ->type_name("N");
  command->add_option("-o,--output", options->output, "Default report.html");
  command->add_flag("--pdf", options->pdf, "Also as PDF beside it, by chromium or weasyprint");
  command->add_option("--server", options->server,
                      "HOST:PORT of a running server; one is started otherwise");
  command->callback([options, chosen] {
    *chosen = [options] {
      std::vector<std::string> words{kProgram, options->result};
      const auto add = [&words](const char* option, const std::string& value) {
        if (!value.empty()) words.insert(words.end(), {option, value});
      };
      add("--question", options->question);
      add("--design", options->design);
      add("--output", options->output);
      add("--server", options->server);
      if (options->pdf) words.emplace_back("--pdf");
      return Start(std::move(words));
    };
  });
}

}  // namespace raffinate::cli
