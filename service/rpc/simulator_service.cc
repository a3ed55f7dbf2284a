#include "service/rpc/simulator_service.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>

#include "service/rpc/dynamics_call.h"
#include "service/rpc/errors.h"

namespace raffinate::service {
namespace {

// Requests of one stream that may wait for their answers; more are left in
// the transport, so that flow control reaches the client.
constexpr std::size_t kWindow = 128;

class SimulateCall final : public grpc::ServerUnaryReactor {
 public:
  SimulateCall(SimulationQueue* queue, const v1::SimulateRequest& request,
               v1::SimulateResponse* response)
      : response_(response) {
    if (!request.has_flowsheet()) {
      Finish(InvalidFlowsheet({{"", "is missing; it is needed"}}));
      return;
    }
    SimulationQueue::Task task;
    task.flowsheet = request.flowsheet();
    task.sensitivities = request.sensitivities();
    if (request.has_scenarios()) task.scenarios = request.scenarios();
    task.cancelled = cancelled_;
    task.done = [this](SimulationOutcome outcome) { Answer(std::move(outcome)); };
    const absl::Status status =
        queue->Submit(std::move(task), SimulationQueue::Admission::kBounded);
    if (!status.ok()) Finish(ToGrpc(status));
  }

  void OnCancel() override { *cancelled_ = true; }
  void OnDone() override { delete this; }

 private:
  void Answer(SimulationOutcome outcome) {
    if (auto* simulation = std::get_if<v1::Simulation>(&outcome)) {
      *response_->mutable_simulation() = std::move(*simulation);
      Finish(grpc::Status::OK);
    } else if (auto* violations = std::get_if<optimizer::Violations>(&outcome)) {
      Finish(InvalidFlowsheet(std::move(*violations)));
    } else {
      Finish(ToGrpc(std::get<absl::Status>(outcome)));
    }
  }

  v1::SimulateResponse* response_;
  std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
};

class SimulateBatchCall final
    : public grpc::ServerBidiReactor<v1::SimulateBatchRequest, v1::SimulateBatchResponse> {
 public:
  explicit SimulateBatchCall(SimulationQueue* queue) : queue_(queue) {
    Pump(std::unique_lock(mutex_));
  }

  void OnReadDone(bool ok) override {
    std::unique_lock lock(mutex_);
    reading_ = false;
    if (!ok) {
      half_closed_ = true;
    } else if (failure_.ok()) {
      Slot* slot = &slots_.emplace_back();
      slot->response.set_request_id(request_.request_id());
      // Taken now: without the lock another thread may start the next read.
      SimulationQueue::Task task;
      task.flowsheet = std::move(*request_.mutable_flowsheet());
      task.sensitivities = request_.sensitivities();
      if (request_.has_scenarios()) task.scenarios = request_.scenarios();
      lock.unlock();
      Submit(slot, std::move(task));
      lock.lock();
    }
    Pump(std::move(lock));
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    writing_ = false;
    slots_.pop_front();
    if (!ok) Fail(absl::CancelledError("the client is gone"));
    Pump(std::move(lock));
  }

  void OnCancel() override {
    std::unique_lock lock(mutex_);
    Fail(absl::CancelledError("cancelled by the client"));
    Pump(std::move(lock));
  }

  void OnDone() override { delete this; }

 private:
  // Answers leave in the order of the requests; addresses in a deque are
  // stable while only its ends change.
  struct Slot {
    bool ready = false;
    v1::SimulateBatchResponse response;
  };

  void Submit(Slot* slot, SimulationQueue::Task task) {
    task.cancelled = cancelled_;
    task.done = [this, slot](SimulationOutcome outcome) { Answer(slot, std::move(outcome)); };
    const absl::Status status =
        queue_->Submit(std::move(task), SimulationQueue::Admission::kAlways);
    if (!status.ok()) Answer(slot, status);
  }

  void Answer(Slot* slot, SimulationOutcome outcome) {
    std::unique_lock lock(mutex_);
    if (auto* simulation = std::get_if<v1::Simulation>(&outcome)) {
      *slot->response.mutable_simulation() = std::move(*simulation);
    } else if (auto* violations = std::get_if<optimizer::Violations>(&outcome)) {
      auto* invalid = slot->response.mutable_invalid();
      for (auto& violation : *violations) {
        auto* out = invalid->add_violations();
        out->set_field(std::move(violation.field));
        out->set_description(std::move(violation.description));
      }
    } else {
      Fail(std::get<absl::Status>(outcome));
    }
    slot->ready = true;
    Pump(std::move(lock));
  }

  // Ends the stream once nothing is under way. The first reason stays.
  void Fail(absl::Status status) {
    if (failure_.ok()) failure_ = std::move(status);
    *cancelled_ = true;
  }

  // Starts what can be started. Reads and writes are started under the lock, so
  // that none follows the end; the end is outside of it, as it may be the end
  // of this object.
  void Pump(std::unique_lock<std::mutex> lock) {
    if (finished_) return;
    if (failure_.ok()) {
      if (!writing_ && !slots_.empty() && slots_.front().ready) {
        writing_ = true;
        StartWrite(&slots_.front().response);
      }
      if (!reading_ && !half_closed_ && slots_.size() < kWindow) {
        reading_ = true;
        StartRead(&request_);
      }
      finished_ = half_closed_ && slots_.empty();
    } else {
      finished_ = !writing_ && std::all_of(slots_.begin(), slots_.end(),
                                           [](const Slot& slot) { return slot.ready; });
    }
    if (!finished_) return;
    const absl::Status status = failure_;
    lock.unlock();
    Finish(ToGrpc(status));
  }

  SimulationQueue* queue_;
  std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
  v1::SimulateBatchRequest request_;

  std::mutex mutex_;
  std::deque<Slot> slots_;
  bool reading_ = false, writing_ = false, half_closed_ = false, finished_ = false;
  absl::Status failure_;
};

}  // namespace

grpc::ServerUnaryReactor* SimulatorService::Simulate(grpc::CallbackServerContext*,
                                                     const v1::SimulateRequest* request,
                                                     v1::SimulateResponse* response) {
  return new SimulateCall(queue_, *request, response);
}

grpc::ServerBidiReactor<v1::SimulateBatchRequest, v1::SimulateBatchResponse>*
SimulatorService::SimulateBatch(grpc::CallbackServerContext*) {
  return new SimulateBatchCall(queue_);
}

grpc::ServerWriteReactor<v1::SimulateDynamicResponse>* SimulatorService::SimulateDynamic(
    grpc::CallbackServerContext*, const v1::SimulateDynamicRequest* request) {
  return StartDynamicCall(dynamics_, *request);
}

}  // namespace raffinate::service
