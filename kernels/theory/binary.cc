#include "kernels/theory/binary.h"

#include <cmath>

#include "kernels/theory/argument_check.h"

namespace raffinate::kernels::theory {

Answer<Fluxes> BinaryMinimumFluxes(double beta, double feed_a, FeedPhase phase) {
  ArgumentCheck check;
  check.Require(beta > 1 && std::isfinite(beta), "beta", beta, "a finite number above 1");
  check.Require(feed_a > 0 && feed_a < 1, "feed_a", feed_a, "in (0, 1)");
  if (check.failed()) return check.reason();
  const double least = 1 / (beta - 1);
  if (phase == FeedPhase::kAqueous) return Fluxes{feed_a + least, least};
  return Fluxes{least, 1 - feed_a + least};
}

}  // namespace raffinate::kernels::theory
