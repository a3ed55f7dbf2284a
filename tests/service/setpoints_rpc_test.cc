// raffinate.v1.Setpoints with the real engine and the plant of the examples.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "clients/common/error_details.h"
#include "raffinate/v1/setpoints.grpc.pb.h"
#include "service/local/plant_demo.h"
#include "service/local/plant_file.h"
#include "service/server.h"
#include "tests/service/temporary_folder.h"

namespace raffinate::service {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kNow = 1767225600;

class SetpointsTest : public ::testing::Test {
 protected:
  void SetUp() override { Start(); }

  void Start() {
    server_.reset();
    ServerOptions options;
    options.listen_address = "";
    options.database_path = folder_.File("plants.db");
    auto server = Server::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = v1::Setpoints::NewStub(server_->InProcessChannel());
  }

  static v1::Plant ExamplePlant() {
    v1::Plant plant;
    const ReadResult read = ReadPlantFile(RAFFINATE_PLANT, &plant);
    for (const FileProblem& problem : read.problems) ADD_FAILURE() << FormatProblem(problem);
    return plant;
  }

  grpc::Status Create(const v1::Plant& plant, const std::string& request_id, v1::Plant* made) {
    grpc::ClientContext context;
    v1::CreatePlantRequest request;
    *request.mutable_plant() = plant;
    request.set_request_id(request_id);
    return stub_->CreatePlant(&context, request, made);
  }

  std::string Create() {
    v1::Plant made;
    const grpc::Status status = Create(ExamplePlant(), "", &made);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return made.name();
  }

  /// With `minutes` since the first state, and everything measured just before.
  static v1::MeasuredState State(double minutes = 0) {
    v1::MeasuredState state;
    state.mutable_time()->set_seconds(kNow + static_cast<std::int64_t>(60 * minutes));
    const auto present = [&](const char* setpoint, double value) {
      v1::SetpointValue* to = state.add_present();
      to->set_setpoint(setpoint);
      to->set_value(value);
    };
    present("streams.scrub acid.flow", 0.1);
    present("streams.strip acid.flow", 0.14);
    present("circuits.main.organic.saponification", 0.285);
    const auto measure = [&](const char* quantity, double value) {
      v1::Measurement* to = state.add_measurements();
      to->set_quantity(quantity);
      to->set_value(value);
      *to->mutable_time() = state.time();
    };
    measure("streams.feed liquor.flow", 1);
    measure("streams.feed liquor.metals.La", 0.092);
    measure("streams.feed liquor.metals.Nd", 0.089);
    return state;
  }

  grpc::Status Advise(const std::string& name, const v1::MeasuredState& state,
                      v1::SetpointAdvice* advice) {
    grpc::ClientContext context;
    v1::AdviseRequest request;
    request.set_name(name);
    *request.mutable_state() = state;
    v1::AdviseResponse response;
    const grpc::Status status = stub_->Advise(&context, request, &response);
    *advice = response.advice();
    return status;
  }

  static std::string ReasonOf(const grpc::Status& status) {
    return clients::DecodeErrorDetails(status).reason;
  }

  /// Sends `requests` on a stream of their own, and gives all that comes back.
  std::vector<v1::TrackResponse> Track(const std::vector<v1::TrackRequest>& requests,
                                       bool broken = false) {
    grpc::ClientContext context;
    auto stream = stub_->Track(&context);
    std::vector<v1::TrackResponse> answers;
    // Written beside the reading: a write may wait for the server, which waits for its reader.
    std::thread writer([&] {
      for (const v1::TrackRequest& request : requests) {
        if (!stream->Write(request)) return;
      }
      stream->WritesDone();
    });
    if (broken) {
      // One answer arrives, then the line is cut.
      EXPECT_TRUE(stream->Read(&answers.emplace_back()));
      context.TryCancel();
    } else {
      for (v1::TrackResponse answer; stream->Read(&answer);) answers.push_back(answer);
    }
    writer.join();
    const grpc::Status status = stream->Finish();
    EXPECT_EQ(status.ok(), !broken) << status.error_message();
    return answers;
  }

  static v1::TrackRequest Ask(const std::string& name, std::int64_t number,
                              const v1::MeasuredState& state) {
    v1::TrackRequest request;
    request.set_name(name);
    request.set_state_sequence(number);
    *request.mutable_state() = state;
    return request;
  }

