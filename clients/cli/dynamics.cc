// raffinate dynamics FILE
#include <grpcpp/client_context.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/errors.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/json.h"
#include "clients/cli/progress.h"
#include "clients/cli/results.h"
#include "clients/cli/table.h"
#include "clients/cli/trajectory.h"
#include "raffinate/v1/simulator.grpc.pb.h"

namespace raffinate::cli {
namespace {

struct Options {
  EngineOptions engine;
  std::string file;
  std::vector<std::string> extractants;
  std::string csv;
  int rows = 25;
  bool stages = false;
  bool json = false;
};

std::string DescribeState(const v1::DynamicState& state, double until) {
  std::string text = absl::StrFormat("%.4g h of %g h", state.time_h(), until);
  for (const v1::DynamicProduct& product : state.products()) {
    // Nothing at all has no purity.
    if (product.impurity() == 1) continue;
    absl::StrAppend(&text, ", ", product.product(), " ", FormatPercent(product.purity()), " %");
  }
  return text;
}

ExitCode Print(const Options& options, const Trajectory& trajectory,
               const v1::DynamicSummary* summary) {
  if (!options.csv.empty() && !trajectory.states.empty()) {
    const absl::Status written = WriteFile(options.csv, TrajectoryCsv(trajectory));
    if (!written.ok()) {
      PrintError(std::string(written.message()));
      return kFailed;
    }
  }
  if (!options.json) {
    if (!trajectory.question.name().empty()) std::cout << trajectory.question.name() << "\n\n";
    std::cout << TrajectoryTables(trajectory, options.rows);
    const auto size = static_cast<int>(trajectory.states.size());
    if (options.rows > 0 && size > options.rows) {
      std::cout << options.rows << " of " << size
                << " times shown, evenly spaced (--rows 0 shows all, --csv FILE writes them)\n";
    }
    if (summary != nullptr) std::cout << DescribeEnd(*summary);
  }
  std::cout.flush();
  if (!std::cout) {
    PrintError("cannot write to standard output");
    return kFailed;
  }
  return kOk;
}

ExitCode Simulate(const Options& options) {
  const service::FlowsheetFile file =
      service::ReadFlowsheetFile(options.file, service::FilePurpose::kDynamic, options.extractants);
  if (!file.ok()) {
    PrintProblems(file.read.problems);
    return kBadInput;
  }
  // Told before the work is done, not after it.
  const auto folder = std::filesystem::path(options.csv).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder)) {
    PrintError(absl::StrCat("--csv ", options.csv, ": there is no folder ", folder.string()));
    return kBadInput;
  }
  const absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(options.engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  const auto stub = v1::Simulator::NewStub((*connection)->channel());

  v1::SimulateDynamicRequest request;
  *request.mutable_flowsheet() = file.flowsheet;
  request.set_stages(options.stages);
  Trajectory trajectory;
  trajectory.question = file.flowsheet;
  v1::DynamicSummary summary;
  bool ended = false, interrupted = false;
  grpc::Status status;
  {
    grpc::ClientContext context;
    const Interrupt interrupt([&] { context.TryCancel(); });
    ProgressLine progress;
    const auto stream = stub->SimulateDynamic(&context, request);
    v1::SimulateDynamicResponse response;
    while (stream->Read(&response)) {
      if (options.json) std::cout << ToJson(response, /*one_line=*/true) << std::flush;
      if (response.has_summary()) {
        summary = response.summary();
        ended = true;
      } else {
        progress.Show(DescribeState(response.state(), file.flowsheet.dynamics().until_h()));
        // Profiles are for --json alone.
        response.mutable_state()->clear_stages();
        trajectory.states.push_back(std::move(*response.mutable_state()));
      }
    }
    status = stream->Finish();
    interrupted = interrupt.happened() && !ended;
  }
  if (!status.ok() && !interrupted) return ReportStatus(status, file);
  const ExitCode printed = Print(options, trajectory, ended ? &summary : nullptr);
  if (printed != kOk) return printed;
  if (interrupted) {
    PrintError("stopped by a signal; what there is so far was printed");
    return kInterrupted;
  }
  if (!summary.complete()) {
    PrintError(absl::StrCat(options.file, ": ", summary.message()));
    return kFailed;
  }
  return kOk;
}

}  // namespace

void AddDynamics(CLI::App* app, Command* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "dynamics", "Simulate a flowsheet in time: FILE has only numbers and a block dynamics");
  command->add_option("FILE", options->file, "Flowsheet file (YAML, JSON or text format)")
      ->required();
  AddExtractantsOption(command, &options->extractants);
  command->add_option("--csv", options->csv, "Write everything but profiles to this file")
      ->type_name("FILE");
  command->add_option("--rows", options->rows, "Most lines of a table; 0: all (default 25)")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  AddRemoteOption(command, &options->engine);
  CLI::Option* json = command->add_flag(
      "--json", options->json,
      "Print the messages of the API as Protobuf JSON, one line each, as they come");
  command->add_flag("--stages", options->stages, "Profiles over the stages as well, with --json")
      ->needs(json);
  command->callback([options, chosen] { *chosen = [options] { return Simulate(*options); }; });
}

}  // namespace raffinate::cli
