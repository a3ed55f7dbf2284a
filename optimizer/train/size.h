// First sizes of a train: where the search starts.
#pragma once

#include <string>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/train/layout.h"

namespace raffinate::optimizer {

/// Purity [-] that a product without a demand is sized for.
inline constexpr double kUsualPurity = 0.99;

/// Designs for all blocks with organic 5 % above the least and the stages that this needs: Fenske's
/// for the demanded purities of the products on either side of a split, enlarged by
/// StagesForFlux, half of them below the feed. `most_stages` bounds a section.
/// Returns an empty string or why a block has no plan.
std::string Size(const TrainTask& task, const TrainStructure& structure, int most_stages,
                 std::vector<BlockDesign>* designs);

/// Finds idle_acid and draw of the designs, so that every output takes what the plan means it to
/// take: the free acid that leaves depends on the pH of a plant that is not yet solved. Simulates a
/// few times; keeps the best found. Designs without charge stay as they are. Returns the profile of
/// the last plant that was solved (PackAnswer), empty where none was.
std::vector<double> Calibrate(const TrainTask& task, const TrainStructure& structure,
                              const Chemistry& chemistry, const kernels::Device& device,
                              std::vector<BlockDesign>* designs);

}  // namespace raffinate::optimizer