  const TemporaryFolder folder_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Setpoints::Stub> stub_;
};

TEST_F(SetpointsTest, AdviceKeepsTheMovesAndSavesReagents) {
  const std::string name = Create();
  v1::SetpointAdvice advice;
  const grpc::Status status = Advise(name, State(), &advice);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(advice.feasible());
  EXPECT_TRUE(advice.converged());
  EXPECT_LT(advice.objective_value(), advice.present_objective_value());
  EXPECT_NEAR(advice.cost_of_present(), advice.present_objective_value() - advice.objective_value(),
              1e-9);
  ASSERT_EQ(advice.setpoints_size(), 3);
  EXPECT_NEAR(advice.setpoints(1).value(), 0.11, 1e-9);
  EXPECT_EQ(advice.setpoints(1).active_limit(), v1::AdvisedSetpoint::MOVE_DOWN);
  EXPECT_GT(advice.setpoints(1).price(), 0);
  EXPECT_EQ(advice.objective_derivatives_size(), 3);
  // Half an hour later the flow is no longer known.
  EXPECT_EQ(advice.valid_until().seconds(), kNow + 1800);
  EXPECT_THAT(advice.valid_until_reason(), HasSubstr("streams.feed liquor.flow"));
  EXPECT_GT(advice.flags_size(), 0);
}

TEST_F(SetpointsTest, UnitsAreConverted) {
  const std::string name = Create();
  v1::MeasuredState state = State();
  v1::SetpointAdvice own, converted;
  ASSERT_TRUE(Advise(name, state, &own).ok());
  // 15 g/L of Nd2O3 are 0.17832 mol/L of its half.
  state.mutable_measurements(2)->set_value(0.089 * 168.2405);
  state.mutable_measurements(2)->set_unit("g/L REO");
  state.mutable_measurements(0)->set_value(1000);
  state.mutable_measurements(0)->set_unit("L/h");
  ASSERT_TRUE(Advise(name, state, &converted).ok());
  EXPECT_NEAR(converted.readings(2).measured(), 0.089, 1e-5);
  EXPECT_NEAR(converted.objective_value(), own.objective_value(), 1e-3 * own.objective_value());
  state.mutable_measurements(0)->set_unit("kg");
  const grpc::Status status = Advise(name, state, &converted);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(clients::DecodeErrorDetails(status).field_violations.at(0).field,
            "state.measurements[0].unit");
}

TEST_F(SetpointsTest, BadPlantsAndStatesAreRefusedByField) {
  v1::Plant plant = ExamplePlant(), made;
  plant.mutable_moves(0)->set_setpoint("streams.scrub acid.hcl");
  plant.mutable_instruments(0)->set_max_age_h(0);
  const grpc::Status status = Create(plant, "", &made);
  EXPECT_EQ(ReasonOf(status), "INVALID_PLANT");
  const auto violations = clients::DecodeErrorDetails(status).field_violations;
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].field, "plant.moves[0].setpoint");
  EXPECT_EQ(violations[1].field, "plant.instruments[0].max_age_h");

  const std::string name = Create();
  v1::MeasuredState state = State();
  state.mutable_present()->RemoveLast();
  v1::SetpointAdvice advice;
  EXPECT_EQ(ReasonOf(Advise(name, state, &advice)), "INVALID_STATE");
  state = State();
  state.mutable_measurements()->RemoveLast();
  const grpc::Status missing = Advise(name, state, &advice);
  EXPECT_EQ(missing.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(missing), "MISSING_MEASUREMENTS");
  EXPECT_THAT(missing.error_message(), HasSubstr("streams.feed liquor.metals.Nd (missing)"));
  EXPECT_EQ(ReasonOf(Advise("plants/none", State(), &advice)), "PLANT_NOT_FOUND");
}

TEST_F(SetpointsTest, PlantsSurviveARestartAndRepeatsAreHarmless) {
  v1::Plant first, again;
  ASSERT_TRUE(Create(ExamplePlant(), "mine", &first).ok());
  ASSERT_TRUE(Create(ExamplePlant(), "mine", &again).ok());
  EXPECT_EQ(first.name(), again.name());
  v1::Plant other = ExamplePlant();
  other.set_demand_margin(0.1);
  EXPECT_EQ(ReasonOf(Create(other, "mine", &again)), "REQUEST_ID_REUSED");
  v1::SetpointAdvice before, after;
  ASSERT_TRUE(Advise(first.name(), State(), &before).ok());
  Start();
  ASSERT_TRUE(Advise(first.name(), State(), &after).ok());
  EXPECT_NEAR(after.objective_value(), before.objective_value(), 1e-3 * before.objective_value());
  const auto list = [&] {
    grpc::ClientContext context;
    v1::ListPlantsResponse plants;
    EXPECT_TRUE(stub_->ListPlants(&context, {}, &plants).ok());
    return plants.plants_size();
  };
  EXPECT_EQ(list(), 1);
  grpc::ClientContext context;
  v1::DeletePlantRequest request;
  request.set_name(first.name());
  google::protobuf::Empty nothing;
  EXPECT_TRUE(stub_->DeletePlant(&context, request, &nothing).ok());
  EXPECT_EQ(list(), 0);
  EXPECT_EQ(ReasonOf(Advise(first.name(), State(), &after)), "PLANT_NOT_FOUND");
}

