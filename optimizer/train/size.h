// First sizes of a train: where the search starts.
#pragma once

#include <string>
#include <vector>

#include "optimizer/train/layout.h"

namespace raffinate::optimizer {

/// Purity [-] that a product without a demand is sized for.
inline constexpr double kUsualPurity = 0.99;
/// Extractant of a block over what the task allows, at least [-].
inline constexpr double kLeastExtractant = 0.2;

/// Designs for all blocks with organic 5 % above the least and the stages that this needs: Fenske's
/// for the demanded purities of the products on either side of a split, enlarged by
/// StagesForFlux, half of them below the feed. `most_stages` bounds a section.
/// Returns an empty string or why a block has no plan.
std::string Size(const TrainTask& task, const TrainStructure& structure, int most_stages,
                 std::vector<BlockDesign>* designs);

}  // namespace raffinate::optimizer
