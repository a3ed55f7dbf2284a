// Figures, streams and stages of a solved plant: those of its circuits, joined.
#pragma once

#include "optimizer/plant/solve.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// Organic that enters a circuit from outside [m3/h].
double EnteringOrganicFlow(const Organic& organic, const Built& built);

/// Everything in Figures. Amounts are summed over what enters and leaves the plant, stages over
/// the circuits; extremes are those of all stages. There is no theoretical minimum; economics:
/// balance.h.
Figures ComputePlantFigures(const Flowsheet& flowsheet, const Plant& plant,
                            const PlantSolution& solution);

/// Streams from outside, organic entering each circuit, what passes between circuits, and what
/// leaves the plant.
std::vector<StreamState> PlantStreams(const Flowsheet& flowsheet, const Plant& plant,
                                      const PlantSolution& solution);

/// Circuit by circuit, each in the direction of its organic.
std::vector<StageState> PlantStages(const Plant& plant, const PlantSolution& solution);
std::vector<Flag> PlantFlags(const Plant& plant, const PlantSolution& solution);
std::vector<CircuitState> PlantCircuits(const Plant& plant, const PlantSolution& solution);

/// Of a product: the circuit that it leaves and all before it.
Evidence PlantEvidence(const Flowsheet& flowsheet, const Graph& graph, const Plant& plant,
                       const PlantSolution& solution);

/// The states of a solution as the search keeps them, and back; for other stage counts as
/// UnpackState does. Without circuits when `packed` is empty or of another plant.
std::vector<double> PackPlant(const Plant& plant, const PlantSolution& solution);
PlantState UnpackPlant(const std::vector<double>& packed, const Plant& plant);

}  // namespace raffinate::optimizer
