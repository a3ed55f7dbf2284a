#include "optimizer/search/search.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/search/byte_stream.h"
#include "optimizer/search/evolution.h"
#include "optimizer/search/gene_space.h"
#include "optimizer/search/islands.h"

namespace raffinate::optimizer {
namespace {

constexpr int kMostPopulation = 1 << 20;
constexpr int kMostArchive = 1 << 20;
constexpr int kMostIslands = 64;
constexpr int kLeastPopulation = 4;
// Chosen islands have so many at least.
constexpr int kUsualIsland = 16;

// Eight per variable, in multiples of eight so that lanes and threads fill up.
int DefaultPopulation(std::size_t variables) {
  return static_cast<int>(std::clamp<std::size_t>(8 * variables, 64, 256));
}

// Of what decides which candidates a search makes: a checkpoint goes on only with
// the same.
std::uint64_t Fingerprint(const Problem& problem, const SearchOptions& options) {
  ByteWriter w;
  w.Put(static_cast<std::uint64_t>(problem.objectives()));
  for (const Variable& v : problem.variables()) {
    w.Put(std::string_view(v.path));
    w.Put(static_cast<std::uint64_t>(v.kind));
    w.Put(std::vector<double>{v.lower, v.upper, v.start, v.step});
    w.Put(static_cast<std::uint64_t>(v.log));
  }
  w.Put(static_cast<std::uint64_t>(options.seed));
  w.Put(static_cast<std::uint64_t>(options.population));
  w.Put(static_cast<std::uint64_t>(options.max_evaluations));
  w.Put(static_cast<std::uint64_t>(options.stagnation_generations));
  w.Put(static_cast<std::uint64_t>(options.archive_size));
  w.Put(static_cast<std::uint64_t>(options.restoration) + 2 * std::uint64_t{options.polish});
  if (options.islands > 1) w.Put(static_cast<std::uint64_t>(options.islands));
  return Fnv1a(w.bytes());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Search>> Search::Create(Problem* problem,
                                                       const SearchOptions& options) {
  std::vector<std::string> problems;
  const auto say = [&](auto... parts) { problems.push_back(absl::StrCat(parts...)); };
  if (options.population != 0 &&
      (options.population < kLeastPopulation || options.population > kMostPopulation)) {
    say("population: found ", options.population, ", must be 0 (chosen) or 4 to ", kMostPopulation);
  }
  if (options.islands < 1 || options.islands > kMostIslands) {
    say("islands: found ", options.islands, ", must be 1 to ", kMostIslands);
  } else if (options.islands > 1) {
    if (options.population >= kLeastPopulation &&
        options.population / options.islands < kLeastPopulation) {
      say("population: found ", options.population, ", must be 0 (chosen) or at least ",
          kLeastPopulation * options.islands, " for ", options.islands, " islands");
    }
    if (options.max_evaluations > 0 && options.max_evaluations < options.islands) {
      say("max_evaluations: found ", options.max_evaluations, ", must be 0 (no limit) or at least ",
          options.islands, ", one for each island");
    }
  }
  if (options.workers < 1) say("workers: found ", options.workers, ", must be 1 or more");
  if (options.max_evaluations < 0) {
    say("max_evaluations: found ", options.max_evaluations, ", must be 0 (no limit) or more");
  }
  if (options.stagnation_generations < 0) {
    say("stagnation_generations: found ", options.stagnation_generations,
        ", must be 0 (never) or more");
  }
  // The best of every objective has its place.
  const int least_archive = std::max(1, problem->objectives());
  if (options.archive_size < least_archive || options.archive_size > kMostArchive) {
    say("archive_size: found ", options.archive_size, ", must be ", least_archive,
        " (the number of objectives) to ", kMostArchive);
  }
  if (problem->objectives() < 1) {
    say("objectives: found ", problem->objectives(), ", at least one is needed");
  }
  const absl::Status variables = GeneSpace::Check(problem->variables());
  if (!variables.ok()) say(variables.message());
  if (!problems.empty()) return absl::InvalidArgumentError(absl::StrJoin(problems, "; "));

  SearchOptions chosen = options;
  if (chosen.population == 0) {
    chosen.population = DefaultPopulation(problem->variables().size());
    chosen.population = std::max(chosen.population, kUsualIsland * chosen.islands);
  }
  // A space that one population holds needs no islands.
  if (GeneSpace(problem->variables()).points(chosen.population) > 0) chosen.islands = 1;
  if (chosen.islands > 1) {
    return std::make_unique<IslandSearch>(problem, chosen, Fingerprint(*problem, chosen));
  }
  return std::make_unique<Evolution>(problem, chosen, Fingerprint(*problem, chosen));
}

}  // namespace raffinate::optimizer
