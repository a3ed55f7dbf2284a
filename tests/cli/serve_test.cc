// A server and its clients, each a process.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <optional>

#include "raffinate/v1/optimizations.pb.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;

class Serve : public testing::Test {
 protected:
  void SetUp() override {
    folder_.Write("small.yaml", SmallProblem(400));
    Start();
  }

  void Start(const std::string& at_address = "127.0.0.1:0") {
    server_.emplace(folder_.path(),
                    std::vector<std::string>{"serve", "--listen", at_address, "--db", "jobs.db"});
    ASSERT_TRUE(server_->WaitForOutput("\n")) << server_->Wait().err;
    const std::string line = server_->Output();
    const std::string start = "listens on ";
    const std::size_t at = line.find(start) + start.size();
    address_ = line.substr(at, line.find(',', at) - at);
  }

  Outcome Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", address_});
    return folder_.Run(arguments);
  }

  std::string Submit() {
    const Outcome submit = Run({"submit", "small.yaml"});
    EXPECT_EQ(submit.code, 0) << submit.err;
    return submit.out.substr(0, submit.out.find('\n'));
  }

  Folder folder_;
  std::optional<Process> server_;
  std::string address_;
};

TEST_F(Serve, GivesTheSameSetAsTheSearchInProcess) {
  const std::string name = Submit();
  EXPECT_THAT(name, testing::StartsWith("optimizations/"));
  const Outcome watch = Run({"watch", name});
  EXPECT_EQ(watch.code, 0) << watch.err;
  EXPECT_THAT(watch.out, HasSubstr("succeeded"));
  const Outcome get = Run({"get", name, "--flowsheets", "--json"});
  EXPECT_EQ(get.code, 0) << get.err;

  const Outcome local = folder_.Run({"optimize", "small.yaml", "--json"});
  EXPECT_EQ(local.code, 0) << local.err;
  EXPECT_EQ(get.out, local.out);
  const Outcome remote = Run({"optimize", "small.yaml", "--json", "-o", "remote"});
  EXPECT_EQ(remote.code, 0) << remote.err;
  EXPECT_EQ(remote.out, local.out);
  EXPECT_EQ(folder_.Read("remote/pareto.csv"), folder_.Read("results/small/pareto.csv"));
}

TEST_F(Serve, KeepsListsAndDeletesJobs) {
  const std::string name = Submit();
  EXPECT_EQ(Run({"watch", name}).code, 0);
  const Outcome list = Run({"list"});
  EXPECT_EQ(list.code, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr(name));
  EXPECT_THAT(list.out, HasSubstr("succeeded"));
  // Without the collection's name as well.
  const Outcome get = Run({"get", name.substr(name.find('/') + 1), "--json"});
  EXPECT_EQ(get.code, 0) << get.err;
  v1::Optimization job;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(get.out, &job).ok());
  EXPECT_EQ(job.name(), name);
  EXPECT_EQ(job.state(), v1::Optimization::SUCCEEDED);
  EXPECT_THAT(Run({"get", name, "--flowsheets"}).out, HasSubstr("purity"));
  EXPECT_EQ(Run({"cancel", name}).code, 0);
  EXPECT_EQ(Run({"delete", name}).code, 0);
  const Outcome gone = Run({"get", name});
  EXPECT_EQ(gone.code, 2);
  EXPECT_THAT(gone.err, HasSubstr(name));
}

TEST_F(Serve, SameRequestIdIsTheSameJob) {
  const Outcome first = Run({"submit", "small.yaml", "--request-id", "a"});
  const Outcome second = Run({"submit", "small.yaml", "--request-id", "a"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out, second.out);
  const Outcome other = Run({"submit", "small.yaml", "--request-id", "a", "--seed", "9"});
  EXPECT_EQ(other.code, 2) << other.out;
}

TEST_F(Serve, CancelsAJob) {
  const Outcome submit = Run({"submit", "small.yaml", "--evaluations", "2000000000"});
  ASSERT_EQ(submit.code, 0) << submit.err;
  const std::string name = submit.out.substr(0, submit.out.find('\n'));
  EXPECT_EQ(Run({"cancel", name}).code, 0);
  const Outcome watch = Run({"watch", name});
  EXPECT_EQ(watch.code, 0) << watch.err;
  EXPECT_THAT(watch.out, HasSubstr("cancelled"));
}

TEST_F(Serve, ShowsViolationsInTheWordsOfTheFile) {
  std::string text = SmallProblem(100);
  text.replace(text.find("stream: raffinate"), 17, "stream: rafinate");
  folder_.Write("bad.yaml", text);
  for (const char* command : {"optimize", "submit"}) {
    const Outcome outcome = Run({command, "bad.yaml"});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("bad.yaml:21:19: products.light.stream: "));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "results"));
}

