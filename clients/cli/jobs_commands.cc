// raffinate submit, watch, list, get, cancel, delete
#include <google/protobuf/util/time_util.h>
#include <grpcpp/client_context.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/assays.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/errors.h"
#include "clients/cli/jobs.h"
#include "clients/cli/json.h"
#include "clients/cli/pareto.h"
#include "clients/cli/search_options.h"
#include "clients/cli/table.h"

namespace raffinate::cli {
namespace {

struct Options {
  std::string server;
  SearchOptions search;
  AssayOptions assays;
  std::string file;
  std::vector<std::string> extractants;
  std::string request_id;
  std::string name;
  double give_up_s = 600;
  bool flowsheets = false;
  bool full = false;
  bool json = false;
};

std::string StateName(const v1::Optimization& job) {
  return absl::AsciiStrToLower(v1::Optimization::State_Name(job.state()));
}

std::string Describe(const v1::Optimization& job) {
  std::string text = absl::StrCat(job.name(), ": ", StateName(job));
  if (job.has_progress()) absl::StrAppend(&text, ", ", DescribeProgress(job.progress()));
  if (Ended(job) && !job.progress().stop_reason().empty()) {
    absl::StrAppend(&text, ", stopped by ", job.progress().stop_reason());
  }
  if (!job.error_message().empty()) absl::StrAppend(&text, ", ", job.error_message());
  return text;
}

void Print(const Options& options, const v1::Optimization& job) {
  if (options.json) {
    std::cout << ToJson(job);
  } else {
    std::cout << Describe(job) << "\n";
  }
}

// Connects and hands the stub to `call`.
template <class Call>
ExitCode WithServer(const Options& options, const Call& call) {
  const absl::StatusOr<std::unique_ptr<Connection>> connection =
      Connection::ToServer(options.server);
  if (!connection.ok()) return ReportStatus(connection.status());
  const auto stub = v1::Optimizations::NewStub((*connection)->channel());
  return call(stub.get());
}

ExitCode Submit(const Options& options) {
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
  return WithServer(options, [&](OptimizationsStub* stub) {
    grpc::ClientContext context;
    v1::CreateOptimizationRequest request;
    *request.mutable_flowsheet() = file.flowsheet;
    request.set_request_id(options.request_id);
    v1::Optimization job;
    const grpc::Status status = stub->CreateOptimization(&context, request, &job);
    if (!status.ok()) return ReportStatus(status, file);
    // The bare name, for scripts to take.
    std::cout << (options.json ? ToJson(job) : job.name() + "\n");
    return kOk;
  });
}

ExitCode Watch(const Options& options) {
  return WithServer(options, [&](OptimizationsStub* stub) {
    v1::Optimization job;
    ProgressLine progress;
    Patience patience(options.give_up_s, &progress);
    const grpc::Status status =
        Follow(stub, FullName(options.name), &patience, &progress, nullptr, &job);
    progress.Finish();
    if (!status.ok()) return ReportStatus(status);
    Print(options, job);
    return job.state() == v1::Optimization::FAILED ? kFailed : kOk;
  });
}

ExitCode List(const Options& options) {
  return WithServer(options, [&](OptimizationsStub* stub) {
    v1::ListOptimizationsResponse all;
    v1::ListOptimizationsRequest request;
    request.set_page_size(1000);
    do {
      grpc::ClientContext context;
      v1::ListOptimizationsResponse page;
      const grpc::Status status = stub->ListOptimizations(&context, request, &page);
      if (!status.ok()) return ReportStatus(status);
      all.mutable_optimizations()->MergeFrom(page.optimizations());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    if (options.json) {
      std::cout << ToJson(all);
      return kOk;
    }
    Table table({{.group = "", .title = "name", .unit = ""},
                 {.group = "", .title = "state", .unit = "", .left = true},
                 {.group = "", .title = "evaluations", .unit = ""},
                 {.group = "", .title = "flowsheets", .unit = ""},
                 {.group = "", .title = "created", .unit = "", .left = true}});
    for (const v1::Optimization& job : all.optimizations()) {
      const int size = Ended(job) ? job.flowsheet_count() : job.progress().pareto_size();
      table.AddRow({job.name(), StateName(job), absl::StrCat(job.progress().evaluations()),
                    absl::StrCat(size),
                    google::protobuf::util::TimeUtil::ToString(job.create_time())});
    }
    std::cout << table.Print();
    return kOk;
  });
}

ExitCode Get(const Options& options) {
  return WithServer(options, [&](OptimizationsStub* stub) {
    v1::Optimization job;
    if (!options.flowsheets || !options.json) {
      grpc::ClientContext context;
      v1::GetOptimizationRequest request;
      request.set_name(FullName(options.name));
      const grpc::Status status = stub->GetOptimization(&context, request, &job);
      if (!status.ok()) return ReportStatus(status);
    }
    if (!options.flowsheets) {
      Print(options, job);
      return kOk;
    }
    v1::ListFlowsheetsResponse set;
    const grpc::Status status = FetchFlowsheets(
        stub, FullName(options.name),
        options.full ? v1::ListFlowsheetsRequest::FULL : v1::ListFlowsheetsRequest::BASIC, &set);
    if (!status.ok()) return ReportStatus(status);
    std::cout << (options.json ? ToJson(set) : ParetoTable(job.flowsheet(), set, 0));
    return kOk;
  });
}

ExitCode Cancel(const Options& options) {
  return WithServer(options, [&](OptimizationsStub* stub) {
    grpc::ClientContext context;
    v1::CancelOptimizationRequest request;
    request.set_name(FullName(options.name));
    v1::Optimization job;
    const grpc::Status status = stub->CancelOptimization(&context, request, &job);
    if (!status.ok()) return ReportStatus(status);
    Print(options, job);
    return kOk;
  });
}

ExitCode Delete(const Options& options) {
  return WithServer(options, [&](OptimizationsStub* stub) {
    grpc::ClientContext context;
    v1::DeleteOptimizationRequest request;
    request.set_name(FullName(options.name));
    google::protobuf::Empty ignored;
    return ReportStatus(stub->DeleteOptimization(&context, request, &ignored));
  });
}

using Action = ExitCode (*)(const Options&);

CLI::App* AddOne(CLI::App* app, Command* chosen, const char* name, const char* help,
                 const std::shared_ptr<Options>& options, Action action) {
  CLI::App* command = app->add_subcommand(name, help);
  AddServerOption(command, &options->server);
  command->callback(
      [options, chosen, action] { *chosen = [options, action] { return action(*options); }; });
  return command;
}

void AddName(CLI::App* command, Options* options) {
  command
      ->add_option("NAME", options->name,
                   "Name of the job, with or without \"optimizations/\" before it")
      ->required();
}

}  // namespace

void AddJobs(CLI::App* app, Command* chosen) {
  auto submit_options = std::make_shared<Options>();
  CLI::App* submit =
      AddOne(app, chosen, "submit", "Give a server a file to optimize", submit_options, Submit);
  submit->add_option("FILE", submit_options->file, "Flowsheet file")->required();
  AddExtractantsOption(submit, &submit_options->extractants);
  AddSearchOptions(submit, &submit_options->search);
  AddAssayOptions(submit, &submit_options->assays);
  submit
      ->add_option("--request-id", submit_options->request_id,
                   "A repeated submit with the same id and file gives the first job")
      ->type_name("ID");
  AddJsonOption(submit, &submit_options->json);

  auto watch_options = std::make_shared<Options>();
  CLI::App* watch =
      AddOne(app, chosen, "watch", "Follow a job to its end; Ctrl-C leaves the job running",
             watch_options, Watch);
  AddName(watch, watch_options.get());
  AddGiveUpOption(watch, &watch_options->give_up_s);
  AddJsonOption(watch, &watch_options->json);

  auto list_options = std::make_shared<Options>();
  CLI::App* list =
      AddOne(app, chosen, "list", "List the jobs of a server, newest first", list_options, List);
  AddJsonOption(list, &list_options->json);

  auto get_options = std::make_shared<Options>();
  CLI::App* get = AddOne(app, chosen, "get", "Show a job, or its Pareto set", get_options, Get);
  AddName(get, get_options.get());
  CLI::Option* flowsheets =
      get->add_flag("--flowsheets", get_options->flowsheets, "Show the Pareto set");
  get->add_flag("--full", get_options->full, "With streams and stages (--json only)")
      ->needs(flowsheets);
  AddJsonOption(get, &get_options->json);

  auto cancel_options = std::make_shared<Options>();
  CLI::App* cancel = AddOne(app, chosen, "cancel", "Stop a job; what it found so far stays",
                            cancel_options, Cancel);
  AddName(cancel, cancel_options.get());
  AddJsonOption(cancel, &cancel_options->json);

  auto delete_options = std::make_shared<Options>();
  CLI::App* remove =
      AddOne(app, chosen, "delete", "Delete an ended job and its results", delete_options, Delete);
  AddName(remove, delete_options.get());
}

}  // namespace raffinate::cli
