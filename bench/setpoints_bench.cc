// How long a digital twin waits for setpoints: the distribution of whole calls of Advise over
// gRPC on the loopback, for a circuit of 100 stages and 8 components, at 1, 10 and 100 clients.
// Once with clients that ask once a second each, as twins do, once with clients that ask again
// as soon as they are answered. Inputs change from call to call by the noise of instruments, and
// the setpoints advised last are the present ones. Processor time per call, of server and clients,
// does not depend on what else runs on the machine, nor does the distribution of what one thread
// takes from a message to its answer, without gRPC, which is measured first. Prints JSON.
#include <grpcpp/grpcpp.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/machine.h"
#include "optimizer/setpoints/advise.h"
#include "optimizer/setpoints/estimate.h"
#include "optimizer/setpoints/validity.h"
#include "raffinate/v1/setpoints.grpc.pb.h"
#include "service/convert/setpoints.h"
#include "service/data/chemistry_data.h"
#include "service/server.h"

namespace raffinate {
namespace {

constexpr double kSeconds = 20;   // of each measurement
constexpr double kEvery = 1;      // [s] between two questions of a twin
constexpr double kNoise = 0.005;  // of what is measured

const char* const kMetals[] = {"La", "Ce", "Pr", "Nd", "Sm", "Gd", "Dy"};
// Of a magnet-recycling liquor [mol/L].
const double kMolPerL[] = {0.012, 0.0017, 0.056, 0.17, 0.004, 0.03, 0.012};

/// 7 metals and sodium over 100 stages: light rare earths leave with the raffinate, Sm and heavier
/// with the strip liquor.
v1::Plant BenchPlant() {
  v1::Plant plant;
  v1::Flowsheet& flowsheet = *plant.mutable_flowsheet();
  flowsheet.set_name("100 stages, 8 components");
  const auto range = [](v1::Number* number, double min, double start, double max) {
    number->mutable_range()->set_min(min);
    number->mutable_range()->set_max(max);
    number->mutable_range()->set_start(start);
  };
  v1::Stream* feed = flowsheet.add_streams();
  feed->set_name("feed");
  feed->mutable_flow_m3_per_h()->set_value(1);
  feed->mutable_hcl_mol_per_l()->set_value(0.01);
  for (int i = 0; i < 7; ++i) {
    v1::MetalConcentration* metal = feed->add_metals();
    metal->set_element(kMetals[i]);
    metal->mutable_mol_per_l()->set_value(kMolPerL[i]);
  }
  v1::Stream* scrub = flowsheet.add_streams();
  scrub->set_name("scrub acid");
  range(scrub->mutable_flow_m3_per_h(), 0.02, 0.06, 0.15);
  scrub->mutable_hcl_mol_per_l()->set_value(3);
  v1::Stream* strip = flowsheet.add_streams();
  strip->set_name("strip acid");
  range(strip->mutable_flow_m3_per_h(), 0.05, 0.1, 0.2);
  strip->mutable_hcl_mol_per_l()->set_value(4);
  v1::Circuit* circuit = flowsheet.add_circuits();
  circuit->set_name("main");
  circuit->mutable_extractant()->mutable_system()->set_value("P507-HCl");
  circuit->mutable_extractant()->mutable_concentration_mol_per_l()->set_value(1);
  range(circuit->mutable_organic()->mutable_flow_m3_per_h(), 0.8, 1.1, 1.6);
  range(circuit->mutable_organic()->mutable_saponification(), 0.15, 0.28, 0.42);
  const auto section = [&](const char* name, int stages, const char* inlet, const char* outlet) {
    v1::Section* out = circuit->add_sections();
    out->set_name(name);
    out->mutable_stages()->set_value(stages);
    out->add_inlets()->set_stream(inlet);
    out->set_outlet(outlet);
  };
  section("extraction", 45, "feed", "raffinate");
  section("scrub", 45, "scrub acid", "");
  section("strip", 10, "strip acid", "strip liquor");
  v1::Product* light = flowsheet.add_products();
  light->set_name("light");
  light->set_stream("raffinate");
  for (int i = 0; i < 4; ++i) light->add_elements(kMetals[i]);
  light->set_min_purity(0.999);
  light->set_min_recovery(0.99);
  v1::Product* heavy = flowsheet.add_products();
  heavy->set_name("heavy");
  heavy->set_stream("strip liquor");
  for (int i = 4; i < 7; ++i) heavy->add_elements(kMetals[i]);
  heavy->set_min_purity(0.99);
  heavy->set_min_recovery(0.99);
  v1::Objective* objective = flowsheet.add_objectives();
  objective->set_direction(v1::Objective::MINIMIZE);
  objective->set_figure("reagents");
  const auto instrument = [&](const std::string& quantity) {
    v1::Instrument* out = plant.add_instruments();
    out->set_quantity(quantity);
    out->set_relative_sd(kNoise);
    out->set_max_age_h(1);
  };
  instrument("streams.feed.flow");
  for (const char* metal : kMetals) instrument(absl::StrCat("streams.feed.metals.", metal));
  return plant;
}

google::protobuf::Timestamp Now() {
  google::protobuf::Timestamp time;
  time.set_seconds(absl::ToUnixSeconds(absl::Now()));
  return time;
}

/// Readings of the bench plant, as instruments show them.
void Measure(std::mt19937_64* random, v1::MeasuredState* state) {
  *state->mutable_time() = Now();
  state->clear_measurements();
  std::normal_distribution<double> noise(1, kNoise);
  const auto measure = [&](const std::string& quantity, double value) {
    v1::Measurement* out = state->add_measurements();
    out->set_quantity(quantity);
    out->set_value(value * noise(*random));
    *out->mutable_time() = state->time();
  };
  measure("streams.feed.flow", 1);
  for (int i = 0; i < 7; ++i) {
    measure(absl::StrCat("streams.feed.metals.", kMetals[i]), kMolPerL[i]);
  }
}

/// One twin: its plant, its connection, what it is set to.
class Twin {
 public:
  Twin(const std::string& address, std::uint64_t seed) : random_(seed) {
    grpc::ChannelArguments arguments;
    // A connection of its own, not one shared by all twins of this process.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub_ = v1::Setpoints::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    v1::CreatePlantRequest request;
    *request.mutable_plant() = BenchPlant();
    grpc::ClientContext context;
    v1::Plant plant;
    const grpc::Status status = stub_->CreatePlant(&context, request, &plant);
    if (!status.ok()) {
      std::fprintf(stderr, "CreatePlant: %s\n", status.error_message().c_str());
      std::exit(1);
    }
    request_.set_name(plant.name());
    for (const v1::PlantQuantity& quantity : plant.quantities()) {
      if (!quantity.setpoint()) continue;
      v1::SetpointValue* present = request_.mutable_state()->add_present();
      present->set_setpoint(quantity.name());
      present->set_value((quantity.min() + quantity.max()) / 2);
    }
    // The first searches the whole range.
    for (int k = 0; k < 3; ++k) Ask();
  }

