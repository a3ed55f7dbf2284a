#include "service/http/gateway.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "service/error.h"
#include "service/http/generic_call.h"
#include "service/http/json.h"
#include "service/rpc/errors.h"

namespace raffinate::service {
namespace {

using google::protobuf::Message;

// With its charset: httplib would compress the plain type, at more cost than gain
// on the way from this machine to itself.
constexpr char kJson[] = "application/json; charset=utf-8";
constexpr char kLines[] = "application/x-ndjson; charset=utf-8";
// How long a stream waits before it looks whether its client is still there.
constexpr absl::Duration kLook = absl::Seconds(1);
constexpr absl::Duration kPoll = absl::Milliseconds(10);

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<Message>(factory->GetPrototype(type)->New());
}

optimizer::Violations ReadMessage(const Route& route, const RouteMatch& match,
                                  const httplib::Request& request, Message* message) {
  if (route.has_body) {
    auto violations = AddJson(request.body, message);
    for (auto& violation : violations) {
      if (!violation.field.empty()) continue;
      violation.field = "body";
      violation.description = absl::StrCat(
          "is no JSON of ", route.method->input_type()->full_name(), ": ", violation.description);
    }
    if (!violations.empty()) return violations;
  }
  std::multimap<std::string, std::string> fields;
  // The body says everything that the path does not.
  if (!route.has_body) fields = {request.params.begin(), request.params.end()};
  auto violations = AddFields(fields, message);
  if (!violations.empty()) return violations;
  return AddFields({match.variables.begin(), match.variables.end()}, message);
}

// One stream on its way, and its place among those allowed.
struct OpenStream {
  OpenStream(const std::shared_ptr<grpc::Channel>& channel, const Route& route,
             const Message& request, std::atomic<int>* count)
      : call(channel, MethodPath(*route.method), request),
        message(NewMessage(route.method->output_type())),
        count(count) {}
  ~OpenStream() { --*count; }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;

  StreamCall call;
  std::unique_ptr<Message> message;
  std::atomic<int>* const count;
  absl::Time last_write = absl::Now();
};

}  // namespace

void SetError(const grpc::Status& status, httplib::Response* response) {
  response->status = HttpStatus(status.error_code());
  response->set_content(StatusToJson(status) + "\n", kJson);
}

Gateway::Gateway(const HttpOptions& options, Routes routes, std::shared_ptr<grpc::Channel> channel)
    : options_(options), routes_(std::move(routes)), channel_(std::move(channel)) {}

void Gateway::Drain(absl::Duration patience) {
  draining_ = true;
  const absl::Time end = absl::Now() + patience;
  while (streams_ > 0 && absl::Now() < end) absl::SleepFor(kPoll);
}

void Gateway::Handle(const httplib::Request& request, httplib::Response* response) {
  if (draining_) return SetError(ToGrpc(ShuttingDown()), response);
  const RouteMatch match = routes_.Find(request.method, request.path);
  if (match.route == nullptr) {
    const std::string where = absl::StrCat(request.method, " ", request.path.substr(0, 200));
    if (match.allowed.empty()) {
      return SetError({grpc::StatusCode::NOT_FOUND,
                       absl::StrCat(where, ": there is nothing here; /openapi.json lists what is")},
                      response);
    }
    const std::string allowed = absl::StrJoin(match.allowed, ", ");
    SetError(
        {grpc::StatusCode::UNIMPLEMENTED, absl::StrCat(where, ": this address takes ", allowed)},
        response);
    response->status = 405;
    response->set_header("Allow", allowed);
    return;
  }
  const Route& route = *match.route;
  const auto message = NewMessage(route.method->input_type());
  const auto violations = ReadMessage(route, match, request, message.get());
  if (!violations.empty()) return SetError(InvalidArgument(violations), response);
  if (route.method->server_streaming()) return Stream(route, *message, response);

  const auto answer = NewMessage(route.method->output_type());
  const grpc::Status status =
      CallUnary(channel_, MethodPath(*route.method), *message, options_.call_timeout, answer.get());
  if (!status.ok()) return SetError(status, response);
  response->set_content(MessageToJson(*answer) + "\n", kJson);
}

void Gateway::Stream(const Route& route, const Message& message, httplib::Response* response) {
  if (++streams_ > options_.max_streams) {
    --streams_;
    response->set_header("Retry-After", "5");
    return SetError({grpc::StatusCode::RESOURCE_EXHAUSTED,
                     absl::StrCat("there are ", options_.max_streams,
                                  " streams under way, the most there can be; try again later")},
                    response);
  }
  auto stream = std::make_shared<OpenStream>(channel_, route, message, &streams_);
  // The status of the answer is that of the call when it ends without a message.
  StreamCall::Event first = stream->call.Next(kLook, stream->message.get());
  if (first == StreamCall::Event::kEnd && !stream->call.status().ok()) {
    return SetError(stream->call.status(), response);
  }
  response->set_chunked_content_provider(kLines, [stream, first, heartbeat = options_.heartbeat](
                                                     std::size_t offset, httplib::DataSink& sink) {
    if (!sink.is_writable()) return false;
    const auto event = offset == 0 && first != StreamCall::Event::kNothingYet
                           ? first
                           : stream->call.Next(kLook, stream->message.get());
    std::string line;
    switch (event) {
      case StreamCall::Event::kMessage:
        line = absl::StrCat("{\"result\":", MessageToJson(*stream->message), "}\n");
        break;
      case StreamCall::Event::kNothingYet:
        if (absl::Now() - stream->last_write < heartbeat) return true;
        line = "\n";
        break;
      case StreamCall::Event::kEnd:
        if (!stream->call.status().ok()) {
          line = absl::StrCat("{\"error\":", StatusToJson(stream->call.status()), "}\n");
          sink.write(line.data(), line.size());
        }
        sink.done();
        return true;
    }
    stream->last_write = absl::Now();
    return sink.write(line.data(), line.size());
  });
}

}  // namespace raffinate::service
