#include "optimizer/setpoints/plant_model.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kernels/gradient.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/sensitivity.h"

namespace raffinate::optimizer {
namespace {

const double kLn10 = std::log(10.0);
/// Purities and recoveries are told apart down to here.
constexpr double kLeastShare = 1e-15;

/// A twin waits for one answer on one core.
kernels::Device OneCore() {
  kernels::Device device;
  device.kind = kernels::Device::Kind::kCpuScalar;
  device.threads = 1;
  return device;
}

/// Seeds of a measured output.
kernels::OutflowPath SeedOutput(const Quantity& quantity, const Solved& solved,
                                const std::vector<kernels::Outflow>& out, double* value) {
  std::vector<kernels::OutflowSeed> rows(out.size());
  if (quantity.kind == Quantity::Kind::kStreamFlow) {
    *value = out[quantity.row].aqueous_flow;
    rows[quantity.row].aqueous_flow = 1;
  } else if (quantity.kind == Quantity::Kind::kStreamMetal) {
    const kernels::Outflow& row = out[quantity.row];
    const int component = solved.built.Component(quantity.element);
    if (component >= 0) {
      *value = row.aqueous_metals[component] / row.aqueous_flow;
      rows[quantity.row].aqueous_metals.assign(solved.built.components.size(), 0.0);
      rows[quantity.row].aqueous_metals[component] = 1 / row.aqueous_flow;
      rows[quantity.row].aqueous_flow = -*value / row.aqueous_flow;
    }
  }
  kernels::OutflowPath path =
      kernels::SeedOutflows(solved.built.circuit, solved.cascade, solved.solution, rows);
  if (quantity.kind == Quantity::Kind::kStagePh) {
    *value = -solved.solution.state.ln_h[quantity.stage] / kLn10;
    const int masters = solved.cascade.masters();
    path.seed.ln_masters.assign(static_cast<std::size_t>(solved.cascade.stages()) * masters, 0.0);
    path.seed.ln_masters[static_cast<std::size_t>(quantity.stage) * masters] = -1 / kLn10;
  }
  return path;
}

/// A figure as it is sought: value, slope by the figure, and whether larger is better.
struct Scaled {
  double value = 0;
  double slope = 0;
};

Scaled ScaleObjective(const FigureInfo& figure, double value, double missing, bool maximize,
                      double scale) {
  if (figure.scale == Scale::kLogMissing && maximize) {
    const double least = std::max(missing, kLeastShare);
    return {std::log10(least), -1 / (least * kLn10)};
  }
  if (figure.scale == Scale::kLog && !maximize) {
    const double least = std::max(value, kLeastShare);
    return {std::log10(least), 1 / (least * kLn10)};
  }
  return {(maximize ? -value : value) / scale, (maximize ? -1 : 1) / scale};
}

Scaled ScaleDemand(const PlantDemand& demand, double value, double missing) {
  const double limit = demand.advised;
  if (demand.at_least && demand.figure->scale == Scale::kLogMissing) {
    const double least = std::max(missing, kLeastShare);
    return {std::log10(std::max(1 - limit, kLeastShare)) - std::log10(least), 1 / (least * kLn10)};
  }
  if (!demand.at_least && demand.figure->scale == Scale::kLog) {
    const double least = std::max(value, kLeastShare);
    return {std::log10(std::max(limit, kLeastShare)) - std::log10(least), -1 / (least * kLn10)};
  }
  const double scale = limit != 0 ? std::fabs(limit) : 1;
  const double sign = demand.at_least ? 1 : -1;
  return {sign * (value - limit) / scale, sign / scale};
}

std::vector<double> Times(std::vector<double> values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

}  // namespace

Flowsheet PlantModel::FlowsheetOf(const PlantInputs& inputs) const {
  Flowsheet flowsheet = base_;
  std::size_t next = 0;
  VisitLeaves(flowsheet, [&](auto& leaf, const Bounds&, const auto&) {
    if constexpr (std::is_same_v<std::decay_t<decltype(leaf)>, Number>) leaf = inputs[next++];
  });
  return flowsheet;
}

const ProductFigures* PlantModel::ProductOf(const Figures& figures,
                                            const std::string& product) const {
  for (const ProductFigures& each : figures.products) {
    if (each.product == product) return &each;
  }
  return nullptr;
}

double PlantModel::ObjectiveValue(const PlantPoint& point) const {
  return objective_figure_->per_product()
             ? objective_figure_->of_product(*ProductOf(point.figures, objective_.product))
             : objective_figure_->of_flowsheet(point.figures);
}

double PlantModel::DemandValue(const PlantPoint& point, std::size_t demand) const {
  const PlantDemand& each = demands_[demand];
  return each.figure->per_product()
             ? each.figure->of_product(*ProductOf(point.figures, each.product))
             : each.figure->of_flowsheet(point.figures);
}

double PlantModel::ObjectiveUnit(const PlantPoint& point) const {
  const double value = ObjectiveValue(point);
  const bool maximize = objective_.direction == Direction::kMaximize;
  const double missing =
      objective_figure_->missing != nullptr
          ? objective_figure_->missing(*ProductOf(point.figures, objective_.product))
          : 0;
  return 1 /
         std::fabs(
             ScaleObjective(*objective_figure_, value, missing, maximize, objective_scale_).slope);
}

double PlantModel::DemandUnit(std::size_t demand) const {
  const PlantDemand& each = demands_[demand];
  if (each.at_least && each.figure->scale == Scale::kLogMissing) {
    return 1 / (std::max(1 - each.limit, kLeastShare) * kLn10);
  }
  if (!each.at_least && each.figure->scale == Scale::kLog) {
    return 1 / (std::max(each.limit, kLeastShare) * kLn10);
  }
  return 1 / (each.limit != 0 ? std::fabs(each.limit) : 1);
}

double PlantModel::MissingOf(const PlantPoint& point, const FigureInfo& figure,
                             const std::string& product) const {
  return figure.missing != nullptr ? figure.missing(*ProductOf(point.figures, product)) : 0.0;
}

class PlantModel::Slopes {
 public:
  Slopes(const PlantModel& model, const PlantSolved& solved, const std::vector<int>& inputs)
      : solved_(solved),
        levers_(solved.flowsheet, model.chemistry_, solved.prepared.built, [&](std::size_t leaf) {
          return std::any_of(inputs.begin(), inputs.end(),
                             [&](int q) { return model.quantities_[q].leaf == leaf; });
        }) {
    for (const int q : inputs) {
      const auto found =
          std::find(levers_.leaves().begin(), levers_.leaves().end(), model.quantities_[q].leaf);
      lever_of_.push_back(static_cast<std::size_t>(found - levers_.leaves().begin()));
    }
  }

