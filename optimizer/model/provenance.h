// Where a number comes from.
#pragma once

namespace raffinate::optimizer {

/// Where a number comes from; meanings as in EquilibriumConstant.Provenance of
/// proto/raffinate/v1/flowsheet.proto.
enum class Provenance { kMeasured, kFitted, kInterpolated, kExtrapolated, kReference, kAssumed };

}  // namespace raffinate::optimizer
