#include <cmath>
#include <cstddef>
#include <set>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

std::string Quantity(double value, const Bounds& bounds) {
  return bounds.unit[0] == '\0' ? absl::StrCat(value) : absl::StrCat(value, " ", bounds.unit);
}

std::string Allowed(const Bounds& bounds) {
  return absl::StrCat(bounds.lower_open ? "above " : "at least ", Quantity(bounds.lower, bounds),
                      bounds.upper_open ? " and below " : " and at most ",
                      Quantity(bounds.upper, bounds));
}

/// Examines one leaf. Its path is only made when something is wrong.
template <class Path>
class LeafCheck {
 public:
  LeafCheck(bool whole, const Bounds& bounds, Path path, Examination* examination)
      : whole_(whole), bounds_(bounds), path_(path), examination_(examination) {}

  bool Possible(double value, const std::string& part) {
    std::string wrong;
    if (!std::isfinite(value)) {
      wrong = absl::StrCat("found ", value, "; a number is needed, ", Allowed(bounds_));
    } else if (!bounds_.Contain(value)) {
      wrong = absl::StrCat("found ", Quantity(value, bounds_), "; it must be ", Allowed(bounds_));
    } else if (whole_ && value != std::round(value)) {
      wrong = absl::StrCat("found ", value, "; a whole number is needed");
    }
    if (wrong.empty()) return true;
    Add(part, wrong);
    return false;
  }

  void Check(const Range& range) {
    const bool ends = Possible(range.min, ".range.min") & Possible(range.max, ".range.max");
    if (range.log && !(range.min > 0)) {
      Add(".range.log", absl::StrCat("a logarithmic range needs a min above 0, found ", range.min));
    }
    const bool step = CheckStep(range);
    if (!ends) return;
    if (range.min > range.max) {
      Add(".range.min",
          absl::StrCat("the range is empty: min ", range.min, " is above max ", range.max));
      return;
    }
    if (range.min == range.max) {
      Add(".range.max", absl::StrCat("min and max are both ", range.min,
                                     "; write the number itself, or widen the range"));
      return;
    }
    if (step && range.step && *range.step > range.max - range.min) {
      Add(".range.step", absl::StrCat("found ", *range.step, "; the range is only ",
                                      range.max - range.min, " wide"));
    }
    if (range.start && !(*range.start >= range.min && *range.start <= range.max)) {
      Add(".range.start", absl::StrCat("found ", *range.start, "; it must lie in the range, ",
                                       range.min, " to ", range.max));
    }
  }

  void Check(const Choices& choices) {
    if (choices.values.size() < 2) {
      Add(".choices", absl::StrCat("found ", choices.values.size(),
                                   " choices; at least two are needed, or the value itself"));
    }
    std::set<double> seen;
    for (std::size_t i = 0; i < choices.values.size(); ++i) {
      const std::string part = absl::StrCat(".choices.values[", i, "]");
      if (Possible(choices.values[i], part) && !seen.insert(choices.values[i]).second) {
        Add(part, absl::StrCat(choices.values[i], " is listed twice"));
      }
    }
  }

  void Check(const Uncertain& uncertain) {
    const std::string part = ".uncertain";
    if (!uncertain.sd) {
      const bool low = Possible(uncertain.low, part + ".uniform[0]");
      if (!(Possible(uncertain.high, part + ".uniform[1]") && low)) return;
      if (!(uncertain.low < uncertain.high)) {
        Add(part + ".uniform", absl::StrCat("found ", uncertain.low, " to ", uncertain.high,
                                            "; the second must be above the first"));
      } else if (!(uncertain.value >= uncertain.low && uncertain.value <= uncertain.high)) {
        Add(part + ".value", absl::StrCat("found ", uncertain.value, "; it must lie in uniform, ",
                                          uncertain.low, " to ", uncertain.high));
      }
      return;
    }
    if (!Possible(uncertain.value, part + ".value")) return;
    if (!(std::isfinite(*uncertain.sd) && *uncertain.sd > 0)) {
      Add(part + ".sd", absl::StrCat("found ", *uncertain.sd,
                                     "; a standard deviation must be above 0; what is known "
                                     "exactly is written as the number itself"));
    }
  }

  void Add(const std::string& part, const std::string& description) {
    examination_->Add(path_() + part, description);
  }

 private:
  bool CheckStep(const Range& range) {
    if (!range.step) return true;
    if (!std::isfinite(*range.step) || *range.step <= 0) {
      Add(".range.step", absl::StrCat("found ", *range.step, "; it must be above 0"));
      return false;
    }
    if (whole_ && *range.step != std::round(*range.step)) {
      Add(".range.step", absl::StrCat("found ", *range.step, "; a whole number is needed"));
      return false;
    }
    return true;
  }

  bool whole_;
  Bounds bounds_;
  Path path_;
  Examination* examination_;
};

std::string Describe(const Range& range) {
  return absl::StrCat("a range, ", range.min, " to ", range.max);
}
std::string Describe(const Choices& choices) {
  return absl::StrCat("a choice of ", absl::StrJoin(choices.values, ", "));
}
std::string Describe(const Uncertain&) { return "an uncertain value"; }  // never open
std::string Describe(const std::vector<std::string>& names) {
  return absl::StrCat("a choice of ", absl::StrJoin(names, ", "));
}

}  // namespace

void CheckLeaves(bool closed, Examination* examination) {
  VisitLeaves(examination->flowsheet, [&](const auto& leaf, const Bounds& bounds, auto path) {
    using Leaf = std::decay_t<decltype(leaf)>;
    LeafCheck check(std::is_same_v<Leaf, Count>, bounds, path, examination);
    if (closed && IsOpen(leaf)) {
      std::visit(
          [&](const auto& kind) {
            using Kind = std::decay_t<decltype(kind)>;
            if constexpr (!std::is_arithmetic_v<Kind> && !std::is_same_v<Kind, std::string>) {
              check.Add("", absl::StrCat("found ", Describe(kind),
                                         "; a simulation needs one value here, an optimization "
                                         "finds it"));
            }
          },
          leaf);
    }
    if constexpr (std::is_same_v<Leaf, Name>) {
      if (const auto* names = std::get_if<1>(&leaf); names != nullptr && names->size() < 2) {
        check.Add(".choices",
                  absl::StrCat("found ", names->size(),
                               " choices; at least two are needed, or the name itself"));
      }
    } else if (const auto* range = std::get_if<Range>(&leaf)) {
      check.Check(*range);
    } else if (const auto* choices = std::get_if<Choices>(&leaf)) {
      check.Check(*choices);
    } else if (leaf.index() == 0) {
      check.Possible(static_cast<double>(std::get<0>(leaf)), ".value");
    } else if constexpr (std::is_same_v<Leaf, Number>) {
      check.Check(std::get<Uncertain>(leaf));
    }
  });
}

}  // namespace raffinate::optimizer
