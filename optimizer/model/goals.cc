#include "optimizer/model/goals.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace raffinate::optimizer {
namespace {

/// Nobody sells the tenth nine; below this what is missing counts as nothing.
constexpr double kLeastMissing = 1e-9;
/// Purities and recoveries of demands are told apart down to here.
constexpr double kLeastShare = 1e-300;

double LogFloored(double value) { return std::log10(std::max(value, kLeastMissing)); }

double Minimized(const FigureInfo& figure, const ProductFigures& product, bool maximize) {
  if (figure.scale == Scale::kLogMissing && maximize) return LogFloored(figure.missing(product));
  if (figure.scale == Scale::kLog && !maximize) return LogFloored(figure.of_product(product));
  return maximize ? -figure.of_product(product) : figure.of_product(product);
}

/// How far `value` is on the wrong side of the limit; 0 or less when it is met.
double Excess(double value, double limit, bool at_least) {
  return at_least ? limit - value : value - limit;
}

/// Why a figure of the plant may have no value.
constexpr char kNoPlant[] =
    "it is known with products and for systems other than constant-beta, over a floor where the "
    "organic carries metal out";

// The reason that belongs to the figure.
std::string WhyNoMinimum(std::string_view figure, const TheoreticalMinimum& minimum) {
  if (!minimum.reason.empty()) return minimum.reason;
  return figure == "base_over_minimum" ? minimum.base_reason : minimum.acid_reason;
}

double Scaled(const FigureInfo& figure, const ProductFigures* product, double value, double limit,
              bool at_least) {
  if (at_least && figure.scale == Scale::kLogMissing) {
    return std::log10(std::max(figure.missing(*product), kLeastShare)) -
           std::log10(std::max(1 - limit, kLeastShare));
  }
  if (!at_least && figure.scale == Scale::kLog) {
    return std::log10(std::max(value, kLeastShare)) - std::log10(std::max(limit, kLeastShare));
  }
  return Excess(value, limit, at_least) / (limit != 0 ? std::fabs(limit) : 1);
}

}  // namespace

Goals::Goals(const Flowsheet& flowsheet) {
  for (const Objective& objective : ObjectivesOf(flowsheet)) {
    objectives_.push_back({FindFigure(objective.figure), objective.product,
                           objective.direction == Direction::kMaximize});
  }
  for (const Product& product : flowsheet.products) {
    if (product.min_purity) {
      demands_.push_back({FindFigure("purity"), product.name, true, *product.min_purity});
    }
    if (product.min_recovery) {
      demands_.push_back({FindFigure("recovery"), product.name, true, *product.min_recovery});
    }
  }
  for (const Constraint& constraint : flowsheet.constraints) {
    const FigureInfo* figure = FindFigure(constraint.figure);
    if (constraint.min) demands_.push_back({figure, constraint.product, true, *constraint.min});
    if (constraint.max) demands_.push_back({figure, constraint.product, false, *constraint.max});
  }
  for (const Demand& demand : demands_) {
    residuals_ += demand.figure->per_product() && demand.product.empty() ? flowsheet.products.size()
                                                                         : std::size_t{1};
  }
}

template <typename Visit>
void Goals::ForEachDemand(const Figures& figures, Visit visit) const {
  for (const Demand& demand : demands_) {
    if (!demand.figure->per_product()) {
      visit(demand, static_cast<const ProductFigures*>(nullptr),
            demand.figure->of_flowsheet(figures));
      continue;
    }
    for (const ProductFigures& product : figures.products) {
      if (!demand.product.empty() && product.product != demand.product) continue;
      visit(demand, &product, demand.figure->of_product(product));
    }
  }
}

bool Goals::Needs(bool FigureInfo::*what) const {
  return std::any_of(objectives_.begin(), objectives_.end(),
                     [what](const Goal& goal) { return goal.figure->*what; }) ||
         std::any_of(demands_.begin(), demands_.end(),
                     [what](const Demand& demand) { return demand.figure->*what; });
}

