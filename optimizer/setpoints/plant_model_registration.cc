// What a plant is when it is registered, and what is refused.
#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/decisions.h"
#include "optimizer/model/names.h"
#include "optimizer/setpoints/plant_model.h"

namespace raffinate::optimizer {
namespace {

/// Makes every number of the composition one of the flowsheet's.
void WriteFeedOut(const Chemistry& chemistry, Stream* stream) {
  const auto feed = chemistry.feeds.find(stream->feed);
  if (feed == chemistry.feeds.end()) return;
  stream->metals = MetalsOf(*stream, chemistry);
  if (!stream->hcl && !stream->chloride) stream->hcl = feed->second.hcl_mol_per_l;
  stream->feed.clear();
}

/// What a margin makes of a limit: the missing share, or the share itself, times 1 - margin.
double WithMargin(const PlantDemand& demand, double margin) {
  if (demand.at_least && demand.figure->scale == Scale::kLogMissing) {
    return 1 - (1 - demand.limit) * (1 - margin);
  }
  if (!demand.at_least && demand.figure->scale == Scale::kLog) {
    return demand.limit * (1 - margin);
  }
  return demand.limit;
}

}  // namespace

PlantModel::PlantModel(PlantSpec spec, Chemistry chemistry)
    : spec_(std::move(spec)), chemistry_(std::move(chemistry)) {
  base_ = spec_.flowsheet;
  for (const ExtractantSystem& own : base_.extractant_systems) {
    ExtractantSystem& known = chemistry_.systems[own.name];
    const bool replaces = known.built_in;
    known = own;
    known.built_in = false;
    known.replaces_built_in = replaces;
  }
  base_.extractant_systems.clear();
  base_.dynamics.reset();
  for (Stream& stream : base_.streams) WriteFeedOut(chemistry_, &stream);
  // Not asked for: demands and objectives are judged here.
  base_.objectives.clear();
  base_.constraints.clear();
}

std::unique_ptr<PlantModel> PlantModel::Create(const PlantSpec& spec, const Chemistry& chemistry,
                                               Violations* violations) {
  const auto refuse = [&](const std::string& field, const std::string& what) {
    violations->push_back({field, what});
  };
  if (!Graph(spec.flowsheet).alone()) {
    refuse("flowsheet.circuits",
           "found circuits joined by streams; setpoints follow one circuit that stands alone, as "
           "derivatives do");
    return nullptr;
  }
  const Decisions decisions(spec.flowsheet);
  for (const Variable& variable : decisions.variables()) {
    if (variable.kind == Variable::Kind::kReal && variable.step == 0) continue;
    refuse(absl::StrCat("flowsheet.", variable.path),
           variable.kind == Variable::Kind::kReal
               ? "found a range with a step; a setpoint takes every value between min and max"
               : "is left to decide; the equipment of a plant is fixed, only real numbers may be "
                 "ranges");
  }
  if (!violations->empty()) return nullptr;
  auto model = std::unique_ptr<PlantModel>(new PlantModel(spec, chemistry));
  // Numbers in place of ranges, to see what the plant is made of.
  Flowsheet open = model->base_;
  VisitLeaves(model->base_, [](auto& leaf, const Bounds&, const auto&) {
    if constexpr (std::is_same_v<std::decay_t<decltype(leaf)>, Number>) {
      if (const auto* range = std::get_if<Range>(&leaf)) {
        leaf = range->start.value_or(range->log ? std::sqrt(range->min * range->max)
                                                : range->min + (range->max - range->min) / 2);
      }
    }
  });
  model->graph_ = std::make_shared<Graph>(model->base_);
  Built built;
  if (const std::string wrong = Build(model->base_, model->chemistry_, &built); !wrong.empty()) {
    refuse("flowsheet", wrong);
    return nullptr;
  }
  model->quantities_ = ListQuantities(open, built);
  for (std::size_t q = 0; q < model->quantities_.size(); ++q) {
    const Quantity& quantity = model->quantities_[q];
    if (quantity.kind != Quantity::Kind::kInput) continue;
    model->registered_.push_back(quantity.registered);
    if (quantity.setpoint) model->setpoints_.push_back(static_cast<int>(q));
  }
  model->CheckNames(violations);
  model->CheckGoals(violations);
  if (violations->empty()) model->CheckStart(violations);
  if (!violations->empty()) return nullptr;
  return model;
}

void PlantModel::CheckNames(Violations* violations) {
  const auto refuse = [&](const std::string& field, const std::string& what) {
    violations->push_back({field, what});
  };
  std::vector<std::string> all, settable;
  for (const Quantity& quantity : quantities_) {
    all.push_back(quantity.name);
    if (quantity.setpoint) settable.push_back(quantity.name);
  }
  const auto positive = [&](const std::string& field, const std::optional<double>& value) {
    if (value && !(*value > 0 && std::isfinite(*value))) {
      refuse(field, absl::StrCat("found ", *value, "; a positive number is needed"));
    }
  };
  for (std::size_t k = 0; k < spec_.moves.size(); ++k) {
    const MoveLimit& move = spec_.moves[k];
    const std::string at = absl::StrCat("moves[", k, "]");
    const int q = FindQuantity(quantities_, move.setpoint);
    if (q < 0 || !quantities_[q].setpoint) {
      refuse(at + ".setpoint", Unknown("setpoint", move.setpoint, settable));
    }
    if (!move.per_advice && !move.per_hour) {
      refuse(at, "limits nothing; give per_advice, per_hour or both");
    }
    positive(at + ".per_advice", move.per_advice);
    positive(at + ".per_hour", move.per_hour);
    for (std::size_t j = 0; j < k; ++j) {
      if (spec_.moves[j].setpoint == move.setpoint) {
        refuse(at + ".setpoint", absl::StrCat("'", move.setpoint, "' is listed twice"));
      }
    }
  }
  for (std::size_t k = 0; k < spec_.instruments.size(); ++k) {
    const Instrument& instrument = spec_.instruments[k];
    const std::string at = absl::StrCat("instruments[", k, "]");
    const int q = FindQuantity(quantities_, instrument.quantity);
    if (q < 0) {
      refuse(at + ".quantity", Unknown("quantity", instrument.quantity, all));
    } else if (instrument.optional && quantities_[q].kind != Quantity::Kind::kInput) {
      refuse(at + ".optional", absl::StrCat("is set for '", instrument.quantity,
                                            "', which leaves the plant; only what the flowsheet "
                                            "gives has a number to fall back on"));
    }
    for (std::size_t j = 0; j < k; ++j) {
      if (spec_.instruments[j].quantity == instrument.quantity) {
        refuse(at + ".quantity", absl::StrCat("'", instrument.quantity, "' is listed twice"));
      }
    }
    if (instrument.sd.has_value() == instrument.relative_sd.has_value()) {
      refuse(at, "exactly one of sd and relative_sd is needed");
    }
    positive(at + ".sd", instrument.sd);
    positive(at + ".relative_sd", instrument.relative_sd);
    positive(at + ".max_age_h", instrument.max_age_h);
    if (instrument.min && instrument.max && !(*instrument.min < *instrument.max)) {
      refuse(at + ".max",
             absl::StrCat("found ", *instrument.max, "; it must lie above min, ", *instrument.min));
    }
  }
  const ExtractantSystem* system = FindSystem(base_, chemistry_, Value(base_.circuits[0].system));
  for (std::size_t k = 0; k < spec_.parameters.size(); ++k) {
    const PlantParameter& parameter = spec_.parameters[k];
    const std::string at = absl::StrCat("parameters[", k, "]");
    const EquilibriumConstant* constant =
        system == nullptr ? nullptr : system->Find(parameter.element);
    positive(at + ".sd_log10", parameter.sd);
    if (constant == nullptr || !constant->log10_k) {
      std::vector<std::string> known;
      if (system != nullptr) {
        for (const auto& each : system->constants) {
          if (each.log10_k) known.push_back(each.element);
        }
      }
      refuse(at + ".element", Unknown("element with log10 K", parameter.element, known));
    } else if (!parameter.sd && !constant->log10_standard_error) {
      refuse(at, absl::StrCat("the constant of ", parameter.element,
                              " has no standard error; sd_log10 is needed"));
    }
    const double own = constant == nullptr ? 0 : constant->log10_standard_error.value_or(0);
    parameter_sd_.push_back(parameter.sd.value_or(own));
  }
  if (!(spec_.demand_margin >= 0 && spec_.demand_margin < 1)) {
    refuse("demand_margin",
           absl::StrCat("found ", spec_.demand_margin, "; it must be at least 0 and below 1"));
  }
  positive("interval_h", spec_.interval_h);
}

void PlantModel::CheckGoals(Violations* violations) {
  const auto refuse = [&](const std::string& field, const std::string& what) {
    violations->push_back({field, what});
  };
  const auto usable = [&](const FigureInfo* figure, const std::string& field) {
    if (figure == nullptr) {
      refuse(field, "names no figure");
    } else if (figure->of_plant || figure->of_minimum || figure->name == std::string("stages")) {
      refuse(field, absl::StrCat("'", figure->name,
                                 "' has no derivatives; setpoints are sought by figures that have "
                                 "(docs/sensitivities.md)"));
    } else {
      return true;
    }
    return false;
  };
  const Flowsheet& flowsheet = spec_.flowsheet;
  if (flowsheet.objectives.size() != 1) {
    refuse("flowsheet.objectives",
           absl::StrCat("found ", flowsheet.objectives.size(),
                        "; a plant that runs has one objective, others belong into constraints"));
  } else {
    objective_ = flowsheet.objectives[0];
    objective_figure_ = FindFigure(objective_.figure);
    if (usable(objective_figure_, "flowsheet.objectives[0].figure") &&
        objective_figure_->per_product() && objective_.product.empty()) {
      if (flowsheet.products.size() == 1) {
        objective_.product = flowsheet.products[0].name;
      } else {
        refuse("flowsheet.objectives[0].product",
               "is missing; the worst of several products has no derivative, name one");
      }
    }
  }
  const auto demand = [&](const FigureInfo* figure, const std::string& product, bool at_least,
                          double limit) {
    PlantDemand each{figure, product, at_least, limit, limit};
    each.advised = WithMargin(each, spec_.demand_margin);
    demands_.push_back(std::move(each));
  };
  for (const Product& product : flowsheet.products) {
    if (product.min_purity) demand(FindFigure("purity"), product.name, true, *product.min_purity);
    if (product.min_recovery) {
      demand(FindFigure("recovery"), product.name, true, *product.min_recovery);
    }
  }
  for (std::size_t k = 0; k < flowsheet.constraints.size(); ++k) {
    const Constraint& constraint = flowsheet.constraints[k];
    const FigureInfo* figure = FindFigure(constraint.figure);
    if (!usable(figure, absl::StrCat("flowsheet.constraints[", k, "].figure"))) continue;
    std::vector<std::string> products = {constraint.product};
    if (figure->per_product() && constraint.product.empty()) {
      products.clear();
      for (const Product& product : flowsheet.products) products.push_back(product.name);
    }
    for (const std::string& product : products) {
      if (constraint.min) demand(figure, product, true, *constraint.min);
      if (constraint.max) demand(figure, product, false, *constraint.max);
    }
  }
}

void PlantModel::CheckStart(Violations* violations) {
  PlantQuestion question;
  question.figures = true;
  question.inputs = setpoints_;
  const PlantPoint point = Solve(registered_, {}, {}, question);
  if (!point.solved) {
    violations->push_back({"flowsheet", absl::StrCat("has no steady state at the starts of its "
                                                     "setpoints: ",
                                                     point.problem)});
    return;
  }
  start_state_ = point.state;
  const double value = ObjectiveValue(point);
  if (value != 0) objective_scale_ = std::fabs(value);
  for (std::size_t k = 0; k < point.figures_by.size(); ++k) {
    if (!point.figures_by[k].empty()) continue;
    violations->push_back(
        {k == 0 ? "flowsheet.objectives[0].figure" : "flowsheet.constraints",
         absl::StrCat("'", k == 0 ? objective_.figure : demands_[k - 1].figure->name,
                      "' is not a figure of this flowsheet, which does not hold what it counts")});
  }
}

}  // namespace raffinate::optimizer
