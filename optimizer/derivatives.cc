#include "optimizer/derivatives.h"

#include <utility>
#include <vector>

#include "kernels/gradient.h"
#include "optimizer/plant/balance.h"
#include "optimizer/plant/economic_paths.h"
#include "optimizer/plant/sensitivity.h"

namespace raffinate::optimizer {

FigureGradients::More EconomicGradients(const Flowsheet& flowsheet, const Solved& solved,
                                        const WantedFigures& wanted) {
  FigureGradients::More more{EconomicPaths(flowsheet, solved, wanted), nullptr};
  if (more.paths.empty()) return more;
  more.brought = [](const Flowsheet& of, const Built& built) { return BroughtBy(of, built); };
  return more;
}

std::optional<LeafSensitivities> DerivativesOf(const Flowsheet& flowsheet,
                                               const Chemistry& chemistry, const Prepared& prepared,
                                               const Answer& answer, const Figures& figures,
                                               const WantedFigures& wanted_figures,
                                               const WantedLeaves& wanted_leaves) {
  if (prepared.plant != nullptr) {
    return PlantDerivatives(flowsheet, chemistry, *prepared.graph, *prepared.plant, answer.plant,
                            figures, wanted_figures, wanted_leaves);
  }
  const Solved solved{prepared.built, prepared.cascade, answer.circuit};
  const FigureGradients gradients(flowsheet, chemistry, solved, figures, wanted_figures,
                                  EconomicGradients(flowsheet, solved, wanted_figures));
  const kernels::GradientTask task{&solved.cascade, &solved.solution, gradients.seeds()};
  std::vector<kernels::CascadeGradient> by_cascade;
  kernels::Differentiate({kernels::Device::Kind::kCpu, 0, 1}, {&task, 1}, {&by_cascade, 1});
  return gradients.Finish(std::move(by_cascade), wanted_leaves);
}

}  // namespace raffinate::optimizer
