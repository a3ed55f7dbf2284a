#include <limits>
#include <set>
#include <thread>

#include "tests/service/rpc_fixture.h"

namespace raffinate::service {
namespace {

using OptimizationsRpc = RpcTest;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_P(OptimizationsRpc, CreatesRunsAndReturnsTheParetoSet) {
  pace_->AllowAllSteps();
  const std::string name = Create(FakeFlowsheet("job", 100));
  EXPECT_EQ(name.substr(0, 14), "optimizations/");
  std::vector<v1::WatchOptimizationResponse> seen;
  const grpc::Status status = Watch(name, [&](const auto& message) {
    seen.push_back(message);
    return false;
  });
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(seen.back().optimization().state(), v1::Optimization::SUCCEEDED);
  EXPECT_FALSE(seen.back().optimization().has_flowsheet());
  v1::Optimization job;
  ASSERT_TRUE(Get(name, &job).ok());
  EXPECT_EQ(job.flowsheet().name(), "job");
  EXPECT_EQ(job.flowsheet_count(), 8);
  EXPECT_EQ(job.progress().stop_reason(), "evaluations");
  EXPECT_GT(job.progress().evaluations_per_s(), 0);
  EXPECT_GE(job.end_time().seconds(), job.create_time().seconds());
}

TEST_P(OptimizationsRpc, RefusesInvalidFlowsheetsWithEveryProblem) {
  v1::Flowsheet flowsheet = FakeFlowsheet("", 100);
  flowsheet.clear_products();
  v1::Optimization job;
  const grpc::Status status = Create(flowsheet, "", &job);
  ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FLOWSHEET");
  EXPECT_THAT(clients::DecodeErrorDetails(status).field_violations, SizeIs(2));
  v1::ListOptimizationsResponse list;
  grpc::ClientContext context;
  ASSERT_TRUE(optimizations_->ListOptimizations(&context, {}, &list).ok());
  EXPECT_EQ(list.optimizations_size(), 0);
}

TEST_P(OptimizationsRpc, RequestIdsMakeCreationIdempotent) {
  v1::Optimization first, again, other;
  ASSERT_TRUE(Create(FakeFlowsheet("job", 100), "id", &first).ok());
  ASSERT_TRUE(Create(FakeFlowsheet("job", 100), "id", &again).ok());
  EXPECT_EQ(first.name(), again.name());
  ExpectError(Create(FakeFlowsheet("job", 200), "id", &other), grpc::StatusCode::ALREADY_EXISTS,
              "REQUEST_ID_REUSED");
  ASSERT_TRUE(Create(FakeFlowsheet("job", 100), "", &other).ok());
  EXPECT_NE(first.name(), other.name());
  const grpc::Status status = Create(FakeFlowsheet("job", 100), std::string(129, 'x'), &other);
  ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST");
  EXPECT_EQ(clients::DecodeErrorDetails(status).field_violations.at(0).field, "request_id");
}

TEST_P(OptimizationsRpc, ConcurrentCreationsWithOneRequestIdMakeOneJob) {
  std::vector<std::thread> clients;
  std::mutex mutex;
  std::set<std::string> names;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      v1::Optimization job;
      EXPECT_TRUE(Create(FakeFlowsheet("job", 100), "same", &job).ok());
      std::lock_guard lock(mutex);
      names.insert(job.name());
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_THAT(names, SizeIs(1));
}

TEST_P(OptimizationsRpc, AFullQueueSaysWhenToTryAgain) {
  options_.max_queued = 1;
  StartServer();
  AwaitState(Create(FakeFlowsheet("running", 100)), v1::Optimization::RUNNING);
  Create(FakeFlowsheet("waiting", 100));
  v1::Optimization job;
  const grpc::Status status = Create(FakeFlowsheet("refused", 100), "", &job);
  ExpectError(status, grpc::StatusCode::RESOURCE_EXHAUSTED, "QUEUE_FULL");
  EXPECT_GT(clients::DecodeErrorDetails(status).retry_delay_s.value_or(0), 0);
}

TEST_P(OptimizationsRpc, UnknownAndMalformedNamesAreToldApart) {
  v1::Optimization job;
  ExpectError(Get("optimizations/nobody", &job), grpc::StatusCode::NOT_FOUND,
              "OPTIMIZATION_NOT_FOUND");
  for (const std::string& name :
       {std::string(), std::string("nobody"), std::string("optimizations/"),
        std::string("optimizations/../x"), std::string("optimizations/UPPER"),
        "optimizations/" + std::string(1000, 'a')}) {
    const grpc::Status status = Get(name, &job);
    ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST");
    EXPECT_EQ(clients::DecodeErrorDetails(status).field_violations.at(0).field, "name");
  }
  grpc::ClientContext cancel, remove, list;
  v1::CancelOptimizationRequest cancel_request;
  cancel_request.set_name("optimizations/nobody");
  ExpectError(optimizations_->CancelOptimization(&cancel, cancel_request, &job),
              grpc::StatusCode::NOT_FOUND, "OPTIMIZATION_NOT_FOUND");
  v1::DeleteOptimizationRequest delete_request;
  delete_request.set_name("optimizations/nobody");
  google::protobuf::Empty empty;
  ExpectError(optimizations_->DeleteOptimization(&remove, delete_request, &empty),
              grpc::StatusCode::NOT_FOUND, "OPTIMIZATION_NOT_FOUND");
  v1::ListFlowsheetsRequest list_request;
  list_request.set_parent("optimizations/nobody");
  v1::ListFlowsheetsResponse flowsheets;
  ExpectError(optimizations_->ListFlowsheets(&list, list_request, &flowsheets),
              grpc::StatusCode::NOT_FOUND, "OPTIMIZATION_NOT_FOUND");
  ExpectError(Watch("optimizations/nobody", [](const auto&) { return false; }),
              grpc::StatusCode::NOT_FOUND, "OPTIMIZATION_NOT_FOUND");
  ExpectError(Watch("nobody", [](const auto&) { return false; }),
              grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST");
}

TEST_P(OptimizationsRpc, ListsNewestFirstInPages) {
  std::vector<std::string> created;
  for (int i = 0; i < 5; ++i) created.push_back(Create(FakeFlowsheet("job", 100)));
  std::vector<std::string> listed;
  v1::ListOptimizationsRequest request;
  request.set_page_size(2);
  v1::ListOptimizationsResponse response;
  do {
    grpc::ClientContext context;
    ASSERT_TRUE(optimizations_->ListOptimizations(&context, request, &response).ok());
    EXPECT_LE(response.optimizations_size(), 2);
    for (const auto& job : response.optimizations()) {
      EXPECT_FALSE(job.has_flowsheet());
      listed.push_back(job.name());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, std::vector<std::string>(created.rbegin(), created.rend()));

  grpc::ClientContext negative, forged;
  request.set_page_size(-1);
  ExpectError(optimizations_->ListOptimizations(&negative, request, &response),
              grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST");
  request.set_page_size(0);
  request.set_page_token("MTIz");
  ExpectError(optimizations_->ListOptimizations(&forged, request, &response),
              grpc::StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN");
}

TEST_P(OptimizationsRpc, ListsFlowsheetsInPagesAndViews) {
  pace_->AllowAllSteps();
  const std::string name = Create(FakeFlowsheet("job", 100));
  AwaitState(name, v1::Optimization::SUCCEEDED);
  v1::ListFlowsheetsRequest request;
  request.set_parent(name);
  v1::ListFlowsheetsResponse whole, page;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(optimizations_->ListFlowsheets(&context, request, &whole).ok());
  }
  EXPECT_EQ(whole.flowsheets_size(), 8);
  EXPECT_EQ(whole.total_size(), 8);
  EXPECT_EQ(whole.next_page_token(), "");
  EXPECT_EQ(whole.flowsheets(0).stages_size(), 0);
  EXPECT_EQ(whole.flowsheets(0).streams_size(), 0);

  request.set_page_size(3);
  request.set_view(v1::ListFlowsheetsRequest::FULL);
  int at = 0;
  do {
    grpc::ClientContext context;
    ASSERT_TRUE(optimizations_->ListFlowsheets(&context, request, &page).ok());
    for (const auto& flowsheet : page.flowsheets()) {
      EXPECT_EQ(flowsheet.figures().acid_kg_per_t_reo(),
                whole.flowsheets(at++).figures().acid_kg_per_t_reo());
      EXPECT_EQ(flowsheet.stages_size(), 2);
      EXPECT_EQ(flowsheet.streams_size(), 1);
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(at, 8);

  grpc::ClientContext unknown, foreign;
  request.set_view(static_cast<v1::ListFlowsheetsRequest::View>(9));
  ExpectError(optimizations_->ListFlowsheets(&unknown, request, &page),
              grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST");
  // The token of one job leads nowhere in another.
  request.clear_view();
  request.clear_page_token();
  {
    grpc::ClientContext context;
    ASSERT_TRUE(optimizations_->ListFlowsheets(&context, request, &page).ok());
  }
  request.set_parent(Create(FakeFlowsheet("other", 100)));
  request.set_page_token(page.next_page_token());
  ExpectError(optimizations_->ListFlowsheets(&foreign, request, &page),
              grpc::StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN");
}

TEST_P(OptimizationsRpc, WatchSendsThePresentStateThenChangesThenEnds) {
  const std::string name = Create(FakeFlowsheet("job", 50));
  std::vector<v1::WatchOptimizationResponse> seen;
  const grpc::Status status = Watch(name, [&](const auto& message) {
    // The job can only go on once the first message is here.
    if (seen.empty()) pace_->AllowAllSteps();
    seen.push_back(message);
    return false;
  });
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_GE(seen.size(), 2u);
  EXPECT_NE(seen.front().optimization().state(), v1::Optimization::SUCCEEDED);
  EXPECT_EQ(seen.back().optimization().state(), v1::Optimization::SUCCEEDED);
  EXPECT_EQ(seen.back().optimization().flowsheet_count(), 5);
  std::vector<std::string> log;
  int pareto = 0;
  for (const auto& message : seen) {
    log.insert(log.end(), message.log().begin(), message.log().end());
    if (message.pareto_size() > 0) pareto = message.pareto_size();
  }
  EXPECT_EQ(pareto, 5);
  // Every line once.
  EXPECT_EQ(std::set<std::string>(log.begin(), log.end()).size(), log.size());
  EXPECT_EQ(log.front(), "search started");
  EXPECT_THAT(log, ::testing::Contains(HasSubstr("search ended: evaluations")));

  // An ended job: one message with everything, and the end.
  seen.clear();
  EXPECT_TRUE(Watch(name, [&](const auto& message) {
                seen.push_back(message);
                return false;
              }).ok());
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_EQ(seen[0].pareto_size(), 5);
  EXPECT_EQ(std::vector<std::string>(seen[0].log().begin(), seen[0].log().end()), log);
}

TEST_P(OptimizationsRpc, ManyWatchersNeedNoThreads) {
  constexpr int kWatchers = 300;
  const std::string name = Create(FakeFlowsheet("job", 30));
  AwaitState(name, v1::Optimization::RUNNING);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::WatchOptimizationResponse>>> streams;
  v1::WatchOptimizationRequest request;
  request.set_name(name);
  v1::WatchOptimizationResponse message;
  for (int i = 0; i < kWatchers; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(optimizations_->WatchOptimization(contexts.back().get(), request));
    ASSERT_TRUE(streams.back()->Read(&message));
  }
  // All of them wait; other calls are answered none the less.
  v1::Optimization job;
  ASSERT_TRUE(Get(name, &job).ok());
  pace_->AllowAllSteps();
  for (auto& stream : streams) {
    while (stream->Read(&message)) {
    }
    EXPECT_EQ(message.optimization().state(), v1::Optimization::SUCCEEDED);
    EXPECT_TRUE(stream->Finish().ok());
  }
}

TEST_P(OptimizationsRpc, AWatcherMayGoAndTheJobGoesOn) {
  const std::string name = Create(FakeFlowsheet("job", 50));
  EXPECT_EQ(Watch(name, [](const auto&) { return true; }).error_code(),
            grpc::StatusCode::CANCELLED);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(20));
  v1::WatchOptimizationRequest request;
  request.set_name(name);
  auto stream = optimizations_->WatchOptimization(&context, request);
  v1::WatchOptimizationResponse message;
  while (stream->Read(&message)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  pace_->AllowAllSteps();
  AwaitState(name, v1::Optimization::SUCCEEDED);
}

TEST_P(OptimizationsRpc, CancelStopsAndKeeps) {
  const std::string name = Create(FakeFlowsheet("job", 1000));
  pace_->AllowSteps(4);
  pace_->AwaitSteps(4);
  grpc::ClientContext context;
  v1::CancelOptimizationRequest request;
  request.set_name(name);
  v1::Optimization job;
  ASSERT_TRUE(optimizations_->CancelOptimization(&context, request, &job).ok());
  AwaitState(name, v1::Optimization::CANCELLED);
  ASSERT_TRUE(Get(name, &job).ok());
  EXPECT_EQ(job.flowsheet_count(), 4);
}

TEST_P(OptimizationsRpc, DeletesOnlyWhatHasEnded) {
  const std::string name = Create(FakeFlowsheet("job", 20));
  v1::DeleteOptimizationRequest request;
  request.set_name(name);
  google::protobuf::Empty empty;
  grpc::ClientContext early, late;
  ExpectError(optimizations_->DeleteOptimization(&early, request, &empty),
              grpc::StatusCode::FAILED_PRECONDITION, "OPTIMIZATION_RUNNING");
  pace_->AllowAllSteps();
  AwaitState(name, v1::Optimization::SUCCEEDED);
  EXPECT_TRUE(optimizations_->DeleteOptimization(&late, request, &empty).ok());
  v1::Optimization job;
  ExpectError(Get(name, &job), grpc::StatusCode::NOT_FOUND, "OPTIMIZATION_NOT_FOUND");
}

TEST_P(OptimizationsRpc, FailedJobsSayWhy) {
  const std::string name = Create(FakeFlowsheet("fail", 20));
  AwaitState(name, v1::Optimization::FAILED);
  v1::Optimization job;
  ASSERT_TRUE(Get(name, &job).ok());
  EXPECT_EQ(job.error_message(), "a fake failure");
}

RAFFINATE_ON_BOTH_TRANSPORTS(OptimizationsRpc);

}  // namespace
}  // namespace raffinate::service
