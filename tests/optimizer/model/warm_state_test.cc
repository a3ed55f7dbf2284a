#include "optimizer/model/warm_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace raffinate::optimizer {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<SectionSpan> kTwoSections = {{"a", 0, 3}, {"b", 3, 2}};
const kernels::State kProfile = {{-1, -2, -3, -10, -20}, {1, 2, 3, 10, 20}, {}};

TEST(WarmState, ReturnsTheSameProfileForTheSameStages) {
  const kernels::State state = UnpackState(PackState(kTwoSections, kProfile), kTwoSections);
  EXPECT_EQ(state.ln_h, kProfile.ln_h);
  EXPECT_EQ(state.ln_s, kProfile.ln_s);
}

TEST(WarmState, StretchesEachSectionOnItsOwn) {
  const kernels::State state =
      UnpackState(PackState(kTwoSections, kProfile), {{"a", 0, 5}, {"b", 5, 3}});
  EXPECT_THAT(state.ln_h, ElementsAre(DoubleEq(-1), DoubleEq(-1.5), DoubleEq(-2), DoubleEq(-2.5),
                                      DoubleEq(-3), DoubleEq(-10), DoubleEq(-15), DoubleEq(-20)));
  EXPECT_DOUBLE_EQ(state.ln_s[6], 15);
}

TEST(WarmState, ShrinksToASingleStage) {
  const kernels::State state =
      UnpackState(PackState(kTwoSections, kProfile), {{"a", 0, 1}, {"b", 1, 1}});
  EXPECT_THAT(state.ln_h, ElementsAre(DoubleEq(-2), DoubleEq(-15)));
}

TEST(WarmState, GrowsFromASingleStage) {
  const std::vector<SectionSpan> one = {{"a", 0, 1}};
  const kernels::State state = UnpackState(PackState(one, {{-3}, {-1}, {}}), {{"a", 0, 3}});
  EXPECT_THAT(state.ln_h, ElementsAre(-3, -3, -3));
  EXPECT_THAT(state.ln_s, ElementsAre(-1, -1, -1));
}

TEST(WarmState, DamagedStatesMeanAColdStart) {
  std::vector<double> packed = PackState(kTwoSections, kProfile);
  EXPECT_THAT(UnpackState({}, kTwoSections).ln_h, IsEmpty());
  EXPECT_THAT(UnpackState({packed.begin(), packed.end() - 1}, kTwoSections).ln_h, IsEmpty());
  EXPECT_THAT(UnpackState(packed, {{"a", 0, 3}}).ln_h, IsEmpty());
  packed[4] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(UnpackState(packed, kTwoSections).ln_h, IsEmpty());
  packed = PackState(kTwoSections, kProfile);
  packed[0] = -1;
  EXPECT_THAT(UnpackState(packed, kTwoSections).ln_h, IsEmpty());
  packed[0] = 1e300;
  EXPECT_THAT(UnpackState(packed, kTwoSections).ln_h, IsEmpty());
}

// Further masters go the same way, each with its own profile.
TEST(WarmState, CarriesEveryMaster) {
  const std::vector<SectionSpan> three = {{"a", 0, 3}}, five = {{"a", 0, 5}};
  const kernels::State state = {{-1, -2, -3}, {1, 2, 3}, {10, 100, 20, 200, 30, 300}};
  const kernels::State same = UnpackState(PackState(three, state), three);
  EXPECT_EQ(same.ln_more, state.ln_more);
  const kernels::State longer = UnpackState(PackState(three, state), five);
  EXPECT_THAT(longer.ln_more, ElementsAre(10, 100, 15, 150, 20, 200, 25, 250, 30, 300));
}

}  // namespace
}  // namespace raffinate::optimizer
