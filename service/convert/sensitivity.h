// Sensitivities of the optimizer -> message.
#pragma once

#include "optimizer/result.h"
#include "raffinate/v1/simulation.pb.h"

namespace raffinate::service {

v1::Sensitivities ToProto(const optimizer::Sensitivities& sensitivities);

}  // namespace raffinate::service
