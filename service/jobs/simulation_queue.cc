#include "service/jobs/simulation_queue.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/convert/flowsheet.h"
#include "service/convert/simulation.h"
#include "service/error.h"

namespace raffinate::service {

SimulationQueue::SimulationQueue(const Engine* engine, const Options& options)
    : engine_(engine), options_(options) {
  for (int i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

SimulationQueue::~SimulationQueue() { Close(); }

absl::Status SimulationQueue::Submit(Task task, Admission admission) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return ShuttingDown();
    if (admission == Admission::kBounded &&
        static_cast<int>(waiting_.size()) >= options_.max_waiting) {
      return MakeError(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
                       absl::StrCat(waiting_.size(), " simulations are waiting"));
    }
    waiting_.push_back(std::move(task));
  }
  work_.notify_one();
  return absl::OkStatus();
}

void SimulationQueue::Close() {
  std::deque<Task> left;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(waiting_);
  }
  work_.notify_all();
  for (auto& task : left) task.done(ShuttingDown());
  std::lock_guard join(join_mutex_);
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void SimulationQueue::Work() {
  while (true) {
    std::vector<Task> batch;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const auto size = std::min<std::size_t>(waiting_.size(), options_.max_batch);
      batch.assign(std::make_move_iterator(waiting_.begin()),
                   std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(size)));
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(size));
    }
    Solve(std::move(batch));
  }
}

namespace {

optimizer::ScenarioTest TestOf(const v1::ScenarioTest& in, optimizer::Violations* violations) {
  if (in.count() < 1 || in.count() > optimizer::kMostTested) {
    violations->push_back({"scenarios.count", absl::StrCat("found ", in.count(),
                                                           "; it must be at least 1 and at most ",
                                                           optimizer::kMostTested)});
  }
  return {in.count(), in.seed() == 0 ? 1 : in.seed()};
}

}  // namespace

void SimulationQueue::Solve(std::vector<Task> batch) const {
  std::vector<Task> solved;
  std::vector<optimizer::SimulationResult> results;
  absl::Status failure;
  std::size_t seen = 0;
  try {
    std::vector<optimizer::SimulationRequest> requests;
    for (; seen < batch.size(); ++seen) {
      Task& task = batch[seen];
      if (*task.cancelled) {
        task.done(absl::CancelledError("the client no longer waits"));
        continue;
      }
      optimizer::Flowsheet flowsheet;
      optimizer::Violations violations = FromProto(task.flowsheet, &flowsheet);
      const auto purpose =
          task.scenarios ? optimizer::Purpose::kTest : optimizer::Purpose::kSimulate;
      violations = Merge(std::move(violations), engine_->Validate(flowsheet, purpose));
      std::optional<optimizer::ScenarioTest> test;
      if (task.scenarios) test = TestOf(*task.scenarios, &violations);
      if (!violations.empty()) {
        task.done(std::move(violations));
        continue;
      }
      requests.push_back({std::move(flowsheet), task.sensitivities, test, task.cancelled});
      solved.push_back(std::move(task));
    }
    if (!requests.empty()) results = engine_->Simulate(requests);
    if (results.size() != solved.size()) failure = absl::InternalError("a simulation was lost");
  } catch (const std::exception& error) {
    failure = absl::InternalError(absl::StrCat("simulation failed: ", error.what()));
    for (; seen < batch.size(); ++seen) solved.push_back(std::move(batch[seen]));
  }
  for (std::size_t i = 0; i < solved.size(); ++i) {
    if (failure.ok()) {
      solved[i].done(ToProto(results[i]));
    } else {
      solved[i].done(failure);
    }
  }
}

}  // namespace raffinate::service
