// The JSON gateway: routes, conversion, errors, streams, and what it refuses.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

#include "absl/synchronization/notification.h"
#include "raffinate/v1/simulator.pb.h"
#include "service/http/embedded.h"
#include "service/http/json.h"
#include "service/http/routes.h"
#include "tests/service/rpc_fixture.h"

namespace raffinate::service {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kJson[] = "application/json";

std::string FlowsheetJson() {
  return R"({"flowsheet": {"name": "a", "products": [{"name": "p", "stream": "s"}]}})";
}

class Http : public ::testing::Test {
 protected:
  void SetUp() override {
    ServerOptions options;
    options.listen_address = "";
    options.http_address = "127.0.0.1:0";
    auto server = Server::Start(options, std::make_unique<FakeEngine>(pace_));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_.emplace("127.0.0.1", server_->bound_http_port());
    client_->set_read_timeout(60);
  }

  httplib::Result Post(const std::string& path, const std::string& body) {
    return client_->Post(path.c_str(), body, kJson);
  }

  /// A job that runs to its end, or waits after its start.
  std::string Create(bool runs = true) {
    if (runs) pace_->AllowAllSteps();
    const auto answer = Post("/v1/optimizations", FlowsheetJson());
    EXPECT_EQ(answer->status, 200) << answer->body;
    v1::Optimization job;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(answer->body, &job).ok());
    return job.name();
  }

  std::shared_ptr<FakeEngine::Pace> pace_ = std::make_shared<FakeEngine::Pace>();
  std::unique_ptr<Server> server_;
  std::optional<httplib::Client> client_;
};

TEST(HttpRoutes, ReachEveryMethodThatTakesNoStream) {
  const auto routes = Routes::BuiltIn();
  ASSERT_TRUE(routes.ok()) << routes.status();
  std::set<std::string> reached;
  for (const Route& route : routes->all()) reached.insert(route.method->full_name());
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* name : {"Simulator", "Optimizations", "Chemistry", "Flowsheets", "Setpoints"}) {
    const auto* service = pool->FindServiceByName(absl::StrCat("raffinate.v1.", name));
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      EXPECT_EQ(reached.count(method->full_name()), method->client_streaming() ? 0u : 1u)
          << method->full_name();
    }
  }
}

TEST(HttpRoutes, PutThePathIntoFields) {
  const auto routes = Routes::BuiltIn();
  ASSERT_TRUE(routes.ok());
  const RouteMatch watch = routes->Find("GET", "/v1/optimizations/abc:watch");
  ASSERT_NE(watch.route, nullptr);
  EXPECT_EQ(watch.route->method->name(), "WatchOptimization");
  EXPECT_EQ(watch.variables.at("name"), "optimizations/abc");
  EXPECT_EQ(routes->Find("GET", "/v1/optimizations/a/b").route, nullptr);
  EXPECT_THAT(routes->Find("PUT", "/v1/optimizations/abc").allowed,
              testing::UnorderedElementsAre("GET", "DELETE"));
}

TEST(HttpRoutes, RulesThatCannotBeAreRefused) {
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  const auto message = [&](const std::string& rules) {
    return std::string(Routes::Read(rules, pool).status().message());
  };
  EXPECT_THAT(message("rules {"), HasSubstr("text format"));
  EXPECT_THAT(message(R"(rules { selector: "raffinate.v1.Nothing.Do" get: "/a" })"),
              HasSubstr("no such method"));
  EXPECT_THAT(message(R"(rules { selector: "raffinate.v1.Simulator.SimulateBatch" get: "/a" })"),
              HasSubstr("takes a stream"));
  EXPECT_THAT(message(R"(rules { selector: "raffinate.v1.Simulator.Simulate" get: "/{x}" })"),
              HasSubstr("'x' is no string field"));
}

