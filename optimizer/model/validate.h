// The parts of Validate (optimizer/run.h), each for one piece of a flowsheet.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/violation.h"

namespace raffinate::optimizer {

/// A flowsheet under examination and what was found.
struct Examination {
  const Flowsheet& flowsheet;
  const Chemistry& chemistry;
  Violations violations;

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

/// The one circuit: its extractant, inlets, outlets and draws.
void CheckCircuit(Examination* examination);

/// Products and their demands.
void CheckProducts(Examination* examination);

/// Objectives, constraints and search settings.
void CheckGoals(Examination* examination);

/// Overrides of prices, factors and limits: known names, numbers with a meaning.
void CheckEconomics(Examination* examination);

/// The transient: times, what it names, what it sets, and with `closed` that every
/// state of operation can be laid out. To be run last: compositions and circuits
/// are only checked where nothing else was found.
void CheckDynamics(bool closed, Examination* examination);

/// Names of everything that leaves, in the order of `Built::leaving`.
std::vector<std::string> LeavingNames(const Flowsheet& flowsheet);

/// The extractant systems that may be chosen in any circuit, with the field
/// path of the name; unknown ones left out.
std::vector<std::pair<std::string, const ExtractantSystem*>> ChosenSystems(
    const Flowsheet& flowsheet, const Chemistry& chemistry);

/// Smallest and largest amount of each metal that may be fed [kmol/h], Na and
/// NH4 left out, elements that are never above zero as well.
struct FedAmount {
  double smallest = 0;
  double largest = 0;
};
std::map<std::string, FedAmount> FedMetals(const Flowsheet& flowsheet, const Chemistry& chemistry);

}  // namespace raffinate::optimizer
