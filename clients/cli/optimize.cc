// raffinate optimize FILE
#include <grpcpp/client_context.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/assays.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/errors.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/jobs.h"
#include "clients/cli/json.h"
#include "clients/cli/pareto.h"
#include "clients/cli/results.h"
#include "clients/cli/search_options.h"

namespace raffinate::cli {
namespace {

struct Options {
  EngineOptions engine;
  SearchOptions search;
  AssayOptions assays;
  std::string file;
  std::vector<std::string> extractants;
  std::string output;
  double give_up_s = 600;
  int rows = 25;
  bool json = false;
};

void PrintSet(const Options& options, const std::string& folder, const Results& results) {
  std::ostream& notes = options.json ? std::cerr : std::cout;
  if (options.json) {
    std::cout << ToJson(results.set);
  } else {
    const int size = results.set.flowsheets_size();
    std::cout << ParetoTable(results.question, results.set, options.rows);
    if (options.rows > 0 && size > options.rows) {
      std::cout << options.rows << " of " << size
                << " shown, evenly spaced; all are in pareto.csv (--rows 0 shows them)\n";
    }
    std::cout << "\n";
  }
  notes << "Results in " << folder << "/\n"
        << "  pareto.json  pareto.csv  log.txt";
  if (!results.set.flowsheets().empty()) notes << "  flowsheet-001.yaml ...";
  notes << std::endl;
}

// Why a flowsheet is none of the answers: it misses a demand or did not
// converge. Empty for an answer.
std::string Misses(const v1::Simulation& simulation) {
  if (!simulation.convergence().converged()) {
    return absl::StrCat("did not converge: ", simulation.convergence().message());
  }
  for (const v1::Flag& flag : simulation.flags()) {
    if (flag.code() == "DEMANDS_NOT_MET") return flag.message();
  }
  return "";
}

// The service then gives the nearest flowsheet, if any, with a flag.
bool NoneMeetsTheDemands(const v1::ListFlowsheetsResponse& set) {
  return std::all_of(set.flowsheets().begin(), set.flowsheets().end(),
                     [](const v1::Simulation& simulation) { return !Misses(simulation).empty(); });
}

ExitCode WriteAndPrint(const Options& options, const std::string& folder, const Results& results,
                       bool interrupted) {
  const absl::Status written = WriteResults(folder, results);
  if (!written.ok()) {
    PrintError(std::string(written.message()));
    return kFailed;
  }
  PrintSet(options, folder, results);
  std::cout.flush();
  if (!std::cout) {
    PrintError("cannot write to standard output");
    return kFailed;
  }
  if (interrupted) {
    PrintError("stopped by a signal; the best so far was written");
    return kInterrupted;
  }
  if (NoneMeetsTheDemands(results.set)) {
    for (const v1::Simulation& nearest : results.set.flowsheets()) {
      std::cerr << Misses(nearest) << "\n";
    }
    PrintError(absl::StrCat("no flowsheet that was tried meets all demands",
                            results.set.flowsheets().empty() ? "" : "; the nearest is shown",
                            ". Widen the ranges, search longer (--evaluations) or relax a demand"));
    return kFailed;
  }
  return kOk;
}

// A wish to stop that did not reach the server: the job would go on for hours unnoticed.
void SayNotCancelled(const Options& options, const std::string& name) {
  if (options.engine.server.empty()) return;
  std::cerr << "not cancelled: the server does not answer; raffinate cancel " << name
            << " --server " << options.engine.server << "\n";
}

ExitCode Optimize(const Options& options) {
  service::FlowsheetFile file = service::ReadFlowsheetFile(
      options.file, service::FilePurpose::kOptimize, options.extractants);
  if (!file.ok()) {
    PrintProblems(file.read.problems);
    return kBadInput;
  }
  options.search.Apply(&file.flowsheet);
  if (const auto problems = options.assays.Apply(&file.flowsheet); !problems.empty()) {
    PrintProblems(problems);
    return kBadInput;
  }
  const absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(options.engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  const auto stub = v1::Optimizations::NewStub((*connection)->channel());

  v1::CreateOptimizationRequest create;
  *create.mutable_flowsheet() = file.flowsheet;
  v1::Optimization job;
  {
    grpc::ClientContext context;
    const grpc::Status status = stub->CreateOptimization(&context, create, &job);
    if (!status.ok()) return ReportStatus(status, file);
  }
  const std::string name = job.name();
  const auto cancel = [&stub, name] {
    grpc::ClientContext context;
    v1::CancelOptimizationRequest request;
    request.set_name(name);
    v1::Optimization ignored;
    return stub->CancelOptimization(&context, request, &ignored);
  };

  // Made before the search, so that hours of work do not end in a typing error.
  const std::string folder = options.output.empty() ? DefaultFolder(options.file) : options.output;
  const absl::Status made = MakeFolder(folder);
  if (!made.ok()) {
    if (!cancel().ok()) SayNotCancelled(options, name);
    return ReportStatus(made);
  }

  Results results;
  results.source = options.file;
  results.question = file.flowsheet;
  ProgressLine progress;
  bool interrupted = false;
  std::optional<grpc::Status> cancelled;  // what came of the cancel, if there was one
  grpc::Status status;
  {
    Interrupt interrupt([&] { cancelled = cancel(); });
    // In this process there is nobody to wait for.
    Patience patience(options.engine.server.empty() ? 0 : options.give_up_s, &progress,
                      [&] { return interrupt.happened(); });
    status = Follow(stub.get(), name, &patience, &progress, &results.log, &job);
    interrupted = interrupt.happened();
    progress.Finish();
    // A second Ctrl-C while the best so far is fetched and written still ends.
    if (status.ok() && job.state() != v1::Optimization::FAILED) {
      progress.Say(absl::StrCat(DescribeProgress(job.progress()), ", stopped by ",
                                job.progress().stop_reason()));
      status = patience.Make([&] {
        return FetchFlowsheets(stub.get(), name, v1::ListFlowsheetsRequest::BASIC, &results.set);
      });
      if (status.ok()) return WriteAndPrint(options, folder, results, interrupted);
    }
  }
  if (!status.ok()) {
    if (!options.engine.server.empty()) {
      std::cerr << "The job is kept by the server: raffinate watch " << name << " --server "
                << options.engine.server << "\n";
    }
    // Only now: the end of the block above waited for the cancel.
    const bool heard = cancelled && cancelled->error_code() != grpc::StatusCode::UNAVAILABLE;
    if (interrupted && !heard && !Ended(job)) SayNotCancelled(options, name);
    return ReportStatus(status);
  }
  PrintError(absl::StrCat("the optimization failed: ", job.error_message()));
  return kFailed;
}

}  // namespace

void AddOptimize(CLI::App* app, Command* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app->add_subcommand(
      "optimize", "Find the best flowsheets: FILE has ranges where the design is open");
  command->add_option("FILE", options->file, "Flowsheet file (YAML, JSON or text format)")
      ->required();
  command
      ->add_option("-o,--output", options->output,
                   "Folder for the results (default results/<name of FILE>)")
      ->type_name("DIR");
  AddExtractantsOption(command, &options->extractants);
  AddSearchOptions(command, &options->search);
  AddAssayOptions(command, &options->assays);
  command->add_option("--rows", options->rows, "Most lines of the table; 0: all (default 25)")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  AddEngineOptions(command, &options->engine);
  AddGiveUpOption(command, &options->give_up_s)->needs("--server");
  AddJsonOption(command, &options->json);
  command->callback([options, chosen] { *chosen = [options] { return Optimize(*options); }; });
}

}  // namespace raffinate::cli
