#include "optimizer/search/islands.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "optimizer/search/byte_stream.h"
#include "optimizer/search/philox.h"

namespace raffinate::optimizer {
namespace {

constexpr char kCancelled[] = "cancelled";

// Seldom and few, so that islands stay different: of each this share of its population goes.
constexpr int kMigrateEvery = 10;
constexpr int kMigrantShare = 8;

constexpr std::uint64_t kMagic = 0x444E414C53494652;  // "RFISLAND" in the file
constexpr std::uint64_t kVersion = 2;

// Part `i` of `total` in `parts` parts that differ by one at most.
std::int64_t Share(std::int64_t total, int parts, int i) {
  return total / parts + (i < total % parts ? 1 : 0);
}

// Of its own: seeds that follow each other would give one search the islands of another.
std::int64_t SeedOf(std::int64_t seed, int island) {
  const auto bits = static_cast<std::uint64_t>(seed);
  constexpr std::uint32_t kPurpose = 0x49534C45;  // unlike every RandomStream::Purpose
  const std::array<std::uint32_t, 4> random =
      Philox4x32({static_cast<std::uint32_t>(island), 0, 0, kPurpose},
                 {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)});
  return static_cast<std::int64_t>(std::uint64_t{random[1]} << 32 | random[0]);
}

}  // namespace

IslandSearch::IslandSearch(Problem* problem, const SearchOptions& options,
                           std::uint64_t fingerprint)
    : problem_(problem),
      options_(options),
      fingerprint_(fingerprint),
      objectives_(problem->objectives()),
      islands_(Found()),
      archive_(static_cast<std::size_t>(options.archive_size), objectives_, options.device),
      convergence_(objectives_) {}

IslandSearch::Islands IslandSearch::Found() const {
  Islands islands;
  for (int i = 0; i < options_.islands; ++i) {
    SearchOptions own = options_;
    own.islands = 1;
    own.seed = SeedOf(options_.seed, i);
    own.population = static_cast<int>(Share(options_.population, options_.islands, i));
    own.max_evaluations = Share(options_.max_evaluations, options_.islands, i);
    own.stagnation_generations = 0;  // the archive of all tells
    ByteWriter identity;
    identity.Put(fingerprint_);
    identity.Put(static_cast<std::uint64_t>(i));
    islands.push_back(std::make_unique<Evolution>(problem_, own, Fnv1a(identity.bytes())));
  }
  return islands;
}

bool IslandSearch::Behind(const Evolution& island) const {
  const bool ended = !island.stop_reason().empty() && island.stop_reason() != kCancelled;
  return !ended && island.progress().generations <= generations_;
}

bool IslandSearch::Step(const std::atomic<bool>& cancel) {
  if (stop_reason_ == kCancelled) stop_reason_.clear();
  if (!stop_reason_.empty()) return false;

  std::vector<Evolution*> behind;
  for (const auto& island : islands_) {
    if (Behind(*island)) behind.push_back(island.get());
  }
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < behind.size(); i = next++) behind[i]->Step(cancel);
  };
  std::vector<std::thread> helpers;
  const std::size_t workers =
      std::min(behind.size(), static_cast<std::size_t>(std::max(1, options_.workers)));
  for (std::size_t w = 1; w < workers; ++w) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();

  if (std::any_of(behind.begin(), behind.end(), [&](Evolution* e) { return Behind(*e); })) {
    RefreshProgress();
    stop_reason_ = kCancelled;
    return false;
  }
  ++generations_;
  Gather();
  if (generations_ % kMigrateEvery == 0) Migrate();
  RefreshProgress();
  stop_reason_ = ReasonToStop();
  return stop_reason_.empty();
}

void IslandSearch::Gather() {
  std::vector<Candidate> best;
  std::vector<Candidate> all;
  for (const auto& island : islands_) {
    const std::vector<Candidate> own = island->Pareto();
    best.insert(best.end(), own.begin(), own.end());
    all.insert(all.end(), island->population().begin(), island->population().end());
  }
  const bool changed = archive_.Insert(best);
  convergence_.Update(archive_, changed, all);
}

void IslandSearch::Migrate() {
  // All set out before any arrives, so that none goes two islands far.
  std::vector<std::vector<Candidate>> migrants;
  for (const auto& island : islands_) {
    const std::vector<Candidate>& home = island->population();
    const std::size_t count = std::max(static_cast<std::size_t>(objectives_),
                                       home.size() / static_cast<std::size_t>(kMigrantShare));
    std::vector<Candidate>& own = migrants.emplace_back();
    const Selected selected = SelectSurvivors(options_.device, home, objectives_, count);
    for (const std::size_t i : selected.survivors) own.push_back(home[i]);
  }
  for (std::size_t i = 0; i < islands_.size(); ++i) {
    islands_[(i + 1) % islands_.size()]->Receive(migrants[i]);
  }
}

