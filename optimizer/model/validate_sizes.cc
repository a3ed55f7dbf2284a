#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

/// Far above what a plant has; what follows may then compare everything with
/// everything.
constexpr std::size_t kMostStreams = 1000;
constexpr std::size_t kMostMetals = 200;  // of one stream or extractant system
constexpr std::size_t kMostSystems = 200;
constexpr std::size_t kMostSections = 100;
constexpr std::size_t kMostInletsOrDraws = 1000;  // of one section
constexpr std::size_t kMostProducts = 100;
constexpr std::size_t kMostObjectives = 6;
constexpr std::size_t kMostConstraints = 200;
constexpr std::size_t kMostChoices = 10000;
constexpr std::size_t kMostChanges = 1000;  // in time

template <class List>
void AtMost(std::size_t most, const List& list, const std::string& path, Examination* examination) {
  if (list.size() > most) {
    examination->Add(path, absl::StrCat("found ", list.size(), "; at most ", most, " are allowed"));
  }
}

void CheckOperation(const Operation& operation, const std::string& path, Examination* examination) {
  AtMost(kMostStreams, operation.streams, path + ".streams", examination);
  AtMost(kMostSections, operation.sections, path + ".sections", examination);
  for (std::size_t i = 0; i < operation.streams.size(); ++i) {
    AtMost(kMostMetals, operation.streams[i].metals, absl::StrCat(path, ".streams[", i, "].metals"),
           examination);
  }
  for (std::size_t s = 0; s < operation.sections.size(); ++s) {
    AtMost(kMostInletsOrDraws, operation.sections[s].draws,
           absl::StrCat(path, ".sections[", s, "].draws"), examination);
  }
}

void CheckDynamicsSizes(const Dynamics& dynamics, Examination* examination) {
  AtMost(kMostSections, dynamics.sections, "dynamics.sections", examination);
  AtMost(kMostChanges, dynamics.changes, "dynamics.changes", examination);
  if (!examination->violations.empty()) return;
  CheckOperation(dynamics.initially, "dynamics.initially", examination);
  for (std::size_t k = 0; k < dynamics.changes.size(); ++k) {
    CheckOperation(dynamics.changes[k].sets, absl::StrCat("dynamics.changes[", k, "]"),
                   examination);
  }
}

}  // namespace

void CheckSizes(Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  AtMost(kMostStreams, flowsheet.streams, "streams", examination);
  AtMost(kMostSystems, flowsheet.extractant_systems, "extractant_systems", examination);
  AtMost(kMostProducts, flowsheet.products, "products", examination);
  AtMost(kMostObjectives, flowsheet.objectives, "objectives", examination);
  AtMost(kMostConstraints, flowsheet.constraints, "constraints", examination);
  // That there is one circuit is said elsewhere; this bounds the work.
  AtMost(kMostSections, flowsheet.circuits, "circuits", examination);
  if (!examination->violations.empty()) return;
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    AtMost(kMostMetals, flowsheet.streams[i].metals, absl::StrCat("streams[", i, "].metals"),
           examination);
    const std::string residues = absl::StrCat("streams[", i, "].residues");
    AtMost(kMostMetals, flowsheet.streams[i].residues, residues, examination);
    for (std::size_t r = 0; r < flowsheet.streams[i].residues.size(); ++r) {
      AtMost(kMostMetals, flowsheet.streams[i].residues[r].metals,
             absl::StrCat(residues, "[", r, "].metals"), examination);
    }
  }
  for (std::size_t i = 0; i < flowsheet.extractant_systems.size(); ++i) {
    AtMost(kMostMetals, flowsheet.extractant_systems[i].constants,
           absl::StrCat("extractant_systems[", i, "].constants"), examination);
    AtMost(kMostSystems, flowsheet.extractant_systems[i].validity.not_stated,
           absl::StrCat("extractant_systems[", i, "].validity.not_stated"), examination);
  }
  for (std::size_t i = 0; i < flowsheet.products.size(); ++i) {
    AtMost(kMostMetals, flowsheet.products[i].elements, absl::StrCat("products[", i, "].elements"),
           examination);
  }
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    const auto& sections = flowsheet.circuits[c].sections;
    const std::string path = absl::StrCat("circuits[", c, "].sections");
    AtMost(kMostSections, sections, path, examination);
    for (std::size_t s = 0; s < sections.size(); ++s) {
      AtMost(kMostInletsOrDraws, sections[s].inlets, absl::StrCat(path, "[", s, "].inlets"),
             examination);
      AtMost(kMostInletsOrDraws, sections[s].draws, absl::StrCat(path, "[", s, "].draws"),
             examination);
    }
  }
  if (flowsheet.dynamics) CheckDynamicsSizes(*flowsheet.dynamics, examination);
  VisitLeaves(flowsheet, [examination](const auto& leaf, const Bounds&, auto path) {
    if constexpr (std::is_same_v<std::decay_t<decltype(leaf)>, Name>) {
      if (const auto* names = std::get_if<1>(&leaf)) {
        AtMost(kMostSystems, *names, path() + ".choices", examination);
      }
    } else if (const auto* choices = std::get_if<Choices>(&leaf)) {
      AtMost(kMostChoices, choices->values, path() + ".choices", examination);
    }
  });
}

}  // namespace raffinate::optimizer
