// Figures by the names that objectives use.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

#include "raffinate/v1/simulation.pb.h"

namespace raffinate::cli {

/// A figure's field in Figures or ProductFigures, by its own name
/// ("acid_kg_per_t_reo") or the short name of a flowsheet file ("acid"). Null
/// when there is none.
const google::protobuf::FieldDescriptor* FindFigure(const std::string& name);

bool IsOfProduct(const google::protobuf::FieldDescriptor* figure);

/// The name and the unit in the name: "acid_kg_per_t_reo" is "acid", "kg/t REO";
/// "acid_over_minimum" is "acid", "x min".
std::string FigureTitle(const google::protobuf::FieldDescriptor* figure);
std::string FigureUnit(const google::protobuf::FieldDescriptor* figure);

/// Whether `message` has a value of it: some figures may be absent.
bool HasFigure(const google::protobuf::Message& message,
               const google::protobuf::FieldDescriptor* figure);

/// The value in `message`, a Figures or ProductFigures.
double FigureValue(const google::protobuf::Message& message,
                   const google::protobuf::FieldDescriptor* figure);

}  // namespace raffinate::cli