std::vector<double> Goals::Minimized(const Figures& figures) const {
  std::vector<double> values;
  for (const Goal& goal : objectives_) {
    if (!goal.figure->per_product()) {
      const double value = goal.figure->of_flowsheet(figures);
      values.push_back(std::isnan(value) ? kNoValue : goal.maximize ? -value : value);
      continue;
    }
    double worst = -INFINITY;
    for (const ProductFigures& product : figures.products) {
      if (!goal.product.empty() && product.product != goal.product) continue;
      worst = std::max(worst, optimizer::Minimized(*goal.figure, product, goal.maximize));
    }
    values.push_back(worst);
  }
  return values;
}

std::vector<double> Goals::InFigureUnits(const Figures& figures) const {
  std::vector<double> values;
  for (const Goal& goal : objectives_) {
    if (!goal.figure->per_product()) {
      values.push_back(goal.figure->of_flowsheet(figures));
      continue;
    }
    double worst = goal.maximize ? INFINITY : -INFINITY;
    for (const ProductFigures& product : figures.products) {
      if (!goal.product.empty() && product.product != goal.product) continue;
      const double value = goal.figure->of_product(product);
      worst = goal.maximize ? std::min(worst, value) : std::max(worst, value);
    }
    values.push_back(worst);
  }
  return values;
}

std::vector<double> Goals::ToFigureUnits(const std::vector<double>& minimized) const {
  std::vector<double> values;
  for (std::size_t k = 0; k < objectives_.size() && k < minimized.size(); ++k) {
    const Goal& goal = objectives_[k];
    if (goal.figure->scale == Scale::kLogMissing && goal.maximize) {
      values.push_back(1 - std::pow(10, minimized[k]));
    } else if (goal.figure->scale == Scale::kLog && !goal.maximize) {
      values.push_back(std::pow(10, minimized[k]));
    } else {
      values.push_back(goal.maximize ? -minimized[k] : minimized[k]);
    }
  }
  return values;
}

std::vector<Missed> Goals::Misses(const Figures& figures, double tolerance) const {
  std::vector<Missed> misses;
  const auto check = [&](const Demand& demand, const ProductFigures* product, double value) {
    if (!(Excess(value, demand.limit, demand.at_least) > tolerance)) return;
    Missed missed;
    missed.violation = Scaled(*demand.figure, product, value, demand.limit, demand.at_least);
    // A share that misses by a rounding can come out as no miss in logarithms.
    missed.violation = std::max(missed.violation, 1e-15);
    const std::string unit =
        demand.figure->unit == std::string("1") ? "" : absl::StrCat(" ", demand.figure->unit);
    missed.message = absl::StrFormat(
        "%s%s is %.8g%s, demanded is at %s %.8g%s",
        product == nullptr ? "" : absl::StrCat("product ", product->product, ": "),
        demand.figure->name, value, unit, demand.at_least ? "least" : "most", demand.limit, unit);
    misses.push_back(std::move(missed));
  };
  const auto no_value = [&](const FigureInfo& figure) {
    if (!figure.of_minimum && !figure.of_plant) return false;
    if (!std::isnan(figure.of_flowsheet(figures))) return false;
    misses.push_back(
        {1, absl::StrCat(figure.name, " has no value: ",
                         figure.of_plant ? kNoPlant : WhyNoMinimum(figure.name, figures.minimum))});
    return true;
  };
  for (const Goal& goal : objectives_) no_value(*goal.figure);
  ForEachDemand(figures, [&](const Demand& demand, const ProductFigures* product, double value) {
    if (product != nullptr || !no_value(*demand.figure)) check(demand, product, value);
  });
  return misses;
}

std::vector<double> Goals::Residuals(const Figures& figures) const {
  std::vector<double> residuals;
  residuals.reserve(residuals_);
  ForEachDemand(figures, [&](const Demand& demand, const ProductFigures* product, double value) {
    residuals.push_back(
        std::isnan(value) ? 1
                          : Scaled(*demand.figure, product, value, demand.limit, demand.at_least));
  });
  return residuals;
}

