// Plants, measured states and advices: message <-> optimizer model.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "optimizer/setpoints/advise.h"
#include "optimizer/setpoints/estimate.h"
#include "optimizer/setpoints/validity.h"
#include "raffinate/v1/setpoints.pb.h"

namespace raffinate::service {

/// Fills `spec` as far as the message allows; paths are those of the Plant message.
optimizer::Violations FromProto(const v1::Plant& plant, optimizer::PlantSpec* spec);

/// The same of a state, with units converted; what the model says of it is checked as well.
optimizer::Violations FromProto(const v1::MeasuredState& proto, const optimizer::PlantModel& model,
                                optimizer::MeasuredState* state);

/// Sets `quantities` of the plant.
void ListQuantities(const optimizer::PlantModel& model, v1::Plant* plant);

v1::SetpointAdvice ToProto(const optimizer::PlantModel& model, const optimizer::Advice& advice,
                           const std::vector<optimizer::Reading>& readings,
                           const optimizer::AdviceValidity& validity, double time_s);

/// Seconds since 1970.
double SecondsOf(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp TimestampOf(double seconds);

}  // namespace raffinate::service