  /// Asks once; the time it took [s], and whether the demands were met.
  std::pair<double, bool> Ask() {
    v1::MeasuredState& state = *request_.mutable_state();
    Measure(&random_, &state);
    grpc::ClientContext context;
    v1::AdviseResponse response;
    const double start = bench::Now();
    const grpc::Status status = stub_->Advise(&context, request_, &response);
    const double took = bench::Now() - start;
    if (!status.ok()) {
      std::fprintf(stderr, "Advise: %s\n", status.error_message().c_str());
      std::exit(1);
    }
    for (int i = 0; i < response.advice().setpoints_size(); ++i) {
      state.mutable_present(i)->set_setpoint(response.advice().setpoints(i).setpoint());
      state.mutable_present(i)->set_value(response.advice().setpoints(i).value());
    }
    simulations += response.advice().simulations();
    ++asked;
    return {took, response.advice().feasible() && response.advice().converged()};
  }

  long simulations = 0, asked = 0;

 private:
  std::mt19937_64 random_;
  std::unique_ptr<v1::Setpoints::Stub> stub_;
  v1::AdviseRequest request_;
};

/// Of this process [s].
double CpuTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Of this thread [s].
double ThreadTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Processor time of one thread from the state's message to that of the advice.
int MeasureThread() {
  constexpr int kCalls = 1000, kFirst = 3;  // the first searches the whole range
  const auto chemistry = service::LoadEmbeddedChemistry();
  optimizer::PlantSpec spec;
  optimizer::Violations violations = service::FromProto(BenchPlant(), &spec);
  std::unique_ptr<optimizer::PlantModel> model;
  if (chemistry.ok() && violations.empty()) {
    model = optimizer::PlantModel::Create(spec, *chemistry, &violations);
  }
  if (model == nullptr) {
    std::fprintf(stderr, "the plant of this benchmark cannot be registered\n");
    return 1;
  }
  std::mt19937_64 random(1);
  v1::MeasuredState state;
  for (const int q : model->setpoints()) {
    const optimizer::Quantity& quantity = model->quantities()[q];
    v1::SetpointValue* present = state.add_present();
    present->set_setpoint(quantity.name);
    present->set_value((quantity.range.min + quantity.range.max) / 2);
  }
  const std::vector<int> drift = optimizer::DriftInputs(*model);
  optimizer::AdviceMemory memory;
  optimizer::PastInputs past;
  std::vector<double> estimated, took;
  long simulations = 0;
  double sum = 0;
  for (int call = -kFirst; call < kCalls; ++call) {
    Measure(&random, &state);
    const double start = ThreadTime();
    optimizer::MeasuredState measured;
    service::FromProto(state, *model, &measured);
    optimizer::Estimate estimate =
        optimizer::EstimatePlant(*model, {measured}, {}, false, estimated);
    estimated = std::move(estimate.state);
    optimizer::AdviceQuestion question;
    question.inputs = estimate.inputs[0];
    for (const auto& present : measured.present) question.present.push_back(present.value);
    question.hours = spec.interval_h;
    question.drift_inputs = drift;
    const optimizer::Advice advice = optimizer::Advise(*model, question, &memory);
    const optimizer::AdviceValidity validity = optimizer::ValidUntil(
        *model, measured.time_s, estimate.readings[0], estimate.inputs[0], past, advice, drift);
    past = {measured.time_s, estimate.inputs[0]};
    const std::string answer =
        service::ToProto(*model, advice, estimate.readings[0], validity, measured.time_s)
            .SerializeAsString();
    const double ms = 1e3 * (ThreadTime() - start);
    if (!advice.found || answer.empty()) {
      std::fprintf(stderr, "no advice: %s\n", advice.problem.c_str());
      return 1;
    }
    for (std::size_t i = 0; i < advice.setpoints.size(); ++i) {
      state.mutable_present(static_cast<int>(i))->set_value(advice.setpoints[i].value);
    }
    if (call < 0) continue;
    took.push_back(ms);
    sum += ms;
    simulations += advice.simulations;
  }
  std::sort(took.begin(), took.end());
  std::printf(
      "  \"thread_cpu\": {\"calls\": %d, \"simulations_per_call\": %.3g, \"mean_ms\": %.3g, "
      "\"p50_ms\": %.3g, \"p90_ms\": %.3g, \"p99_ms\": %.3g, \"max_ms\": %.3g},\n",
      kCalls, static_cast<double>(simulations) / kCalls, sum / kCalls, bench::Quantile(took, 0.5),
      bench::Quantile(took, 0.9), bench::Quantile(took, 0.99), took.back());
  return 0;
}

void Measure(const std::string& address, int clients, bool paced, const char* end) {
  std::vector<std::unique_ptr<Twin>> twins;
  for (int c = 0; c < clients; ++c) {
    twins.push_back(std::make_unique<Twin>(address, static_cast<std::uint64_t>(c + 1)));
    twins.back()->simulations = twins.back()->asked = 0;
  }
  std::vector<std::vector<double>> took(twins.size());
  std::atomic<long> good = 0;
  const double begin = bench::Now(), cpu = CpuTime();
  std::vector<std::thread> threads;
  for (std::size_t c = 0; c < twins.size(); ++c) {
    threads.emplace_back([&, c] {
      // Spread over the second, as twins that know nothing of each other are.
      double next = begin + kEvery * static_cast<double>(c) / static_cast<double>(twins.size());
      while (bench::Now() < begin + kSeconds) {
        if (paced) {
          std::this_thread::sleep_for(std::chrono::duration<double>(next - bench::Now()));
          next += kEvery;
        }
        const auto [seconds, met] = twins[c]->Ask();
        took[c].push_back(1e3 * seconds);
        good += met ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double> all;
  long simulations = 0;
  for (std::size_t c = 0; c < twins.size(); ++c) {
    all.insert(all.end(), took[c].begin(), took[c].end());
    simulations += twins[c]->simulations;
  }
  const double cpu_s = CpuTime() - cpu;
  std::sort(all.begin(), all.end());
  const double count = static_cast<double>(all.size());
  std::printf(
      "    {\"clients\": %d, \"asking\": \"%s\", \"calls\": %zu, \"feasible_and_converged\": %ld, "
      "\"calls_per_s\": %.4g, \"simulations_per_call\": %.3g, \"cpu_ms_per_call\": %.3g, "
      "\"p50_ms\": %.3g, \"p90_ms\": %.3g, "
      "\"p99_ms\": %.3g, \"max_ms\": %.3g}%s\n",
      clients, paced ? "once a second" : "at once again", all.size(), good.load(),
      count / (bench::Now() - begin), static_cast<double>(simulations) / count, 1e3 * cpu_s / count,
      bench::Quantile(all, 0.5), bench::Quantile(all, 0.9), bench::Quantile(all, 0.99), all.back(),
      end);
  std::fflush(stdout);
}

int Main() {
  // Server and clients together on one core.
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  const bool pinned = sched_setaffinity(0, sizeof one, &one) == 0;
  service::ServerOptions options;
  options.listen_address = "127.0.0.1:0";
  auto server = service::Server::Start(options);
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.status().ToString().c_str());
    return 1;
  }
  const std::string address = absl::StrCat("127.0.0.1:", (*server)->bound_port());
  double load = 0;
  getloadavg(&load, 1);
  std::printf(
      "{\n  \"benchmark\": \"setpoints\",\n  \"date\": \"%s\",\n  \"processor\": \"%s\",\n"
      "  \"hardware_threads\": %u,\n  \"load_average_before\": %.2g,\n  \"cores_used\": %s,\n  "
      "\"stages\": 100,\n"
      "  \"components\": 8,\n  \"setpoints\": 4,\n  \"demands\": 4,\n",
      bench::Today().c_str(), bench::ProcessorName().c_str(), std::thread::hardware_concurrency(),
      load, pinned ? "1" : "null");
  if (const int wrong = MeasureThread(); wrong != 0) return wrong;
  std::printf("  \"results\": [\n");
  for (const int clients : {1, 10, 100}) Measure(address, clients, true, ",");
  for (const int clients : {1, 10, 100})
    Measure(address, clients, false, clients == 100 ? "" : ",");
  std::printf("  ]\n}\n");
  return 0;
}

}  // namespace
}  // namespace raffinate

int main() { return raffinate::Main(); }
