#include "optimizer/model/decisions.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

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

/// What an open leaf was decided to be.
using Decided = std::variant<double, int, std::string>;

Decided Decide(const Number& leaf, double gene) {
  const auto* range = std::get_if<Range>(&leaf);
  return range != nullptr ? DecideReal(gene, *range) : Pick(std::get<Choices>(leaf).values, gene);
}

Decided Decide(const Count& leaf, double gene) {
  const auto* range = std::get_if<Range>(&leaf);
  return range != nullptr
             ? DecideInteger(gene, *range)
             : static_cast<int>(std::lround(Pick(std::get<Choices>(leaf).values, gene)));
}

Decided Decide(const Name& leaf, double gene) { return Pick(std::get<1>(leaf), gene); }

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
    open_.push_back(IsOpen(leaf));
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

std::vector<std::size_t> Decisions::Leaves() const {
  std::vector<std::size_t> leaves;
  for (std::size_t leaf = 0; leaf < open_.size(); ++leaf) {
    if (open_[leaf]) leaves.push_back(leaf);
  }
  return leaves;
}

Flowsheet Decisions::Apply(std::span<const double> genes) const {
  Flowsheet decided = flowsheet_;
  ApplyTo(genes, &decided);
  return decided;
}

void Decisions::ApplyTo(std::span<const double> genes, Flowsheet* decided) const {
  std::vector<Decided> values(open_.size());
  std::size_t leaf_index = 0, next = 0;
  VisitLeaves(flowsheet_, [&](const auto& leaf, const Bounds&, const auto&) {
    if (open_[leaf_index]) values[leaf_index] = Decide(leaf, genes[next++]);
    ++leaf_index;
  });
  leaf_index = 0;
  VisitLeaves(*decided, [&](auto& leaf, const Bounds&, const auto&) {
    if (open_[leaf_index])
      leaf = std::get<std::decay_t<decltype(std::get<0>(leaf))>>(values[leaf_index]);
    ++leaf_index;
  });
  // An earlier result may have clamped a stage that is fixed: begin from the
  // flowsheet's own.
  for (std::size_t c = 0; c < decided->circuits.size(); ++c) {
    for (std::size_t s = 0; s < decided->circuits[c].sections.size(); ++s) {
      const Section& given = flowsheet_.circuits[c].sections[s];
      Section& section = decided->circuits[c].sections[s];
      const int last = Value(section.stages);
      const auto clamp = [last](const Count& own, Count* stage) {
        *stage = std::min(IsOpen(own) ? Value(*stage) : Value(own), last);
      };
      for (std::size_t k = 0; k < section.inlets.size(); ++k) {
        if (section.inlets[k].stage) clamp(*given.inlets[k].stage, &*section.inlets[k].stage);
      }
      for (std::size_t k = 0; k < section.draws.size(); ++k) {
        clamp(given.draws[k].stage, &section.draws[k].stage);
      }
    }
  }
}

}  // namespace raffinate::optimizer