  /// By every input; what is no lever of this point changes nothing.
  std::vector<double> Of(const kernels::CircuitGradient& circuit,
                         const SupplyGradient& supplies) const {
    const std::vector<double> by_lever = levers_.Derivatives(circuit, supplies);
    std::vector<double> by;
    for (const std::size_t lever : lever_of_) {
      by.push_back(lever < by_lever.size() ? by_lever[lever] : 0.0);
    }
    return by;
  }

  /// Empty for a figure that the flowsheet does not have.
  std::vector<double> Of(const FigureInfo& figure, const std::string& product) const {
    for (const FigureGradients::ByCircuit& each : solved_.figures) {
      if (each.name == figure.name && each.product == product) {
        return Of(each.circuit, each.supplies);
      }
    }
    return {};
  }

 private:
  const PlantSolved& solved_;
  Levers levers_;
  std::vector<std::size_t> lever_of_;
};

void PlantModel::Judge(const Slopes& slopes, PlantPoint* point) const {
  const Scaled objective =
      ScaleObjective(*objective_figure_, ObjectiveValue(*point),
                     MissingOf(*point, *objective_figure_, objective_.product),
                     objective_.direction == Direction::kMaximize, objective_scale_);
  point->objective = objective.value;
  point->figures_by = {slopes.Of(*objective_figure_, objective_.product)};
  point->objective_by = Times(point->figures_by[0], objective.slope);
  for (std::size_t k = 0; k < demands_.size(); ++k) {
    const PlantDemand& demand = demands_[k];
    const Scaled scaled = ScaleDemand(demand, DemandValue(*point, k),
                                      MissingOf(*point, *demand.figure, demand.product));
    point->demands.push_back(scaled.value);
    point->figures_by.push_back(slopes.Of(*demand.figure, demand.product));
    point->demands_by.push_back(Times(point->figures_by.back(), scaled.slope));
  }
}

std::vector<Flag> PlantModel::FlagsOf(const PlantPoint& point) const {
  const PlantSolved& plant = *point.solution;
  return ComputeFlags({plant.prepared.built, plant.prepared.cascade, plant.answer.circuit});
}

std::vector<std::vector<double>> PlantModel::DemandsBy(const PlantPoint& point,
                                                       const std::vector<int>& inputs) const {
  const Slopes slopes(*this, *point.solution, inputs);
  std::vector<std::vector<double>> by;
  for (std::size_t k = 0; k < demands_.size(); ++k) {
    const PlantDemand& demand = demands_[k];
    const Scaled scaled = ScaleDemand(demand, DemandValue(point, k),
                                      MissingOf(point, *demand.figure, demand.product));
    by.push_back(Times(slopes.Of(*demand.figure, demand.product), scaled.slope));
  }
  return by;
}

PlantPoint PlantModel::Solve(const PlantInputs& inputs, const std::vector<double>& offsets,
                             const std::vector<double>& state,
                             const PlantQuestion& question) const {
  PlantPoint point;
  const auto plant = std::make_shared<PlantSolved>();
  plant->flowsheet = FlowsheetOf(inputs);
  const Flowsheet& flowsheet = plant->flowsheet;
  Prepared& prepared = plant->prepared = Prepare(flowsheet, chemistry_, graph_);
  if (!prepared.problem.empty()) {
    point.problem = prepared.problem;
    return point;
  }
  std::vector<int> component_of;
  for (std::size_t p = 0; p < spec_.parameters.size(); ++p) {
    component_of.push_back(prepared.built.Component(spec_.parameters[p].element));
    if (p >= offsets.size() || component_of[p] < 0) continue;
    prepared.built.circuit.components[component_of[p]].log10_k += offsets[p];
    prepared.cascade.components[component_of[p]].log10_k += offsets[p];
  }
  const std::vector<double>& warm = state.empty() ? start_state_ : state;
  std::vector<Answer> answers;
  SolveAll(OneCore(), {&prepared}, {&warm}, nullptr, &answers);
  const Answer& answer = plant->answer = std::move(answers[0]);
  if (!IsSolved(prepared, answer)) {
    point.problem = absl::StrCat("no steady state found: residual ", ResidualOf(prepared, answer));
    return point;
  }
  point.solved = true;
  point.solution = plant;
  point.state = PackAnswer(prepared, answer, /*composition=*/true);
  const Solved solved{prepared.built, prepared.cascade, answer.circuit};
  point.figures = ComputeFigures(flowsheet, solved);
  if (!question.figures && question.outputs.empty()) return point;

  const FigureGradients figures(
      flowsheet, chemistry_, solved, point.figures,
      [&](const std::string& name, const std::string& product) {
        if (!question.figures) return false;
        if (objective_figure_->name == name && objective_.product == product) return true;
        return std::any_of(demands_.begin(), demands_.end(), [&](const PlantDemand& demand) {
          return demand.figure->name == name && demand.product == product;
        });
      });
  std::vector<kernels::SolutionSeed> seeds = figures.seeds();
  const std::size_t first_output = seeds.size();
  std::vector<kernels::CascadeGradient> direct;
  if (!question.outputs.empty()) {
    const std::vector<kernels::Outflow> out =
        kernels::Outflows(prepared.built.circuit, prepared.cascade, answer.circuit);
    for (const int q : question.outputs) {
      kernels::OutflowPath path =
          SeedOutput(quantities_[q], solved, out, &point.outputs.emplace_back());
      seeds.push_back(std::move(path.seed));
      direct.push_back(std::move(path.direct));
    }
  }
  const kernels::GradientTask task{&prepared.cascade, &answer.circuit, seeds};
  std::vector<kernels::CascadeGradient> gradients;
  kernels::Differentiate(OneCore(), {&task, 1}, {&gradients, 1});

  const Slopes slopes(*this, *plant, question.inputs);
  for (std::size_t k = 0; k < question.outputs.size(); ++k) {
    kernels::CascadeGradient& total = gradients[first_output + k];
    kernels::AddScaled(1.0, direct[k], &total);
    const kernels::CircuitGradient by = kernels::ThroughAssembly(prepared.built.circuit, total);
    point.outputs_by.push_back(slopes.Of(by, {}));
    std::vector<double>& by_k = point.outputs_by_log10_k.emplace_back();
    for (const int component : component_of) {
      by_k.push_back(component < 0 ? 0.0 : by.log10_k[component]);
    }
  }
  if (question.figures) {
    gradients.resize(first_output);
    plant->figures = figures.ThroughCircuit(std::move(gradients));
    Judge(slopes, &point);
  }
  return point;
}

}  // namespace raffinate::optimizer
