// Checkpoints of the search: magic, version, fingerprint, state, checksum.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "optimizer/search/byte_stream.h"
#include "optimizer/search/evolution.h"

namespace raffinate::optimizer {
namespace {

constexpr std::uint64_t kMagic = 0x4843524145534652;  // "RFSEARCH" in the file
constexpr std::uint64_t kVersion = 4;

}  // namespace

std::string Evolution::Checkpoint() const {
  ByteWriter w;
  w.Put(kMagic);
  w.Put(kVersion);
  w.Put(fingerprint_);
  w.Put(static_cast<std::uint64_t>(evaluations_));
  w.Put(static_cast<std::uint64_t>(solved_));
  w.Put(static_cast<std::uint64_t>(generations_));
  w.Put(std::vector<double>(success_.begin(), success_.end()));
  w.Put(feasible_share_);
  w.Put(static_cast<std::uint64_t>(polish_at_));
  w.Put(static_cast<std::uint64_t>(polish_gap_));
  w.Put(static_cast<std::uint64_t>(polish_evaluations_));
  w.Put(population_);
  w.Put(archive_.members());
  w.Put(archive_.least_violated() ? std::vector<Candidate>{*archive_.least_violated()}
                                  : std::vector<Candidate>{});
  w.Put(convergence_.state());
  return Sealed(w.bytes());
}

absl::Status Evolution::Restore(const std::string& checkpoint) {
  const auto damaged = [](const char* what) {
    return absl::DataLossError(absl::StrCat("checkpoint: damaged (", what, ")"));
  };
  const std::optional<std::string_view> body = Unsealed(checkpoint);
  if (!body) return damaged("checksum does not match");

  ByteReader r(*body);
  if (r.Unsigned() != kMagic || !r.ok()) return damaged("not a checkpoint of a search");
  const std::uint64_t version = r.Unsigned();
  if (version != kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("checkpoint: version ", version, ", this program reads ", kVersion));
  }
  if (r.Unsigned() != fingerprint_) {
    return absl::FailedPreconditionError(
        "checkpoint: of another problem, or of the same with other options");
  }
  const std::uint64_t evaluations = r.Unsigned();
  const std::uint64_t solved = r.Unsigned();
  const std::uint64_t generations = r.Unsigned();
  const std::vector<double> success = r.Doubles();
  const double feasible_share = r.Double();
  const std::uint64_t polish_at = r.Unsigned();
  const std::uint64_t polish_gap = r.Unsigned();
  const std::uint64_t polish_evaluations = r.Unsigned();
  std::vector<Candidate> population = r.Candidates();
  std::vector<Candidate> members = r.Candidates();
  std::vector<Candidate> least = r.Candidates();
  Convergence::State c = r.ConvergenceState();

  const std::size_t m = static_cast<std::size_t>(objectives_);
  bool sound =
      r.finished() && evaluations < (1ull << 62) && solved <= evaluations &&
      generations <= evaluations && generations < (1ull << 31) &&
      static_cast<std::uint64_t>(c.quiet_generations) <= generations &&
      success.size() == success_.size() && feasible_share >= 0 && feasible_share <= 1 &&
      polish_gap >= 1 && polish_gap <= (1ull << 16) && polish_at <= (1ull << 30) &&
      polish_evaluations <= evaluations && population.empty() == (generations == 0) &&
      population.size() <= evaluations && least.empty() == (generations == 0) &&
      PlausibleArchive(members, least, c, static_cast<std::size_t>(options_.archive_size), m);
  for (const auto* list : {&population, &members, &least}) {
    for (const Candidate& candidate : *list) {
      sound = sound && Plausible(candidate, static_cast<std::size_t>(space_.size()), m);
    }
  }
  if (!sound) return damaged("contents do not fit together");

  evaluations_ = static_cast<std::int64_t>(evaluations);
  solved_ = static_cast<std::int64_t>(solved);
  generations_ = static_cast<int>(generations);
  std::copy(success.begin(), success.end(), success_.begin());
  feasible_share_ = feasible_share;
  polish_at_ = static_cast<int>(polish_at);
  polish_gap_ = static_cast<int>(polish_gap);
  polish_evaluations_ = static_cast<std::int64_t>(polish_evaluations);
  population_ = std::move(population);
  archive_.Assign(std::move(members), std::move(least));
  convergence_.Assign(std::move(c));
  standings_ =
      SelectSurvivors(options_.device, population_, objectives_, population_.size()).standings;
  RefreshProgress();
  stop_reason_ = generations_ > 0 ? ReasonToStop() : "";
  return absl::OkStatus();
}

}  // namespace raffinate::optimizer
