// A train as a flowsheet.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "kernels/theory/linked_plan.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/train/structure.h"

namespace raffinate::optimizer {

inline constexpr int kMostStripStages = 15;

/// The numbers of one block.
struct BlockDesign {
  kernels::theory::LinkedChoice choice;
  /// Per output but the last: what is drawn more of it than its share of the feed, relative.
  std::vector<double> more;
  /// Stages below and above the feed of each split, as LinkedPlan::levels.
  std::vector<std::vector<std::array<int, 2>>> stages;

  // Of circuits with acid and base (TrainReagents::charge > 0) alone.
  double extractant = 0;         ///< [mol/L], monomer; 0: as the task says
  double scrub_hcl = 0;          ///< [mol/L]; 0: the most of the task, also with constant beta
  double strip_hcl = 0;          ///< [mol/L]; 0: the most of the task
  double saponification = 0.36;  ///< share of the extractant that the base fed turns into salt
  int strip_stages = 5;
  double strip_ratio = 1.2;  ///< strip acid over what the metal on the organic needs, > 1
  /// Free acid that leaves with raffinates and draws, less the feed's [kmol/h]: acid that is fed to
  /// scrub with and strips nothing. What the feed brings more than that, fresh base takes up.
  double idle_acid = 0;
  /// Acid that idle_acid has to change by for a mole of charge less in the first output [-].
  double idle_gain = 1;
  /// Per output between the first and the last: factor on the share that is drawn.
  std::vector<double> draw;
};

/// Acid that each block has within a range [mol/L].
struct AcidRange {
  double least = 0, most = 0;  ///< equal: one for all
  double start = 0;

  bool open() const { return least < most; }
};

/// What the circuits are run with.
struct TrainReagents {
  std::vector<std::string> systems;  ///< those of the mixture
  double extractant = 0;             ///< [mol/L], monomer; what a block has at most
  /// Charge of the metals; 0: the law counts metal alone (constant beta), organic passes once.
  double charge = 0;
  std::vector<double> dimers;  ///< of extractant per metal, by system, with a charge
  /// By system, of the mixture's elements, with a charge.
  std::vector<std::vector<double>> log10_k;
  double naoh = 0, nh4oh = 0;  ///< one of them [mol/L], with a charge
  /// All 0, with a charge: strip liquor goes on to the scrub. Constant beta: mol of metal stripped
  /// per L.
  AcidRange scrub_hcl;
  AcidRange strip_hcl;  ///< with a charge
};

struct TrainTask {
  /// Without circuits: name, extractant systems, the feed stream, objectives, constraints, search,
  /// economics and products, each in the order of `mixture` and without a stream.
  Flowsheet frame;
  std::string feed;  ///< its stream
  TrainMixture mixture;
  TrainReagents reagents;
};

/// The stream in which output `output` of block `block` leaves.
std::string OutputName(const TrainTask& task, const TrainStructure& structure, std::size_t block,
                       std::size_t output);

/// The stream that block `block` is fed with: the task's, or an output of its parent.
std::string FeedName(const TrainTask& task, const TrainStructure& structure, std::size_t block);

/// The flowsheet of numbers. `plans` receives the fluxes of the blocks where it is not null.
/// Returns an empty string or why the fluxes cannot be: see PlanLinkedTrain.
std::string LayOut(const TrainTask& task, const TrainStructure& structure,
                   const std::vector<BlockDesign>& designs, Flowsheet* flowsheet,
                   std::vector<kernels::theory::LinkedPlan>* plans = nullptr);

}  // namespace raffinate::optimizer
