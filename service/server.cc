#include "service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/http/http_server.h"
#include "service/jobs/dynamics_queue.h"
#include "service/jobs/job_manager.h"
#include "service/jobs/simulation_queue.h"
#include "service/jobs/work_queue.h"
#include "service/rpc/chemistry_service.h"
#include "service/rpc/flowsheets_service.h"
#include "service/rpc/optimizations_service.h"
#include "service/rpc/setpoints_service.h"
#include "service/rpc/simulator_service.h"
#include "service/setpoints/plants.h"
#include "service/status_macros.h"
#include "service/store/job_store.h"
#include "service/store/plant_store.h"

namespace raffinate::service {
namespace {

absl::Status CheckOptions(const ServerOptions& options) {
  const auto refuse = [](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat("server: ", what));
  };
  if (options.max_queued < 1) return refuse("max_queued must be at least 1");
  if (options.max_running < 1) return refuse("max_running must be at least 1");
  if (options.max_message_bytes < 1) return refuse("max_message_bytes must be positive");
  if (options.checkpoint_interval <= absl::ZeroDuration()) {
    return refuse("checkpoint_interval must be positive");
  }
  if (options.drain_timeout < absl::ZeroDuration()) {
    return refuse("drain_timeout must not be negative");
  }
  if (options.database_path.empty()) return refuse("database_path must not be empty");
  return absl::OkStatus();
}

/// A twin waits for milliseconds: as many threads as cores, and room for many twins.
WorkQueue::Options SetpointsWork() {
  WorkQueue::Options options;
  options.max_waiting = 1024;
  options.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return options;
}

class GrpcServer final : public Server {
 public:
  GrpcServer(const ServerOptions& options, std::unique_ptr<Engine> engine)
      : options_(options), engine_(std::move(engine)) {}

  ~GrpcServer() override { Drain(); }

  absl::Status Start() {
    auto store = JobStore::Open(options_.database_path);
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
    JobManagerOptions jobs;
    jobs.max_queued = options_.max_queued;
    jobs.max_running = options_.max_running;
    jobs.runner.checkpoint_interval = options_.checkpoint_interval;
    auto manager = JobManager::Load(store_.get(), engine_.get(), jobs);
    if (!manager.ok()) return manager.status();
    jobs_ = *std::move(manager);
    simulations_ = std::make_unique<SimulationQueue>(engine_.get(), SimulationQueue::Options());
    dynamics_ = std::make_unique<DynamicsQueue>(engine_.get(), DynamicsQueue::Options());
    simulator_service_ = std::make_unique<SimulatorService>(simulations_.get(), dynamics_.get());
    optimizations_service_ = std::make_unique<OptimizationsService>(jobs_.get(), engine_.get());
    chemistry_work_ = std::make_unique<WorkQueue>(WorkQueue::Options());
    chemistry_service_ =
        std::make_unique<ChemistryService>(&engine_->chemistry(), chemistry_work_.get());
    flowsheets_service_ = std::make_unique<FlowsheetsService>(engine_.get());
    auto plants = PlantStore::Open(options_.database_path);
    if (!plants.ok()) return plants.status();
    plant_store_ = *std::move(plants);
    plants_ = std::make_unique<Plants>(plant_store_.get(), engine_.get());
    setpoints_work_ = std::make_unique<WorkQueue>(SetpointsWork());
    setpoints_service_ = std::make_unique<SetpointsService>(plants_.get(), setpoints_work_.get());
    RAFFINATE_RETURN_IF_ERROR(Listen());
    RAFFINATE_RETURN_IF_ERROR(ListenHttp());
    // Last: a server that cannot be reached takes no job up.
    jobs_->StartWorkers();
    return absl::OkStatus();
  }

  int bound_port() const override { return port_; }

  int bound_http_port() const override { return http_ == nullptr ? 0 : http_->bound_port(); }

  std::shared_ptr<grpc::Channel> InProcessChannel() override {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetMaxSendMessageSize(-1);
    return server_->InProcessChannel(arguments);
  }

  void Drain() override {
    std::call_once(drain_, [&] { DoDrain(); });
  }

  void Wait() override {
    std::unique_lock lock(mutex_);
    drained_changed_.wait(lock, [&] { return drained_; });
  }