TEST(HttpJson, FieldsOfTheQueryAreChecked) {
  v1::ListFlowsheetsRequest request;
  EXPECT_TRUE(
      AddFields({{"page_size", "3"}, {"view", "FULL"}, {"pageToken", "x"}}, &request).empty());
  EXPECT_EQ(request.page_size(), 3);
  EXPECT_EQ(request.view(), v1::ListFlowsheetsRequest::FULL);
  EXPECT_EQ(request.page_token(), "x");
  // A second addition keeps the first.
  EXPECT_TRUE(AddFields({{"parent", "optimizations/a"}}, &request).empty());
  EXPECT_EQ(request.page_size(), 3);

  const auto problems = AddFields({{"page_sice", "3"}}, &request);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].field, "page_sice");
  EXPECT_THAT(problems[0].description, HasSubstr("page_size"));
  EXPECT_EQ(AddFields({{"page_size", "many"}}, &request).size(), 1u);
  v1::SimulateRequest simulate;
  EXPECT_EQ(AddFields({{"sensitivities", "yes"}}, &simulate)[0].field, "sensitivities");
  EXPECT_TRUE(AddFields({{"sensitivities", "true"}}, &simulate).empty());
  EXPECT_TRUE(simulate.sensitivities());
}

TEST_F(Http, AnswersAsTheCallDoes) {
  const auto answer = Post("/v1/flowsheets:simulate", FlowsheetJson());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200) << answer->body;
  EXPECT_THAT(answer->get_header_value("Content-Type"), StartsWith("application/json"));
  v1::SimulateResponse message;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(answer->body, &message).ok());
  EXPECT_TRUE(message.has_simulation());
}

TEST_F(Http, ErrorsHaveStatusAndPlace) {
  auto answer = Post("/v1/flowsheets:simulate", R"({"flowsheet": {"streams": [{"flow": 1}]}})");
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(answer->body, HasSubstr(R"("field":"flowsheet.streams[0].flow")"));
  answer = Post("/v1/flowsheets:simulate", R"({"flowsheat": {}})");
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(answer->body, HasSubstr(R"("field":"flowsheat","description":"there is no such)"));
  EXPECT_EQ(Post("/v1/flowsheets:simulate", "{\"flowsheet")->status, 400);
  EXPECT_EQ(client_->Get("/v1/optimizations/nothere")->status, 404);
  EXPECT_EQ(client_->Get("/v1/nothing")->status, 404);
  answer = client_->Delete("/v1/feeds");
  EXPECT_EQ(answer->status, 405);
  EXPECT_EQ(answer->get_header_value("Allow"), "GET");
  answer = client_->Get("/v1/optimizations?page_size=-1");
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(answer->body, HasSubstr("INVALID_REQUEST"));
}

TEST_F(Http, BodiesThatAreTooLargeAreRefused) {
  const auto answer = Post("/v1/flowsheets:simulate", std::string((16 << 20) + 1, ' '));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_THAT(answer->body, HasSubstr("16777216"));
}

TEST_F(Http, WatchIsAStreamOfLines) {
  const std::string name = Create();
  const auto answer = client_->Get(("/v1/" + name + ":watch").c_str());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->get_header_value("Content-Type"), StartsWith("application/x-ndjson"));
  std::istringstream lines(answer->body);
  std::string line, last;
  while (std::getline(lines, line)) {
    if (line.empty()) continue;
    google::protobuf::Struct value;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &value).ok()) << line;
    EXPECT_EQ(value.fields().count("result"), 1u) << line;
    last = line;
  }
  EXPECT_THAT(last, HasSubstr(R"("state":"SUCCEEDED")"));
  EXPECT_EQ(client_->Get("/v1/optimizations/nothere:watch")->status, 404);
}

TEST_F(Http, SkipPicksOneFlowsheetAndFiguresAreSmall) {
  const std::string name = Create();
  client_->Get(("/v1/" + name + ":watch").c_str());
  v1::ListFlowsheetsResponse all, one, figures;
  const std::string path = "/v1/" + name + "/flowsheets";
  const auto get = [&](const std::string& query, v1::ListFlowsheetsResponse* out) {
    const auto answer = client_->Get((path + query).c_str());
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(answer->body, out).ok());
  };
  get("", &all);
  ASSERT_GT(all.flowsheets_size(), 1);
  get("?page_size=1&skip=1", &one);
  ASSERT_EQ(one.flowsheets_size(), 1);
  EXPECT_EQ(one.flowsheets(0).SerializeAsString(), all.flowsheets(1).SerializeAsString());
  get("?view=FIGURES", &figures);
  ASSERT_EQ(figures.flowsheets_size(), all.flowsheets_size());
  EXPECT_FALSE(figures.flowsheets(0).has_flowsheet());
  EXPECT_EQ(figures.flowsheets(0).figures().SerializeAsString(),
            all.flowsheets(0).figures().SerializeAsString());
  EXPECT_EQ(client_->Get((path + "?skip=-1").c_str())->status, 400);
}

