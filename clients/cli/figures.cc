#include "clients/cli/figures.h"

#include <google/protobuf/message.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace raffinate::cli {
namespace {

using google::protobuf::FieldDescriptor;

struct Suffix {
  const char* in_name;
  const char* unit;
};
constexpr Suffix kSuffixes[] = {{"_kg_per_t_reo", "kg/t REO"},
                                {"_m3_per_t_reo", "m3/t REO"},
                                {"_m3_per_h", "m3/h"},
                                {"_kg_per_h", "kg/h"},
                                {"_kwh_per_t_reo", "kWh/t REO"},
                                {"_gj_per_t_reo", "GJ/t REO"},
                                {"_usd_per_kg_reo", "USD/kg REO"},
                                {"_kg_per_kg_reo", "kg/kg REO"},
                                {"_usd", "USD"},
                                {"_m2", "m2"},
                                {"_m3", "m3"},
                                {"_kg", "kg"},
                                {"_over_minimum", "x min"}};

bool IsNumber(const FieldDescriptor* field) {
  return !field->is_repeated() && (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE ||
                                   field->cpp_type() == FieldDescriptor::CPPTYPE_INT32);
}

std::string Stem(const FieldDescriptor* figure) {
  for (const Suffix& suffix : kSuffixes) {
    if (absl::EndsWith(figure->name(), suffix.in_name)) {
      return figure->name().substr(
          0, figure->name().size() - std::char_traits<char>::length(suffix.in_name));
    }
  }
  return figure->name();
}

}  // namespace

const FieldDescriptor* FindFigure(const std::string& name) {
  for (const auto* message : {v1::ProductFigures::descriptor(), v1::Figures::descriptor()}) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      // "base" alone is the amount, which comes first.
      if (IsNumber(field) && (field->name() == name || Stem(field) == name)) return field;
    }
  }
  // "loading" is the largest one.
  return name.rfind("max_", 0) == 0 ? nullptr : FindFigure("max_" + name);
}

bool IsOfProduct(const FieldDescriptor* figure) {
  return figure->containing_type() == v1::ProductFigures::descriptor();
}

std::string FigureTitle(const FieldDescriptor* figure) {
  return absl::StrReplaceAll(Stem(figure), {{"_", " "}});
}

std::string FigureUnit(const FieldDescriptor* figure) {
  for (const Suffix& suffix : kSuffixes) {
    if (absl::EndsWith(figure->name(), suffix.in_name)) return suffix.unit;
  }
  return "";
}

bool HasFigure(const google::protobuf::Message& message, const FieldDescriptor* figure) {
  return !figure->has_presence() || message.GetReflection()->HasField(message, figure);
}

double FigureValue(const google::protobuf::Message& message, const FieldDescriptor* figure) {
  return figure->cpp_type() == FieldDescriptor::CPPTYPE_INT32
             ? message.GetReflection()->GetInt32(message, figure)
             : message.GetReflection()->GetDouble(message, figure);
}

}  // namespace raffinate::cli
