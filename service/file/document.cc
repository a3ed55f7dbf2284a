#include "service/file/document.h"

#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace raffinate::service {
namespace {

// Ends the parse from inside a callback.
struct Refused {
  DocumentError error;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const DocumentLimits& limits) : limits_(limits) {}

  NodePtr root() const { return root_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Place(Make(Node::Kind::kNull, mark), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckTag(mark, tag);
    auto node = Make(Node::Kind::kScalar, mark);
    node->text = value;
    Place(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (anchor >= anchors_.size() || anchors_[anchor] == nullptr) {
      Refuse(mark, "an alias of a value that contains it; write the value out");
    }
    Attach(anchors_[anchor], mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    CheckTag(mark, tag);
    Open(Make(Node::Kind::kSequence, mark), anchor);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    CheckTag(mark, tag);
    Open(Make(Node::Kind::kMap, mark), anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor;
    NodePtr key;  // of a map, waiting for its value
  };

  [[noreturn]] void Refuse(const YAML::Mark& mark, std::string message) const {
    throw Refused{{mark.line + 1, mark.column + 1, std::move(message)}};
  }

  void CheckTag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!") {
      Refuse(mark, absl::StrCat("found the YAML tag ", tag, "; tags have no meaning here"));
    }
  }

  static std::shared_ptr<Node> Make(Node::Kind kind, const YAML::Mark& mark) {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->line = mark.line + 1;
    node->column = mark.column + 1;
    return node;
  }

  void Open(std::shared_ptr<Node> node, YAML::anchor_t anchor) {
    if (static_cast<int>(stack_.size()) >= limits_.max_depth) {
      throw Refused{{node->line, node->column,
                     absl::StrCat("nested more than ", limits_.max_depth, " levels deep")}};
    }
    stack_.push_back({std::move(node), anchor, nullptr});
  }

  void Close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    Place(std::move(frame.node), frame.anchor);
  }

  void Place(std::shared_ptr<Node> node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      if (anchors_.size() <= anchor) anchors_.resize(anchor + 1);
      anchors_[anchor] = node;
    }
    const YAML::Mark mark = MarkOf(*node);
    Attach(std::move(node), mark);
  }

  static YAML::Mark MarkOf(const Node& node) {
    YAML::Mark mark;
    mark.line = node.line - 1;
    mark.column = node.column - 1;
    return mark;
  }

  void Attach(NodePtr node, const YAML::Mark& mark) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& top = stack_.back();
    top.node->size += node->size;
    if (top.node->size > limits_.max_nodes) {
      Refuse(mark, absl::StrCat("more than ", limits_.max_nodes,
                                " values (those behind aliases counted each time)"));
    }
    if (top.node->kind == Node::Kind::kSequence) {
      top.node->items.push_back(std::move(node));
    } else if (top.key == nullptr) {
      top.key = std::move(node);
    } else {
      top.node->entries.emplace_back(std::move(top.key), std::move(node));
      top.key = nullptr;
    }
  }

  const DocumentLimits limits_;
  NodePtr root_;
  std::vector<Frame> stack_;
  std::vector<NodePtr> anchors_;
};

// JSON as YAML: tabs between values become blanks, and pairs of escaped
// surrogates become one escape. Lines keep their numbers.
std::string JsonAsYaml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!quoted) {
      if (c == '"') quoted = true;
      out += c == '\t' ? ' ' : c;
      continue;
    }
    if (c == '"') quoted = false;
    if (c != '\\' || i + 1 >= text.size()) {
      out += c;
      continue;
    }
    unsigned high = 0, low = 0;
    const auto hex = [&text](std::size_t at, unsigned* value) {
      if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return false;
      *value = 0;
      for (std::size_t k = at + 2; k < at + 6; ++k) {
        const char d = text[k];
        const int digit = d >= '0' && d <= '9'   ? d - '0'
                          : d >= 'a' && d <= 'f' ? d - 'a' + 10
                          : d >= 'A' && d <= 'F' ? d - 'A' + 10
                                                 : -1;
        if (digit < 0) return false;
        *value = *value * 16 + static_cast<unsigned>(digit);
      }
      return true;
    };
    if (hex(i, &high) && high >= 0xD800 && high < 0xDC00 && hex(i + 6, &low) && low >= 0xDC00 &&
        low < 0xE000) {
      out += absl::StrFormat("\\U%08x", 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
      i += 11;
      continue;
    }
    out += c;
    out += text[++i];
  }
  return out;
}

