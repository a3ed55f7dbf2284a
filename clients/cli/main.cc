// raffinate: designs solvent-extraction plants from the command line.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/exit_codes.h"
#include "service/local/version.h"

namespace raffinate::cli {
namespace {

/// Says of a word where a command was to be what there is; false where each is one.
bool ReportUnknownCommand(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  std::string path;
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    const std::vector<const CLI::App*> commands =
        at->get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty()) return false;
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const CLI::App* each) {
      return each->check_name(argv[i]);
    });
    if (found == commands.end()) {
      PrintError(
          absl::StrCat("there is no command '", path, argv[i], "'; there are ",
                       absl::StrJoin(commands, ", ", [](std::string* out, const CLI::App* each) {
                         out->append(each->get_name());
                       })));
      return true;
    }
    at = *found;
    absl::StrAppend(&path, argv[i], " ");
  }
  return false;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Designs solvent-extraction plants: from a feed and product demands to the best\n"
      "flowsheets. Without --server everything runs in this process.",
      "raffinate");
  app.set_version_flag("--version", "raffinate " + service::Version());
  app.footer(kExitCodeHelp);
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every command");

  Command chosen;
  AddOptimize(&app, &chosen);
  AddSimulate(&app, &chosen);
  AddDynamics(&app, &chosen);
  AddShow(&app, &chosen);
  AddReport(&app, &chosen);
  AddServe(&app, &chosen);
  AddJobs(&app, &chosen);
  AddChemistry(&app, &chosen);
  AddFit(&app, &chosen);
  AddSetpoints(&app, &chosen);
  AddPlot(&app, &chosen);
  AddDoctor(&app, &chosen);
  AddCompletion(&app, &chosen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    if (!ReportUnknownCommand(app, argc, argv)) app.exit(error);
    return kBadInput;
  }
  return chosen();
}

}  // namespace
}  // namespace raffinate::cli

int main(int argc, char** argv) {
  // The program reports errors itself; gRPC's own lines are for those who ask.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  try {
    return raffinate::cli::Main(argc, argv);
  } catch (const std::exception& error) {
    // Out of memory and the like: nothing that a command expects.
    raffinate::cli::PrintError(error.what());
    return raffinate::cli::kFailed;
  }
}
