#include "optimizer/search/gene_space.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace raffinate::optimizer {
namespace {

// Values given by conversion of units may miss a bound by round-off.
double Slack(const Variable& v) { return 1e-9 * std::max(std::abs(v.lower), std::abs(v.upper)); }

bool Whole(double x) { return x == std::floor(x); }

}  // namespace

absl::Status GeneSpace::Check(const std::vector<Variable>& variables) {
  if (variables.empty()) {
    return absl::InvalidArgumentError("variables: none given, at least one is needed");
  }
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const Variable& v = variables[i];
    const auto say = [&](auto... parts) {
      problems.push_back(absl::StrCat("variables[", i, "] (", v.path, "): ", parts...));
    };
    if (!std::isfinite(v.lower) || !std::isfinite(v.upper) || v.lower > v.upper) {
      say("the range [", v.lower, ", ", v.upper, "] must be finite with lower <= upper");
      continue;
    }
    if (!(v.start >= v.lower - Slack(v) && v.start <= v.upper + Slack(v))) {
      say("start ", v.start, " must be within [", v.lower, ", ", v.upper, "]");
    }
    if (!(v.step >= 0) || !std::isfinite(v.step)) {
      say("step ", v.step, " must be zero (none) or positive");
    } else if (v.step > 0 && (v.upper - v.lower) / v.step > 1e15) {
      say("step ", v.step, " is too fine for the range; leave it out");
    }
    if (v.log && !(v.lower > 0)) say("log needs lower > 0, found ", v.lower);
    if (v.kind != Variable::Kind::kReal) {
      if (!Whole(v.lower) || !Whole(v.upper) || !Whole(v.step)) {
        say("bounds and step of a count or choice must be whole numbers, found [", v.lower, ", ",
            v.upper, "] step ", v.step);
      } else if (std::max(std::abs(v.lower), std::abs(v.upper)) > 1e15) {
        say("bounds of a count or choice must be within +-1e15");
      }
    }
    if (v.kind == Variable::Kind::kCategory && v.lower != 0) {
      say("a choice counts from 0, found lower ", v.lower);
    }
  }
  if (problems.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(problems, "; "));
}

GeneSpace::GeneSpace(const std::vector<Variable>& variables) {
  for (const Variable& v : variables) {
    Axis axis;
    axis.lower = v.lower;
    axis.upper = v.upper;
    axis.start = std::clamp(v.start, v.lower, v.upper);
    axis.category = v.kind == Variable::Kind::kCategory;
    axis.step = v.step;
    if (axis.category || (v.kind == Variable::Kind::kInteger && axis.step == 0)) axis.step = 1;
    if (axis.upper == axis.lower) {
      axis.values = 1;
    } else if (axis.step > 0) {
      const double steps = (axis.upper - axis.lower) / axis.step;
      axis.values = static_cast<std::int64_t>(std::floor(steps * (1 + 1e-12) + 1e-9)) + 1;
    }
    axis.log = v.log && !axis.category && axis.upper > axis.lower;
    if (axis.log) axis.log_ratio = std::log(axis.upper / axis.lower);
    axes_.push_back(axis);
  }
}

std::int64_t GeneSpace::points(std::int64_t limit) const {
  std::int64_t product = 1;
  for (const Axis& axis : axes_) {
    if (axis.values == 0 || product > limit / axis.values) return 0;
    product *= axis.values;
  }
  return product;
}

std::vector<double> GeneSpace::Point(std::int64_t k) const {
  std::vector<double> genes(axes_.size());
  for (int i = 0; i < size(); ++i) {
    genes[i] = Value(i, k % axes_[i].values);
    k /= axes_[i].values;
  }
  return genes;
}

std::vector<double> GeneSpace::Start() const {
  std::vector<double> genes;
  genes.reserve(axes_.size());
  for (const Axis& axis : axes_) genes.push_back(axis.start);
  return genes;
}

double GeneSpace::Value(int i, std::int64_t index) const {
  const Axis& axis = axes_[i];
  return std::min(axis.lower + static_cast<double>(index) * axis.step, axis.upper);
}

std::int64_t GeneSpace::Index(int i, double gene) const {
  const Axis& axis = axes_[i];
  if (axis.values <= 1) return 0;
  const double k = std::floor((gene - axis.lower) / axis.step + 0.5);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(k), 0, axis.values - 1);
}

double GeneSpace::Encode(int i, double gene) const {
  const Axis& axis = axes_[i];
  if (axis.values == 1) return 0.5;
  double coordinate;
  if (axis.log) {
    coordinate = std::log(gene / axis.lower) / axis.log_ratio;
  } else if (axis.values > 0) {
    coordinate = (static_cast<double>(Index(i, gene)) + 0.5) / static_cast<double>(axis.values);
  } else {
    coordinate = (gene - axis.lower) / (axis.upper - axis.lower);
  }
  return std::clamp(coordinate, 0.0, 1.0);
}

double GeneSpace::Decode(int i, double coordinate) const {
  const Axis& axis = axes_[i];
  if (axis.values == 1) return axis.lower;
  coordinate = std::clamp(coordinate, 0.0, 1.0);
  if (axis.log) {
    const double gene =
        std::clamp(axis.lower * std::exp(coordinate * axis.log_ratio), axis.lower, axis.upper);
    return axis.values > 0 ? Value(i, Index(i, gene)) : gene;
  }
  if (axis.values > 0) {
    const double cell = std::floor(coordinate * static_cast<double>(axis.values));
    return Value(i, std::min(static_cast<std::int64_t>(cell), axis.values - 1));
  }
  return std::clamp(axis.lower + coordinate * (axis.upper - axis.lower), axis.lower, axis.upper);
}

double GeneSpace::Stretch(int i, double gene) const {
  const Axis& axis = axes_[i];
  return axis.log ? gene * axis.log_ratio : axis.upper - axis.lower;
}

}  // namespace raffinate::optimizer
