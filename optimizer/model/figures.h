// Figures, streams and stage profiles of a solved circuit.
#pragma once

#include <vector>

#include "kernels/cascade.h"
#include "kernels/circuit.h"
#include "optimizer/model/build.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// Below this a product stream counts as empty [kg/h].
inline constexpr double kLeastReo = 1e-12;

/// A circuit with its solution.
struct Solved {
  const Built& built;
  const kernels::Cascade& cascade;
  const kernels::Solution& solution;
};

/// Volumes in one stage [m3/h], those that pass without contact included.
struct StageVolumes {
  double aqueous = 0;
  double organic = 0;
};
StageVolumes VolumesOf(const kernels::StageFlows& flows);

/// What the figures take from the inlets alone.
struct Supplies {
  std::vector<double> fed;   ///< per component, in all streams, before residues [kmol/h]
  double acid_kg_per_h = 0;  ///< 100 % HCl in all streams but feeds
  double base_kmol_per_h = 0;
};
Supplies SuppliesOf(const Built& built);

/// Whether `product` wants `element`.
bool Wants(const Product& product, const Element& element);

/// Mass in which `element` is quoted [g/mol]: that of its oxide, or its own
/// where it has none.
double QuotedMass(const Element& element);

/// Share of the extractant that is bound in stage `stage` (from 0), Na and NH4
/// included; 0 where the law knows no extractant.
double LoadingOf(const Solved& solved, int stage);

/// A product of which `leaving` is in its stream, per component [kmol/h], none when
/// empty; `fed` in all streams. The same of amounts [kmol] gives masses in kg.
ProductFigures FiguresOf(const Product& product, const Built& built,
                         const std::vector<double>& leaving, const std::vector<double>& fed);

/// What leaves in the aqueous, per hour.
struct Effluents {
  double water_m3 = 0;
  double sodium_kg = 0;
  double nitrogen_kg = 0;
  double chloride_kg = 0;

  /// Adds a share of a stream that leaves.
  void Add(const Built& built, const kernels::Outflow& out, double share);
};

/// Sets the amounts per tonne REO from those per hour.
void SetPerTonne(double acid_kg, double base_kmol, const Effluents& effluents, double reo_kg,
                 Figures* figures);

/// Extremes over stages: before the first circuit, and of one more circuit.
void BeginStageFigures(bool has_ph, Figures* figures);
void AddStageFigures(const Solved& solved, Figures* figures);

/// Everything in result.h's Figures but the theoretical minimum (minimum.h). Amounts per tonne REO
/// refer to the wanted elements in all product streams; they are zero without products, and a
/// product stream that holds next to nothing makes them large, never infinite.
Figures ComputeFigures(const Flowsheet& flowsheet, const Solved& solved);

/// A stream from outside, with the flow of its composition.
StreamState EnteringStream(const Stream& stream, const Composition& composition,
                           const Built& built);

/// A stream that leaves. `free_dimer` [mol/L] of an organic one.
StreamState LeavingStream(const Leaving& leaving, const kernels::Outflow& out, const Built& built,
                          double free_dimer);

/// Every stream that enters, then every one that leaves.
std::vector<StreamState> ComputeStreams(const Flowsheet& flowsheet, const Solved& solved);

/// In the direction of the organic.
std::vector<StageState> ComputeStages(const Solved& solved);

/// What the engineer should know before trusting the result.
std::vector<Flag> ComputeFlags(const Solved& solved);

}  // namespace raffinate::optimizer
