#include "service/convert/leaf.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "service/convert/path.h"

namespace raffinate::service {
namespace {

using optimizer::Choices;
using optimizer::Range;
using optimizer::Uncertain;
using optimizer::Violations;

void NoKind(const std::string& path, Violations* violations) {
  violations->push_back(
      {path, "holds nothing; exactly one of value, range, choices and uncertain is needed"});
}

void FromUncertain(const v1::NumberUncertain& in, const std::string& path, optimizer::Number* model,
                   Violations* violations) {
  const std::size_t before = violations->size();
  CheckFinite(in.value(), Sub(path, "value"), violations);
  CheckFinite(in.sd(), Sub(path, "sd"), violations);
  CheckFinite(in.relative_sd(), Sub(path, "relative_sd"), violations);
  for (int i = 0; i < in.uniform_size(); ++i) {
    CheckFinite(in.uniform(i), Sub(path, "uniform", i), violations);
  }
  const bool uniform = in.uniform_size() > 0;
  if (int{in.has_sd()} + int{in.has_relative_sd()} + int{uniform} != 1) {
    violations->push_back({path, "exactly one of sd, relative_sd and uniform is needed"});
  } else if (uniform && in.uniform_size() != 2) {
    violations->push_back({Sub(path, "uniform"), absl::StrCat("found ", in.uniform_size(),
                                                              " values; needed are two, the "
                                                              "lowest and the highest")});
  } else if (!uniform && !in.has_value()) {
    violations->push_back({Sub(path, "value"), "is missing; needed beside a standard deviation"});
  } else if (in.has_relative_sd() && !(in.relative_sd() > 0)) {
    violations->push_back({Sub(path, "relative_sd"),
                           absl::StrCat("found ", in.relative_sd(), "; it must be above 0")});
  }
  if (violations->size() != before) return;
  optimizer::Uncertain uncertain;
  if (uniform) {
    uncertain.low = in.uniform(0);
    uncertain.high = in.uniform(1);
    uncertain.value =
        in.has_value() ? in.value() : uncertain.low + (uncertain.high - uncertain.low) / 2;
  } else {
    uncertain.value = in.value();
    uncertain.sd = in.has_sd() ? in.sd() : in.relative_sd() * std::fabs(in.value());
  }
  *model = uncertain;
}

// Counts are whole in the message; the model's ranges serve both kinds of leaf.
std::int32_t Whole(double value) {
  constexpr double kMin = std::numeric_limits<std::int32_t>::min();
  constexpr double kMax = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::clamp(std::round(value), kMin, kMax));
}

}  // namespace

void FromProto(const v1::Number& proto, const std::string& path, optimizer::Number* model,
               Violations* violations) {
  const std::size_t before = violations->size();
  switch (proto.kind_case()) {
    case v1::Number::kValue:
      if (CheckFinite(proto.value(), Sub(path, "value"), violations)) *model = proto.value();
      return;
    case v1::Number::kRange: {
      const auto& in = proto.range();
      Range range;
      range.min = in.min();
      range.max = in.max();
      range.log = in.log();
      if (in.has_start()) range.start = in.start();
      if (in.has_step()) range.step = in.step();
      const std::string at = Sub(path, "range");
      CheckFinite(in.min(), Sub(at, "min"), violations);
      CheckFinite(in.max(), Sub(at, "max"), violations);
      CheckFinite(in.start(), Sub(at, "start"), violations);
      CheckFinite(in.step(), Sub(at, "step"), violations);
      if (violations->size() == before) *model = range;
      return;
    }
    case v1::Number::kChoices: {
      const auto& values = proto.choices().values();
      for (int i = 0; i < values.size(); ++i) {
        CheckFinite(values[i], Sub(Sub(path, "choices"), "values", i), violations);
      }
      if (violations->size() == before) *model = Choices{{values.begin(), values.end()}};
      return;
    }
    case v1::Number::kUncertain:
      FromUncertain(proto.uncertain(), Sub(path, "uncertain"), model, violations);
      return;
    case v1::Number::KIND_NOT_SET:
      NoKind(path, violations);
  }
}

void FromProto(const v1::Count& proto, const std::string& path, optimizer::Count* model,
               Violations* violations) {
  switch (proto.kind_case()) {
    case v1::Count::kValue:
      *model = static_cast<int>(proto.value());
      return;
    case v1::Count::kRange: {
      Range range;
      range.min = proto.range().min();
      range.max = proto.range().max();
      if (proto.range().has_start()) range.start = proto.range().start();
      *model = range;
      return;
    }
    case v1::Count::kChoices: {
      const auto& values = proto.choices().values();
      *model = Choices{{values.begin(), values.end()}};
      return;
    }
    case v1::Count::KIND_NOT_SET:
      NoKind(path, violations);
  }
}

void FromProto(const v1::Name& proto, const std::string& path, optimizer::Name* model,
               Violations* violations) {
  switch (proto.kind_case()) {
    case v1::Name::kValue:
      *model = proto.value();
      return;
    case v1::Name::kChoices:
      *model = std::vector<std::string>(proto.choices().values().begin(),
                                        proto.choices().values().end());
      return;
    case v1::Name::KIND_NOT_SET:
      violations->push_back({path, "holds nothing; exactly one of value and choices is needed"});
  }
}

v1::Number ToProto(const optimizer::Number& model) {
  v1::Number out;
  if (const auto* value = std::get_if<double>(&model)) {
    out.set_value(*value);
  } else if (const auto* range = std::get_if<Range>(&model)) {
    auto* r = out.mutable_range();
    r->set_min(range->min);
    r->set_max(range->max);
    if (range->start) r->set_start(*range->start);
    if (range->step) r->set_step(*range->step);
    r->set_log(range->log);
  } else if (const auto* uncertain = std::get_if<Uncertain>(&model)) {
    auto* u = out.mutable_uncertain();
    u->set_value(uncertain->value);
    if (uncertain->sd) {
      u->set_sd(*uncertain->sd);
    } else {
      u->add_uniform(uncertain->low);
      u->add_uniform(uncertain->high);
    }
  } else {
    const auto& values = std::get<Choices>(model).values;
    out.mutable_choices()->mutable_values()->Add(values.begin(), values.end());
  }
  return out;
}

v1::Count ToProto(const optimizer::Count& model) {
  v1::Count out;
  if (const auto* value = std::get_if<int>(&model)) {
    out.set_value(*value);
  } else if (const auto* range = std::get_if<Range>(&model)) {
    auto* r = out.mutable_range();
    r->set_min(Whole(range->min));
    r->set_max(Whole(range->max));
    if (range->start) r->set_start(Whole(*range->start));
  } else {
    for (double value : std::get<Choices>(model).values) {
      out.mutable_choices()->add_values(Whole(value));
    }
    out.mutable_choices();
  }
  return out;
}

v1::Name ToProto(const optimizer::Name& model) {
  v1::Name out;
  if (const auto* value = std::get_if<std::string>(&model)) {
    out.set_value(*value);
  } else {
    out.mutable_choices();
    for (const auto& choice : std::get<1>(model)) out.mutable_choices()->add_values(choice);
  }
  return out;
}

}  // namespace raffinate::service