TEST_F(Http, OtherOriginsAreRefused) {
  const std::string self = absl::StrCat("http://127.0.0.1:", server_->bound_http_port());
  const auto get = [&](const httplib::Headers& headers) {
    return client_->Get("/v1/optimizations", headers)->status;
  };
  EXPECT_EQ(get({}), 200);
  EXPECT_EQ(get({{"Origin", self}}), 200);
  EXPECT_EQ(get({{"Origin", "http://example.org"}}), 403);
  EXPECT_EQ(get({{"Host", "example.org"}}), 403);
  EXPECT_EQ(get({{"Host", "localhost:1"}}), 200);
}

TEST_F(Http, ServesTheDescriptionWithASecurityPolicy) {
  const auto answer = client_->Get("/openapi.json");
  ASSERT_EQ(answer->status, 200);
  EXPECT_THAT(answer->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'self'"));
  google::protobuf::Struct description;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(answer->body, &description).ok());
  const auto& paths = description.fields().at("paths").struct_value().fields();
  const auto& schemas =
      description.fields().at("components").struct_value().fields().at("schemas").struct_value();
  // Every reference leads somewhere.
  std::size_t references = 0;
  const std::string mark = "#/components/schemas/";
  for (std::size_t at = answer->body.find(mark); at != std::string::npos;
       at = answer->body.find(mark, at + 1)) {
    const std::size_t begin = at + mark.size();
    const std::string name = answer->body.substr(begin, answer->body.find('"', begin) - begin);
    EXPECT_EQ(schemas.fields().count(name), 1u) << name;
    ++references;
  }
  EXPECT_GT(references, 50u);
  // As many operations as routes.
  std::size_t operations = 0;
  for (const auto& [path, verbs] : paths) operations += verbs.struct_value().fields_size();
  EXPECT_EQ(operations, Routes::BuiltIn()->all().size());
}

TEST_F(Http, TheRootIsThePageOrSaysThatThereIsNone) {
  const auto answer = client_->Get("/");
  ASSERT_EQ(answer->status, 200);
  const bool page = std::any_of(SiteFiles().begin(), SiteFiles().end(),
                                [](const auto& file) { return file.path == "/index.html"; });
  EXPECT_THAT(answer->body, HasSubstr(page ? "<script type=\"module\"" : "not the page"));
  EXPECT_EQ(client_->Get("/assets/../nothing")->status, 404);
}

TEST(HttpServer, AnAddressInUseFailsOrIsLeftOut) {
  ServerOptions options;
  options.listen_address = "";
  options.http_address = "127.0.0.1:0";
  const auto start = [&] {
    return Server::Start(options,
                         std::make_unique<FakeEngine>(std::make_shared<FakeEngine::Pace>()));
  };
  auto first = start();
  ASSERT_TRUE(first.ok()) << first.status();
  options.http_address = absl::StrCat("127.0.0.1:", (*first)->bound_http_port());
  EXPECT_EQ(start().status().code(), absl::StatusCode::kUnavailable);
  options.http_may_fail = true;
  auto second = start();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ((*second)->bound_http_port(), 0);
  options.http_address = "nowhere";
  EXPECT_EQ(start().status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(Http, DrainEndsStreamsWithAnError) {
  const std::string name = Create(false);
  std::string body;
  absl::Notification began;
  std::thread watcher([&] {
    httplib::Client client("127.0.0.1", server_->bound_http_port());
    client.set_read_timeout(60);
    client.Get(("/v1/" + name + ":watch").c_str(), [&](const char* data, std::size_t size) {
      body.append(data, size);
      if (!began.HasBeenNotified()) began.Notify();
      return true;
    });
  });
  const bool watched = began.WaitForNotificationWithTimeout(absl::Seconds(60));
  server_->Drain();
  watcher.join();
  ASSERT_TRUE(watched);
  EXPECT_THAT(body, StartsWith("{\"result\":"));
  EXPECT_THAT(body, HasSubstr("\n{\"error\":"));
}

}  // namespace
}  // namespace raffinate::service
