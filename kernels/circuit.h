// A circuit as its user sees it: stages with streams that enter and leave.
#pragma once

#include <string>
#include <vector>

#include "kernels/cascade.h"

namespace raffinate::kernels {

enum class Phase { kAqueous, kOrganic };

/// A stream that enters a stage from outside.
struct Inlet {
  int stage = 0;  ///< from 0, in the direction of the organic
  Phase phase = Phase::kAqueous;
  double flow = 0;                        ///< [m3/h], > 0
  std::vector<double> molarity;           ///< per component [mol/L], >= 0; empty: none
  double anions = 0;                      ///< strong anions [eq/L]; may exceed or miss the metal
                                          ///< charge: the difference is acid (+) or base (-)
  double extractant_dimer_mol_per_l = 0;  ///< organic only: total extractant as dimer [mol/L]
  /// Law::kTable: what closes the masters after the second, in that order: totals of
  /// ligands (whose charge `anions` includes) and strong monovalent anions [mol/L] in an
  /// aqueous, of extractants in an organic; entries for the other phase do not count.
  /// Empty: none.
  std::vector<double> totals;
};

/// A stream that leaves a stage. What is not drawn flows on: aqueous to the
/// stage before, organic to the stage after.
struct Draw {
  int stage = 0;
  Phase phase = Phase::kAqueous;
  double share = 0;  ///< of the phase leaving the stage, [0, 1]; used when flow <= 0
  double flow = 0;   ///< [m3/h]
};

/// Stages numbered from 0 in the direction of the organic; aqueous flows from
/// stage `stages - 1` to stage 0. What flows down from stage 0 and (unless it
/// is recycled) up from the last stage leaves the circuit.
struct Circuit {
  Law law = Law::kMassAction;
  std::vector<Component> components;
  std::shared_ptr<const EquilibriumTable> table;  ///< Law::kTable only
  int stages = 0;
  std::vector<Inlet> inlets;
  std::vector<Draw> draws;                  ///< at most one per stage and phase
  std::vector<double> efficiency;           ///< per stage, (0, 1]; empty: 1
  std::vector<double> aqueous_entrainment;  ///< per stage, [0, 0.5); empty: 0
  std::vector<double> organic_entrainment;  ///< per stage, [0, 0.5); empty: 0
  /// Share of the organic leaving the last stage that re-enters stage 0, [0, 1].
  /// Volume and extractant of the returning organic are given as an inlet at
  /// stage 0 (its metals come from the loop; metals in that inlet are added,
  /// as base metered into the organic is).
  double recycle = 0;
  /// Law::kTable: N*M added to ln D of each stage and component; empty: none.
  std::vector<double> shift;
};

/// The phase that carries what closes a master.
inline Phase CarrierOf(Master master) {
  return master == Master::kExtractant ? Phase::kOrganic : Phase::kAqueous;
}

/// Lays the flows out: the volumes of both phases, strong anions and total
/// extractant obey linear transport and are known before anything is solved.
/// Returns an empty string, or what is wrong (a draw larger than its phase, a
/// stage without one of the phases).
std::string Assemble(const Circuit& circuit, Cascade* cascade);

/// What leaves: `[draws + 2]` rows in the order of `circuit.draws`, then the
/// aqueous leaving stage 0, then the organic leaving the last stage (before
/// the recycle).
struct Outflow {
  double aqueous_flow = 0;             ///< [m3/h]
  double organic_flow = 0;             ///< [m3/h]
  std::vector<double> metals;          ///< per component [kmol/h], both phases
  std::vector<double> aqueous_metals;  ///< the aqueous part [kmol/h]
  double free_acid = 0;                ///< h - OH in the aqueous part, with the protons that
                                       ///< ligands bind [kmol/h]
  double anions = 0;                   ///< [keq/h]
  double extractant_dimer = 0;         ///< [kmol/h]
  std::vector<double> totals;          ///< masters - 2: of Inlet::totals [kmol/h]
};
std::vector<Outflow> Outflows(const Circuit& circuit, const Cascade& cascade,
                              const Solution& solution);

/// Protons bound by the ligands of a table in one stage [mol/L]; `by_ln`, unless null,
/// gets the derivatives by ln of the masters.
double BoundProtons(const Cascade& cascade, const State& state, int stage, double* by_ln);

/// Largest relative error over the circuit of any component, anion, extractant
/// or acid balance: |in - out| / max(in, out).
double BalanceError(const Circuit& circuit, const Cascade& cascade, const Solution& solution);

}  // namespace raffinate::kernels
