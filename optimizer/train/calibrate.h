// Streams of a plant with acid and base that take what they are meant to take.
#pragma once

#include <optional>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/simulate.h"
#include "optimizer/train/layout.h"

namespace raffinate::optimizer {

/// The moles of the train's elements that leave in each output of each block [kmol/h].
std::vector<std::vector<double>> OutputMoles(const TrainTask& task, const TrainStructure& structure,
                                             const Prepared& prepared, const Answer& answer);

/// A block's idle_acid in the simulation before, and the first output that it gave [kmol/h].
struct Trial {
  double idle_acid = 0;
  std::optional<double> found;  ///< absent: none before
};

/// Moves idle_acid and draw of the designs towards outputs that take what they are meant to take,
/// idle_acid by secants: `last` (one per block; empty before the first simulation) is of the
/// simulation before, and becomes that of this one. Returns the largest relative difference that
/// was found; 0 without charge.
double CorrectDesigns(const TrainTask& task, const TrainStructure& structure,
                      const std::vector<std::vector<double>>& moles, std::vector<Trial>* last,
                      std::vector<BlockDesign>* designs);

/// Finds idle_acid and draw of the designs, so that every output takes what the plan means it to
/// take: the free acid that leaves depends on the pH of a plant that is not yet solved. Block by
/// block, each by itself and fed with what the block before sends; the best of a few simulations is
/// kept. Acid among the metals is flux that separates nothing: a block that cannot meet its demands
/// has more organic than theory says. Designs without charge stay as they are. Returns the profile
/// of the whole plant (PackAnswer), empty where it was not solved.
std::vector<double> Calibrate(const TrainTask& task, const TrainStructure& structure,
                              const Chemistry& chemistry, const kernels::Device& device,
                              std::vector<BlockDesign>* designs);

}  // namespace raffinate::optimizer
