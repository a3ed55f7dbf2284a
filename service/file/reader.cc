#include "service/file/reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "service/file/decoder.h"
#include "service/file/document.h"
#include "service/file/text_format.h"

namespace raffinate::service {
namespace {

FileFormat FormatByName(const std::string& name) {
  const std::string lower = absl::AsciiStrToLower(name);
  if (absl::EndsWith(lower, ".json")) return FileFormat::kJson;
  for (const char* ending : {".textproto", ".txtpb", ".pbtxt", ".textpb"}) {
    if (absl::EndsWith(lower, ending)) return FileFormat::kText;
  }
  return FileFormat::kYaml;
}

std::string TooLarge(std::size_t found, std::size_t limit) {
  return absl::StrFormat("found a file of %.1f MiB; a flowsheet file has at most %.1f MiB",
                         static_cast<double>(found) / (1 << 20),
                         static_cast<double>(limit) / (1 << 20));
}

ReadResult Refuse(const std::string& file, int line, int column, std::string message) {
  ReadResult result;
  result.problems.push_back({file, line, column, "", std::move(message)});
  return result;
}

// In the order of the file; a long list is cut, and says so.
void Tidy(const ReadOptions& options, const std::string& file, ReadResult* result) {
  std::vector<FileProblem>& problems = result->problems;
  std::stable_sort(problems.begin(), problems.end(), [](const auto& a, const auto& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  const auto most = static_cast<std::size_t>(options.max_problems);
  if (problems.size() > most) {
    const std::size_t more = problems.size() - most;
    problems.resize(most);
    problems.push_back({file, 0, 0, "", absl::StrCat("and ", more, " more problems"), more});
  }
}

}  // namespace

std::string FormatProblem(const FileProblem& problem) {
  std::string text = problem.file;
  if (problem.line > 0) absl::StrAppend(&text, ":", problem.line);
  if (problem.line > 0 && problem.column > 0) absl::StrAppend(&text, ":", problem.column);
  if (!problem.path.empty()) absl::StrAppend(&text, ": ", problem.path);
  absl::StrAppend(&text, ": ", problem.message);
  return text;
}

ReadResult ReadFile(const std::string& path, const ReadOptions& options,
                    google::protobuf::Message* message, FileFormat format) {
  message->Clear();
  std::error_code code;
  const std::filesystem::file_status status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) return Refuse(path, 0, 0, "no such file");
  if (std::filesystem::is_directory(status)) {
    return Refuse(path, 0, 0, "found a directory; a flowsheet file is needed");
  }
  if (std::filesystem::is_regular_file(status)) {
    const std::uintmax_t size = std::filesystem::file_size(path, code);
    if (!code && size > options.max_bytes) {
      return Refuse(path, 0, 0, TooLarge(size, options.max_bytes));
    }
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Refuse(path, 0, 0, absl::StrCat("cannot be opened: ", std::strerror(errno)));
  }
  // One byte beyond the limit tells a pipe that is too long.
  std::string text(options.max_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return Refuse(path, 0, 0, "cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  return ReadText(text, path, format, options, message);
}

ReadResult ReadText(std::string_view text, const std::string& name, FileFormat format,
                    const ReadOptions& options, google::protobuf::Message* message) {
  message->Clear();
  if (text.size() > options.max_bytes) {
    return Refuse(name, 0, 0, TooLarge(text.size(), options.max_bytes));
  }
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  DocumentError error;
  if (!CheckText(text, &error)) return Refuse(name, error.line, error.column, error.message);
  if (format == FileFormat::kAuto) format = FormatByName(name);

  ReadResult result;
  result.source = SourceMap(message->GetDescriptor());
  if (format == FileFormat::kText) {
    ReadTextFormat(text, name, options, message, &result);
  } else {
    const bool json = format == FileFormat::kJson;
    const NodePtr root = ParseDocument(
        text, json, {.max_depth = options.max_depth, .max_nodes = options.max_nodes}, &error);
    if (root == nullptr) return Refuse(name, error.line, error.column, error.message);
    Decoder(options, name, json, &result).Decode(*root, message);
  }
  Tidy(options, name, &result);
  return result;
}

}  // namespace raffinate::service