// A tab that indents is the commonest reason for YAML that will not parse, and
// the parser's own words for it do not name it.
bool FindTabIndent(std::string_view text, DocumentError* error) {
  int line = 1;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view whole = text.substr(at, end - at);
    const std::size_t first = whole.find_first_not_of(" \t\r");
    const std::size_t tab = whole.find('\t');
    if (first != std::string_view::npos && tab < first && whole[first] != '#') {
      *error = {line, static_cast<int>(tab) + 1,
                "the line is indented with a tab; YAML is indented with spaces"};
      return true;
    }
    at = end + 1;
    ++line;
  }
  return false;
}

std::string Explain(const std::string& message) {
  std::string text = absl::StrCat("not valid YAML: ", message);
  if (absl::StrContains(message, "block scalar") || absl::StrContains(message, "indentation")) {
    absl::StrAppend(&text, "; a text that begins with > needs quotes, as in \">= 99 %\"");
  } else if (absl::StrContains(message, "end of")) {
    absl::StrAppend(&text, "; is the file complete?");
  }
  return text;
}

}  // namespace

std::string Describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      if (node.text.size() > 60) return absl::StrCat("\"", node.text.substr(0, 57), "...\"");
      return absl::StrCat("\"", node.text, "\"");
    case Node::Kind::kSequence:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "";
}

bool CheckText(std::string_view text, DocumentError* error) {
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&text](std::size_t at) {
      return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
    };
    const auto tail = [&byte](std::size_t at) { return (byte(at) & 0xC0u) == 0x80u; };
    const unsigned lead = byte(i);
    std::size_t length = 0;
    if (lead < 0x80) {
      length = lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
    } else if (lead >= 0xC2 && lead < 0xE0) {
      length = tail(i + 1) ? 2 : 0;
    } else if (lead >= 0xE0 && lead < 0xF0) {
      const bool overlong = lead == 0xE0 && byte(i + 1) < 0xA0;
      const bool surrogate = lead == 0xED && byte(i + 1) >= 0xA0;
      length = tail(i + 1) && tail(i + 2) && !overlong && !surrogate ? 3 : 0;
    } else if (lead >= 0xF0 && lead < 0xF5) {
      const bool overlong = lead == 0xF0 && byte(i + 1) < 0x90;
      const bool beyond = lead == 0xF4 && byte(i + 1) >= 0x90;
      length = tail(i + 1) && tail(i + 2) && tail(i + 3) && !overlong && !beyond ? 4 : 0;
    }
    if (length == 0) {
      *error = {line, static_cast<int>(i - line_start) + 1,
                absl::StrFormat("found the byte 0x%02X; a file is text in UTF-8", lead)};
      return false;
    }
    if (lead == '\n') {
      ++line;
      line_start = i + 1;
    }
    i += length;
  }
  return true;
}

NodePtr ParseDocument(std::string_view text, bool json, const DocumentLimits& limits,
                      DocumentError* error) {
  if (!json && FindTabIndent(text, error)) return nullptr;
  std::istringstream stream(json ? JsonAsYaml(text) : std::string(text));
  try {
    YAML::Parser parser(stream);
    TreeBuilder builder(limits);
    if (!parser.HandleNextDocument(builder) || builder.root() == nullptr ||
        builder.root()->kind == Node::Kind::kNull) {
      *error = {0, 0, "the file is empty"};
      return nullptr;
    }
    TreeBuilder second(limits);
    if (parser.HandleNextDocument(second)) {
      *error = {second.root() == nullptr ? 0 : second.root()->line, 1,
                "a second document begins here; a file holds one"};
      return nullptr;
    }
    return builder.root();
  } catch (const Refused& refused) {
    *error = refused.error;
  } catch (const YAML::Exception& exception) {
    *error = {exception.mark.line + 1, exception.mark.column + 1, Explain(exception.msg)};
  }
  return nullptr;
}

}  // namespace raffinate::service
