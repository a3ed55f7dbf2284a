// The parts of Validate (optimizer/run.h), each for one piece of a flowsheet.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/graph.h"
#include "optimizer/model/violation.h"

namespace raffinate::optimizer {

/// A flowsheet under examination and what was found.
struct Examination {
  const Flowsheet& flowsheet;
  const Chemistry& chemistry;
  Violations violations;
  /// The circuits that what is looked at can come to; null: all.
  const std::set<std::size_t>* within = nullptr;

  void Add(std::string field, std::string description) {
    violations.push_back({std::move(field), std::move(description)});
  }
};

/// No list is longer than any plant could need. When one is, the other checks
/// are not to be run.
void CheckSizes(Examination* examination);

/// Numbers are finite and physically possible, ranges and choices leave
/// something to choose; with `closed`, nothing is left open.
void CheckLeaves(bool closed, Examination* examination);

/// Extractant systems that the flowsheet defines itself.
void CheckSystems(Examination* examination);

/// Names of streams, sections and outlets: given, unique, not reserved.
void CheckNames(Examination* examination);

/// What is dissolved: known elements and feeds, charges that can balance, every
/// element known to every extractant system that may be chosen.
void CheckStreams(Examination* examination);

/// Acid, salts, complexants, second extractant and temperatures against the chosen
/// systems.
void CheckMedia(Examination* examination);

/// Streams between circuits: splits, what each inlet takes, organic that comes from a circuit,
/// and whether the systems that a stream joins can be joined.
void CheckGraph(Examination* examination);

/// Each circuit: its extractant, sections, outlets and draws.
void CheckCircuit(Examination* examination);

/// Products and their demands.
void CheckProducts(Examination* examination);

/// Objectives, constraints and search settings.
void CheckGoals(Examination* examination);

/// Overrides of prices, factors and limits: known names, numbers with a meaning.
void CheckEconomics(Examination* examination);

/// Scenarios: how they count, and assays of the streams that are there.
void CheckScenarios(Examination* examination);

/// The transient: times, what it names, what it sets, and with `closed` that every
/// state of operation can be laid out. To be run last: compositions and circuits
/// are only checked where nothing else was found.
void CheckDynamics(bool closed, Examination* examination);

/// Names of everything that leaves the plant: outlets, draws and loaded organic in the order of
/// `Built::leaving`, parts in place of what is split, without what a circuit takes up.
std::vector<std::string> LeavingNames(const Flowsheet& flowsheet);

/// The extractant systems that may be chosen in any circuit, with the field
/// path of the name; unknown ones left out. `within`, unless null, names the circuits.
std::vector<std::pair<std::string, const ExtractantSystem*>> ChosenSystems(
    const Flowsheet& flowsheet, const Chemistry& chemistry,
    const std::set<std::size_t>* within = nullptr);

/// The circuits that stream `index` enters, or can come to by way of others. All of them where
/// it enters none: that is told elsewhere.
std::set<std::size_t> CircuitsReached(const Flowsheet& flowsheet, const Graph& graph,
                                      std::size_t index);

/// Smallest and largest amount of each metal that may be fed [kmol/h], Na and
/// NH4 left out, elements that are never above zero as well.
struct FedAmount {
  double smallest = 0;
  double largest = 0;
};
std::map<std::string, FedAmount> FedMetals(const Flowsheet& flowsheet, const Chemistry& chemistry);

}  // namespace raffinate::optimizer
