#include "optimizer/dynamics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kernels/dynamics.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/operation.h"

namespace raffinate::optimizer {
namespace {

/// A time in which the inputs go in a straight line from one operating point to
/// another, which may be the same.
struct Leg {
  double from = 0, to = 0;  ///< [h]
  std::size_t before = 0, after = 0;
  bool jump = false;  ///< whether inputs are others than at the end of the leg before
};

std::vector<Leg> LegsOf(const Dynamics& dynamics) {
  std::vector<Leg> legs;
  double time = 0;
  bool jump = false;
  const auto go = [&](double to, std::size_t before, std::size_t after) {
    if (!(to > time)) return;
    legs.push_back({time, to, before, after, jump});
    time = to;
    jump = false;
  };
  for (std::size_t k = 0; k < dynamics.changes.size(); ++k) {
    const Change& change = dynamics.changes[k];
    go(change.at, k, k);
    if (change.over > 0) {
      go(change.at + change.over, k, k + 1);
    } else {
      jump = true;
    }
  }
  go(dynamics.until, dynamics.changes.size(), dynamics.changes.size());
  return legs;
}

/// Volumes that give the residence times at the flows of the flowsheet.
std::vector<kernels::Holdup> HoldupsOf(const Dynamics& dynamics, const Built& built,
                                       const kernels::Cascade& cascade) {
  std::vector<kernels::Holdup> holdups;
  for (int j = 0; j < cascade.stages(); ++j) {
    double mixer = dynamics.mixer, settler = dynamics.settler;
    for (const SectionResidence& own : dynamics.sections) {
      if (own.name != built.SectionOf(j)) continue;
      mixer = own.mixer.value_or(mixer);
      settler = own.settler.value_or(settler);
    }
    const kernels::StageFlows& f = cascade.flows[j];
    const double aqueous = f.aq_up + f.aq_down + f.aq_draw;
    const double organic = f.org_up + f.org_down + f.org_draw;
    holdups.push_back({mixer * aqueous, mixer * organic, settler * aqueous, settler * organic});
  }
  return holdups;
}

/// What is followed of a product over all steps.
struct Followed {
  const Product* product = nullptr;
  int row = 0;                    ///< of Leaving()
  std::vector<double> leaving;    ///< at the last step, per component [kmol/h]
  std::vector<double> collected;  ///< since the start [kmol]
  ProductFigures now;
  std::optional<double> on_specification;  ///< [h]
};

bool HasDemands(const Product& product) { return product.min_purity || product.min_recovery; }

bool Meets(const Product& product, const ProductFigures& now) {
  return HasDemands(product) && now.purity >= product.min_purity.value_or(0) &&
         now.recovery >= product.min_recovery.value_or(0);
}

class DynamicRun {
 public:
  DynamicRun(const Flowsheet& flowsheet, const Chemistry& chemistry, const DynamicOptions& options,
             const std::function<void(const DynamicState&)>& seen)
      : flowsheet_(flowsheet),
        dynamics_(*flowsheet.dynamics),
        chemistry_(chemistry),
        options_(options),
        seen_(seen),
        points_(OperatingPoints(flowsheet)) {}

  DynamicSummary Run() {
    DynamicSummary summary;
    summary.flowsheet = flowsheet_;
    for (const Product& product : flowsheet_.products) {
      summary.products.push_back({product.name, std::nullopt});
    }
    summary.message = Start();
    if (!summary.message.empty()) return summary;
    const std::vector<double> held = transient_->Inventory();
    summary.message = Integrate();
    summary.complete = summary.message.empty();
    const double time = transient_->state().time;
    if (!summary.complete) {
      summary.message =
          absl::StrFormat("stopped at %.6g h of %g h: %s", time, dynamics_.until, summary.message);
    }
    summary.end_time_h = time;
    for (std::size_t p = 0; p < followed_.size(); ++p) {
      summary.products[p].on_specification_h = followed_[p].on_specification;
    }
    summary.steps = transient_->steps();
    summary.iterations = transient_->iterations();
    summary.balance_error = BalanceError(held);
    const Snapshot now = Present();
    summary.flags = ComputeFlags({built(), now.cascade, now.solution});
    return summary;
  }

 private:
  /// The mixers as if they were a steady state, for profiles and flags.
  struct Snapshot {
    kernels::Cascade cascade;
    kernels::Solution solution;
  };

