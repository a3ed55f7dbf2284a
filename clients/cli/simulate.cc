// raffinate simulate FILE...
#include <grpcpp/client_context.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "clients/cli/assays.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/errors.h"
#include "clients/cli/json.h"
#include "clients/cli/report.h"
#include "clients/cli/robustness_report.h"
#include "clients/cli/sensitivity_report.h"
#include "raffinate/v1/simulator.grpc.pb.h"

namespace raffinate::cli {
namespace {

struct Options {
  EngineOptions engine;
  std::vector<std::string> files;
  std::vector<std::string> extractants;
  bool stages = false;
  bool sensitivities = false;
  std::optional<int> scenarios;
  AssayOptions assays;
  std::int64_t scenario_seed = 1;
  bool json = false;
};

ExitCode Simulate(const Options& options) {
  std::vector<service::FlowsheetFile> files;
  std::vector<service::FileProblem> problems;
  const auto purpose =
      options.scenarios ? service::FilePurpose::kTest : service::FilePurpose::kSimulate;
  for (const std::string& path : options.files) {
    files.push_back(service::ReadFlowsheetFile(path, purpose, options.extractants));
    const auto& found = files.back().read.problems;
    problems.insert(problems.end(), found.begin(), found.end());
    const auto of_assays = options.assays.Apply(&files.back().flowsheet);
    problems.insert(problems.end(), of_assays.begin(), of_assays.end());
  }
  if (!problems.empty()) {
    PrintProblems(problems);
    return kBadInput;
  }
  const absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(options.engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  const auto stub = v1::Simulator::NewStub((*connection)->channel());

  ExitCode code = kOk;
  for (const service::FlowsheetFile& file : files) {
    grpc::ClientContext context;
    v1::SimulateRequest request;
    *request.mutable_flowsheet() = file.flowsheet;
    request.set_sensitivities(options.sensitivities);
    if (options.scenarios) {
      request.mutable_scenarios()->set_count(*options.scenarios);
      request.mutable_scenarios()->set_seed(options.scenario_seed);
    }
    v1::SimulateResponse response;
    const grpc::Status status = stub->Simulate(&context, request, &response);
    if (!status.ok()) {
      // The other files are still tried: the worst code is the answer.
      code = std::max(code, ReportStatus(status, file));
      continue;
    }
    if (options.json) {
      std::cout << ToJson(response, files.size() > 1);
    } else {
      if (files.size() > 1) std::cout << "== " << file.path << "\n";
      std::cout << Report(response.simulation(), options.stages) << "\n"
                << SensitivityReport(response.simulation())
                << RobustnessReport(response.simulation());
    }
    if (!response.simulation().convergence().converged()) {
      PrintError(file.path +
                 ": did not converge: " + response.simulation().convergence().message());
      code = std::max(code, kFailed);
    }
  }
  std::cout.flush();
  if (!std::cout) {
    PrintError("cannot write to standard output");
    return std::max(code, kFailed);
  }
  return code;
}

}  // namespace

void AddSimulate(CLI::App* app, Command* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app->add_subcommand("simulate", "Simulate flowsheets: FILEs have only numbers");
  command->add_option("FILE", options->files, "Flowsheet files (YAML, JSON or text format)")
      ->required();
  AddExtractantsOption(command, &options->extractants);
  command->add_flag("--stages", options->stages, "Print the profile over the stages");
  command->add_flag("--sensitivities", options->sensitivities,
                    "Print how products, objectives and demanded figures follow every number of "
                    "the file; with --json of all figures");
  CLI::Option* scenarios =
      command
          ->add_option("--scenarios", options->scenarios,
                       "Draw what the file says is uncertain this many times; print how often the "
                       "demands are met, how figures spread and how far each number can go")
          ->check(CLI::Range(1, 100000));
  command->add_option("--scenario-seed", options->scenario_seed, "Of the draws")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->needs(scenarios);
  AddAssayOptions(command, &options->assays);
  AddEngineOptions(command, &options->engine);
  command->add_flag("--json", options->json,
                    "Print the answer as Protobuf JSON with the names of the API; of several "
                    "files one line each");
  command->callback([options, chosen] { *chosen = [options] { return Simulate(*options); }; });
}

}  // namespace raffinate::cli
