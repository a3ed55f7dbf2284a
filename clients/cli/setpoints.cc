// raffinate setpoints register, list, get, delete, advise, track, update, reset, demo
#include <google/protobuf/util/time_util.h>
#include <grpcpp/client_context.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/errors.h"
#include "clients/cli/json.h"
#include "clients/cli/patience.h"
#include "clients/cli/progress.h"
#include "clients/cli/setpoints_report.h"
#include "clients/cli/table.h"
#include "raffinate/v1/setpoints.grpc.pb.h"
#include "service/local/plant_demo.h"
#include "service/local/plant_file.h"

namespace raffinate::cli {
namespace {

struct Options {
  EngineOptions engine;
  std::string server;
  std::string plant;
  std::vector<std::string> states;
  std::string request_id;
  long long last_sequence = 0;
  long long first_state = 0;
  int version = 0;
  double give_up_s = 600;
  int rows = 17;
  bool json = false;
  service::PlantDemoOptions demo;
};

using Stub = v1::Setpoints::Stub;

std::string FullName(const std::string& name) {
  return absl::StartsWith(name, "plants/") ? name : "plants/" + name;
}

template <class Call>
ExitCode WithServer(const Options& options, const Call& call) {
  const auto connection = Connection::ToServer(options.server);
  if (!connection.ok()) return ReportStatus(connection.status());
  return call(v1::Setpoints::NewStub((*connection)->channel()).get());
}

/// A file as ReportStatus shows problems at their lines.
service::FlowsheetFile AsFile(const std::string& path, service::ReadResult read) {
  service::FlowsheetFile file;
  file.path = path;
  file.read = std::move(read);
  return file;
}

bool ReadStates(const Options& options, std::vector<v1::MeasuredState>* states,
                std::vector<service::FlowsheetFile>* files) {
  bool good = true;
  for (const std::string& path : options.states) {
    service::ReadResult read = service::ReadStateFile(path, &states->emplace_back());
    if (!read.ok()) {
      PrintProblems(read.problems);
      good = false;
    }
    files->push_back(AsFile(path, std::move(read)));
  }
  return good;
}

ExitCode Create(Stub* stub, const Options& options, v1::Plant* plant) {
  v1::CreatePlantRequest request;
  service::ReadResult read = service::ReadPlantFile(options.plant, request.mutable_plant());
  if (!read.ok()) {
    PrintProblems(read.problems);
    return kBadInput;
  }
  request.set_request_id(options.request_id);
  grpc::ClientContext context;
  const grpc::Status status = stub->CreatePlant(&context, request, plant);
  if (status.ok()) return kOk;
  return ReportStatus(status, AsFile(options.plant, std::move(read)), "plant.", "");
}

ExitCode Register(const Options& options) {
  return WithServer(options, [&](Stub* stub) {
    v1::Plant plant;
    const ExitCode code = Create(stub, options, &plant);
    // The bare name, for scripts to take.
    if (code == kOk) std::cout << (options.json ? ToJson(plant) : plant.name() + "\n");
    return code;
  });
}

ExitCode List(const Options& options) {
  return WithServer(options, [&](Stub* stub) {
    v1::ListPlantsResponse all;
    v1::ListPlantsRequest request;
    request.set_page_size(1000);
    do {
      grpc::ClientContext context;
      v1::ListPlantsResponse page;
      const grpc::Status status = stub->ListPlants(&context, request, &page);
      if (!status.ok()) return ReportStatus(status);
      all.mutable_plants()->MergeFrom(page.plants());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    if (options.json) {
      std::cout << ToJson(all);
      return kOk;
    }
    Table table({{.group = "", .title = "name", .unit = ""},
                 {.group = "", .title = "instruments", .unit = ""},
                 {.group = "", .title = "constants", .unit = "version"},
                 {.group = "", .title = "registered", .unit = "", .left = true}});
    for (const v1::Plant& plant : all.plants()) {
      table.AddRow({plant.name(), absl::StrCat(plant.instruments_size()),
                    absl::StrCat(plant.parameter_version()),
                    google::protobuf::util::TimeUtil::ToString(plant.create_time())});
    }
    std::cout << table.Print();
    return kOk;
  });
}

ExitCode Show(const Options& options, const v1::Plant& plant) {
  std::cout << (options.json ? ToJson(plant) : DescribePlant(plant));
  return kOk;
}

ExitCode Get(const Options& options) {
  return WithServer(options, [&](Stub* stub) {
    grpc::ClientContext context;
    v1::GetPlantRequest request;
    request.set_name(FullName(options.plant));
    v1::Plant plant;
    const grpc::Status status = stub->GetPlant(&context, request, &plant);
    return status.ok() ? Show(options, plant) : ReportStatus(status);
  });
}

ExitCode Delete(const Options& options) {
  return WithServer(options, [&](Stub* stub) {
    grpc::ClientContext context;
    v1::DeletePlantRequest request;
    request.set_name(FullName(options.plant));
    google::protobuf::Empty nothing;
    return ReportStatus(stub->DeletePlant(&context, request, &nothing));
  });
}

ExitCode Ask(Stub* stub, const Options& options, const std::string& name) {
  std::vector<v1::MeasuredState> states;
  std::vector<service::FlowsheetFile> files;
  if (!ReadStates(options, &states, &files)) return kBadInput;
  v1::AdviseRequest request;
  request.set_name(name);
  *request.mutable_state() = states[0];
  grpc::ClientContext context;
  v1::AdviseResponse response;
  const grpc::Status status = stub->Advise(&context, request, &response);
  if (!status.ok()) return ReportStatus(status, files[0], "state.", "");
  std::cout << (options.json ? ToJson(response.advice()) : DescribeAdvice(response.advice()));
  return response.advice().feasible() ? kOk : kFailed;
}

ExitCode Advise(const Options& options) {
  if (!options.engine.server.empty()) {
    Options remote = options;
    remote.server = options.engine.server;
    return WithServer(remote,
                      [&](Stub* stub) { return Ask(stub, options, FullName(options.plant)); });
  }
  const auto connection = Connection::Open(options.engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  const auto stub = v1::Setpoints::NewStub((*connection)->channel());
  v1::Plant plant;
  const ExitCode code = Create(stub.get(), options, &plant);
  return code == kOk ? Ask(stub.get(), options, plant.name()) : code;
}

// How far a track has come, over all streams that carried it.
struct Followed {
  long long last_sequence = 0;  // of the last answer that was printed, or that the caller has
  std::set<long long> printed;  // sequences
  long long first_state = 0;    // number of states[0]
  std::set<long long> told;     // numbers of states that have an answer, also of other commands
  std::size_t answered = 0;     // states, from the first on without one left out
  bool advised = true;          // by the last answer
};

// One stream: the states that have no answer yet, and what the server sends.
grpc::Status TrackOnce(Stub* stub, const Options& options,
                       const std::vector<v1::MeasuredState>& states, Patience* patience,
                       Followed* followed) {
  grpc::ClientContext context;
  auto stream = stub->Track(&context);
  v1::TrackRequest request;
  request.set_name(FullName(options.plant));
  request.set_last_sequence(followed->last_sequence);
  // Beside the reading: the server reads a state when the answer before it is taken.
  std::thread writer([&, from = followed->answered] {
    bool open = stream->Write(request);
    for (std::size_t k = from; open && k < states.size(); ++k) {
      request.Clear();
      request.set_state_sequence(followed->first_state + static_cast<long long>(k));
      *request.mutable_state() = states[k];
      open = stream->Write(request);
    }
    stream->WritesDone();
  });
  v1::TrackResponse answer;
  while (stream->Read(&answer)) {
    patience->Heard();
    followed->told.insert(answer.state_sequence());
    while (followed->told.contains(followed->first_state +
                                   static_cast<long long>(followed->answered))) {
      ++followed->answered;
    }
    followed->advised = answer.has_advice();
    // It may come by the resumed stream and as the answer to its state. Whether its number is
    // below the last tells nothing: a state that was answered before has its old answer.
    if (!followed->printed.insert(answer.sequence()).second) continue;
    followed->last_sequence = std::max<long long>(followed->last_sequence, answer.sequence());
    std::cout << (options.json ? ToJson(answer, /*one_line=*/true) : DescribeAnswer(answer))
              << std::flush;
  }
  writer.join();
  const grpc::Status status = stream->Finish();
  // What was to be told is told, however the stream ended.
  if (followed->answered >= states.size() && !states.empty()) return grpc::Status::OK;
  if (!status.ok() || states.empty()) return status;
  return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the server ended before all was answered");
}

ExitCode Track(const Options& options) {
  std::vector<v1::MeasuredState> states;
  std::vector<service::FlowsheetFile> files;
  if (!ReadStates(options, &states, &files)) return kBadInput;
  return WithServer(options, [&](Stub* stub) {
    Followed followed;
    followed.last_sequence = options.last_sequence;
    followed.first_state = options.first_state;
    if (followed.first_state == 0) {
      // Every state of this command has had one answer, so that the next of both is the same.
      grpc::ClientContext context;
      v1::GetPlantRequest get;
      get.set_name(FullName(options.plant));
      v1::Plant plant;
      const grpc::Status status = stub->GetPlant(&context, get, &plant);
      if (!status.ok()) return ReportStatus(status);
      followed.first_state = plant.last_sequence() + 1;
    }
    ProgressLine progress;
    Patience patience(options.give_up_s, &progress);
    const grpc::Status status =
        patience.Make([&] { return TrackOnce(stub, options, states, &patience, &followed); });
    if (!status.ok()) return ReportStatus(status);
    return followed.advised ? kOk : kFailed;
  });
}

ExitCode Update(const Options& options) {
  v1::UpdateParametersRequest request;
  std::vector<v1::MeasuredState> states;
  std::vector<service::FlowsheetFile> files;
  if (!ReadStates(options, &states, &files)) return kBadInput;
  request.set_name(FullName(options.plant));
  request.mutable_states()->Add(states.begin(), states.end());
  return WithServer(options, [&](Stub* stub) {
    grpc::ClientContext context;
    v1::Plant plant;
    const grpc::Status status = stub->UpdateParameters(&context, request, &plant);
    return status.ok() ? Show(options, plant) : ReportStatus(status);
  });
}

ExitCode Reset(const Options& options) {
  return WithServer(options, [&](Stub* stub) {
    grpc::ClientContext context;
    v1::ResetParametersRequest request;
    request.set_name(FullName(options.plant));
    request.set_version(options.version);
    v1::Plant plant;
    const grpc::Status status = stub->ResetParameters(&context, request, &plant);
    return status.ok() ? Show(options, plant) : ReportStatus(status);
  });
}

ExitCode RunDemo(const Options& options) {
  v1::Plant plant;
  service::ReadResult read = service::ReadPlantFile(options.plant, &plant);
  if (!read.ok()) {
    PrintProblems(read.problems);
    return kBadInput;
  }
  const auto connection = Connection::Open(options.engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  ProgressLine progress;
  const auto demo = service::RunPlantDemo(
      plant, (*connection)->channel(), options.demo, [&](const service::PlantDemoHour& hour) {
        progress.Show(absl::StrFormat("%.4g h of %g h", hour.hour, options.demo.hours));
      });
  progress.Finish();
  if (!demo.ok()) return ReportStatus(demo.status());
  std::cout << DescribeDemo(*demo, options.rows);
  return kOk;
}

}  // namespace

void AddSetpoints(CLI::App* app, Command* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* all = app->add_subcommand(
      "setpoints", "Best setpoints of a plant that runs, by what is measured of it");
  all->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, ExitCode (*run)(const Options&)) {
    CLI::App* command = all->add_subcommand(name, what);
    command->callback(
        [options, chosen, run] { *chosen = [options, run] { return run(*options); }; });
    return command;
  };
  const auto plant = [&](CLI::App* command, const char* what) {
    command->add_option("PLANT", options->plant, what)->required();
  };
  const auto states = [&](CLI::App* command, bool several) {
    CLI::Option* option =
        command->add_option("STATE", options->states, "Measured state (YAML or JSON)")->required();
    if (!several) option->expected(1);
  };
  CLI::App* command = add("register", "Give a server a plant; prints its name", Register);
  plant(command, "Plant file (YAML)");
  command->add_option("--request-id", options->request_id,
                      "Makes a repeat of this command harmless");
  AddServerOption(command, &options->server);
  AddJsonOption(command, &options->json);

  command = add("list", "Plants of a server", List);
  AddServerOption(command, &options->server);
  AddJsonOption(command, &options->json);

  command = add("get", "A plant with its setpoints and the versions of its constants", Get);
  plant(command, "Name of the plant");
  AddServerOption(command, &options->server);
  AddJsonOption(command, &options->json);

  command = add("delete", "Delete a plant", Delete);
  plant(command, "Name of the plant");
  AddServerOption(command, &options->server);

  command = add("advise", "The best setpoints at a measured state", Advise);
  plant(command, "Name of the plant with --server, a plant file without");
  states(command, false);
  AddRemoteOption(command, &options->engine);
  AddJsonOption(command, &options->json);

  command = add("track", "Numbered answers to states, kept by the server", Track);
  plant(command, "Name of the plant");
  command->add_option("STATE", options->states, "Measured states (YAML or JSON), in order");
  command
      ->add_option("--last-sequence", options->last_sequence,
                   "Number of the last answer that was received; later ones are sent again")
      ->type_name("N");
  command
      ->add_option(
          "--first-state", options->first_state,
          "Number of the first state, greater than those before (default: the number after "
          "that of the plant's last answer)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  AddGiveUpOption(command, &options->give_up_s);
  AddServerOption(command, &options->server);
  AddJsonOption(command, &options->json);

  command = add("update", "Infer the plant's constants from states at rest", Update);
  plant(command, "Name of the plant");
  states(command, true);
  AddServerOption(command, &options->server);
  AddJsonOption(command, &options->json);

  command = add("reset", "Go back to an earlier version of the plant's constants", Reset);
  plant(command, "Name of the plant");
  command->add_option("--to", options->version, "Version; 0 (default): as registered")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  AddServerOption(command, &options->server);
  AddJsonOption(command, &options->json);

  command = add("demo",
                "A simulated plant in closed loop with a change of its feed, beside the same plant "
                "with fixed setpoints",
                RunDemo);
  plant(command, "Plant file (YAML)");
  command->add_option("--hours", options->demo.hours, "Length (default 48)")
      ->check(CLI::PositiveNumber);
  command->add_option("--change-at", options->demo.change_at_h,
                      "Hour at which the feed changes (default 16)");
  command->add_option("--change", options->demo.change,
                      "Change of the metals in the feed, as a share (default 0.15)");
  command
      ->add_option("--assay-delay", options->demo.assay_delay_h,
                   "Hours from sample to value (default 2)")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--seed", options->demo.seed, "Of the noise of the instruments (default 1)");
  command->add_option("--rows", options->rows, "Most lines of the table; 0: all (default 17)")
      ->check(CLI::NonNegativeNumber);
  AddRemoteOption(command, &options->engine);
}

}  // namespace raffinate::cli
