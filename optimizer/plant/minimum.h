// The theoretical minimum beside the result of a plant of several circuits.
#pragma once

#include "optimizer/model/flowsheet.h"
#include "optimizer/plant/plant.h"
#include "optimizer/plant/solve.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// Fills `minimum` and the `..._over_minimum` of `figures`, which must be those that
/// ComputePlantFigures gave for the same solution.
///
/// The plant is held against the best that streams between circuits can make of it: the fully
/// linked train, whose least S is the largest of Underwood's over the cuts between the streams that
/// leave, by rising extractability, with the shares of each element that were found (I. J.
/// Halvorsen, S. Skogestad, Ind. Eng. Chem. Res. 42 (2003) 605, doi 10.1021/ie0108649). S of the
/// plant is what its fresh organic carries: with mass action z S F is the base fed, less what
/// residues took, and the protons that leave with aqueous up to the stage where the organic of
/// their circuit carries most; at constant loading the organic that is not taken from a circuit.
///
/// Where there is no such minimum the reason says why in words, and nothing else is filled: no
/// product, systems without constant separation factors common to all circuits, several feeds.
/// docs/theory.md.
void AddPlantMinimum(const Flowsheet& flowsheet, const Plant& plant, const PlantSolution& solution,
                     Figures* figures);

}  // namespace raffinate::optimizer
