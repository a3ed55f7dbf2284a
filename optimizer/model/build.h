// From a flowsheet of numbers to the kernels' circuit.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kernels/circuit.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// Stages of one section within the circuit.
struct SectionSpan {
  std::string name;
  int first = 0;  ///< from 0, over the circuit
  int count = 0;
  double temperature = 25;  ///< [degC]
};

/// A stream that leaves, and the row of kernels::Outflows that holds it.
struct Leaving {
  enum class Role { kOutlet, kDraw, kOrganic };
  std::string name;
  Role role = Role::kOutlet;
  kernels::Phase phase = kernels::Phase::kAqueous;
  int row = 0;
  int stage = 0;  ///< from 0, over the circuit
};

/// How one inlet of a section is supplied.
struct InletSource {
  int stream = -1;   ///< of the flowsheet; -1: from a circuit
  double share = 1;  ///< of that stream
  kernels::Phase phase = kernels::Phase::kAqueous;
};

/// How one circuit of several is supplied.
struct Wiring {
  std::size_t circuit = 0;
  std::vector<double> stream_shares;             ///< per stream of the flowsheet: what enters here
  std::vector<std::vector<InletSource>> inlets;  ///< [section][inlet]
};

/// Where what leaves a circuit enters. Its numbers are not of the flowsheet: until they are
/// known the inlet has a flow of 1 m3/h and holds nothing.
struct LinkedInlet {
  int section = -1;  ///< -1: the organic's `from`
  int index = 0;     ///< of the section's inlets
  int stage = 0;     ///< from 0, over the circuit
  int inlet = -1;    ///< of circuit.inlets; -1: a volume that is held, with metals in inlet 0
};

/// A kernels::Circuit and what its numbers mean. Points into the flowsheet's own
/// extractant systems and into the chemistry, which must outlive it.
struct Built {
  kernels::Circuit circuit;
  const ExtractantSystem* system = nullptr;
  bool own_system = false;         ///< the system is the flowsheet's
  bool replaces_built_in = false;  ///< under the name of a built-in one
  const OperatingLimits* limits = nullptr;
  const EconomicsData* economics = nullptr;
  std::vector<const Element*> components;    ///< one per kernel component
  std::vector<const Hydroxide*> hydroxides;  ///< one per kernel component, null where not known
  std::vector<SectionSpan> sections;
  /// One per stream of the flowsheet, empty where it enters another circuit; then an empty one,
  /// for what comes from circuits.
  std::vector<Composition> streams;
  std::vector<std::size_t> stream_of_inlet;  ///< of circuit.inlets; the organic's counts nothing
  std::vector<std::pair<std::string, double>> organic_metals;  ///< fed with the organic [mol/L]
  std::vector<LinkedInlet> links;  ///< from circuits, in the order of inlets; `from` first
  std::vector<Leaving> leaving;    ///< outlets and draws in order, then the loaded organic
  double organic_flow = 0;         ///< entering the first stage [m3/h]
  double extractant_monomer = 0;   ///< [mol/L]
  double saponification_base = 0;  ///< metered into the organic [kmol/h]
  int medium_ligand = -1;          ///< of kernels::Circuit's totals, the medium's anion

  /// Index of the component, or -1.
  int Component(const std::string& element) const;
  /// Index of the section that holds stage `stage` (from 0).
  int SectionIndexOf(int stage) const;
  /// Its name.
  const std::string& SectionOf(int stage) const;
};

/// The system of that name: the flowsheet's own before the library's; null when
/// there is none.
const ExtractantSystem* FindSystem(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                   const std::string& name);

/// Lays out the one circuit of a flowsheet that has only numbers and is valid.
/// Components are the cations that enter, and those of `carried` that may enter
/// at another time, in the order of the element table.
/// Aqueous inlets enter the last stage of their section unless they say
/// otherwise. Returns an empty string, or what only the numbers could show:
/// charges that cannot balance, two draws of one phase at one stage.
std::string Build(const Flowsheet& flowsheet, const Chemistry& chemistry, Built* built,
                  const std::set<std::string>& carried = {});

/// The same in two steps for a circuit of several: what enters it from outside, then
/// everything, with what may come from other circuits `carried`.
std::string BuildStreams(const Flowsheet& flowsheet, const Chemistry& chemistry,
                         const Wiring& wiring, Built* built);
std::string BuildCircuit(const Flowsheet& flowsheet, const Chemistry& chemistry,
                         const Wiring& wiring, const std::set<std::string>& carried, Built* built);

/// The cations that enter a circuit from outside, once BuildStreams is done; "H" where acid is a
/// component.
std::set<std::string> EnteringCations(const Circuit& circuit, const Built& built);

}  // namespace raffinate::optimizer
