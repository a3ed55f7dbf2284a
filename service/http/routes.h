// Which method of the API a verb and a path mean, as
// proto/raffinate/v1/http.textproto says.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace raffinate::service {

struct Route {
  std::string verb;  ///< "GET", "POST", ...
  std::string path;  ///< as in the rule: "/v1/{name=optimizations/*}:cancel"
  bool has_body = false;
  const google::protobuf::MethodDescriptor* method = nullptr;

  std::regex pattern;                  ///< of a whole path
  std::vector<std::string> variables;  ///< fields that the groups of `pattern` fill
};

/// What was found for a request.
struct RouteMatch {
  const Route* route = nullptr;                  ///< null: see `allowed`
  std::map<std::string, std::string> variables;  ///< by field of the request
  /// Without a route: the verbs with which the path has one; empty when the path
  /// is unknown.
  std::vector<std::string> allowed;
};

class Routes {
 public:
  /// Reads a google.api.Http in text format. INVALID_ARGUMENT: the text, a rule
  /// whose method is not in `pool` or takes a stream, one without a path, or whose
  /// path names no string field of the request.
  static absl::StatusOr<Routes> Read(const std::string& rules,
                                     const google::protobuf::DescriptorPool& pool);

  /// Those of this program.
  static absl::StatusOr<Routes> BuiltIn();

  /// `path` without the query, decoded.
  RouteMatch Find(const std::string& verb, const std::string& path) const;

  const std::vector<Route>& all() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace raffinate::service
