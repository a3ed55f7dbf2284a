// Objectives and demands of a flowsheet as numbers for the search.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "optimizer/model/figure_table.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// A demand that a design misses.
struct Missed {
  double violation = 0;  ///< scaled, > 0
  std::string message;   ///< "product Nd: purity is 0.93, demanded is at least 0.99"
};

/// One figure that an objective or a demand looks at.
struct GoalPart {
  int row = 0;       ///< the objective, or the demand as Residuals counts them
  double value = 0;  ///< as Minimized or Residuals have it; an objective is its largest part
  const FigureInfo* figure = nullptr;
  std::string product;    ///< empty: a figure of the flowsheet
  double by_figure = 0;   ///< derivative of `value` by the figure
  bool at_least = false;  ///< of a demand: whether the figure must be that or more
  double limit = 0;       ///< of a demand, in the unit of the figure
};

/// The objectives (the defaults where a flowsheet has none) and demands of one
/// valid flowsheet.
class Goals {
 public:
  /// What a figure without a value is minimized as.
  static constexpr double kNoValue = 1e300;

  explicit Goals(const Flowsheet& flowsheet);

  int objectives() const { return static_cast<int>(objectives_.size()); }

  /// Whether a figure that is asked for needs AddTheoreticalMinimum.
  bool needs_minimum() const { return Needs(&FigureInfo::of_minimum); }
  /// Whether one needs EvaluatePlant.
  bool needs_plant() const { return Needs(&FigureInfo::of_plant); }

  /// To be minimized: shares that should be near one as log10 of what is
  /// missing (not below 1e-9, so that nobody pays for a tenth nine), what is to
  /// be maximized negated. A figure that has no value is kNoValue, worse than any.
  std::vector<double> Minimized(const Figures& figures) const;

  /// The same in the units of the figures, not negated.
  std::vector<double> InFigureUnits(const Figures& figures) const;

  /// From Minimized back to the units of the figures.
  std::vector<double> ToFigureUnits(const std::vector<double>& minimized) const;

  /// Demands on products and constraints missed by more than `tolerance` in
  /// the units of the figures. Violations of shares that should be near one are
  /// in log10 of what is missing, others relative to the limit. A figure that is
  /// asked for, as objective or in a constraint, and has no value counts 1.
  std::vector<Missed> Misses(const Figures& figures, double tolerance) const;

  /// By how much each demand is missed (> 0) or met (<= 0), scaled as in Misses, demand
  /// by demand and product by product: always as many, `demands()`. 1 for a figure
  /// without a value.
  std::vector<double> Residuals(const Figures& figures) const;
  std::size_t demands() const { return residuals_; }

  /// What they are made of, for derivatives: one part for each product of a worst.
  std::vector<GoalPart> ObjectiveParts(const Figures& figures) const;
  std::vector<GoalPart> DemandParts(const Figures& figures) const;

  /// Lower bounds of Minimized and of Violation from figures that are foreseen (foresight.h);
  /// -infinity and 0 where nothing is known.
  std::vector<double> LeastMinimized(const Figures& foreseen) const;
  double LeastViolation(const Figures& foreseen) const;
  /// Whether that can rule a candidate out: by a demand, or by all objectives together.
  bool foresees() const;

  /// Sum over Misses(figures, 0); 0 when every demand is met.
  double Violation(const Figures& figures) const;

 private:
  /// Whether what is foreseen of the figure says how good it is at best, where less is better
  /// (`upwards`) or more.
  static bool Bounds(const FigureInfo& figure, bool upwards);
  /// Whether any figure that is asked for has the property.
  bool Needs(bool FigureInfo::*what) const;
  struct Goal {
    const FigureInfo* figure = nullptr;
    std::string product;  ///< empty: the worst of all
    bool maximize = false;
  };
  struct Demand {
    const FigureInfo* figure = nullptr;
    std::string product;  ///< empty: every product
    bool at_least = false;
    double limit = 0;
  };

  /// Calls visit(demand, product or nullptr, value) for everything demanded.
  template <typename Visit>
  void ForEachDemand(const Figures& figures, Visit visit) const;

  std::vector<Goal> objectives_;
  std::vector<Demand> demands_;
  std::size_t residuals_ = 0;
};

}  // namespace raffinate::optimizer
