// A YAML (or JSON) text as a tree of values that know their place.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace raffinate::service {

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Node {
  enum class Kind { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  int line = 0;                                      ///< from 1
  int column = 0;                                    ///< from 1
  std::string text;                                  ///< of a scalar
  std::vector<NodePtr> items;                        ///< of a sequence
  std::vector<std::pair<NodePtr, NodePtr>> entries;  ///< of a map, duplicates kept
  std::size_t size = 1;                              ///< values in this tree, aliases expanded
};

/// What the file is at this node, for messages: `"10 m3/h"`, `a list`, `a map`.
std::string Describe(const Node& node);

struct DocumentLimits {
  int max_depth = 64;
  std::size_t max_nodes = 200'000;
};

/// Why a text is not one document.
struct DocumentError {
  int line = 0;
  int column = 0;
  std::string message;
};

/// Parses `text`. Null with `error` set when it is not exactly one document
/// within the limits. `json` allows what JSON has and YAML has not (tabs
/// between values, escaped surrogate pairs).
NodePtr ParseDocument(std::string_view text, bool json, const DocumentLimits& limits,
                      DocumentError* error);

/// Whether the text is printable UTF-8; false with the place of the first byte
/// that is not.
bool CheckText(std::string_view text, DocumentError* error);

}  // namespace raffinate::service
