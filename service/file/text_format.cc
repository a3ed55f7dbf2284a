#include "service/file/text_format.h"

#include <cmath>

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "service/file/schema.h"

namespace raffinate::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::TextFormat;

class Collector : public google::protobuf::io::ErrorCollector {
 public:
  Collector(const std::string& file, ReadResult* result) : file_(file), result_(result) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    result_->problems.push_back({file_, line + 1, column + 1, "", message});
  }

 private:
  const std::string& file_;
  ReadResult* const result_;
};

// Notes the place of every field, and refuses what no number may be.
class Walker {
 public:
  Walker(const std::string& file, ReadResult* result) : file_(file), result_(result) {}

  void Walk(const Message& message, const TextFormat::ParseInfoTree* tree, const std::string& path,
            bool count) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const int size =
          field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
      for (int i = 0; i < size; ++i) {
        const int index = field->is_repeated() ? i : -1;
        std::string at = path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
        if (index >= 0) absl::StrAppend(&at, "[", index, "]");
        const TextFormat::ParseLocation place =
            tree == nullptr ? TextFormat::ParseLocation() : tree->GetLocation(field, index);
        result_->source.Add(at, {place.line + 1, place.column + 1, at});
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
          const Message& member =
              index >= 0 ? message.GetReflection()->GetRepeatedMessage(message, field, index)
                         : message.GetReflection()->GetMessage(message, field);
          Walk(member, tree == nullptr ? nullptr : tree->GetTreeForNested(field, index), at,
               count || field->message_type()->name() == "Count");
        } else {
          Check(message, field, index, count, place, at);
        }
      }
    }
  }

 private:
  void Check(const Message& message, const FieldDescriptor* field, int index, bool count,
             TextFormat::ParseLocation place, const std::string& path) {
    const Reflection* reflection = message.GetReflection();
    std::string problem;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      const double value = index >= 0 ? reflection->GetRepeatedDouble(message, field, index)
                                      : reflection->GetDouble(message, field);
      if (!std::isfinite(value)) {
        problem = absl::StrCat("found \"", value, "\"; a finite number is needed");
      }
    } else if (count && field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
      const int value = index >= 0 ? reflection->GetRepeatedInt32(message, field, index)
                                   : reflection->GetInt32(message, field);
      if (value < 0) problem = absl::StrCat("found \"", value, "\"; a count is not negative");
    }
    if (!problem.empty()) {
      result_->problems.push_back({file_, place.line + 1, place.column + 1, path, problem});
    }
  }

  const std::string& file_;
  ReadResult* const result_;
};

}  // namespace

void ReadTextFormat(std::string_view text, const std::string& file, const ReadOptions& options,
                    Message* message, ReadResult* result) {
  const bool blank = absl::StripAsciiWhitespace({text.data(), text.size()}).empty();
  if (blank) {
    result->problems.push_back({file, 0, 0, "", "the file is empty"});
    return;
  }
  Collector collector(file, result);
  TextFormat::ParseInfoTree tree;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&collector);
  parser.WriteLocationsTo(&tree);
  parser.SetRecursionLimit(options.max_depth);
  parser.ParseFromString(std::string(text), message);
  Walker(file, result).Walk(*message, &tree, "", false);
}

}  // namespace raffinate::service
