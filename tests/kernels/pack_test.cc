#include "kernels/detail/pack.h"

#include <gtest/gtest.h>

#include <cmath>

namespace raffinate::kernels::detail {
namespace {

TEST(Pack, ExpIsAccurateToTwoUlpOverItsRange) {
  double worst = 0;
  for (double x = -699.5; x < 700; x += 0.0371) {
    const double exact = std::exp(x);
    worst = std::max(worst, std::abs(Exp(x) - exact) / exact);
  }
  EXPECT_LT(worst, 4.5e-16);
  EXPECT_EQ(Exp(0.0), 1.0);
}

TEST(Pack, ExpClampsInsteadOfOverflowing) {
  EXPECT_TRUE(std::isfinite(Exp(1e6)));
  EXPECT_GT(Exp(-1e6), 0.0);
}

// Of the two lanes that every processor has: a wider pack instantiated here,
// without the flags of its backend, would be a second definition of the same
// functions with another way to pass their arguments.

TEST(Pack, LanesComputeWhatOneCandidateComputes) {
  for (const double value : {-3.25, 0.0, 17.5, 600.25}) {
    Pack<2> x(1.0);
    x.Set(1, value);
    const Pack<2> e = Exp(x);
    EXPECT_NEAR(e[0] / Exp(1.0), 1.0, 4.5e-16);
    EXPECT_NEAR(e[1] / Exp(value), 1.0, 4.5e-16) << value;
  }
}

TEST(Pack, ANotANumberStaysInItsLane) {
  Pack<2> x(1.0);
  x.Set(1, std::nan(""));
  const Pack<2> y = Select(Less(Pack<2>(0.0), x), x * x, Pack<2>(7.0));
  EXPECT_EQ(y[0], 1.0);
  EXPECT_EQ(y[1], 7.0);
}

}  // namespace
}  // namespace raffinate::kernels::detail
