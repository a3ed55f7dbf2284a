#include "optimizer/train/train_run.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "optimizer/fingerprint.h"
#include "optimizer/judge.h"
#include "optimizer/search/archive.h"
#include "optimizer/search/byte_stream.h"
#include "optimizer/search/convergence.h"
#include "optimizer/train/calibrate.h"
#include "optimizer/train/size.h"
#include "optimizer/train/structure.h"
#include "optimizer/train/task.h"
#include "optimizer/train/train_problem.h"

namespace raffinate::optimizer {
namespace {

constexpr char kMagic[] = "raffinate-train-2\n";
/// Turns of a structure that holds the whole front, for each of one that holds nothing of it.
constexpr double kFavour = 3;

SearchOptions OptionsOf(const SearchSettings& settings, const kernels::Device& device) {
  SearchOptions options;
  options.seed = settings.seed;
  options.device = device;
  options.population = settings.population;
  options.stagnation_generations = settings.stagnation_generations;
  return options;
}

class TrainRun : public OptimizationRun {
 public:
  TrainRun(const Flowsheet& flowsheet, const Chemistry& chemistry, const kernels::Device& device,
           TrainTask task)
      : fingerprint_(Fingerprint(flowsheet, chemistry)),
        settings_(flowsheet.search),
        options_(OptionsOf(flowsheet.search, device)),
        most_stages_(flowsheet.train->max_stages_per_section > 0
                         ? flowsheet.train->max_stages_per_section
                         : kUsualSectionStages),
        chemistry_(chemistry),
        device_(device),
        task_(std::move(task)),
        goals_(task_.frame),
        archive_(static_cast<std::size_t>(options_.archive_size), goals_.objectives(), device),
        convergence_(goals_.objectives()) {
    AddSystems(flowsheet, &chemistry_);
    const bool no_stop = settings_.max_evaluations == 0 && settings_.max_wall_time_s == 0 &&
                         settings_.stagnation_generations == 0;
    most_evaluations_ = no_stop ? kUsualEvaluations : settings_.max_evaluations;
  }

  absl::Status Start(const StructureLimits& limits) {
    std::string error;
    for (TrainStructure& structure : FindStructures(task_.mixture, limits, &error)) {
      parts_.emplace_back().structure = std::move(structure);
    }
    if (parts_.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("train: no structure can be sized: ", error));
    }
    // One search is made now, so that settings out of range are told before a job is taken.
    return StartPart(&parts_.front());
  }

  bool Step(const std::atomic<bool>& cancel) override;
  const SearchProgress& progress() const override { return progress_; }
  const std::string& stop_reason() const override { return stop_reason_; }

  std::vector<std::vector<double>> ParetoObjectives() const override {
    std::vector<std::vector<double>> objectives;
    for (const Candidate& member : archive_.members()) {
      objectives.push_back(goals_.ToFigureUnits(member.objectives));
    }
    return objectives;
  }

  std::vector<SimulationResult> Finish() override;
  std::string Checkpoint() const override;
  absl::Status Restore(const std::string& checkpoint) override;

 private:
  /// A structure and its search; without one before its first turn, or when it cannot be sized.
  struct Part {
    TrainStructure structure;
    std::unique_ptr<TrainProblem> problem;
    std::unique_ptr<Search> search;
    bool hopeless = false;
    std::int64_t evaluations() const { return search ? search->progress().evaluations : 0; }
    bool ended() const {
      return hopeless || (search != nullptr && !search->stop_reason().empty() &&
                          search->stop_reason() != "cancelled");
    }
  };

  absl::Status StartPart(Part* part);
  Part* NextPart();
  void Gather(const Part& part);
  void Refresh();
  std::string DescribePart(const Part& part) const;

