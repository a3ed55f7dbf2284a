// How long a search will still take.
#pragma once

#include "raffinate/v1/flowsheet.pb.h"
#include "raffinate/v1/optimizations.pb.h"

namespace raffinate::service {

/// The stop that applies when a search gives none [simulations].
inline constexpr std::int64_t kDefaultEvaluations = 20000;

/// Seconds until the first of the limits that a search gives is met, at the
/// present rate; 0 when it cannot be told, as while stagnation may end it later
/// and nothing else does.
double EstimateRemaining(const v1::Search& search, const v1::Progress& progress, double elapsed_s);

}  // namespace raffinate::service