void IslandSearch::RefreshProgress() {
  progress_.evaluations = 0;
  double converged = 0;
  for (const auto& island : islands_) {
    const SearchProgress& own = island->progress();
    progress_.evaluations += own.evaluations;
    converged += own.converged_share * static_cast<double>(own.evaluations);
  }
  progress_.generations = generations_;
  progress_.hypervolume = convergence_.hypervolume();
  progress_.pareto_size = static_cast<int>(archive_.members().size());
  const Candidate* least = archive_.least_violated();
  progress_.least_violation = least ? std::max(0.0, least->violation) : 0;
  progress_.converged_share =
      progress_.evaluations > 0 ? converged / static_cast<double>(progress_.evaluations) : 0;
}

const char* IslandSearch::ReasonToStop() const {
  if (std::all_of(islands_.begin(), islands_.end(), [](const auto& island) {
        return !island->stop_reason().empty() && island->stop_reason() != kCancelled;
      })) {
    return "evaluations";
  }
  if (options_.stagnation_generations > 0 &&
      convergence_.quiet_generations() >= options_.stagnation_generations) {
    return "stagnation";
  }
  return "";
}

std::vector<Candidate> IslandSearch::Pareto() const {
  if (!archive_.members().empty()) return archive_.members();
  const Candidate* least = archive_.least_violated();
  return least ? std::vector<Candidate>{*least} : std::vector<Candidate>{};
}

std::string IslandSearch::Checkpoint() const {
  ByteWriter w;
  w.Put(kMagic);
  w.Put(kVersion);
  w.Put(fingerprint_);
  w.Put(static_cast<std::uint64_t>(generations_));
  for (const auto& island : islands_) w.Put(std::string_view(island->Checkpoint()));
  w.Put(archive_.members());
  w.Put(archive_.least_violated() ? std::vector<Candidate>{*archive_.least_violated()}
                                  : std::vector<Candidate>{});
  w.Put(convergence_.state());
  return Sealed(w.bytes());
}

absl::Status IslandSearch::Restore(const std::string& checkpoint) {
  const auto damaged = [](const char* what) {
    return absl::DataLossError(absl::StrCat("checkpoint: damaged (", what, ")"));
  };
  const std::optional<std::string_view> body = Unsealed(checkpoint);
  if (!body) return damaged("checksum does not match");

  ByteReader r(*body);
  if (r.Unsigned() != kMagic || !r.ok()) {
    return absl::FailedPreconditionError("checkpoint: not of a search with islands");
  }
  if (const std::uint64_t version = r.Unsigned(); version != kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("checkpoint: version ", version, ", this program reads ", kVersion));
  }
  if (r.Unsigned() != fingerprint_) {
    return absl::FailedPreconditionError(
        "checkpoint: of another problem, or of the same with other options");
  }
  const std::uint64_t generations = r.Unsigned();
  Islands islands = Found();
  bool sound = generations < (1ull << 31);
  for (const auto& island : islands) {
    if (absl::Status status = island->Restore(r.Text()); !status.ok()) {
      // The fingerprint fits: of another version, if not damaged.
      return absl::IsFailedPrecondition(status) ? status : damaged("an island does not fit");
    }
    const std::uint64_t own = static_cast<std::uint64_t>(island->progress().generations);
    // One ahead where the others were cancelled, behind where its evaluations are used up.
    sound =
        sound && own <= generations + 1 && (own >= generations || !island->stop_reason().empty());
  }
  std::vector<Candidate> members = r.Candidates();
  std::vector<Candidate> least = r.Candidates();
  Convergence::State c = r.ConvergenceState();

  const std::size_t m = static_cast<std::size_t>(objectives_);
  const std::size_t variables = problem_->variables().size();
  sound = sound && r.finished() && static_cast<std::uint64_t>(c.quiet_generations) <= generations &&
          least.empty() == (generations == 0) &&
          PlausibleArchive(members, least, c, static_cast<std::size_t>(options_.archive_size), m);
  for (const Candidate& candidate : members) sound = sound && Plausible(candidate, variables, m);
  for (const Candidate& candidate : least) sound = sound && Plausible(candidate, variables, m);
  if (!sound) return damaged("contents do not fit together");

  islands_ = std::move(islands);
  generations_ = static_cast<int>(generations);
  archive_.Assign(std::move(members), std::move(least));
  convergence_.Assign(std::move(c));
  RefreshProgress();
  stop_reason_ = generations_ > 0 ? ReasonToStop() : "";
  return absl::OkStatus();
}

}  // namespace raffinate::optimizer
