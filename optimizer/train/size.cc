#include "optimizer/train/size.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "kernels/theory/fenske.h"
#include "optimizer/simulate.h"
#include "optimizer/train/train_problem.h"

namespace raffinate::optimizer {
namespace {

namespace theory = kernels::theory;

constexpr double kOrganicRatio = 1.05;
constexpr double kInnerRatio = 1.04;
/// Of the impurity that a product may hold, what one split may let slip.
constexpr double kSlip = 0.3;
constexpr int kLeastStages = 3;
constexpr int kCalibrations = 8;
/// Relative difference in an output that needs no further calibration.
constexpr double kCalibrated = 2e-4;

double PurityOf(const Product& product) {
  return std::clamp(product.min_purity.value_or(kUsualPurity), 0.9, 1 - 1e-7);
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
        double purity = 0;
        for (std::size_t output = split.first; output <= split.last; ++output) {
          for (std::size_t p = block.FirstOf(output); p <= block.LastOf(output); ++p) {
            purity = std::max(purity, PurityOf(task.frame.products[p]));
          }
        }
        const double recovery = 1 - kSlip * (1 - purity);
        const auto least = theory::FenskeStagesForRecoveries(
            feed.beta[split.organic_key] / feed.beta[split.aqueous_key], recovery, recovery);
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

std::vector<double> Calibrate(const TrainTask& task, const TrainStructure& structure,
                              const Chemistry& chemistry, const kernels::Device& device,
                              std::vector<BlockDesign>* designs) {
  std::vector<BlockDesign> next = *designs;
  std::vector<double> packed;
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < kCalibrations && least > kCalibrated; ++round) {
    Flowsheet flowsheet;
    if (!LayOut(task, structure, next, &flowsheet).empty()) break;
    Prepared prepared = Prepare(flowsheet, chemistry);
    std::vector<Answer> answers;
    SolveAll(device, {&prepared}, {&packed}, nullptr, &answers);
    if (!IsSolved(prepared, answers[0])) break;
    packed = PackAnswer(prepared, answers[0]);
    const std::vector<BlockDesign> used = next;
    const double worst =
        CorrectDesigns(task, structure, OutputMoles(task, structure, prepared, answers[0]), &next);
    if (worst >= least) continue;
    least = worst;
    *designs = used;
  }
  return packed;
}

}  // namespace raffinate::optimizer