TEST_F(Serve, DrainsOnSigtermAndGoesOnAtTheNextStart) {
  const Outcome submit = Run({"submit", "small.yaml", "--evaluations", "200000"});
  ASSERT_EQ(submit.code, 0) << submit.err;
  const std::string name = submit.out.substr(0, submit.out.find('\n'));
  server_->Signal(SIGTERM);
  const Outcome ended = server_->Wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  server_.reset();
  EXPECT_EQ(Run({"list"}).code, 4);
  Start();
  const Outcome get = Run({"get", name});
  EXPECT_EQ(get.code, 0) << get.err;
  EXPECT_THAT(get.out, HasSubstr(name));
}

TEST_F(Serve, WhoWatchesGoesOnWhenTheServerIsBack) {
  const Outcome submit = Run({"submit", "small.yaml", "--evaluations", "2000000000"});
  ASSERT_EQ(submit.code, 0) << submit.err;
  const std::string name = submit.out.substr(0, submit.out.find('\n'));
  Process watch(folder_.path(), {"watch", name, "--server", address_});
  ASSERT_TRUE(watch.WaitForError("evaluations"));
  server_->Signal(SIGKILL);
  server_->Wait();
  ASSERT_TRUE(watch.WaitForError("the server does not answer; trying again for 10 min"));
  Start(address_);
  ASSERT_TRUE(watch.WaitForError("the server is back"));
  EXPECT_EQ(Run({"cancel", name}).code, 0);
  const Outcome watched = watch.Wait();
  EXPECT_EQ(watched.code, 0) << watched.err;
  EXPECT_THAT(watched.out, HasSubstr("cancelled"));
}

TEST_F(Serve, WhoOptimizesThereGetsTheWholeResult) {
  Process optimize(folder_.path(), {"optimize", "small.yaml", "--evaluations", "100000", "--server",
                                    address_, "--json"});
  ASSERT_TRUE(optimize.WaitForError("evaluations"));
  server_->Signal(SIGKILL);
  server_->Wait();
  ASSERT_TRUE(optimize.WaitForError("the server does not answer"));
  Start(address_);
  const Outcome remote = optimize.Wait();
  EXPECT_EQ(remote.code, 0) << remote.err;
  const Outcome local =
      folder_.Run({"optimize", "small.yaml", "--evaluations", "100000", "-o", "local", "--json"});
  EXPECT_EQ(remote.out, local.out);
}

TEST_F(Serve, ACancelThatNobodyHeardIsTold) {
  Process optimize(folder_.path(),
                   {"optimize", "small.yaml", "--evaluations", "2000000000", "--server", address_});
  ASSERT_TRUE(optimize.WaitForError("evaluations"));
  server_->Signal(SIGKILL);
  server_->Wait();
  ASSERT_TRUE(optimize.WaitForError("the server does not answer"));
  optimize.Signal(SIGINT);
  const Outcome outcome = optimize.Wait();
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("not cancelled: the server does not answer; "
                                     "raffinate cancel optimizations/"));
  EXPECT_THAT(outcome.err, HasSubstr("--server " + address_));
}

TEST_F(Serve, PatienceHasAnEnd) {
  const Outcome submit = Run({"submit", "small.yaml", "--evaluations", "2000000000"});
  ASSERT_EQ(submit.code, 0) << submit.err;
  const std::string name = submit.out.substr(0, submit.out.find('\n'));
  Process patient(folder_.path(), {"watch", name, "--server", address_, "--give-up", "1"});
  Process hasty(folder_.path(), {"watch", name, "--server", address_, "--give-up", "0"});
  ASSERT_TRUE(patient.WaitForError("evaluations"));
  ASSERT_TRUE(hasty.WaitForError("evaluations"));
  server_->Signal(SIGKILL);
  const Outcome one = patient.Wait();
  EXPECT_EQ(one.code, 4);
  EXPECT_THAT(one.err, HasSubstr("trying again for 1 s"));
  const Outcome none = hasty.Wait();
  EXPECT_EQ(none.code, 4);
  EXPECT_THAT(none.err, testing::Not(HasSubstr("trying again")));
}

TEST_F(Serve, RefusesAnAddressInUse) {
  const Outcome second = folder_.Run({"serve", "--listen", address_, "--db", ":memory:"});
  EXPECT_EQ(second.code, 4) << second.out;
  EXPECT_THAT(second.err, HasSubstr(address_));
}

TEST(Unreachable, ServersAreNamed) {
  const Folder folder;
  folder.Write("small.yaml", SmallProblem(100));
  // Port 1 is nobody's on a test machine.
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"optimize", "small.yaml"}, {"submit", "small.yaml"}, {"list"}, {"get", "x"}}) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--server", "127.0.0.1:1"});
    const Outcome outcome = folder.Run(all);
    EXPECT_EQ(outcome.code, 4) << arguments[0];
    EXPECT_THAT(outcome.err, HasSubstr("no server answers at 127.0.0.1:1"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "results"));
}

}  // namespace
}  // namespace raffinate::cli
