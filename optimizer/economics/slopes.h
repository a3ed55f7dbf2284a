// Derivatives of a plant's figures by what its balance holds.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"

namespace raffinate::optimizer {

/// A figure of PlantFigures that has a value.
struct FigureSlopes {
  std::string name;  ///< as in PlantFigures::ForEach
  double value = 0;
  /// Sized as the balance; every amount is the figure's derivative by it. What is no amount, the
  /// purities of products among it, means nothing here: a price follows the grade in steps.
  PlantBalance by;
};

/// The derivatives of the figures that `wanted` names (null: of all), exact but for rounding
/// (forward differentiation of EvaluateBalance). Where a figure has a kink, as at the edge of what
/// a base pairs with or where another limit becomes the nearest, those of one side; beside an
/// amount of zero, those of more.
std::vector<FigureSlopes> DifferentiatePlant(
    const PlantBalance& balance, const EconomicsData& data, const EconomicsSettings& settings,
    const std::function<bool(const std::string&)>& wanted = nullptr);

/// What the flowsheet brings, in a fixed order: all amounts but those of outlets and stages, which
/// the solution decides.
std::vector<double> Brought(const PlantBalance& balance);

}  // namespace raffinate::optimizer
