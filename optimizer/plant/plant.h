// A flowsheet of several circuits, laid out for the solver.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kernels/cascade.h"
#include "optimizer/model/build.h"
#include "optimizer/model/graph.h"

namespace raffinate::optimizer {

/// A stream between circuits. What rides along in the other phase (entrainment) goes with it.
struct Link {
  std::string name;
  int from = 0;       ///< circuit
  int row = 0;        ///< of kernels::Outflows of that circuit
  double share = 0;   ///< of the row
  int to = 0;         ///< circuit
  int stage = 0;      ///< that it enters, from 0
  bool held = false;  ///< volume and extractant are those of `to`, metals alone are brought
  kernels::Phase phase = kernels::Phase::kAqueous;
  int inlet[2] = {-1, -1};  ///< of `to`, by phase; -1 where none of the phase comes
  double flow[2] = {0, 0};  ///< [m3/h], by phase
  /// Constant loading: the metal that its aqueous part holds of all elements [kmol/h].
  double metal = 0;
  /// Base metered into it, per component of `to` [kmol/h]; empty: none.
  std::vector<double> metered;
};

/// A stream, or a part of one, that leaves the plant.
struct Rest {
  std::string name;
  int circuit = 0;
  int leaving = 0;   ///< of Built::leaving
  double share = 1;  ///< of the row
};

/// All circuits with their flows. Points into the flowsheet's own extractant systems and into
/// the chemistry, like Built.
struct Plant {
  std::vector<std::string> names;  ///< of the circuits
  std::vector<Built> circuits;
  std::vector<kernels::Cascade> cascades;
  std::vector<Link> links;
  std::vector<Rest> rests;
  std::vector<std::vector<int>> groups;  ///< as in Graph
  /// Moles that enter from outside with each element of any circuit [kmol/h].
  std::vector<std::pair<std::string, double>> fed;

  /// Fed of `element`; 0 where none is.
  double Fed(const std::string& element) const;
};

/// Lays out a flowsheet of numbers that is valid; `graph` is its own. Volumes, strong anions,
/// extractant and ligands of all links are solved for as one linear system per phase. Returns
/// an empty string, or what is wrong: a recycle that nothing leaves, named by its streams, a draw
/// larger than its phase, a stage without one of the phases.
std::string MakePlant(const Flowsheet& flowsheet, const Chemistry& chemistry, const Graph& graph,
                      Plant* plant);

/// Index by phase in Link.
inline int PhaseIndex(kernels::Phase phase) { return phase == kernels::Phase::kAqueous ? 0 : 1; }

}  // namespace raffinate::optimizer