TEST_F(SetpointsTest, ABrokenTrackIsResumedWithoutGapsAlsoByAnotherServer) {
  const std::string name = Create();
  const auto first = Track({Ask(name, 1, State()), Ask("", 2, State(60)), Ask("", 3, State(120))},
                           /*broken=*/true);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].sequence(), 1);
  Start();
  // The client has answer 1, asks for what came after and sends its states again.
  v1::TrackRequest resume;
  resume.set_name(name);
  resume.set_last_sequence(1);
  const auto rest = Track({resume, Ask("", 1, State()), Ask("", 2, State(60)),
                           Ask("", 3, State(120)), Ask("", 4, State(180))});
  std::vector<std::int64_t> fresh;
  std::set<std::int64_t> numbers;
  for (const v1::TrackResponse& answer : rest) {
    numbers.insert(answer.sequence());
    if (!answer.again()) fresh.push_back(answer.sequence());
    EXPECT_TRUE(answer.has_advice());
    EXPECT_FALSE(answer.gap());
    if (answer.state_sequence() == 1) {
      EXPECT_TRUE(answer.again());
      EXPECT_EQ(answer.advice().SerializeAsString(), first[0].advice().SerializeAsString());
    }
    EXPECT_EQ(answer.sequence(), answer.state_sequence());
  }
  EXPECT_EQ(numbers, (std::set<std::int64_t>{1, 2, 3, 4}));
  ASSERT_FALSE(fresh.empty());
  EXPECT_EQ(fresh.back(), 4);
  EXPECT_TRUE(std::is_sorted(fresh.begin(), fresh.end()));
}

TEST_F(SetpointsTest, ANumberThatWasUsedForAnotherStateIsRefused) {
  const std::string name = Create();
  ASSERT_EQ(Track({Ask(name, 1, State()), Ask("", 2, State(60))}).size(), 2u);
  grpc::ClientContext context;
  auto stream = stub_->Track(&context);
  EXPECT_TRUE(stream->Write(Ask(name, 2, State(120))));
  v1::TrackResponse answer;
  EXPECT_FALSE(stream->Read(&answer));
  const auto details = clients::DecodeErrorDetails(stream->Finish());
  ASSERT_EQ(details.field_violations.size(), 1u);
  EXPECT_EQ(details.field_violations[0].field, "state_sequence");
  EXPECT_THAT(details.field_violations[0].description, HasSubstr("3 or more"));
}

TEST_F(SetpointsTest, WithoutAUsableStateTheLastAdviceIsHeldUntilItExpires) {
  const std::string name = Create();
  v1::MeasuredState stale = State(20);
  for (auto& measurement : *stale.mutable_measurements()) {
    measurement.mutable_time()->set_seconds(kNow - 3000);
  }
  v1::MeasuredState late = stale;
  late.mutable_time()->set_seconds(kNow + 3600);
  v1::MeasuredState wrong = State(25);
  wrong.mutable_measurements(0)->set_quantity("streams.feed.flow");
  const auto answers = Track({Ask(name, 1, stale), Ask("", 2, State(0)), Ask("", 3, stale),
                              Ask("", 4, wrong), Ask("", 5, late), Ask("", 6, State(10))});
  ASSERT_EQ(answers.size(), 6u);
  EXPECT_EQ(answers[0].held().reason(), "MISSING_MEASUREMENTS");
  EXPECT_EQ(answers[0].held().advice_sequence(), 0);
  EXPECT_TRUE(answers[0].held().setpoints().empty());
  ASSERT_TRUE(answers[1].has_advice());
  const v1::HeldSetpoints& held = answers[2].held();
  EXPECT_EQ(held.reason(), "MISSING_MEASUREMENTS");
  EXPECT_THAT(held.message(), HasSubstr("streams.feed liquor.flow (stale)"));
  EXPECT_FALSE(held.expired());
  EXPECT_EQ(held.advice_sequence(), 2);
  EXPECT_EQ(held.expires().seconds(), kNow + 1800);
  ASSERT_EQ(held.setpoints_size(), 3);
  EXPECT_EQ(held.setpoints(0).value(), answers[1].advice().setpoints(0).value());
  EXPECT_EQ(answers[3].held().reason(), "INVALID_STATE");
  EXPECT_TRUE(answers[4].held().expired());
  EXPECT_TRUE(answers[4].held().setpoints().empty());
  ASSERT_TRUE(answers[5].has_advice());
}

