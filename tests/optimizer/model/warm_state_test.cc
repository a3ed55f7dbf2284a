#include "optimizer/model/warm_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace raffinate::optimizer {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<SectionSpan> kTwoSections = {{"a", 0, 3}, {"b", 3, 2}};
const kernels::State kProfile = {{-1, -2, -3, -10, -20}, {1, 2, 3, 10, 20}, {}};
const std::vector<double> kMolarities = {1, 2, 3, 4, 5};  // of one component

TEST(WarmState, ReturnsTheSameProfileForTheSameStages) {
  const kernels::State state =
      UnpackState(PackState(kTwoSections, kProfile, {}), kTwoSections).state;
  EXPECT_EQ(state.ln_h, kProfile.ln_h);
  EXPECT_EQ(state.ln_s, kProfile.ln_s);
}

TEST(WarmState, StretchesEachSectionOnItsOwn) {
  const kernels::State state =
      UnpackState(PackState(kTwoSections, kProfile, {}), {{"a", 0, 5}, {"b", 5, 3}}).state;
  EXPECT_THAT(state.ln_h, ElementsAre(DoubleEq(-1), DoubleEq(-1.5), DoubleEq(-2), DoubleEq(-2.5),
                                      DoubleEq(-3), DoubleEq(-10), DoubleEq(-15), DoubleEq(-20)));
  EXPECT_DOUBLE_EQ(state.ln_s[6], 15);
}

TEST(WarmState, ShrinksToASingleStage) {
  const kernels::State state =
      UnpackState(PackState(kTwoSections, kProfile, {}), {{"a", 0, 1}, {"b", 1, 1}}).state;
  EXPECT_THAT(state.ln_h, ElementsAre(DoubleEq(-2), DoubleEq(-15)));
}

TEST(WarmState, GrowsFromASingleStage) {
  const std::vector<SectionSpan> one = {{"a", 0, 1}};
  const kernels::State state =
      UnpackState(PackState(one, {{-3}, {-1}, {}}, {}), {{"a", 0, 3}}).state;
  EXPECT_THAT(state.ln_h, ElementsAre(-3, -3, -3));
  EXPECT_THAT(state.ln_s, ElementsAre(-1, -1, -1));
}

TEST(WarmState, DamagedStatesMeanAColdStart) {
  const std::vector<double> whole = PackState(kTwoSections, kProfile, kMolarities);
  const auto starts = [](const std::vector<double>& packed) {
    const WarmStart start = UnpackState(packed, kTwoSections);
    EXPECT_EQ(start.state.ln_h.empty(), start.x.empty());
    return !start.state.ln_h.empty();
  };
  EXPECT_TRUE(starts(whole));
  EXPECT_FALSE(starts({}));
  EXPECT_FALSE(starts({whole.begin(), whole.end() - 1}));
  EXPECT_THAT(UnpackState(whole, {{"a", 0, 3}}).state.ln_h, IsEmpty());
  // Masters, components, stages of a section, a profile.
  for (const std::size_t place : {0, 1, 2, 6}) {
    for (const double wrong : {-1.0, 0.5, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
      if (place == 6 && std::isfinite(wrong)) continue;
      std::vector<double> packed = whole;
      packed[place] = wrong;
      EXPECT_FALSE(starts(packed)) << place << " " << wrong;
    }
  }
}

// Further masters go the same way, each with its own profile, and so do molarities.
TEST(WarmState, CarriesEveryMasterAndComponent) {
  const std::vector<SectionSpan> three = {{"a", 0, 3}}, five = {{"a", 0, 5}};
  const kernels::State state = {{-1, -2, -3}, {1, 2, 3}, {10, 100, 20, 200, 30, 300}};
  const std::vector<double> x = {1, 0, 2, 0.5, 3, 1};
  const WarmStart same = UnpackState(PackState(three, state, x), three);
  EXPECT_EQ(same.state.ln_more, state.ln_more);
  EXPECT_EQ(same.x, x);
  const WarmStart longer = UnpackState(PackState(three, state, x), five);
  EXPECT_THAT(longer.state.ln_more, ElementsAre(10, 100, 15, 150, 20, 200, 25, 250, 30, 300));
  EXPECT_THAT(longer.x, ElementsAre(1, 0, 1.5, 0.25, 2, 0.5, 2.5, 0.75, 3, 1));
  EXPECT_THAT(UnpackState(PackState(three, state, {}), five).x, IsEmpty());
}

}  // namespace
}  // namespace raffinate::optimizer
