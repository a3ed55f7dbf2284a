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

TEST(Pack, LanesComputeWhatOneCandidateComputes) {
  Pack<4> x(0.0);
  const double values[4] = {-3.25, 0.0, 17.5, 600.25};
  for (int lane = 0; lane < 4; ++lane) x.Set(lane, values[lane]);
  const Pack<4> e = Exp(x);
  for (int lane = 0; lane < 4; ++lane) {
    EXPECT_NEAR(e[lane] / Exp(values[lane]), 1.0, 4.5e-16) << lane;
  }
}

TEST(Pack, ANotANumberStaysInItsLane) {
  Pack<4> x(1.0);
  x.Set(2, std::nan(""));
  const Pack<4> y = Select(Less(Pack<4>(0.0), x), x * x, Pack<4>(7.0));
  EXPECT_EQ(y[0], 1.0);
  EXPECT_EQ(y[2], 7.0);
  EXPECT_EQ(y[3], 1.0);
}

}  // namespace
}  // namespace raffinate::kernels::detail