TEST_F(SetpointsTest, RatesHoldFromAdviceToAdvice) {
  const std::string name = Create();
  // A quarter of an hour after the last advice a quarter of the hourly rate is allowed.
  v1::MeasuredState next = State(15);
  const auto answers = Track({Ask(name, 1, State(0)), Ask("", 2, next)});
  ASSERT_EQ(answers.size(), 2u);
  const v1::AdvisedSetpoint& strip = answers[1].advice().setpoints(1);
  EXPECT_NEAR(strip.min(), 0.14 - 0.03 / 4, 1e-9);
}

TEST_F(SetpointsTest, ConstantsFollowThePlantAndGoBack) {
  const std::string name = Create();
  v1::UpdateParametersRequest request;
  request.set_name(name);
  *request.add_states() = State();
  v1::Plant plant;
  {
    grpc::ClientContext context;
    EXPECT_EQ(ReasonOf(stub_->UpdateParameters(&context, request, &plant)), "NOT_AT_REST");
  }
  request.mutable_states(0)->set_at_rest(true);
  v1::SetpointAdvice before, updated, after;
  ASSERT_TRUE(Advise(name, State(), &before).ok());
  // Less neodymium in the raffinate than the registered constants say.
  v1::Measurement* raffinate = request.mutable_states(0)->add_measurements();
  raffinate->set_quantity("streams.raffinate.metals.Nd");
  raffinate->set_value(1e-3);
  *raffinate->mutable_time() = request.states(0).time();
  {
    grpc::ClientContext context;
    const grpc::Status status = stub_->UpdateParameters(&context, request, &plant);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  EXPECT_EQ(plant.parameter_version(), 1);
  ASSERT_EQ(plant.parameter_versions_size(), 1);
  for (const v1::ParameterOffset& offset : plant.parameter_versions(0).offsets()) {
    EXPECT_NE(offset.log10_k(), 0);
    EXPECT_LE(offset.sd_log10(), offset.prior_sd_log10());
  }
  Start();
  ASSERT_TRUE(Advise(name, State(), &updated).ok());
  EXPECT_EQ(updated.parameter_version(), 1);
  EXPECT_NE(updated.demands(0).present_value(), before.demands(0).present_value());
  v1::ResetParametersRequest reset;
  reset.set_name(name);
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub_->ResetParameters(&context, reset, &plant).ok());
  }
  EXPECT_EQ(plant.parameter_version(), 0);
  EXPECT_EQ(plant.parameter_versions_size(), 1);
  ASSERT_TRUE(Advise(name, State(), &after).ok());
  EXPECT_NEAR(after.demands(0).present_value(), before.demands(0).present_value(), 1e-9);
  reset.set_version(7);
  grpc::ClientContext context;
  EXPECT_EQ(ReasonOf(stub_->ResetParameters(&context, reset, &plant)),
            "PARAMETER_VERSION_NOT_FOUND");
}

TEST_F(SetpointsTest, TheAdvisedPlantKeepsItsPurityWithLessAcidAndBase) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    PlantDemoOptions options;
    options.seed = seed;
    const auto demo = RunPlantDemo(ExamplePlant(), server_->InProcessChannel(), options, nullptr);
    ASSERT_TRUE(demo.ok()) << demo.status();
    EXPECT_EQ(demo->hours.size(), 48u);
    for (const PlantDemoHour& hour : demo->hours) {
      EXPECT_FALSE(hour.held) << hour.hour << " h: " << hour.held_reason;
    }
    EXPECT_LT(demo->advised.acid_kg, 0.8 * demo->unadvised.acid_kg) << "seed " << seed;
    EXPECT_LT(demo->advised.base_kg, 0.9 * demo->unadvised.base_kg) << "seed " << seed;
    const auto& neodymium = demo->advised.products[1];
    EXPECT_GE(neodymium.worst_purity, 0.99) << "seed " << seed;
    EXPECT_EQ(neodymium.hours_missed, 0) << "seed " << seed;
    EXPECT_GE(neodymium.recovery, 0.95) << "seed " << seed;
    // Constants came nearer to those of the plant.
    const double inferred =
        demo->constants.offsets(0).log10_k() - demo->constants.offsets(1).log10_k();
    const double truth = demo->true_log10_k[0] - demo->true_log10_k[1];
    EXPECT_LT(std::abs(inferred - truth), 0.5 * truth) << "seed " << seed;
  }
}

}  // namespace
}  // namespace raffinate::service
