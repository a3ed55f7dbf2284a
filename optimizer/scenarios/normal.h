// The normal distribution.
#pragma once

namespace raffinate::optimizer {

/// P(X <= z) of the standard normal.
double NormalProbability(double z);

/// z with NormalProbability(z) = p, 0 < p < 1; to rounding in p.
double NormalQuantile(double p);

/// The `p` quantile of a normal with `mean` and `sd` that is cut at `low` and `high`, where some of
/// it must lie.
double CutNormalQuantile(double p, double mean, double sd, double low, double high);

}  // namespace raffinate::optimizer