 private:
  absl::Status Listen() {
    // Both change what every later builder of this process does.
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    // A second server on the port must fail instead of taking half the calls.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // Clients ping a quiet stream every five minutes, which is just what is allowed by default: one
    // that is early would count against them.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 60'000);
    builder.SetMaxReceiveMessageSize(options_.max_message_bytes);
    builder.SetMaxSendMessageSize(-1);
    if (!options_.listen_address.empty()) {
      builder.AddListeningPort(options_.listen_address, grpc::InsecureServerCredentials(), &port_);
    }
    builder.RegisterService(simulator_service_.get());
    builder.RegisterService(optimizations_service_.get());
    builder.RegisterService(chemistry_service_.get());
    builder.RegisterService(flowsheets_service_.get());
    builder.RegisterService(setpoints_service_.get());
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || (!options_.listen_address.empty() && port_ == 0)) {
      return absl::UnavailableError(absl::StrCat(
          "cannot listen on '", options_.listen_address,
          "': the address is in use, is none of this machine, or is not written host:port"));
    }
    SetServing(true);
    return absl::OkStatus();
  }

  absl::Status ListenHttp() {
    if (options_.http_address.empty()) return absl::OkStatus();
    HttpOptions options;
    options.address = options_.http_address;
    options.max_body_bytes = static_cast<std::size_t>(options_.max_message_bytes);
    auto http = HttpServer::Start(options, InProcessChannel());
    if (http.ok()) {
      http_ = *std::move(http);
    } else if (!options_.http_may_fail || !absl::IsUnavailable(http.status())) {
      return http.status();
    }
    return absl::OkStatus();
  }

  void SetServing(bool serving) {
    grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
    if (health == nullptr) return;
    health->SetServingStatus(serving);
    for (const char* name :
         {v1::Simulator::service_full_name(), v1::Optimizations::service_full_name(),
          v1::Chemistry::service_full_name(), v1::Flowsheets::service_full_name(),
          v1::Setpoints::service_full_name()}) {
      health->SetServingStatus(name, serving);
    }
  }

  // First nothing new, then what runs is saved, then what waits is let go; the
  // calls end last, since the steps before answer them.
  void DoDrain() {
    if (server_ != nullptr) SetServing(false);
    if (simulations_ != nullptr) simulations_->Close();
    if (dynamics_ != nullptr) dynamics_->Close();
    if (chemistry_work_ != nullptr) chemistry_work_->Close();
    if (setpoints_work_ != nullptr) setpoints_work_->Close();
    if (jobs_ != nullptr) jobs_->Drain();
    if (http_ != nullptr) http_->Stop();
    if (server_ != nullptr) {
      server_->Shutdown(absl::ToChronoTime(absl::Now() + options_.drain_timeout));
      server_->Wait();
    }
    // Releases the database file for the next server.
    jobs_.reset();
    plants_.reset();
    plant_store_.reset();
    store_.reset();
    std::lock_guard lock(mutex_);
    drained_ = true;
    drained_changed_.notify_all();
  }

  const ServerOptions options_;
  const std::unique_ptr<Engine> engine_;
  std::unique_ptr<JobStore> store_;
  std::unique_ptr<JobManager> jobs_;
  std::unique_ptr<SimulationQueue> simulations_;
  std::unique_ptr<DynamicsQueue> dynamics_;
  std::unique_ptr<WorkQueue> chemistry_work_;
  std::unique_ptr<PlantStore> plant_store_;
  std::unique_ptr<Plants> plants_;
  std::unique_ptr<WorkQueue> setpoints_work_;
  std::unique_ptr<SimulatorService> simulator_service_;
  std::unique_ptr<OptimizationsService> optimizations_service_;
  std::unique_ptr<ChemistryService> chemistry_service_;
  std::unique_ptr<FlowsheetsService> flowsheets_service_;
  std::unique_ptr<SetpointsService> setpoints_service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<HttpServer> http_;
  int port_ = 0;

  std::once_flag drain_;
  std::mutex mutex_;
  std::condition_variable drained_changed_;
  bool drained_ = false;
};

}  // namespace

std::string DefaultDatabasePath() {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  std::string state = variable("XDG_STATE_HOME");
  if (state.empty()) {
    const std::string home = variable("HOME");
    // Without a home, as in some containers: where the server is started.
    if (home.empty()) return "raffinate-jobs.db";
    state = home + "/.local/state";
  }
  return state + "/raffinate/jobs.db";
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      std::unique_ptr<Engine> engine) {
  RAFFINATE_RETURN_IF_ERROR(CheckOptions(options));
  auto server = std::make_unique<GrpcServer>(options, std::move(engine));
  RAFFINATE_RETURN_IF_ERROR(server->Start());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace raffinate::service
