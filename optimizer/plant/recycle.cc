#include "optimizer/plant/recycle.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "optimizer/model/names.h"
#include "optimizer/plant/linear.h"

namespace raffinate::optimizer {
namespace {

/// Passes that only carry what left on, from a cold start: they bring the streams to where
/// Newton's step is good.
constexpr int kFirstSubstitutions = 2;
/// Smallest share of what left that is tried to enter next.
constexpr double kLeastShare = 1.0 / 16;
/// Pace of implicit steps: time in which the streams follow, in units of the time in which they
/// go round. At first from a cold start; smallest; from where on the step is Newton's.
constexpr double kFirstPace = 1, kLeastPace = 0.03, kMostPace = 1e6;
/// What an accepted and a failed step make of it.
constexpr double kFaster = 3, kMuchFaster = 30, kSlower = 6;
/// By how much a step of finite pace may increase the sum of squares.
constexpr double kWorse = 4;
/// A component keeps at least this share of what it was in one step.
constexpr double kLeastKept = 0.1;
/// Passes that carry on what left where Newton's step does not help: at first, and at most.
constexpr int kFirstPatience = 2, kMostPatience = 64;
/// Share of the anions that metals bind where nothing is known yet, one after the other.
constexpr double kNeutral[] = {0.9, 0.6, 0.98};
/// Below this a recycle that comes no nearer is as near as rounding lets it.
constexpr double kRounding = 1e-10;

}  // namespace

Recycle::Recycle(const PlantTask& task, const PlantOptions& options, PlantSolution* solution)
    : plant_(*task.plant),
      warm_(task.warm),
      options_(options),
      solution_(*solution),
      layout_(plant_) {
  solution_ = PlantSolution();
  solution_.circuits.resize(plant_.circuits.size());
  for (const kernels::Cascade& cascade : plant_.cascades) {
    feed_up_.push_back(cascade.feed_up);
    feed_down_.push_back(cascade.feed_down);
  }
  solution_.moles.assign(layout_.size(), 0.0);
  states_.resize(plant_.circuits.size());
  if (warm_ != nullptr && warm_->circuits.size() == states_.size()) states_ = warm_->circuits;
  if (warm_ != nullptr && static_cast<int>(warm_->moles.size()) != layout_.size()) warm_ = nullptr;
  Enter();
}

void Recycle::Enter() {
  if (group_ == plant_.groups.size()) {
    WriteInlets();
    solution_.status = kernels::SolveStatus::kSolved;
    done_ = true;
    return;
  }
  const std::vector<int>& group = plant_.groups[group_];
  unknowns_ = NumbersOf(plant_, layout_, [&group](int circuit) {
    return std::binary_search(group.begin(), group.end(), circuit);
  });
  accepted_ = false;
  free_step_ = true;
  group_passes_ = 0;
  retreats_ = 0;
  patience_ = kFirstPatience;
  substitutions_ = kFirstSubstitutions;
  pace_ = warm_ != nullptr ? INFINITY : kFirstPace;
  in_ = solution_.moles;
  if (warm_ != nullptr) {
    for (const StreamNumber& unknown : unknowns_) in_[unknown.mole] = warm_->moles[unknown.mole];
    substitutions_ = 0;
  } else {
    Guess();
  }
  tried_ = in_;
}

// Streams as neutral as their anions make them, organic that is partly loaded, with the metals as
// they are fed; of the bases, which most streams have little of, a trace.
void Recycle::Guess() {
  constexpr double kLoading = 0.3, kShare = 0.5, kTrace = 1e-3;
  const auto fed = [this](const std::string& symbol) {
    return (IsBaseCation(symbol) ? kTrace : 1) * plant_.Fed(symbol);
  };
  for (std::size_t first = 0; first < unknowns_.size();) {
    const std::size_t end = Stream(first).first;
    const Link& link = plant_.links[unknowns_[first].link];
    const Built &from = plant_.circuits[link.from], &to = plant_.circuits[link.to];
    const bool aqueous = unknowns_[first].phase == 0;
    const kernels::Inlet& inlet = to.circuit.inlets[link.inlet[aqueous ? 0 : 1]];
    const bool beta = from.circuit.law == kernels::Law::kConstantBeta;
    const double room = aqueous
                            ? (beta ? link.metal : kNeutral[retreats_] * inlet.anions * inlet.flow)
                            : (beta ? 1 : kLoading) * inlet.extractant_dimer_mol_per_l * inlet.flow;
    double taken = 0;
    for (std::size_t k = first; k < end; ++k) {
      const kernels::Component& component = from.circuit.components[unknowns_[k].component];
      taken += (aqueous && !beta ? component.charge : component.dimers) *
               fed(from.components[unknowns_[k].component]->symbol);
    }
    const double factor = room > 0 && taken > 0 ? room / taken : kShare;
    for (std::size_t k = first; k < end; ++k) {
      in_[unknowns_[k].mole] = factor * fed(from.components[unknowns_[k].component]->symbol);
    }
    first = end;
  }
}

void Recycle::SetFeeds(int circuit) {
  kernels::Cascade& cascade = plant_.cascades[circuit];
  cascade.feed_up = feed_up_[circuit];
  cascade.feed_down = feed_down_[circuit];
  for (std::size_t l = 0; l < plant_.links.size(); ++l) {
    const Link& link = plant_.links[l];
    if (link.to != circuit) continue;
    for (int phase = 0; phase < 2; ++phase) {
      if (link.inlet[phase] < 0) continue;
      kernels::Feeds* const feeds = phase == 0 ? &cascade.feed_down : &cascade.feed_up;
      const int offset = layout_.Offset(static_cast<int>(l), phase);
      const std::vector<int>& components = layout_.ComponentsOf(static_cast<int>(l));
      for (std::size_t i = 0; i < components.size(); ++i) {
        kernels::AddFeed(static_cast<long>(link.stage) * cascade.size() + components[i],
                         tried_[offset + i], feeds);
      }
    }
  }
}

const std::vector<int>& Recycle::Prepare(std::vector<kernels::Task>* tasks) {
  const std::vector<int>& group = plant_.groups[group_];
  for (const int c : group) {
    SetFeeds(c);
    tasks->push_back({&plant_.cascades[c], states_[c].ln_h.empty() ? nullptr : &states_[c]});
  }
  return group;
}

// What circuit `c` sends into its links.
void Recycle::Outputs(int c, std::vector<double>* moles) const {
  const std::vector<kernels::Outflow> rows =
      kernels::Outflows(plant_.circuits[c].circuit, plant_.cascades[c], solution_.circuits[c]);
  for (int l = 0; l < static_cast<int>(plant_.links.size()); ++l) {
    const Link& link = plant_.links[l];
    if (link.from != c) continue;
    const kernels::Outflow& row = rows[link.row];
    for (std::size_t i = 0; i < row.metals.size(); ++i) {
      (*moles)[layout_.Offset(l, 0) + i] = link.share * row.aqueous_metals[i];
      (*moles)[layout_.Offset(l, 1) + i] = link.share * (row.metals[i] - row.aqueous_metals[i]);
    }
  }
}

double Recycle::Worst(const std::vector<double>& out, std::size_t* worst) const {
  double most = 0;
  for (std::size_t k = 0; k < unknowns_.size(); ++k) {
    const StreamNumber& unknown = unknowns_[k];
    const double error = std::abs(out[unknown.mole] - tried_[unknown.mole]) / unknown.scale;
    // A NaN is the worst.
    if (!(error <= most)) {
      most = error;
      *worst = k;
    }
  }
  return most;
}

double Recycle::Merit(const std::vector<double>& out) const {
  double sum = 0;
  for (const StreamNumber& unknown : unknowns_) {
    const double error = (out[unknown.mole] - tried_[unknown.mole]) / unknown.scale;
    sum += error * error;
  }
  return sum;
}

void Recycle::Fail(int circuit, kernels::SolveStatus status) {
  solution_.status = status;
  solution_.circuit = circuit;
  done_ = true;
}

void Recycle::Take(std::span<kernels::Solution> solutions) {
  const std::vector<int>& group = plant_.groups[group_];
  for (std::size_t k = 0; k < group.size(); ++k) {
    if (solutions[k].status == kernels::SolveStatus::kSolved) continue;
    const bool cancelled = solutions[k].status == kernels::SolveStatus::kCancelled;
    if (!cancelled && Retreat()) return;
    solution_.circuits[group[k]] = std::move(solutions[k]);
    Fail(group[k], solution_.circuits[group[k]].status);
    return;
  }
  for (std::size_t k = 0; k < group.size(); ++k) {
    const int iterations = solution_.circuits[group[k]].iterations;
    solution_.circuits[group[k]] = std::move(solutions[k]);
    solution_.circuits[group[k]].iterations += iterations;
    states_[group[k]] = solution_.circuits[group[k]].state;
  }
  std::vector<double> out = solution_.moles;
  for (const int c : group) Outputs(c, &out);
  if (unknowns_.empty()) {
    solution_.moles = std::move(out);
    Leave();
    return;
  }
  ++group_passes_;
  ++solution_.passes;
  std::size_t where = 0;
  const double worst = Worst(out, &where);
  const double merit = Merit(out);
  const bool stepped = accepted_ && !free_step_;
  const bool better = merit < (std::isinf(pace_) ? 1 - 1e-4 : kWorse) * merit_;
  // Near rounding the sum of squares is noise.
  if (stepped && !better && worst > kRounding && Retreat()) return;
  if (stepped && merit < merit_) pace_ *= std::clamp(merit_ / merit, kFaster, kMuchFaster);
  if (pace_ > kMostPace) pace_ = INFINITY;
  const bool stands = stepped && worst > 0.5 * worst_;
  accepted_ = true;
  in_ = tried_;
  out_ = std::move(out);
  merit_ = merit;
  worst_ = worst;
  solution_.residual = worst;
  if (worst <= options_.tolerance || (stands && worst <= kRounding)) {
    // Streams to other groups leave as they are; those within enter as they were solved for.
    std::vector<double> moles = out_;
    for (const StreamNumber& unknown : unknowns_) moles[unknown.mole] = in_[unknown.mole];
    solution_.moles = std::move(moles);
    Leave();
    return;
  }
  if (group_passes_ >= options_.max_passes || !std::isfinite(worst)) {
    solution_.stream = plant_.links[unknowns_[where].link].name;
    Fail(plant_.links[unknowns_[where].link].from, kernels::SolveStatus::kNotConverged);
  } else if (!options_.newton || substitutions_ > 0) {
    --substitutions_;
    Substitute(1);
  } else {
    wants_gradients_ = true;
  }
}

// A pass that failed or came no nearer: a slower step from where it began; where not even a slow
// one helps, what left there is what enters next, and for longer each time, as the plant would find
// its way. Returns false when nothing is left to be tried.
bool Recycle::Retreat() {
  if (group_passes_ + ++retreats_ >= options_.max_passes) return false;
  if (!accepted_) {
    if (retreats_ > static_cast<int>(std::size(kNeutral)) - 1 || warm_ != nullptr) return false;
    Guess();
    tried_ = in_;
    return true;
  }
  if (free_step_) {
    if (relaxation_ <= kLeastShare) return false;
    Substitute(relaxation_ / 2);
    return true;
  }
  pace_ = (std::isinf(pace_) ? kMostPace : pace_) / kSlower;
  if (pace_ > kLeastPace && Try()) return true;
  pace_ = kFirstPace;
  substitutions_ = patience_;
  patience_ = std::min(2 * patience_, kMostPatience);
  Substitute(1);
  return true;
}

void Recycle::Substitute(double relaxation) {
  relaxation_ = relaxation;
  for (const StreamNumber& unknown : unknowns_) {
    const double now = in_[unknown.mole];
    tried_[unknown.mole] = now + relaxation * (out_[unknown.mole] - now);
  }
  free_step_ = true;
}

// A step of the streams' own transient, implicit in time: each stream follows what leaves within
// `pace_`. As fast as can be it is Newton's step, slow it goes the way that the plant would go.
// Returns whether it could be computed.
bool Recycle::Try() {
  const int n = static_cast<int>(unknowns_.size());
  std::vector<double> matrix = matrix_;
  for (int k = 0; k < n; ++k) matrix[static_cast<std::size_t>(k) * (n + 1)] += 1 / pace_;
  std::vector<double> step = right_;
  if (!SolveLinear(n, std::move(matrix), 1, &step) ||
      !std::all_of(step.begin(), step.end(), [](double v) { return std::isfinite(v); })) {
    return false;
  }
  for (std::size_t k = 0; k < unknowns_.size(); ++k) {
    const double now = in_[unknowns_[k].mole];
    tried_[unknowns_[k].mole] = std::max(now + step[k] * unknowns_[k].scale, kLeastKept * now);
  }
  KeepTotals();
  return true;
}

// In a law of constant loading the metal of every stream is known; a step that was held back for
// one component would change it. In the others no aqueous stream has more metal than its anions
// and no organic more than its extractant can hold, where it did not before nor left so (with base
// there are more cations than anions): no plant sends such.
void Recycle::KeepTotals() {
  for (std::size_t first = 0; first < unknowns_.size();) {
    const auto [end, total] = Stream(first);
    if (total > 0) {
      double sum = 0;
      for (std::size_t k = first; k < end; ++k) sum += tried_[unknowns_[k].mole];
      for (std::size_t k = first; k < end && sum > 0; ++k) tried_[unknowns_[k].mole] *= total / sum;
    } else if (const double most = Capacity(first); most > 0) {
      double before = 0, left = 0, sum = 0;
      for (std::size_t k = first; k < end; ++k) {
        const double need = Need(unknowns_[k]);
        before += need * in_[unknowns_[k].mole];
        left += need * out_[unknowns_[k].mole];
        sum += need * tried_[unknowns_[k].mole];
      }
      const double limit = std::max({most, before, left});
      for (std::size_t k = first; k < end && sum > limit; ++k) {
        tried_[unknowns_[k].mole] *= limit / sum;
      }
    }
    first = end;
  }
}

// What a mole of an unknown takes of its stream's capacity.
double Recycle::Need(const StreamNumber& unknown) const {
  const kernels::Component& component =
      plant_.circuits[plant_.links[unknown.link].from].circuit.components[unknown.component];
  return unknown.phase == 0 ? component.charge : component.dimers;
}

// Anions or dimers of the stream that the unknown belongs to [kmol/h]; 0 where no such limit is
// known.
double Recycle::Capacity(std::size_t first) const {
  const Link& link = plant_.links[unknowns_[first].link];
  const kernels::Circuit& to = plant_.circuits[link.to].circuit;
  const int phase = unknowns_[first].phase;
  if (to.law != kernels::Law::kMassAction || link.held || link.inlet[phase] < 0) return 0;
  const kernels::Inlet& inlet = to.inlets[link.inlet[phase]];
  return inlet.flow * (phase == 0 ? inlet.anions : inlet.extractant_dimer_mol_per_l);
}

// The unknowns from `first` that are of one phase of one stream, and the metal in it where the law
// says so.
std::pair<std::size_t, double> Recycle::Stream(std::size_t first) const {
  std::size_t end = first;
  while (end < unknowns_.size() && unknowns_[end].link == unknowns_[first].link &&
         unknowns_[end].phase == unknowns_[first].phase) {
    ++end;
  }
  const Link& link = plant_.links[unknowns_[first].link];
  const kernels::Circuit& to = plant_.circuits[link.to].circuit;
  if (to.law != kernels::Law::kConstantBeta || link.held) return {end, 0};
  if (unknowns_[first].phase == 0) return {end, link.metal};
  const kernels::Inlet& inlet = to.inlets[link.inlet[1]];
  return {end, inlet.extractant_dimer_mol_per_l * inlet.flow};
}

void Recycle::PrepareGradients(std::vector<kernels::GradientTask>* tasks) {
  const std::vector<int>& group = plant_.groups[group_];
  slopes_.emplace(plant_, layout_, solution_.circuits, group, unknowns_);
  for (std::size_t k = 0; k < group.size(); ++k) {
    tasks->push_back(
        {&plant_.cascades[group[k]], &solution_.circuits[group[k]], slopes_->seeds(k)});
  }
}

void Recycle::TakeGradients(std::span<std::vector<kernels::CascadeGradient>> gradients) {
  wants_gradients_ = false;
  right_.clear();
  for (const StreamNumber& unknown : unknowns_) {
    // In units of what is fed.
    right_.push_back((out_[unknown.mole] - in_[unknown.mole]) / unknown.scale);
  }
  bool known = true;
  for (std::size_t k = 0; k < gradients.size(); ++k) {
    known = known && gradients[k].size() == slopes_->seeds(k).size();
  }
  if (known) matrix_ = slopes_->Matrix(gradients);
  slopes_.reset();
  free_step_ = false;
  if (known && Try()) return;
  Substitute(1);
}

void Recycle::Leave() {
  ++group_;
  Enter();
}

// The streams' numbers where balances and profiles look for them.
void Recycle::WriteInlets() {
  for (std::size_t l = 0; l < plant_.links.size(); ++l) {
    const Link& link = plant_.links[l];
    Built& to = plant_.circuits[link.to];
    for (int phase = 0; phase < 2; ++phase) {
      if (link.inlet[phase] < 0) continue;
      kernels::Inlet& inlet = to.circuit.inlets[link.inlet[phase]];
      if (!(link.held && phase == 1)) inlet.molarity.assign(to.components.size(), 0.0);
      const int offset = layout_.Offset(static_cast<int>(l), phase);
      const std::vector<int>& components = layout_.ComponentsOf(static_cast<int>(l));
      for (std::size_t i = 0; i < components.size(); ++i) {
        inlet.molarity[components[i]] += solution_.moles[offset + i] / inlet.flow;
      }
      for (std::size_t i = 0; phase == 1 && i < link.metered.size(); ++i) {
        inlet.molarity[i] += link.metered[i] / inlet.flow;
      }
      if (phase == 0 && to.circuit.law == kernels::Law::kConstantBeta) {
        // All that comes is metal, none of it acid.
        inlet.anions = 0;
        for (const double mol_per_l : inlet.molarity) inlet.anions += mol_per_l;
      }
    }
  }
  // Their anions are counted with the metal.
  for (std::size_t c = 0; c < plant_.circuits.size(); ++c) {
    if (plant_.circuits[c].circuit.law != kernels::Law::kConstantBeta) continue;
    kernels::Cascade assembled;
    if (kernels::Assemble(plant_.circuits[c].circuit, &assembled).empty()) {
      plant_.cascades[c].anions = assembled.anions;
    }
  }
}

}  // namespace raffinate::optimizer
