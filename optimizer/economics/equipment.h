// Mixer-settlers: size, what they hold, what they cost.
#pragma once

#include <vector>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"
#include "optimizer/economics/report.h"

namespace raffinate::optimizer {

/// One entry per section. Of a stage with the flows A and O through it:
///   mixer volume = (A + O) `mixer_residence`, settler area = (A + O) / `settler_rate`,
///   settler volume = area x `settler_depth`;
///   phases are held in the proportion of their flows, at the compositions of the
///   stage; their rare earths are worth the price of mixed oxides, the organic that
///   of its extractant and diluent;
///   installed cost = `mixer_settler_cost` (V / `mixer_settler_volume`)^exponent x
///   `cost_index_now` / `cost_index_then` x `installation_factor`, V mixer and settler.
std::vector<SectionEquipment> ComputeEquipment(const PlantBalance& balance, Lookup* lookup);

/// Extractant and diluent that fill all mixer-settlers once [USD].
double FirstFill(const PlantBalance& balance, const std::vector<SectionEquipment>& equipment,
                 Lookup* lookup);

}  // namespace raffinate::optimizer
