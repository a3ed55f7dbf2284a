#include "optimizer/model/sensitivity.h"

#include <cstddef>
#include <iterator>
#include <utility>

#include "kernels/circuit_gradient.h"
#include "optimizer/model/figure_table.h"

namespace raffinate::optimizer {

FigureGradients::FigureGradients(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                 const Solved& solved, const Figures& figures,
                                 const WantedFigures& wanted, More more)
    : flowsheet_(flowsheet),
      chemistry_(chemistry),
      solved_(solved),
      brought_(std::move(more.brought)) {
  std::vector<FigurePath> paths = FigurePaths(flowsheet, Alone(solved), figures, wanted);
  paths.insert(paths.end(), std::make_move_iterator(more.paths.begin()),
               std::make_move_iterator(more.paths.end()));
  for (FigurePath& path : paths) {
    FigurePath::Part& part = path.circuits.front();
    seeds_.push_back(std::move(part.path->seed));
    figures_.push_back({std::move(path.name), std::move(path.product), path.value,
                        std::move(part.path->direct), std::move(part.supplies),
                        std::move(path.by_brought)});
  }
}

std::vector<FigureGradients::ByCircuit> FigureGradients::ThroughCircuit(
    std::vector<kernels::CascadeGradient> gradients) const {
  for (std::size_t f = 0; f < figures_.size(); ++f) {
    kernels::AddScaled(1.0, figures_[f].direct, &gradients[f]);
  }
  std::vector<kernels::CircuitGradient> by_circuit =
      kernels::ThroughAssembly(solved_.built.circuit, gradients);
  std::vector<ByCircuit> all;
  for (std::size_t f = 0; f < figures_.size(); ++f) {
    const Figure& figure = figures_[f];
    all.push_back(
        {figure.name, figure.product, figure.value, std::move(by_circuit[f]), figure.supplies});
  }
  return all;
}

LeafSensitivities FigureGradients::Finish(std::vector<kernels::CascadeGradient> gradients,
                                          const WantedLeaves& wanted) const {
  const Levers levers(flowsheet_, chemistry_, solved_.built, wanted, brought_);
  LeafSensitivities result;
  result.all.levers = levers.levers();
  result.leaves = levers.leaves();
  const std::vector<ByCircuit> by_circuit = ThroughCircuit(std::move(gradients));
  for (std::size_t f = 0; f < by_circuit.size(); ++f) {
    const ByCircuit& figure = by_circuit[f];
    result.all.figures.push_back(
        {figure.name, figure.product, figure.value, FindFigure(figure.name)->unit,
         levers.Derivatives(figure.circuit, figure.supplies, figures_[f].by_brought)});
  }
  return result;
}

Sensitivities ComputeSensitivities(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                   const Solved& solved, const kernels::Device& device) {
  const FigureGradients figures(flowsheet, chemistry, solved, ComputeFigures(flowsheet, solved));
  const kernels::GradientTask task{&solved.cascade, &solved.solution, figures.seeds()};
  std::vector<kernels::CascadeGradient> gradients;
  kernels::Differentiate(device, {&task, 1}, {&gradients, 1});
  return figures.Finish(std::move(gradients)).all;
}

}  // namespace raffinate::optimizer
