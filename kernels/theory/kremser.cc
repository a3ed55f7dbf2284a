#include "kernels/theory/kremser.h"

#include <cmath>

#include "kernels/theory/argument_check.h"

namespace raffinate::kernels::theory {
namespace {

double RaffinateShare(double e, double stages) {
  if (e == 0) return 1;
  if (e == 1) return 1 / (stages + 1);
  const double l = std::log(e);
  // The form whose exponentials do not overflow, on either side of one.
  if (e > 1) {
    return std::exp(-stages * l) * std::expm1(-l) / std::expm1(-(stages + 1) * l);
  }
  return std::expm1(l) / std::expm1((stages + 1) * l);
}

}  // namespace

Answer<double> KremserRaffinateShare(double extraction_factor, double stages) {
  ArgumentCheck check;
  check.Require(extraction_factor >= 0 && std::isfinite(extraction_factor), "extraction_factor",
                extraction_factor, "a finite number of at least 0");
  check.Require(stages >= 0 && std::isfinite(stages), "stages", stages,
                "a finite number of at least 0");
  if (check.failed()) return check.reason();
  return RaffinateShare(extraction_factor, stages);
}

Answer<double> KremserStages(double extraction_factor, double recovery) {
  ArgumentCheck check;
  check.Require(extraction_factor > 0 && std::isfinite(extraction_factor), "extraction_factor",
                extraction_factor, "a finite number above 0");
  check.Require(recovery >= 0 && recovery < 1, "recovery", recovery, "in [0, 1)");
  if (check.failed()) return check.reason();
  if (extraction_factor < 1 && recovery >= extraction_factor) {
    return Reason{"recovery: found " + Number(recovery) + ", must be below extraction_factor (" +
                  Number(extraction_factor) + "): no number of stages recovers more"};
  }
  if (extraction_factor == 1) return recovery / (1 - recovery);
  const double excess = extraction_factor - 1;
  return std::log1p(excess / (1 - recovery)) / std::log1p(excess) - 1;
}

Answer<double> KremserFactor(double stages, double recovery) {
  ArgumentCheck check;
  check.Require(stages > 0 && std::isfinite(stages), "stages", stages, "a finite number above 0");
  check.Require(recovery >= 0 && recovery < 1, "recovery", recovery, "in [0, 1)");
  if (check.failed()) return check.reason();
  if (recovery == 0) return 0.0;
  const double aim = 1 - recovery;
  // The share left falls strictly with E: bracket in ln E, then halve.
  double low = std::log(recovery);  // E = recovery leaves at least 1 - recovery
  double high = low + 1;
  while (RaffinateShare(std::exp(high), stages) > aim) {
    low = high;
    high += 1 + std::fabs(high);
    if (high > 700)
      return Reason{"stages: found " + Number(stages) + ", too few for recovery " +
                    Number(recovery) + " with any representable extraction factor"};
  }
  for (int step = 0; step < 200 && high - low > 1e-16 * (1 + std::fabs(high)); ++step) {
    const double middle = 0.5 * (low + high);
    if (middle == low || middle == high) break;
    (RaffinateShare(std::exp(middle), stages) > aim ? low : high) = middle;
  }
  return std::exp(0.5 * (low + high));
}

}  // namespace raffinate::kernels::theory
