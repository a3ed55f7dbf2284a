// Where the volumes of both phases, strong anions and extractant of a circuit go:
// what is known before anything is solved.
#pragma once

#include <string>
#include <vector>

#include "kernels/circuit.h"

namespace raffinate::kernels {

/// Shares of a phase that leave a stage, and shares of the inflow from below
/// that pass it by [-].
struct Shares {
  double up = 0, down = 0, draw = 0;
  double bypass_up = 0, bypass_draw = 0;
};

/// Per stage; amounts per hour in the equilibrium part of the stage.
struct Layout {
  std::vector<double> aqueous_draw, organic_draw;  ///< share of what leaves the mixer-settler
  std::vector<Shares> aqueous, organic;
  std::vector<double> aqueous_volume, organic_volume;  ///< [m3/h]
  std::vector<double> anions;                          ///< [keq/h]
  std::vector<double> extractant;                      ///< dimers [kmol/h]
  std::vector<double> aqueous_in, organic_in;          ///< fed [m3/h]
  std::vector<double> anions_in, extractant_in;        ///< fed [keq/h, kmol/h]
  std::vector<double> acid_in;                         ///< fed: anions less metals [kmol/h]
  double aqueous_returned = 0, anions_returned = 0;    ///< around a closed loop into stage 0
  /// Per master after the second: amounts, what is fed [kmol/h], what the loop returns.
  std::vector<std::vector<double>> totals, totals_in;
  std::vector<double> totals_returned;
};

/// Lays the volumes out. Returns an empty string or what is wrong.
std::string LayOut(const Circuit& circuit, Layout* layout);

/// What an organic draw given as a flow can take at most [m3/h]: all that leaves
/// the stage upwards, contacted or not; an aqueous one: downwards.
double Available(const Circuit& circuit, const Layout& layout, const Draw& draw);

/// `values[stage]`, or `otherwise` where none are given.
double StageValue(const std::vector<double>& values, int stage, double otherwise);

/// Linear transport of something that stays in one phase: amount per hour in
/// the equilibrium part of every stage. The same recursion as for components,
/// with one unknown. `returned`: what the loop brings back into stage 0.
std::vector<double> Carry(const std::vector<Shares>& shares, const std::vector<double>& from_below,
                          const std::vector<double>& from_above, double recycle, double* returned);

}  // namespace raffinate::kernels
