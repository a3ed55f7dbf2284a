#include "kernels/theory/xu.h"

#include <cmath>
#include <string>

#include "kernels/theory/argument_check.h"

namespace raffinate::kernels::theory {
namespace {

double LogOdds(double share) { return std::log(share) - std::log1p(-share); }

ArgumentCheck Check(const XuTask& task) {
  ArgumentCheck check;
  check.Require(task.beta > 1 && std::isfinite(task.beta), "beta", task.beta,
                "a finite number above 1");
  const bool feed_holds = task.feed_a > 0 && task.feed_a < 1;
  check.Require(feed_holds, "feed_a", task.feed_a, "in (0, 1)");
  const double least_a = feed_holds ? task.feed_a : 0;
  const double least_b = feed_holds ? 1 - task.feed_a : 0;
  check.Require(task.purity_a > least_a && task.purity_a < 1, "purity_a", task.purity_a,
                "in (" + Number(least_a) + ", 1), above the feed's");
  check.Require(task.purity_b > least_b && task.purity_b < 1, "purity_b", task.purity_b,
                "in (" + Number(least_b) + ", 1), above the feed's");
  return check;
}

// Everything that the purities fix before a flux is chosen.
XuDesign Products(const XuTask& task) {
  const double log_a = LogOdds(task.purity_a) - LogOdds(task.feed_a);
  const double log_b = LogOdds(task.purity_b) + LogOdds(task.feed_a);
  XuDesign design;
  // Y_A = a(b-1)/(ab-1) and its mirror, written with exponentials that cannot overflow.
  design.recovery_a = std::expm1(-log_b) / std::expm1(-(log_a + log_b));
  design.recovery_b = std::expm1(-log_a) / std::expm1(-(log_a + log_b));
  design.organic_product = task.feed_a * design.recovery_a / task.purity_a;
  design.raffinate_product = (1 - task.feed_a) * design.recovery_b / task.purity_b;
  return design;
}

// Fills in fluxes, ratios and stages for S; false when a section does not separate.
bool Complete(const XuTask& task, double organic, XuDesign* design) {
  const bool aqueous = task.phase == FeedPhase::kAqueous;
  design->organic = organic;
  design->scrub = aqueous ? organic - design->organic_product : organic + design->raffinate_product;
  if (!(design->scrub > 0)) return false;
  design->extraction_ratio = organic / (organic + design->raffinate_product);
  design->scrub_ratio = (design->scrub + design->organic_product) / design->scrub;
  const double per_extraction = std::log(task.beta * design->extraction_ratio);
  const double per_scrub = std::log(task.beta / design->scrub_ratio);
  if (!(per_extraction > 0 && per_scrub > 0)) return false;
  const double log_a = LogOdds(task.purity_a) - LogOdds(task.feed_a);
  const double log_b = LogOdds(task.purity_b) + LogOdds(task.feed_a);
  design->extraction_stages = std::fmax(0, log_b / per_extraction - (aqueous ? 0 : 1));
  design->scrub_stages = std::fmax(0, log_a / per_scrub - (aqueous ? 1 : 0));
  return true;
}

}  // namespace

Answer<XuDesign> XuOptimum(const XuTask& task) {
  const ArgumentCheck check = Check(task);
  if (check.failed()) return check.reason();
  XuDesign design = Products(task);
  const double root = std::sqrt(task.beta);
  const double limit = root / (1 + root);
  const double a = design.organic_product;
  const double b = design.raffinate_product;
  double organic = 0;
  if (task.phase == FeedPhase::kAqueous) {
    // S = E_M f'_B/(1 - E_M) with E_M = 1/sqrt(beta), or W = f'_A/(E'_M - 1) with E'_M =
    // sqrt(beta).
    organic = b > limit ? b / (root - 1) : a / (root - 1) + a;
  } else {
    organic = a > limit ? a / (root - 1) - b : b / (root - 1);
  }
  if (!Complete(task, organic, &design)) {
    return Reason{"beta: found " + Number(task.beta) +
                  ", too close to 1 for the optimum ratios to be told apart from it"};
  }
  return design;
}

Answer<XuDesign> XuAtFlux(const XuTask& task, double organic) {
  ArgumentCheck check = Check(task);
  check.Require(organic > 0 && std::isfinite(organic), "organic", organic,
                "a finite number above 0");
  if (check.failed()) return check.reason();
  XuDesign design = Products(task);
  if (Complete(task, organic, &design)) return design;
  // beta E_M > 1 asks S > f'_B/(beta-1); E'_M < beta asks W > f'_A/(beta-1).
  const double by_extraction = design.raffinate_product / (task.beta - 1);
  const double by_scrub =
      design.organic_product / (task.beta - 1) +
      (task.phase == FeedPhase::kAqueous ? design.organic_product : -design.raffinate_product);
  return Reason{"organic: found " + Number(organic) + ", must be above " +
                Number(std::fmax(by_extraction, by_scrub)) +
                " for both sections to separate with this beta"};
}

}  // namespace raffinate::kernels::theory
