// The theoretical minimum beside a result: what the split that was found needs at least.
#pragma once

#include "optimizer/model/figures.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// Fills `minimum` and the `..._over_minimum` of `figures`, which must be those
/// that ComputeFigures gave for the same solution.
///
/// The circuit is taken as one battery with unlimited stages: metals enter at
/// one feed stage, and each cut divides the streams that leave into those on
/// the aqueous and those on the organic side. S is the largest of Underwood's
/// least fluxes over the cuts, with the shares of each element that were found
/// and the separation factors of the law: ratios of K where charge and dimers
/// are the same for all metals, else ratios of D at the feed stage. Free acid of
/// the feed counts as a negative organic share. F moles fed, z their charge, d
/// moles that leave with organic, per hour: the least base is z S F, the least
/// acid z (S + organic share of the feed) F - z d. Exchange that left its protons
/// in the raffinate is held against the minimum like base.
///
/// Where there is no such minimum the reason says why in words, and nothing else
/// is filled. Equations, sources and limits: docs/theory.md.
void AddTheoreticalMinimum(const Flowsheet& flowsheet, const Solved& solved, Figures* figures);

}  // namespace raffinate::optimizer