  const Built& built() const { return built_[0]; }

  std::string Start() {
    Built design;
    kernels::Cascade cascade;
    std::string wrong = Build(flowsheet_, chemistry_, &design);
    if (wrong.empty()) wrong = kernels::Assemble(design.circuit, &cascade);
    std::size_t failed = 0;
    if (wrong.empty()) wrong = BuildAll(points_, chemistry_, &built_, &failed);
    if (!wrong.empty()) return wrong;
    kernels::TransientOptions options;
    options.cancel = options_.cancel;
    leg_ = {0, dynamics_.until, 0, 0, false};
    transient_ = std::make_unique<kernels::Transient>(
        WithoutIdle(built().circuit), HoldupsOf(dynamics_, design, cascade),
        [this](double time, kernels::Circuit* circuit) { SetInputs(time, circuit); }, options);
    if (transient_->problem().empty()) {
      if (dynamics_.start == optimizer::Start::kBarren) {
        transient_->StartBarren();
      } else {
        transient_->StartSteady();
      }
    }
    if (!transient_->problem().empty()) return "could not start: " + transient_->problem();
    for (const Product& product : flowsheet_.products) {
      Followed followed;
      followed.product = &product;
      for (const Leaving& leaving : built().leaving) {
        if (leaving.name == product.stream) followed.row = leaving.row;
      }
      followed.leaving.assign(built().components.size(), 0.0);
      followed.collected = followed.leaving;
      followed_.push_back(std::move(followed));
    }
    Follow(/*first=*/true);
    return "";
  }

  void SetInputs(double time, kernels::Circuit* circuit) const {
    const double part =
        leg_.before == leg_.after ? 0.0 : (time - leg_.from) / (leg_.to - leg_.from);
    Between(built_[leg_.before].circuit, built_[leg_.after].circuit, std::clamp(part, 0.0, 1.0),
            circuit);
  }

  std::string Integrate() {
    long outputs = 0;
    const auto next_output = [&] {
      // Sums of `every` would drift.
      const double next = static_cast<double>(outputs) * dynamics_.every;
      return next > dynamics_.until * (1 - 1e-9) ? dynamics_.until : next;
    };
    Show();
    ++outputs;
    for (const Leg& leg : LegsOf(dynamics_)) {
      leg_ = leg;
      if (leg.jump) {
        // Short steps again, and what leaves with the flows of now.
        transient_->StartFrom(transient_->state());
        if (!transient_->problem().empty()) return transient_->problem();
        Follow(/*first=*/false);
      }
      while (transient_->state().time < leg.to) {
        // Times that were written as the same may differ in the last digit.
        const double output = next_output(), same = 1e-9 * dynamics_.until;
        const bool shown = output <= leg.to + same;
        const double to = shown && output < leg.to - same ? output : leg.to;
        std::string wrong = transient_->Advance(
            to, [this](const kernels::TransientState&) { Follow(/*first=*/false); });
        if (!wrong.empty()) return wrong;
        if (shown) Show(), ++outputs;
      }
    }
    return "";
  }

  /// kmol/h of every component in all streams.
  std::vector<double> Fed() const {
    std::vector<double> fed(built().components.size(), 0.0);
    for (const kernels::Inlet& inlet : transient_->circuit().inlets) {
      if (inlet.phase != kernels::Phase::kAqueous) continue;
      for (std::size_t i = 0; i < fed.size(); ++i) fed[i] += inlet.flow * inlet.molarity[i];
    }
    return fed;
  }

  /// Takes a step into what is collected and when demands were met.
  void Follow(bool first) {
    const double time = transient_->state().time, past = followed_until_;
    followed_until_ = time;
    if (followed_.empty()) return;
    const std::vector<kernels::Outflow> rows = transient_->Leaving();
    const std::vector<double> fed = Fed();
    for (Followed& each : followed_) {
      const std::vector<double>& leaving = rows[each.row].metals;
      for (std::size_t i = 0; i < leaving.size(); ++i) {
        each.collected[i] += (time - past) * (each.leaving[i] + leaving[i]) / 2;
      }
      each.leaving = leaving;
      const ProductFigures before =
          std::exchange(each.now, FiguresOf(*each.product, built(), leaving, fed));
      if (!Meets(*each.product, each.now)) {
        each.on_specification.reset();
      } else if (!each.on_specification) {
        each.on_specification =
            first ? time : past + (time - past) * Crossing(*each.product, before, each.now);
      }
    }
  }

