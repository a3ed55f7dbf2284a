#include "optimizer/search/evolution.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "optimizer/search/feasibility.h"
#include "optimizer/search/hopeless.h"
#include "optimizer/search/initial_population.h"
#include "optimizer/search/polish.h"
#include "optimizer/search/polish_plan.h"
#include "optimizer/search/restoration.h"

namespace raffinate::optimizer {
namespace {

constexpr char kCancelled[] = "cancelled";

// Weight of the latest generation in the success of the operators. Shares go by the
// cube of success, so that the better operator soon makes nearly all children, and
// the other keeps this least share to prove itself later. Measured: on problems of
// linked variables differential evolution wins clearly, on spherical fronts its
// children cost convergence, and with this contrast either problem comes out near
// the better operator alone.
constexpr double kLearning = 0.1;
constexpr double kLeastShare = 0.02;

// Children that meet the demands are rare below this share; then one generation in
// kRestoreEvery restores, this share of a population.
constexpr double kRare = 0.05;
constexpr int kRestoreEvery = 4;
constexpr int kRestoredShare = 8;

// A generation that polishes takes this share of a population, within bounds, and half of
// it until something meets the demands. Where as many as this share of it enter the archive
// (of one objective: where the best becomes better) the next one comes sooner, otherwise
// later.
constexpr int kPolishedShare = 8;
constexpr int kLeastPolished = 4;
constexpr int kMostPolished = 64;
constexpr double kPolishPays = 0.2;
constexpr int kMostPolishGap = 32;
// At most this share of all evaluations, of several objectives. Where nothing is on a
// lattice polish follows the front by itself.
constexpr double kMostByPolish = 0.5;
constexpr double kMostByPolishOfReals = 0.9;

// Whether polish has anything to move. Equalities are for restoration.
bool Polishable(const Problem& problem, const GeneSpace& space) {
  if (!problem.smooth()) return false;
  for (const Requirement& r : problem.requirements()) {
    if (r.equality) return false;
  }
  for (int k = 0; k < space.size(); ++k) {
    if (space.values(k) == 0) return true;
  }
  return false;
}

bool HasLattice(const GeneSpace& space) {
  for (int k = 0; k < space.size(); ++k) {
    if (space.values(k) > 1) return true;
  }
  return false;
}

double DifferentialShare(double simulated_binary, double differential) {
  const double a = simulated_binary * simulated_binary * simulated_binary;
  const double b = differential * differential * differential;
  return std::clamp(a + b > 0 ? b / (a + b) : 0.5, kLeastShare, 1 - kLeastShare);
}

// A candidate whose figures are no numbers cannot be ranked: it counts as one that
// was not solved.
void Sanitize(Candidate& c, int objectives) {
  const bool usable = c.objectives.size() == static_cast<std::size_t>(objectives) &&
                      !std::isnan(c.violation) &&
                      std::all_of(c.objectives.begin(), c.objectives.end(),
                                  [](double f) { return std::isfinite(f); });
  if (!usable) c.solved = false;
}

}  // namespace

Evolution::Evolution(Problem* problem, const SearchOptions& options, std::uint64_t fingerprint)
    : problem_(problem),
      options_(options),
      fingerprint_(fingerprint),
      objectives_(problem->objectives()),
      space_(problem->variables()),
      finite_points_(space_.points(options.population)),
      polishable_(options.polish && Polishable(*problem, space_)),
      lattice_(HasLattice(space_)),
      restorable_(options.restoration && !(polishable_ && problem->differentiable()) &&
                  !problem->requirements().empty()),
      archive_(static_cast<std::size_t>(options.archive_size), objectives_, options.device),
      convergence_(objectives_) {}

bool Evolution::RestoresNext() const {
  return restorable_ && generations_ > 0 && generations_ % kRestoreEvery == 0 &&
         feasible_share_ < kRare;
}

bool Evolution::PolishesNext() const {
  if (!polishable_ || generations_ == 0 || generations_ < polish_at_) return false;
  if (objectives_ == 1) return true;
  const double most = lattice_ ? kMostByPolish : kMostByPolishOfReals;
  return static_cast<double>(polish_evaluations_) <= most * static_cast<double>(evaluations_);
}

bool Evolution::StepByPolish(const std::atomic<bool>& cancel) {
  const std::size_t count = static_cast<std::size_t>(
      std::clamp(options_.population / (archive_.members().empty() ? 2 : 1) / kPolishedShare,
                 kLeastPolished, kMostPolished));
  std::vector<PolishTask> tasks =
      PlanPolish(space_, population_, standings_, archive_, objectives_, options_.seed,
                 static_cast<std::uint32_t>(generations_), count);
  const std::int64_t most =
      options_.max_evaluations > 0 ? options_.max_evaluations - evaluations_ : 0;
  const double tried = static_cast<double>(std::max<std::size_t>(tasks.size(), 1));
  // Where nothing is on a lattice tasks of one objective lead to few places.
  const bool race = objectives_ == 1 && !lattice_ && archive_.members().empty();
  Polished polished =
      Polish(*problem_, space_, std::move(tasks),
             ObjectiveScale(archive_, population_, objectives_), race, most, cancel);
  if (cancel.load()) return false;
  absl::flat_hash_set<std::vector<double>> before;
  for (const Candidate& c : archive_.members()) before.insert(c.genes);
  absl::flat_hash_set<std::vector<double>> known = before;
  for (const Candidate& c : population_) known.insert(c.genes);
  Offspring offspring;
  offspring.candidates = std::move(polished.candidates);
  std::move(polished.passed.begin(), polished.passed.end(),
            std::back_inserter(offspring.candidates));
  // A start evaluated once more is the same design, whatever its last digits.
  std::erase_if(offspring.candidates, [&](const Candidate& c) { return known.contains(c.genes); });
  Absorb(std::move(offspring), polished.evaluations, polished.solved);
  double entered = 0;
  for (const Candidate& c : archive_.members()) entered += !before.contains(c.genes);
  polish_evaluations_ += polished.evaluations;
  const double least = objectives_ == 1 ? 1 : kPolishPays * tried;
  polish_gap_ =
      entered >= least ? std::max(1, polish_gap_ / 2) : std::min(kMostPolishGap, 2 * polish_gap_);
  polish_at_ = generations_ + polish_gap_;
  return true;
}

Offspring Evolution::NextBatch(std::size_t most) const {
  std::size_t count = most;
  if (options_.max_evaluations > 0) {
    count = std::min(count, static_cast<std::size_t>(options_.max_evaluations - evaluations_));
  }
  if (generations_ > 0) {
    const double share = DifferentialShare(success_[0], success_[1]);
    return MakeOffspring(space_, population_, standings_, options_.seed,
                         static_cast<std::uint32_t>(generations_), share, count,
                         options_.device.threads);
  }
  Offspring first;
  first.candidates = finite_points_ > 0 ? Enumerate(space_, finite_points_)
                                        : SampleInitial(space_, options_.seed, count);
  if (first.candidates.size() > count && options_.max_evaluations > 0) {
    first.candidates.resize(
        std::min(first.candidates.size(), static_cast<std::size_t>(options_.max_evaluations)));
  }
  return first;
}

bool Evolution::Step(const std::atomic<bool>& cancel) {
  if (stop_reason_ == kCancelled) stop_reason_.clear();
  if (!stop_reason_.empty()) return false;
  if (cancel.load()) {
    stop_reason_ = kCancelled;
    return false;
  }
  if (PolishesNext()) {
    stop_reason_ = StepByPolish(cancel) ? ReasonToStop() : kCancelled;
    return stop_reason_.empty();
  }
  const std::size_t size = static_cast<std::size_t>(options_.population);
  Offspring offspring;
  std::int64_t evaluations = 0;
  std::int64_t solved = 0;
  const bool restores = RestoresNext();
  if (restores) {
    offspring = NextBatch(std::max<std::size_t>(size / kRestoredShare, 1));
    const std::int64_t most =
        options_.max_evaluations > 0 ? options_.max_evaluations - evaluations_ : 0;
    Restored restored =
        RestoreFeasibility(*problem_, space_, std::move(offspring.candidates), most, cancel);
    offspring.candidates = std::move(restored.candidates);
    offspring.made_by.resize(offspring.candidates.size());
    offspring.parent.resize(offspring.candidates.size());
    evaluations = restored.evaluations;
    solved = restored.solved;
  } else {
    offspring = NextBatch(size);
    LeaveOutHopeless(*problem_, archive_, &offspring);
    problem_->Evaluate(offspring.candidates, cancel);
    evaluations = static_cast<std::int64_t>(offspring.candidates.size());
    for (const Candidate& c : offspring.candidates) solved += c.solved;
  }
  if (cancel.load()) {
    stop_reason_ = kCancelled;
    return false;
  }
  if (!restores) {
    const auto feasible =
        std::count_if(offspring.candidates.begin(), offspring.candidates.end(), Feasible);
    feasible_share_ = static_cast<double>(feasible) / static_cast<double>(evaluations);
  }
  Absorb(std::move(offspring), evaluations, solved);
  stop_reason_ = ReasonToStop();
  return stop_reason_.empty();
}

const char* Evolution::ReasonToStop() const {
  if (options_.max_evaluations > 0 && evaluations_ >= options_.max_evaluations) {
    return "evaluations";
  }
  if (finite_points_ > 0) return "exhausted";
  if (options_.stagnation_generations > 0 &&
      convergence_.quiet_generations() >= options_.stagnation_generations) {
    return "stagnation";
  }
  return "";
}

void Evolution::Absorb(Offspring offspring, std::int64_t evaluations, std::int64_t solved) {
  std::vector<Candidate>& batch = offspring.candidates;
  for (Candidate& c : batch) {
    const bool said = c.solved;
    Sanitize(c, objectives_);
    solved -= said && !c.solved;
    c.residuals.clear();
  }
  solved_ += solved;
  evaluations_ += evaluations;
  ++generations_;
  const bool changed = archive_.Insert(batch);
  convergence_.Update(archive_, changed, batch);

  Learn(offspring);
  population_.insert(population_.end(), std::make_move_iterator(batch.begin()),
                     std::make_move_iterator(batch.end()));
  Select();
}

void Evolution::Receive(const std::vector<Candidate>& migrants) {
  const bool changed = archive_.Insert(migrants);
  const int quiet = convergence_.quiet_generations();
  convergence_.Update(archive_, changed, migrants);
  Convergence::State state = convergence_.state();
  state.quiet_generations = std::min(state.quiet_generations, quiet);
  convergence_.Assign(std::move(state));
  population_.insert(population_.end(), migrants.begin(), migrants.end());
  Select();
}

void Evolution::Select() {
  Selected selected = SelectSurvivors(options_.device, population_, objectives_,
                                      static_cast<std::size_t>(options_.population));
  std::vector<Candidate> next;
  next.reserve(selected.survivors.size());
  for (const std::size_t i : selected.survivors) next.push_back(std::move(population_[i]));
  population_ = std::move(next);
  standings_ = std::move(selected.standings);
  RefreshProgress();
}

// What survives is no measure: in many objectives nearly all children do, those
// that only widen the front first. A child that beats its parent moved it forward.
void Evolution::Learn(const Offspring& offspring) {
  std::array<double, 2> born{};
  std::array<double, 2> better{};
  for (std::size_t i = 0; i < offspring.made_by.size(); ++i) {
    const std::size_t op = static_cast<std::size_t>(offspring.made_by[i]);
    ++born[op];
    better[op] += Beats(offspring.candidates[i], population_[offspring.parent[i]]);
  }
  for (std::size_t op = 0; op < born.size(); ++op) {
    if (born[op] > 0) success_[op] += kLearning * (better[op] / born[op] - success_[op]);
  }
}

void Evolution::RefreshProgress() {
  progress_.evaluations = evaluations_;
  progress_.generations = generations_;
  progress_.hypervolume = convergence_.hypervolume();
  progress_.pareto_size = static_cast<int>(archive_.members().size());
  const Candidate* least = archive_.least_violated();
  progress_.least_violation = least ? std::max(0.0, least->violation) : 0;
  progress_.converged_share =
      evaluations_ > 0 ? static_cast<double>(solved_) / static_cast<double>(evaluations_) : 0;
}

std::vector<Candidate> Evolution::Pareto() const {
  if (!archive_.members().empty()) return archive_.members();
  const Candidate* least = archive_.least_violated();
  return least ? std::vector<Candidate>{*least} : std::vector<Candidate>{};
}

}  // namespace raffinate::optimizer
