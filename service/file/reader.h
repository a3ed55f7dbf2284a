// Reads a file written by a person into a Protobuf message.
//
// Works on any message by reflection; how a field is written is said by the
// options of proto/raffinate/v1/annotations.proto. YAML, JSON and text-format
// Protobuf give the same message.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

#include "service/file/source_map.h"

namespace raffinate::service {

/// One problem of a file: where, what was found and what would be right.
struct FileProblem {
  std::string file;
  int line = 0;    ///< from 1; 0 when it concerns the whole file
  int column = 0;  ///< from 1; 0 when it concerns the whole line
  /// The field as the user wrote it: `streams.scrub.flow.min`; may be empty.
  std::string path;
  std::string message;
  std::size_t count = 1;  ///< problems that it stands for; more at the end of a list that was cut
};

/// "file:line:column: path: message", leaving out what is not known.
std::string FormatProblem(const FileProblem& problem);

enum class FileFormat {
  kAuto,  ///< by the ending of the name: .json; .textproto, .txtpb, .pbtxt; YAML otherwise
  kYaml,
  kJson,
  kText,
};

/// What turns a mass concentration of an element into a molarity.
struct ElementMass {
  double mass = 0;        ///< [g/mol]
  double oxide_mass = 0;  ///< of oxide per mole of the element [g/mol]; 0 without an oxide
};

struct ReadOptions {
  /// By symbol. Concentrations by mass of other elements are refused.
  std::map<std::string, ElementMass, std::less<>> elements = {};
  std::size_t max_bytes = 4u << 20;  ///< larger files are refused unread
  int max_depth = 64;                ///< nesting
  std::size_t max_nodes = 200'000;   ///< values, those behind YAML aliases counted each time
  int max_problems = 100;            ///< reported; more are counted only
};

struct ReadResult {
  /// In the order of the file; empty when the file is good.
  std::vector<FileProblem> problems;
  SourceMap source;

  bool ok() const { return problems.empty(); }
};

/// Reads the file at `path`. `message` is cleared first; with problems it holds
/// the fields that could be read.
ReadResult ReadFile(const std::string& path, const ReadOptions& options,
                    google::protobuf::Message* message, FileFormat format = FileFormat::kAuto);

/// Reads `text`; `name` stands for the file in problems.
ReadResult ReadText(std::string_view text, const std::string& name, FileFormat format,
                    const ReadOptions& options, google::protobuf::Message* message);

}  // namespace raffinate::service
