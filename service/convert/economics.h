// Economics block, its data and the report of a plant: messages <-> optimizer model.
#pragma once

#include <string>

#include "optimizer/economics/data.h"
#include "optimizer/economics/report.h"
#include "optimizer/model/violation.h"
#include "raffinate/v1/chemistry.pb.h"
#include "raffinate/v1/economics.pb.h"
#include "raffinate/v1/plant.pb.h"
#include "raffinate/v1/simulation.pb.h"

namespace raffinate::service {

/// Unknown enum values and NaN or infinity go to `violations`.
void FromProto(const v1::Economics& proto, const std::string& path,
               optimizer::EconomicsSettings* model, optimizer::Violations* violations);
/// Without what has its default value.
v1::Economics ToProto(const optimizer::EconomicsSettings& model);

/// Prices, factors, limits and solvents of a message of data.
void FromProto(const v1::ChemistryData& proto, optimizer::EconomicsData* model,
               optimizer::Violations* violations);

v1::ElementExit ToProto(const optimizer::ElementExit& exit);
v1::PlantReport ToProto(const optimizer::PlantReport& report);
/// Writes the fields of `figures` that it has into `out`.
void Write(const optimizer::PlantFigures& figures, v1::Figures* out);

}  // namespace raffinate::service
