#include "optimizer/train/size.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "kernels/theory/fenske.h"

namespace raffinate::optimizer {
namespace {

namespace theory = kernels::theory;

constexpr double kOrganicRatio = 1.05;
constexpr double kInnerRatio = 1.04;
/// Of the impurity that a product may hold, what one split may let slip.
constexpr double kSlip = 0.3;
/// Recovery [-] that a product without a demand is sized for.
constexpr double kUsualRecovery = 0.98;
constexpr int kLeastStages = 3;
/// Organic over aqueous times D in a strip: well below 1, where it leaves nothing.
constexpr double kStripFactor = 0.3;

/// Of what should go down in a split the share that may go up, and of what should go up that which
/// may go down. What slips spoils the product next to the cut: of a small product little of a
/// large neighbour.
std::pair<double, double> SlipsOf(const TrainTask& task, const TrainBlock& block,
                                  const theory::LinkedSplit& split) {
  const auto slip = [&](std::size_t spoilt, std::size_t from) {
    const Product& product = task.frame.products[spoilt];
    const double purity = std::clamp(product.min_purity.value_or(kUsualPurity), 0.9, 1 - 1e-7);
    const double lost =
        1 -
        std::clamp(task.frame.products[from].min_recovery.value_or(kUsualRecovery), 0.9, 1 - 1e-7);
    return kSlip * std::min(lost, (1 - purity) * task.mixture.Amount(spoilt, spoilt) /
                                      task.mixture.Amount(from, from));
  };
  return {slip(block.LastOf(split.last - 1), block.FirstOf(split.last)),
          slip(block.FirstOf(split.first + 1), block.LastOf(split.first))};
}

/// Extractant [mol/L] with which the strip of a block can work: an organic this strong against the
/// strip acid holds its most extractable metal by a strip factor of kStripFactor, with all dimers
/// free, D = K (c / 2 h)^m, and as much organic per acid as the flux of metal asks for.
double ExtractantFor(const TrainTask& task, const TrainBlock& block, const BlockDesign& design) {
  const TrainReagents& reagents = task.reagents;
  const double log10_k = reagents.log10_k[block.system][task.mixture.Edge(block.first)];
  const double dimers = reagents.dimers[block.system];
  // D h / (saponification c ratio) = kStripFactor, solved for c.
  const double power = kStripFactor * design.saponification * design.strip_ratio /
                       (std::pow(10, log10_k) * design.strip_hcl) *
                       std::pow(2 * design.strip_hcl, dimers);
  return std::clamp(std::pow(power, 1 / (dimers - 1)), kLeastExtractant * reagents.extractant,
                    reagents.extractant);
}

}  // namespace

std::string Size(const TrainTask& task, const TrainStructure& structure, int most_stages,
                 std::vector<BlockDesign>* designs) {
  designs->clear();
  for (std::size_t b = 0; b < structure.blocks.size(); ++b) {
    const TrainBlock& block = structure.blocks[b];
    BlockDesign design;
    design.choice.organic_ratio = kOrganicRatio;
    design.choice.inner_ratio.assign(theory::InnerSplits(block.outputs()), kInnerRatio);
    design.choice.inner_shift.assign(theory::InnerSplits(block.outputs()), 0.0);
    design.more.assign(block.outputs() - 1, 0.0);
    design.draw.assign(block.outputs() - 2, 1.0);
    design.scrub_hcl = task.reagents.scrub_hcl.start;
    design.strip_hcl = task.reagents.strip_hcl.start;
    if (task.reagents.charge > 0) design.extractant = ExtractantFor(task, block, design);
    std::vector<std::size_t> cuts;
    for (const std::size_t cut : block.cuts) {
      cuts.push_back(task.mixture.Edge(cut) - task.mixture.Edge(block.first));
    }
    const theory::MixtureFeed feed = structure.Feed(task.mixture, b);
    const auto plan = theory::PlanLinkedTrain(feed, cuts, design.choice);
    if (!plan) return plan.reason();
    for (const auto& level : plan->levels) {
      auto& stages = design.stages.emplace_back();
      for (const theory::LinkedSplit& split : level) {
        const auto [up, down] = SlipsOf(task, block, split);
        const auto least = theory::FenskeStagesForRecoveries(
            feed.beta[split.organic_key] / feed.beta[split.aqueous_key], 1 - down, 1 - up);
        if (!least) return least.reason();
        const auto both = theory::StagesForFlux(split.organic_above,
                                                std::max(0.0, split.least_organic_above), *least);
        const double half = both ? *both / 2 : most_stages;
        const int each = static_cast<int>(
            std::clamp(std::ceil(half), static_cast<double>(kLeastStages), most_stages * 1.0));
        stages.push_back({each, each});
      }
    }
    designs->push_back(std::move(design));
  }
  return {};
}

}  // namespace raffinate::optimizer