std::vector<GoalPart> Goals::ObjectiveParts(const Figures& figures) const {
  std::vector<GoalPart> parts;
  for (std::size_t k = 0; k < objectives_.size(); ++k) {
    const Goal& goal = objectives_[k];
    const int row = static_cast<int>(k);
    const double sign = goal.maximize ? -1 : 1;
    if (!goal.figure->per_product()) {
      const double value = goal.figure->of_flowsheet(figures);
      parts.push_back({row, sign * value, goal.figure, "", sign});
      continue;
    }
    for (const ProductFigures& product : figures.products) {
      if (!goal.product.empty() && product.product != goal.product) continue;
      GoalPart part{row, optimizer::Minimized(*goal.figure, product, goal.maximize), goal.figure,
                    product.product, sign};
      const bool missing = goal.figure->scale == Scale::kLogMissing && goal.maximize;
      if (missing || (goal.figure->scale == Scale::kLog && !goal.maximize)) {
        const double share =
            missing ? goal.figure->missing(product) : goal.figure->of_product(product);
        part.by_figure = share > kLeastMissing ? sign / (share * std::log(10.0)) : 0;
      }
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

std::vector<GoalPart> Goals::DemandParts(const Figures& figures) const {
  std::vector<GoalPart> parts;
  ForEachDemand(figures, [&](const Demand& demand, const ProductFigures* product, double value) {
    const FigureInfo& figure = *demand.figure;
    GoalPart part{static_cast<int>(parts.size()),
                  Scaled(figure, product, value, demand.limit, demand.at_least),
                  &figure,
                  product == nullptr ? "" : product->product,
                  demand.at_least ? -1.0 : 1.0,
                  demand.at_least,
                  demand.limit};
    const bool missing = demand.at_least && figure.scale == Scale::kLogMissing;
    if (missing || (!demand.at_least && figure.scale == Scale::kLog)) {
      part.by_figure /=
          std::max(missing ? figure.missing(*product) : value, kLeastShare) * std::log(10.0);
    } else if (demand.limit != 0) {
      part.by_figure /= std::fabs(demand.limit);
    }
    parts.push_back(std::move(part));
  });
  return parts;
}

bool Goals::Bounds(const FigureInfo& figure, bool upwards) {
  return figure.foresight == Foresight::kExactly ||
         (figure.foresight == Foresight::kAtLeast && upwards);
}

bool Goals::foresees() const {
  return std::all_of(objectives_.begin(), objectives_.end(),
                     [](const Goal& goal) { return Bounds(*goal.figure, !goal.maximize); }) ||
         std::any_of(demands_.begin(), demands_.end(),
                     [](const Demand& demand) { return Bounds(*demand.figure, !demand.at_least); });
}

std::vector<double> Goals::LeastMinimized(const Figures& foreseen) const {
  std::vector<double> values;
  for (const Goal& goal : objectives_) {
    const bool known = Bounds(*goal.figure, !goal.maximize);
    const double value = known ? goal.figure->of_flowsheet(foreseen) : INFINITY;
    values.push_back(known && !goal.maximize ? value : -value);
  }
  return values;
}

double Goals::LeastViolation(const Figures& foreseen) const {
  double sum = 0;
  for (const Demand& demand : demands_) {
    if (!Bounds(*demand.figure, !demand.at_least)) continue;
    const double value = demand.figure->of_flowsheet(foreseen);
    if (!(Excess(value, demand.limit, demand.at_least) > 0)) continue;
    sum += Scaled(*demand.figure, nullptr, value, demand.limit, demand.at_least);
  }
  return sum;
}

double Goals::Violation(const Figures& figures) const {
  double sum = 0;
  for (const Missed& missed : Misses(figures, 0)) sum += missed.violation;
  return sum;
}

}  // namespace raffinate::optimizer
