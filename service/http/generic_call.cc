#include "service/http/generic_call.h"

#include <future>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace raffinate::service {
namespace {

grpc::ByteBuffer ToBytes(const google::protobuf::Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

bool FromBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
  std::vector<grpc::Slice> slices;
  if (!bytes.Valid() || !bytes.Dump(&slices).ok()) return false;
  std::string text;
  text.reserve(bytes.Length());
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return message->ParseFromString(text);
}

}  // namespace

std::string MethodPath(const google::protobuf::MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

grpc::Status CallUnary(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       const google::protobuf::Message& request, absl::Duration timeout,
                       google::protobuf::Message* response) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  const grpc::ByteBuffer out = ToBytes(request);
  grpc::ByteBuffer in;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &out, &in,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  grpc::Status status = done.get_future().get();
  if (status.ok() && !FromBytes(in, response)) {
    return {grpc::StatusCode::INTERNAL, "the answer cannot be read"};
  }
  return status;
}

StreamCall::StreamCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       const google::protobuf::Message& request)
    : stub_(channel), call_(stub_.PrepareCall(&context_, method, &queue_)) {
  call_->StartCall(this);
  if (!Wait()) return;  // the first read fails too, and the status says why
  call_->WriteLast(ToBytes(request), grpc::WriteOptions(), this);
  Wait();
}

StreamCall::~StreamCall() {
  if (!ended_) {
    context_.TryCancel();
    if (reading_) Wait();
    End();
  }
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

bool StreamCall::Wait() {
  void* tag = nullptr;
  bool ok = false;
  return queue_.Next(&tag, &ok) && ok;
}

StreamCall::Event StreamCall::End() {
  call_->Finish(&status_, this);
  Wait();
  ended_ = true;
  return Event::kEnd;
}

StreamCall::Event StreamCall::Next(absl::Duration timeout, google::protobuf::Message* message) {
  if (!reading_) {
    call_->Read(&incoming_, this);
    reading_ = true;
  }
  void* tag = nullptr;
  bool ok = false;
  switch (queue_.AsyncNext(&tag, &ok, absl::ToChronoTime(absl::Now() + timeout))) {
    case grpc::CompletionQueue::TIMEOUT:
      return Event::kNothingYet;
    case grpc::CompletionQueue::SHUTDOWN:
      return End();
    case grpc::CompletionQueue::GOT_EVENT:
      break;
  }
  reading_ = false;
  if (!ok) return End();
  if (!FromBytes(incoming_, message)) {
    context_.TryCancel();
    End();
    status_ = {grpc::StatusCode::INTERNAL, "a message of the answer cannot be read"};
    return Event::kEnd;
  }
  return Event::kMessage;
}

}  // namespace raffinate::service
