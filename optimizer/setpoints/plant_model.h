// The model of a plant that runs: its steady state at any numbers, with derivatives of
// what setpoints are sought for and of what is measured.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "optimizer/model/figure_table.h"
#include "optimizer/model/graph.h"
#include "optimizer/model/levers.h"
#include "optimizer/model/sensitivity.h"
#include "optimizer/model/violation.h"
#include "optimizer/result.h"
#include "optimizer/setpoints/plant.h"
#include "optimizer/setpoints/quantities.h"
#include "optimizer/simulate.h"

namespace raffinate::optimizer {

/// The numbers of a plant: one per quantity of kind kInput, in their order.
using PlantInputs = std::vector<double>;

/// One demand on a figure, of one product where the figure is one's.
struct PlantDemand {
  const FigureInfo* figure = nullptr;
  std::string product;  ///< empty for figures of the plant
  bool at_least = false;
  double limit = 0;    ///< as demanded
  double advised = 0;  ///< as sought: with the margin
};

/// What a solution shall be differentiated for.
struct PlantQuestion {
  bool figures = false;      ///< objective and demands
  std::vector<int> outputs;  ///< indices of quantities that are no inputs
  std::vector<int> inputs;   ///< indices of the quantities by which is differentiated
};

/// What a solution leaves for later questions.
struct PlantSolved {
  Flowsheet flowsheet;
  Prepared prepared;
  Answer answer;
  /// Where figures were asked for: of the objective and the demands, in any order.
  std::vector<FigureGradients::ByCircuit> figures;
};

/// A steady state of the plant.
struct PlantPoint {
  bool solved = false;
  std::string problem;  ///< why not
  Figures figures;
  std::vector<double> state;  ///< to start neighbours from
  double objective = 0;       ///< to be minimized; see PlantModel::objective_unit
  std::vector<double> objective_by;
  std::vector<double> demands;  ///< >= 0 where met with the margin: decades or relative
  std::vector<std::vector<double>> demands_by;
  /// In the units of the figures: of the objective, then of the demands.
  std::vector<std::vector<double>> figures_by;
  std::vector<double> outputs;
  std::vector<std::vector<double>> outputs_by;
  std::vector<std::vector<double>> outputs_by_log10_k;  ///< per parameter
  std::shared_ptr<const PlantSolved> solution;          ///< must not outlive the model
};

class PlantModel {
 public:
  /// Null with violations, whose fields are those of the public Plant message, when the
  /// plant is none that setpoints can be sought for: a flowsheet that cannot be optimized or
  /// has several circuits, counts or choices to decide, several objectives, figures without
  /// derivatives, quantities that are not there, no steady state at the start.
  static std::unique_ptr<PlantModel> Create(const PlantSpec& spec, const Chemistry& chemistry,
                                            Violations* violations);

  const PlantSpec& spec() const { return spec_; }
  const std::vector<Quantity>& quantities() const { return quantities_; }
  /// Indices of quantities.
  const std::vector<int>& setpoints() const { return setpoints_; }
  const PlantInputs& registered() const { return registered_; }
  const Objective& objective() const { return objective_; }
  const std::vector<PlantDemand>& demands() const { return demands_; }
  /// Prior standard deviations of the parameters, log10.
  const std::vector<double>& parameter_sd() const { return parameter_sd_; }

  /// The steady state at `inputs`, with `offsets` (one per parameter, or none) added to
  /// log10 K; from `state` where that is not empty.
  PlantPoint Solve(const PlantInputs& inputs, const std::vector<double>& offsets,
                   const std::vector<double>& state, const PlantQuestion& question) const;

  /// What a search for setpoints needs at its end alone: the flags of a solved point, and
  /// d scaled demand / d input, per demand, of a point whose figures were asked for.
  std::vector<Flag> FlagsOf(const PlantPoint& point) const;
  std::vector<std::vector<double>> DemandsBy(const PlantPoint& point,
                                             const std::vector<int>& inputs) const;

  /// The figure of the objective, or of a demand, in its unit.
  double ObjectiveValue(const PlantPoint& point) const;
  double DemandValue(const PlantPoint& point, std::size_t demand) const;
  /// Change of the objective's figure per unit of PlantPoint::objective, towards the worse.
  double ObjectiveUnit(const PlantPoint& point) const;
  /// Change of the demand's scaled value per unit of its limit, without sign.
  double DemandUnit(std::size_t demand) const;

  /// The flowsheet with these numbers.
  Flowsheet FlowsheetOf(const PlantInputs& inputs) const;

  /// The chemistry in which the flowsheet stands.
  const Chemistry& chemistry() const { return chemistry_; }

 private:
  PlantModel(PlantSpec spec, Chemistry chemistry);
  void CheckNames(Violations* violations);
  void CheckGoals(Violations* violations);
  void CheckStart(Violations* violations);
  /// Derivatives of the figures by some inputs.
  class Slopes;
  void Judge(const Slopes& slopes, PlantPoint* point) const;
  double MissingOf(const PlantPoint& point, const FigureInfo& figure,
                   const std::string& product) const;
  const ProductFigures* ProductOf(const Figures& figures, const std::string& product) const;

  PlantSpec spec_;
  Chemistry chemistry_;  ///< with the flowsheet's own systems
  Flowsheet base_;       ///< only numbers; without systems, library feeds written out
  std::shared_ptr<const Graph> graph_;
  std::vector<Quantity> quantities_;
  std::vector<int> setpoints_;
  PlantInputs registered_;
  Objective objective_;
  const FigureInfo* objective_figure_ = nullptr;
  double objective_scale_ = 1;
  std::vector<PlantDemand> demands_;
  std::vector<double> parameter_sd_;
  std::vector<double> start_state_;
};

}  // namespace raffinate::optimizer
