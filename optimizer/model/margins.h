// How far a solved circuit stays from what mixer-settlers cannot do: gel or
// third phase, hydroxide in the aqueous, metal that does not strip.
#pragma once

#include <vector>

#include "optimizer/model/figures.h"

namespace raffinate::optimizer {

/// The margin where nothing can precipitate, and the largest there is.
inline constexpr double kMostPrecipitationMargin = 30;

/// Share of the extractant that metals other than Na and NH4 bind in stage
/// `stage` (from 0) [-]; 0 where the law knows no extractant.
double MetalLoadingOf(const Solved& solved, int stage);

/// The same over the limit of the system. Where none is given, over the capacity
/// of mass action, and 0 for other laws.
double LoadingShareOfLimit(const Solved& solved, int stage);

/// Ionic strength of a stage [mol/L]; 0 where the law has no activity coefficients.
double IonicStrengthOf(const Solved& solved, int stage);

/// The hydroxide nearest to precipitation in a stage. With log10 *Ks of its
/// least soluble solid, margin = log10 *Ks - z pH - log10 of the free cation,
/// activity coefficients 1: the decades that are left below saturation.
struct Precipitation {
  double margin = kMostPrecipitationMargin;
  int component = -1;                     ///< of Built::components; -1 for none
  const HydroxideSolid* solid = nullptr;  ///< the least soluble one
  /// The most soluble one, which forms first, and its margin; as above where
  /// there is only one.
  const HydroxideSolid* fresh = nullptr;
  double fresh_margin = kMostPrecipitationMargin;
  double by_ph = 0;  ///< derivative of `margin` by pH at the same molarity
};
Precipitation PrecipitationOf(const Solved& solved, int stage);

/// How one metal leaves a closed loop's organic after the stage where the
/// organic holds most of it.
struct Stripping {
  int component = 0;
  int richest = 0;    ///< the stage where the organic holds most of it, from 0
  double share = 0;   ///< of its largest organic molarity that leaves the last stage [-]
  int stage = 0;      ///< where it strips best, from 0
  double factor = 0;  ///< D O/A there; from 1 up no number of stages strips it all
};
/// One entry per metal other than Na and NH4; empty for an open loop.
std::vector<Stripping> StrippingOf(const Solved& solved);

}  // namespace raffinate::optimizer
