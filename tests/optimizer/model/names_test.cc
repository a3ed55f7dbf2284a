#include "optimizer/model/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Names, CountsEdits) {
  EXPECT_EQ(EditDistance("Nd", "Nd"), 0);
  EXPECT_EQ(EditDistance("nd", "Nd"), 0);
  EXPECT_EQ(EditDistance("Ndd", "Nd"), 1);
  EXPECT_EQ(EditDistance("purtiy", "purity"), 1);
  EXPECT_EQ(EditDistance("", "acid"), 4);
  EXPECT_EQ(EditDistance("P507", "P204"), 2);
}

TEST(Names, SuggestsTheNearestAndListsWhatIsKnown) {
  const std::string message = Unknown("figure", "purtiy", {"recovery", "purity", "acid"});
  EXPECT_EQ(message,
            "unknown figure 'purtiy'; did you mean 'purity'? Known: recovery, purity, acid");
}

TEST(Names, SuggestsNothingWhenNothingIsNear) {
  const std::string message = Unknown("feed", "monazite liquor", {"pr-nd"});
  EXPECT_THAT(message, Not(HasSubstr("did you mean")));
  EXPECT_THAT(message, HasSubstr("known: pr-nd"));
}

TEST(Names, ListsNotMoreThanAPersonReads) {
  EXPECT_THAT(Unknown("stream", "x", std::vector<std::string>(1000, "liquor")),
              HasSubstr("liquor and 960 more"));
}

TEST(Names, DoesNotRepeatAVeryLongName) {
  EXPECT_LT(Unknown("feed", std::string(1000000, 'x'), {"pr-nd"}).size(), 200u);
}

}  // namespace
}  // namespace raffinate::optimizer
