// Setpoints for people.
#pragma once

#include <string>

#include "raffinate/v1/setpoints.pb.h"
#include "service/local/plant_demo.h"

namespace raffinate::cli {

/// Setpoints, demands, readings, validity.
std::string DescribeAdvice(const v1::SetpointAdvice& advice);

/// One answer of a track.
std::string DescribeAnswer(const v1::TrackResponse& answer);

/// Instruments, moves, parameter versions.
std::string DescribePlant(const v1::Plant& plant);

/// The plant with advice beside the one with fixed setpoints.
std::string DescribeDemo(const service::PlantDemo& demo, int rows);

}  // namespace raffinate::cli
