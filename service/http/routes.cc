#include "service/http/routes.h"

#include <google/protobuf/text_format.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/api/http.pb.h"
#include "service/http/rules.h"

namespace raffinate::service {
namespace {

using google::api::HttpRule;

std::pair<std::string, std::string> VerbAndPath(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

std::string Quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(".^$|()[]{}*+?\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// "optimizations/*" as an expression; a segment ends at a slash, and a verb of
// one's own ("name:cancel") begins with a colon.
std::string Expression(std::string_view pattern) {
  std::string out;
  for (const char c : pattern) out += c == '*' ? "[^/:]+" : Quoted(std::string_view(&c, 1));
  return out;
}

absl::Status Compile(Route* route) {
  const auto refuse = [&](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat("path '", route->path, "': ", what));
  };
  std::string expression;
  std::string_view rest = route->path;
  while (!rest.empty()) {
    const std::size_t open = rest.find('{');
    expression += Quoted(rest.substr(0, open));
    if (open == std::string_view::npos) break;
    const std::size_t close = rest.find('}', open);
    if (close == std::string_view::npos) return refuse("'{' without '}'");
    const std::string_view variable = rest.substr(open + 1, close - open - 1);
    const std::size_t equal = variable.find('=');
    const std::string field(variable.substr(0, equal));
    const auto* known = route->method->input_type()->FindFieldByName(field);
    if (known == nullptr || known->is_repeated() ||
        known->type() != google::protobuf::FieldDescriptor::TYPE_STRING) {
      return refuse(absl::StrCat("'", field, "' is no string field of ",
                                 route->method->input_type()->full_name()));
    }
    route->variables.push_back(field);
    absl::StrAppend(&expression, "(",
                    Expression(equal == std::string_view::npos ? "*" : variable.substr(equal + 1)),
                    ")");
    rest.remove_prefix(close + 1);
  }
  route->pattern = std::regex(expression, std::regex::ECMAScript | std::regex::optimize);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Routes> Routes::Read(const std::string& rules,
                                    const google::protobuf::DescriptorPool& pool) {
  google::api::Http http;
  if (!google::protobuf::TextFormat::ParseFromString(rules, &http)) {
    return absl::InvalidArgumentError("HTTP rules: no google.api.Http in text format");
  }
  Routes out;
  for (const HttpRule& rule : http.rules()) {
    const auto refuse = [&](absl::string_view what) {
      return absl::InvalidArgumentError(
          absl::StrCat("HTTP rule of '", rule.selector(), "': ", what));
    };
    Route route;
    route.method = pool.FindMethodByName(rule.selector());
    if (route.method == nullptr) return refuse("there is no such method");
    if (route.method->client_streaming()) return refuse("the method takes a stream");
    std::tie(route.verb, route.path) = VerbAndPath(rule);
    if (route.path.empty()) return refuse("has no path");
    if (!rule.body().empty() && rule.body() != "*") return refuse("body is neither \"*\" nor none");
    route.has_body = !rule.body().empty();
    const absl::Status compiled = Compile(&route);
    if (!compiled.ok()) return refuse(compiled.message());
    out.routes_.push_back(std::move(route));
  }
  return out;
}

absl::StatusOr<Routes> Routes::BuiltIn() {
  return Read(kHttpRules, *google::protobuf::DescriptorPool::generated_pool());
}

RouteMatch Routes::Find(const std::string& verb, const std::string& path) const {
  RouteMatch out;
  for (const Route& route : routes_) {
    std::smatch groups;
    if (!std::regex_match(path, groups, route.pattern)) continue;
    if (route.verb != verb) {
      out.allowed.push_back(route.verb);
      continue;
    }
    out.allowed.clear();
    out.route = &route;
    for (std::size_t i = 0; i < route.variables.size(); ++i) {
      out.variables[route.variables[i]] = groups[i + 1].str();
    }
    break;
  }
  return out;
}

}  // namespace raffinate::service
