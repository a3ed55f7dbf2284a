#include "service/rpc/track_call.h"

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "service/error.h"
#include "service/rpc/errors.h"
#include "service/rpc/setpoints_service.h"

namespace raffinate::service {
namespace {

// One thing at a time is under way: a read, a piece of work or a write. Its end starts the next,
// so that there is nothing to guard.
class TrackCall final : public grpc::ServerBidiReactor<v1::TrackRequest, v1::TrackResponse> {
 public:
  TrackCall(Plants* plants, WorkQueue* work) : plants_(plants), work_(work) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    WorkQueue::Task task;
    task.run = [this](const std::atomic<bool>&) { Answer(); };
    task.refuse = [this](absl::Status status) { Finish(ToGrpc(status)); };
    if (const absl::Status status = work_->Submit(std::move(task)); !status.ok()) {
      Finish(ToGrpc(status));
    }
  }

  void OnWriteDone(bool ok) override {
    answers_.pop_front();
    if (!ok) {
      Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the client is gone"));
      return;
    }
    Next();
  }

  void OnDone() override { delete this; }

 private:
  void Next() {
    if (answers_.empty()) {
      StartRead(&request_);
    } else {
      StartWrite(&answers_.front());
    }
  }

  void Answer() {
    if (plant_ == nullptr) {
      std::string id;
      const auto violations = ReadPlantName(request_.name(), &id);
      if (!violations.empty()) {
        Finish(InvalidArgument(violations));
        return;
      }
      auto plant = plants_->Find(id);
      if (!plant.ok()) {
        Finish(ToGrpc(plant.status()));
        return;
      }
      plant_ = *std::move(plant);
      for (v1::TrackResponse& answer : plant_->Resume(request_.last_sequence())) {
        answers_.push_back(std::move(answer));
      }
    }
    if (request_.has_state()) {
      if (request_.state_sequence() < 1) {
        Finish(InvalidArgument({{"state_sequence", "is missing; states are numbered from 1 on"}}));
        return;
      }
      Outcome<v1::TrackResponse> answer =
          plant_->Track(request_.state_sequence(), request_.state());
      if (!answer.ok()) {
        Finish(answer.violations.empty() ? ToGrpc(answer.status)
                                         : InvalidArgument(answer.violations));
        return;
      }
      answers_.push_back(std::move(answer.value));
    }
    Next();
  }

  Plants* const plants_;
  WorkQueue* const work_;
  v1::TrackRequest request_;
  std::shared_ptr<LivePlant> plant_;
  std::deque<v1::TrackResponse> answers_;
};

}  // namespace

grpc::ServerBidiReactor<v1::TrackRequest, v1::TrackResponse>* StartTrackCall(Plants* plants,
                                                                             WorkQueue* work) {
  return new TrackCall(plants, work);
}

}  // namespace raffinate::service