  /// The part of a step after which the last demand was met, in straight lines.
  static double Crossing(const Product& product, const ProductFigures& before,
                         const ProductFigures& now) {
    double part = 0;
    const auto cross = [&part](const std::optional<double>& demand, double from, double to) {
      if (demand && from < *demand) part = std::max(part, (*demand - from) / (to - from));
    };
    cross(product.min_purity, before.purity, now.purity);
    cross(product.min_recovery, before.recovery, now.recovery);
    return part;
  }

  Snapshot Present() const {
    const kernels::TransientState& state = transient_->state();
    Snapshot now;
    // Inputs that could not be laid out have stopped the transient before.
    kernels::Assemble(transient_->circuit(), &now.cascade);
    if (built().system->law != Law::kConstantBeta) now.cascade.extractant = state.extractant;
    now.cascade.anions = state.anions;
    now.cascade.totals = state.totals;
    now.solution.x = state.x;
    now.solution.y = state.y;
    now.solution.state = state.profile;
    return now;
  }

  void Show() const {
    const kernels::TransientState& state = transient_->state();
    DynamicState out;
    out.time_h = state.time;
    const std::vector<kernels::Outflow> rows = transient_->Leaving();
    for (const Leaving& leaving : built().leaving) {
      const kernels::Outflow& row = rows[leaving.row];
      out.streams.push_back(LeavingStream(leaving, row, built(), FreeDimer(row)));
    }
    const std::vector<double> nothing_fed(built().components.size(), 0.0);
    for (const Followed& each : followed_) {
      DynamicProduct product;
      product.now = each.now;
      product.meets_demands = Meets(*each.product, each.now);
      const ProductFigures all = FiguresOf(*each.product, built(), each.collected, nothing_fed);
      product.collected_purity = all.purity;
      product.collected_impurity = all.impurity;
      product.collected_reo_kg = all.reo_kg_per_h;
      out.products.push_back(std::move(product));
    }
    const std::vector<double> inventory = transient_->Inventory();
    for (std::size_t i = 0; i < inventory.size(); ++i) {
      out.inventory.push_back({built().components[i]->symbol, inventory[i]});
    }
    if (KnowsProton(built().system->law)) {
      out.first_stage_ph = -state.profile.ln_h.front() / std::log(10.0);
      out.last_stage_ph = -state.profile.ln_h.back() / std::log(10.0);
    }
    if (options_.stages) {
      const Snapshot now = Present();
      out.stages = ComputeStages({built(), now.cascade, now.solution});
    }
    seen_(out);
  }

  double FreeDimer(const kernels::Outflow& row) const {
    if (!(row.organic_flow > 0)) return 0;
    double free = row.extractant_dimer;
    for (std::size_t i = 0; i < row.metals.size(); ++i) {
      free -= built().circuit.components[i].dimers * (row.metals[i] - row.aqueous_metals[i]);
    }
    return free / row.organic_flow;
  }

  double BalanceError(const std::vector<double>& held) const {
    const std::vector<double> holds = transient_->Inventory();
    const kernels::TransientState& state = transient_->state();
    double worst = 0;
    for (std::size_t i = 0; i < held.size(); ++i) {
      const double in = held[i] + state.entered[i], out = holds[i] + state.left[i];
      if (const double most = std::max(in, out); most > 0) {
        worst = std::max(worst, std::abs(in - out) / most);
      }
    }
    return worst;
  }

  const Flowsheet& flowsheet_;
  const Dynamics& dynamics_;
  const Chemistry& chemistry_;
  const DynamicOptions& options_;
  const std::function<void(const DynamicState&)>& seen_;
  const std::vector<Flowsheet> points_;
  std::vector<Built> built_;  ///< one per point
  Leg leg_;
  std::unique_ptr<kernels::Transient> transient_;
  std::vector<Followed> followed_;
  double followed_until_ = 0;  ///< [h]
};

}  // namespace

DynamicSummary SimulateDynamic(const Flowsheet& flowsheet, const Chemistry& chemistry,
                               const DynamicOptions& options,
                               const std::function<void(const DynamicState&)>& seen) {
  return DynamicRun(flowsheet, chemistry, options, seen).Run();
}

}  // namespace raffinate::optimizer
