// raffinate show RESULT
#include <grpcpp/client_context.h>

#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/errors.h"
#include "clients/cli/report.h"
#include "clients/cli/result_file.h"
#include "raffinate/v1/simulator.grpc.pb.h"

namespace raffinate::cli {
namespace {

struct Options {
  EngineOptions engine;
  std::string result;
  int number = 1;
};

/// The same flowsheet with streams, stages and plant, which a set leaves out: a
/// flowsheet of a result simulates to the figures it was reported with. What a
/// simulation alone does not give stays as it was found: scenarios, and that
/// demands are not met.
ExitCode Complete(const EngineOptions& engine, v1::Simulation* simulation) {
  if (simulation->streams_size() > 0 && simulation->stages_size() > 0) return kOk;
  const absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  const auto stub = v1::Simulator::NewStub((*connection)->channel());
  grpc::ClientContext context;
  v1::SimulateRequest request;
  *request.mutable_flowsheet() = simulation->flowsheet();
  v1::SimulateResponse response;
  const grpc::Status status = stub->Simulate(&context, request, &response);
  if (!status.ok()) return ReportStatus(status);
  v1::Simulation& whole = *response.mutable_simulation();
  if (simulation->has_robustness()) {
    *whole.mutable_robustness() = std::move(*simulation->mutable_robustness());
  }
  if (!simulation->flags().empty()) {
    *whole.mutable_flags() = std::move(*simulation->mutable_flags());
  }
  *simulation = std::move(whole);
  return kOk;
}

ExitCode Show(const Options& options) {
  const auto all = ReadResult(options.result);
  if (!all.ok()) {
    PrintError(std::string(all.status().message()));
    return kBadInput;
  }
  const int size = static_cast<int>(all->size());
  if (options.number < 1 || options.number > size) {
    PrintError(absl::StrCat("--flowsheet ", options.number, ": ", options.result, " has ", size,
                            size == 1 ? " flowsheet" : " flowsheets"));
    return kBadInput;
  }
  v1::Simulation simulation = (*all)[options.number - 1];
  if (const ExitCode code = Complete(options.engine, &simulation); code != kOk) return code;
  if (size > 1) std::cout << "Flowsheet " << options.number << " of " << size << "\n";
  std::cout << FullReport(simulation);
  std::cout.flush();
  if (!std::cout) {
    PrintError("cannot write to standard output");
    return kFailed;
  }
  return simulation.convergence().converged() ? kOk : kFailed;
}

}  // namespace

void AddShow(CLI::App* app, Command* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "show", "Everything about a result: streams, circuits, elements, reagents, cost, sources");
  command
      ->add_option("RESULT", options->result,
                   "A file of simulate --json or get --json, or the folder of optimize")
      ->required();
  command->add_option("--flowsheet", options->number,
                      "Which, from 1, where the result has several");
  AddEngineOptions(command, &options->engine);
  command->callback([options, chosen] { *chosen = [options] { return Show(*options); }; });
}

}  // namespace raffinate::cli