  std::uint64_t fingerprint_;
  SearchSettings settings_;
  SearchOptions options_;
  int most_stages_;
  std::int64_t most_evaluations_ = 0;
  Chemistry chemistry_;
  kernels::Device device_;
  TrainTask task_;
  Goals goals_;
  std::vector<Part> parts_;
  /// Of all structures; the genes of a member begin with the number of its structure.
  ParetoArchive archive_;
  Convergence convergence_;
  SearchProgress progress_;
  std::string stop_reason_;
};

absl::Status TrainRun::StartPart(Part* part) {
  std::vector<BlockDesign> designs;
  if (!Size(task_, part->structure, most_stages_, &designs).empty()) {
    part->hopeless = true;
    return absl::OkStatus();
  }
  std::vector<double> profile = Calibrate(task_, part->structure, chemistry_, device_, &designs);
  part->problem =
      std::make_unique<TrainProblem>(task_, part->structure, std::move(designs), std::move(profile),
                                     most_stages_, chemistry_, device_);
  auto search = Search::Create(part->problem.get(), options_);
  if (!search.ok()) return search.status();
  part->search = *std::move(search);
  return absl::OkStatus();
}

// Fewest evaluations for what it holds of the front; of equals the first.
TrainRun::Part* TrainRun::NextPart() {
  std::vector<double> held(parts_.size(), 0.0);
  for (const Candidate& member : archive_.members()) {
    held[static_cast<std::size_t>(member.genes.front())] +=
        1.0 / static_cast<double>(archive_.members().size());
  }
  Part* next = nullptr;
  double least = 0;
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    if (parts_[p].ended()) continue;
    const double spent =
        static_cast<double>(parts_[p].evaluations()) / (1 + (kFavour - 1) * held[p]);
    if (next == nullptr || spent < least) {
      next = &parts_[p];
      least = spent;
    }
  }
  return next;
}

bool TrainRun::Step(const std::atomic<bool>& cancel) {
  if (stop_reason_ == "cancelled") stop_reason_.clear();
  if (!stop_reason_.empty()) return false;
  Part* part = NextPart();
  if (part == nullptr) {
    stop_reason_ = "stagnation";
    return false;
  }
  if (part->search == nullptr) {
    // Settings were found good with the first.
    if (!StartPart(part).ok()) part->hopeless = true;
    if (part->hopeless) return true;
  }
  part->search->Step(cancel);
  if (cancel.load()) {
    stop_reason_ = "cancelled";
    return false;
  }
  Gather(*part);
  Refresh();
  if (most_evaluations_ > 0 && progress_.evaluations >= most_evaluations_) {
    stop_reason_ = "evaluations";
  }
  return stop_reason_.empty();
}

void TrainRun::Gather(const Part& part) {
  std::vector<Candidate> found = part.search->Pareto();
  const double number = static_cast<double>(&part - parts_.data());
  for (Candidate& candidate : found) candidate.genes.insert(candidate.genes.begin(), number);
  const bool changed = archive_.Insert(found);
  convergence_.Update(archive_, changed, found);
}

void TrainRun::Refresh() {
  SearchProgress progress;
  double solved = 0;
  for (const Part& part : parts_) {
    if (part.search == nullptr) continue;
    const SearchProgress& own = part.search->progress();
    progress.evaluations += own.evaluations;
    progress.generations += own.generations;
    solved += own.converged_share * static_cast<double>(own.evaluations);
  }
  progress.hypervolume = convergence_.hypervolume();
  progress.pareto_size = static_cast<int>(archive_.members().size());
  const Candidate* least = archive_.least_violated();
  progress.least_violation = least != nullptr ? std::max(0.0, least->violation) : 0;
  progress.converged_share =
      progress.evaluations > 0 ? solved / static_cast<double>(progress.evaluations) : 0;
  progress_ = progress;
}

std::string TrainRun::DescribePart(const Part& part) const {
  std::vector<std::string> names;
  for (const Product& product : task_.frame.products) names.push_back(product.name);
  const double least = part.structure.least;
  std::string systems;
  if (task_.mixture.systems() > 1) {
    for (std::size_t b = 0; b < part.structure.blocks.size(); ++b) {
      absl::StrAppend(&systems, b == 0 ? " with " : ", ",
                      task_.reagents.systems[part.structure.blocks[b].system]);
    }
    if (part.structure.blocks.size() > 1) absl::StrAppend(&systems, " in this order");
  }
  return absl::StrCat(
      "Structure ", Describe(part.structure, names), ", ", part.structure.circuits(), " circuits",
      systems, "; by theory it needs at least fresh ",
      absl::StrFormat("organic for %.6g kmol/h of metal, %.5g per mol fed.", least,
                      least / task_.mixture.Amount(0, task_.mixture.products() - 1)));
}

