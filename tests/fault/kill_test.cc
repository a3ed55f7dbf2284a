// A job whose server is killed again and again ends with the result of one
// that was left alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <limits>
#include <random>

#include "service/file/reader.h"
#include "tests/fault/server_process.h"
#include "tests/service/temporary_folder.h"

namespace raffinate::fault {
namespace {

constexpr int kEvaluations = 1500;
// Below this the test has not shown what it is for.
constexpr int kLeastInterruptions = 4;

v1::Flowsheet Problem() {
  v1::Flowsheet out;
  const auto read = service::ReadFile(RAFFINATE_KILL_FLOWSHEET, {}, &out);
  EXPECT_TRUE(read.ok()) << service::FormatProblem(read.problems.at(0));
  out.mutable_search()->set_max_evaluations(kEvaluations);
  return out;
}

v1::Optimization Create(ServerProcess* server) {
  v1::CreateOptimizationRequest request;
  *request.mutable_flowsheet() = Problem();
  request.set_request_id("the job");
  grpc::ClientContext context;
  v1::Optimization job;
  const grpc::Status status = server->optimizations().CreateOptimization(&context, request, &job);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return job;
}

// Watches the job until it has gone on for `evaluations`, or to its end. The
// last state, and whether the job was found to have been resumed.
v1::Optimization WatchFor(ServerProcess* server, const std::string& name, std::int64_t evaluations,
                          bool* resumed) {
  grpc::ClientContext context;
  v1::WatchOptimizationRequest request;
  request.set_name(name);
  auto stream = server->optimizations().WatchOptimization(&context, request);
  v1::WatchOptimizationResponse message;
  v1::Optimization last;
  std::int64_t begin = -1;
  while (stream->Read(&message)) {
    last = message.optimization();
    if (begin < 0) begin = last.progress().evaluations();
    for (const auto& line : message.log()) {
      *resumed = *resumed || line.find("resumed at generation") != std::string::npos;
    }
    if (last.progress().evaluations() - begin >= evaluations) break;
  }
  context.TryCancel();
  stream->Finish();
  return last;
}

std::vector<std::string> Results(ServerProcess* server, const std::string& name) {
  std::vector<std::string> out;
  v1::ListFlowsheetsRequest request;
  request.set_parent(name);
  request.set_view(v1::ListFlowsheetsRequest::FULL);
  do {
    grpc::ClientContext context;
    v1::ListFlowsheetsResponse response;
    const grpc::Status status =
        server->optimizations().ListFlowsheets(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    for (const auto& simulation : response.flowsheets()) {
      out.push_back(simulation.SerializeAsString());
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return out;
}

TEST(Kill, AJobEndsWithTheSameParetoSetHoweverOftenItsServerIsKilled) {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  const service::TemporaryFolder folder;
  constexpr std::int64_t kToTheEnd = std::numeric_limits<std::int64_t>::max();
  bool resumed = false;

  ServerProcess undisturbed(RAFFINATE_KILL_SERVER, folder.File("undisturbed.db"));
  const std::string whole = Create(&undisturbed).name();
  const v1::Optimization expected = WatchFor(&undisturbed, whole, kToTheEnd, &resumed);
  ASSERT_EQ(expected.state(), v1::Optimization::SUCCEEDED) << expected.error_message();
  ASSERT_GT(expected.flowsheet_count(), 0);
  ASSERT_FALSE(resumed);

  const std::string database = folder.File("jobs.db");
  int kills = 0, drains = 0, resumptions = 0;
  std::string name;
  while (true) {
    ServerProcess server(RAFFINATE_KILL_SERVER, database);
    // The same request: the first one creates, the others find.
    const v1::Optimization job = Create(&server);
    if (name.empty()) name = job.name();
    ASSERT_EQ(job.name(), name);
    // Not before there is something to lose, and then at any moment.
    resumed = false;
    const v1::Optimization last =
        WatchFor(&server, name, 1 + below(kEvaluations / kLeastInterruptions / 2), &resumed);
    resumptions += resumed ? 1 : 0;
    if (last.state() == v1::Optimization::SUCCEEDED) {
      EXPECT_EQ(Results(&server, name), Results(&undisturbed, whole));
      EXPECT_EQ(last.progress().evaluations(), expected.progress().evaluations());
      EXPECT_EQ(last.progress().generations(), expected.progress().generations());
      EXPECT_EQ(last.progress().hypervolume(), expected.progress().hypervolume());
      EXPECT_EQ(last.progress().stop_reason(), expected.progress().stop_reason());
      break;
    }
    ASSERT_EQ(last.state(), v1::Optimization::RUNNING) << last.error_message();
    usleep(static_cast<useconds_t>(below(20'000)));
    // One in four is asked to go, as on an upgrade.
    if (below(4) == 0) {
      EXPECT_EQ(server.End(SIGTERM), 0);
      ++drains;
    } else {
      EXPECT_EQ(server.End(SIGKILL), -SIGKILL);
      ++kills;
    }
  }
  std::cout << kills << " kills, " << drains << " drains, " << resumptions
            << " resumptions from a checkpoint, " << expected.flowsheet_count() << " flowsheets\n";
  EXPECT_GE(kills + drains, kLeastInterruptions);
  EXPECT_GE(resumptions, 1);
}

}  // namespace
}  // namespace raffinate::fault
