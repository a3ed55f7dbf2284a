// The files of data/, compiled into the program.
#pragma once

#include <span>
#include <string_view>

namespace raffinate::data {

struct EmbeddedFile {
  std::string_view name;  ///< path under data/, as in "feeds/pr-nd.yaml"
  std::string_view text;
};

/// Every *.yaml under data/, ordered by name.
std::span<const EmbeddedFile> EmbeddedFiles();

}  // namespace raffinate::data