std::vector<SimulationResult> TrainRun::Finish() {
  std::vector<SimulationRequest> designs;
  const auto add = [&](Candidate candidate) {
    const Part& part = parts_[static_cast<std::size_t>(candidate.genes.front())];
    candidate.genes.erase(candidate.genes.begin());
    Flowsheet flowsheet = part.problem->Decide(candidate);
    if (!flowsheet.description.empty()) flowsheet.description += "\n";
    flowsheet.description += DescribePart(part);
    designs.push_back({std::move(flowsheet)});
  };
  for (const Candidate& member : archive_.members()) add(member);
  if (designs.empty() && archive_.least_violated() != nullptr) add(*archive_.least_violated());
  return KeepPareto(goals_, Simulate(designs, chemistry_, device_));
}

std::string TrainRun::Checkpoint() const {
  ByteWriter w;
  w.Put(fingerprint_);
  w.Put(static_cast<std::uint64_t>(parts_.size()));
  for (const Part& part : parts_) {
    w.Put(static_cast<std::uint64_t>(part.hopeless));
    w.Put(std::string_view(part.search != nullptr ? part.search->Checkpoint() : std::string()));
  }
  w.Put(archive_.members());
  w.Put(archive_.least_violated() != nullptr ? std::vector<Candidate>{*archive_.least_violated()}
                                             : std::vector<Candidate>{});
  w.Put(convergence_.state());
  return absl::StrCat(kMagic, Sealed(w.bytes()));
}

absl::Status TrainRun::Restore(const std::string& checkpoint) {
  absl::Status damaged = absl::DataLossError("the checkpoint is damaged");
  if (!checkpoint.starts_with(kMagic)) return damaged;
  const std::optional<std::string_view> body =
      Unsealed(std::string_view(checkpoint).substr(sizeof kMagic - 1));
  if (!body) return damaged;
  ByteReader r(*body);
  if (r.Unsigned() != fingerprint_) {
    return absl::FailedPreconditionError(
        "the checkpoint is of another flowsheet, seed or chemistry");
  }
  if (r.Unsigned() != parts_.size()) return damaged;
  for (Part& part : parts_) {
    const bool hopeless = r.Unsigned() != 0;
    const std::string own = r.Text();
    if (own.empty()) {
      part.hopeless = hopeless;
      continue;
    }
    if (part.search == nullptr) {
      if (absl::Status status = StartPart(&part); !status.ok()) return status;
    }
    if (part.search == nullptr) return damaged;
    if (absl::Status status = part.search->Restore(own); !status.ok()) return status;
  }
  std::vector<Candidate> members = r.Candidates();
  std::vector<Candidate> least = r.Candidates();
  Convergence::State c = r.ConvergenceState();
  const auto objectives = static_cast<std::size_t>(goals_.objectives());
  bool sound =
      r.finished() && PlausibleArchive(members, least, c,
                                       static_cast<std::size_t>(options_.archive_size), objectives);
  for (const auto* list : {&members, &least}) {
    for (const Candidate& candidate : *list) {
      // The first gene is the structure, the others are what its problem decides.
      sound = sound && !candidate.genes.empty() && candidate.genes.front() >= 0 &&
              candidate.genes.front() < static_cast<double>(parts_.size());
      if (!sound) return damaged;
      const Part& part = parts_[static_cast<std::size_t>(candidate.genes.front())];
      sound = part.problem != nullptr &&
              Plausible(candidate, 1 + part.problem->variables().size(), objectives);
    }
  }
  if (!sound) return damaged;
  archive_.Assign(std::move(members), std::move(least));
  convergence_.Assign(std::move(c));
  Refresh();
  stop_reason_.clear();
  if (most_evaluations_ > 0 && progress_.evaluations >= most_evaluations_) {
    stop_reason_ = "evaluations";
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<OptimizationRun>> CreateTrainRun(const Flowsheet& flowsheet,
                                                                const Chemistry& chemistry,
                                                                const kernels::Device& device) {
  TrainTask task;
  const Violations violations = MakeTrainTask(flowsheet, chemistry, &task);
  if (!violations.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(violations[0].field, ": ", violations[0].description));
  }
  const StructureLimits limits = LimitsOf(*flowsheet.train, task);
  auto run = std::make_unique<TrainRun>(flowsheet, chemistry, device, std::move(task));
  if (absl::Status status = run->Start(limits); !status.ok()) return status;
  return run;
}

}  // namespace raffinate::optimizer
