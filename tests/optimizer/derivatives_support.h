// What tests of derivatives compare them with.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

#include "optimizer/model/figure_table.h"
#include "optimizer/model/leaves.h"
#include "optimizer/result.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer::testing {

inline double FigureOf(const Figures& figures, const std::string& name,
                       const std::string& product) {
  const FigureInfo* info = FindFigure(name);
  EXPECT_NE(info, nullptr) << name;
  if (product.empty()) return info->of_flowsheet(figures);
  for (const ProductFigures& p : figures.products) {
    if (p.product == product) return info->of_product(p);
  }
  ADD_FAILURE() << "no product " << product;
  return 0;
}

inline void SetLeaf(Flowsheet* flowsheet, const std::string& wanted, double value) {
  VisitLeaves(*flowsheet, [&](auto& leaf, const Bounds&, auto path) {
    if constexpr (std::is_same_v<std::decay_t<decltype(leaf)>, Number>) {
      if (path() == wanted) leaf = value;
    }
  });
}

/// The small plant with fresh saponified organic, a draw of each phase, entrainment and an
/// efficiency below one.
inline Flowsheet ImperfectOpenLoop() {
  Flowsheet flowsheet = SmallPlant();
  Circuit& circuit = flowsheet.circuits[0];
  circuit.organic.loop = Loop::kOpen;
  circuit.organic.saponification = 0.3;
  circuit.sections.erase(circuit.sections.begin());
  circuit.sections[0].draws.resize(2);
  circuit.sections[0].draws[0] = {"side", DrawPhase::kAqueous, 3, 0.2, {}};
  circuit.sections[0].draws[1] = {"side organic", DrawPhase::kOrganic, 5, {}, 0.1};
  circuit.sections[1].efficiency = 0.9;
  circuit.sections[0].aqueous_entrainment = 0.002;
  circuit.sections[2].organic_entrainment = 0.003;
  flowsheet.streams.erase(flowsheet.streams.begin() + 1);
  return flowsheet;
}

/// Five values of a number for its derivative: around it, or beside it where it cannot grow or
/// shrink.
struct FivePoints {
  static constexpr int kCount = 5;

  explicit FivePoints(double value)
      : value(value),
        ends(value == 0 || value == 1),
        scale(value == 0 ? 1e-2 : value),
        step((ends ? (value == 1 ? -1e-7 : 1e-7) : 1e-5) * scale) {}

  double At(int k) const { return value + (ends ? k : k - 2) * step; }
  /// Of the function there, in the derivative.
  double Weight(int k) const {
    constexpr double kWeights[2][kCount] = {{1.0 / 12, -8.0 / 12, 0, 8.0 / 12, -1.0 / 12},
                                            {-25.0 / 12, 4, -3, 16.0 / 12, -3.0 / 12}};
    return kWeights[ends][k] / step;
  }

  double value;
  bool ends;
  double scale;  ///< what a relative change of the number is one of
  double step;
};

}  // namespace raffinate::optimizer::testing
