#include "optimizer/model/decisions.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>

#include "optimizer/model/leaves.h"

namespace raffinate::optimizer {
namespace {

double RoundToDigits(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", kDecisionDigits, value);
  return std::strtod(text, nullptr);
}

double Snap(double value, double lower, double upper, double step) {
  value = std::clamp(value, lower, upper);
  if (step <= 0) return value;
  // The last step that fits; the margin lets 0.3 be three steps of 0.1.
  const double last = std::floor((upper - lower) / step + 1e-9);
  return lower + step * std::min(std::round((value - lower) / step), last);
}

double DecideReal(double gene, const Range& range) {
  const double value = RoundToDigits(Snap(gene, range.min, range.max, range.step.value_or(0)));
  return std::clamp(value, range.min, range.max);
}

int DecideInteger(double gene, const Range& range) {
  return static_cast<int>(
      std::lround(Snap(std::round(gene), range.min, range.max, range.step.value_or(1))));
}

template <class T>
const T& Pick(const std::vector<T>& values, double gene) {
  const double last = static_cast<double>(values.size()) - 1;
  return values[static_cast<std::size_t>(std::clamp(std::round(gene), 0.0, last))];
}

void ToVariable(const Range& range, bool whole, Variable* variable) {
  variable->kind = whole ? Variable::Kind::kInteger : Variable::Kind::kReal;
  variable->lower = range.min;
  variable->upper = range.max;
  variable->step = range.step.value_or(0);
  variable->log = range.log;
  const double middle =
      range.log ? std::sqrt(range.min * range.max) : range.min + (range.max - range.min) / 2;
  const double start = range.start.value_or(middle);
  variable->start = whole ? DecideInteger(start, range) : DecideReal(start, range);
}

void ToVariable(std::size_t choices, Variable* variable) {
  variable->kind = Variable::Kind::kCategory;
  variable->lower = 0;
  variable->upper = static_cast<double>(choices) - 1;
}

}  // namespace

Decisions::Decisions(Flowsheet flowsheet) : flowsheet_(std::move(flowsheet)) {
  VisitLeaves(std::as_const(flowsheet_), [this](const auto& leaf, const Bounds&, auto path) {
    if (!IsOpen(leaf)) return;
    using Leaf = std::decay_t<decltype(leaf)>;
    Variable variable;
    variable.path = path();
    if constexpr (std::is_same_v<Leaf, Name>) {
      ToVariable(std::get<1>(leaf).size(), &variable);
    } else if (const auto* range = std::get_if<Range>(&leaf)) {
      ToVariable(*range, std::is_same_v<Leaf, Count>, &variable);
    } else {
      ToVariable(std::get<Choices>(leaf).values.size(), &variable);
    }
    variables_.push_back(std::move(variable));
  });
}

Flowsheet Decisions::Apply(std::span<const double> genes) const {
  Flowsheet decided = flowsheet_;
  std::size_t next = 0;
  VisitLeaves(decided, [&](auto& leaf, const Bounds&, auto) {
    if (!IsOpen(leaf)) return;
    using Leaf = std::decay_t<decltype(leaf)>;
    const double gene = genes[next++];
    if constexpr (std::is_same_v<Leaf, Name>) {
      leaf = std::string(Pick(std::get<1>(leaf), gene));
    } else if constexpr (std::is_same_v<Leaf, Count>) {
      const auto* range = std::get_if<Range>(&leaf);
      leaf = range != nullptr
                 ? DecideInteger(gene, *range)
                 : static_cast<int>(std::lround(Pick(std::get<Choices>(leaf).values, gene)));
    } else {
      const auto* range = std::get_if<Range>(&leaf);
      leaf =
          range != nullptr ? DecideReal(gene, *range) : Pick(std::get<Choices>(leaf).values, gene);
    }
  });
  for (Circuit& circuit : decided.circuits) {
    for (Section& section : circuit.sections) {
      const int last = Value(section.stages);
      for (Inlet& inlet : section.inlets) {
        if (inlet.stage) inlet.stage = std::min(Value(*inlet.stage), last);
      }
      for (Draw& draw : section.draws) draw.stage = std::min(Value(draw.stage), last);
    }
  }
  return decided;
}

}  // namespace raffinate::optimizer
