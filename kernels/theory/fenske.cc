#include "kernels/theory/fenske.h"

#include <cmath>
#include <string>

#include "kernels/theory/argument_check.h"

namespace raffinate::kernels::theory {
namespace {

double LogOdds(double share) { return std::log(share) - std::log1p(-share); }

Answer<double> Stages(double beta, double organic, double raffinate, const std::string& what) {
  ArgumentCheck check;
  check.Require(beta > 1 && std::isfinite(beta), "beta", beta, "a finite number above 1");
  check.Require(organic > 0 && organic < 1, what + "_organic", organic, "in (0, 1)");
  check.Require(raffinate > 0 && raffinate < 1, what + "_raffinate", raffinate, "in (0, 1)");
  if (check.failed()) return check.reason();
  if (organic + raffinate < 1) {
    return Reason{what + "_organic + " + what + "_raffinate: found " + Number(organic + raffinate) +
                  ", must be at least 1: the extractable component would leave with the raffinate"};
  }
  return (LogOdds(organic) + LogOdds(raffinate)) / std::log(beta);
}

}  // namespace

Answer<double> FenskeStagesForPurities(double beta, double purity_organic,
                                       double purity_raffinate) {
  return Stages(beta, purity_organic, purity_raffinate, "purity");
}

Answer<double> FenskeStagesForRecoveries(double beta, double recovery_organic,
                                         double recovery_raffinate) {
  return Stages(beta, recovery_organic, recovery_raffinate, "recovery");
}

Answer<double> FenskeRecovery(double beta_to_reference, double recovery_reference, double stages) {
  ArgumentCheck check;
  check.Require(beta_to_reference > 0 && std::isfinite(beta_to_reference), "beta_to_reference",
                beta_to_reference, "a finite number above 0");
  check.Require(recovery_reference > 0 && recovery_reference < 1, "recovery_reference",
                recovery_reference, "in (0, 1)");
  check.Require(stages >= 0 && std::isfinite(stages), "stages", stages,
                "a finite number of at least 0");
  if (check.failed()) return check.reason();
  const double log_odds = LogOdds(recovery_reference) + stages * std::log(beta_to_reference);
  return 1 / (1 + std::exp(-log_odds));
}

}  // namespace raffinate::kernels::theory
