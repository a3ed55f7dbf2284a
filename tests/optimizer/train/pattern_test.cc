// Parts of a train as a user writes them.
#include "optimizer/train/pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/optimizer/train/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kNames = {"heavy", "neodymium", "praseodymium", "light oxides"};

std::vector<BlockPattern> Parsed(const std::string& text) {
  std::string error;
  std::vector<BlockPattern> patterns = ParsePattern(text, kNames, &error);
  EXPECT_EQ(error, "") << text;
  return patterns;
}

TEST(TrainPattern, ASetHasItsProductsAndCuts) {
  const std::vector<BlockPattern> two = {{1, 2, {2}}};
  EXPECT_EQ(Parsed("{neodymium | praseodymium}"), two);
  const std::vector<BlockPattern> groups = {{0, 3, {1, 3}}};
  EXPECT_EQ(Parsed("{heavy | neodymium + praseodymium | light oxides}"), groups);
}

TEST(TrainPattern, OrderAndSpacesDoNotMatter) {
  EXPECT_EQ(Parsed("  { light oxides|praseodymium  +neodymium |heavy }"),
            Parsed("{heavy | neodymium + praseodymium | light oxides}"));
}

TEST(TrainPattern, SetsWithinASetAreSetsOfTheirOwn) {
  const std::vector<BlockPattern> three = {{0, 3, {1}}, {1, 3, {3}}, {1, 2, {2}}};
  EXPECT_EQ(Parsed("{heavy | {{neodymium | praseodymium} | light oxides}}"), three);
}

// What results say of a structure can be asked for as it is.
TEST(TrainPattern, ReadsWhatDescribeWrites) {
  std::mt19937_64 generator = testing::Generator();
  for (int trial = 0; trial < 30; ++trial) {
    const TrainMixture mixture = testing::RandomMixture(generator, 2 + generator() % 5);
    std::vector<std::string> names;
    for (std::size_t p = 0; p < mixture.products(); ++p) names.push_back("p" + std::to_string(p));
    StructureLimits limits;
    limits.most_structures = 1000;
    std::string error;
    for (const TrainStructure& structure : FindStructures(mixture, limits, &error)) {
      limits.required = ParsePattern(Describe(structure, names), names, &error);
      ASSERT_EQ(error, "");
      EXPECT_EQ(limits.required.size(), structure.blocks.size());
      const std::vector<TrainStructure> again = FindStructures(mixture, limits, &error);
      ASSERT_EQ(again.size(), 1u);
      EXPECT_EQ(Describe(again[0], names), Describe(structure, names));
      limits.required.clear();
    }
  }
}

TEST(TrainPattern, SaysWhatIsWrong) {
  const auto error_of = [](const std::string& text) {
    std::string error;
    EXPECT_TRUE(ParsePattern(text, kNames, &error).empty());
    return error;
  };
  EXPECT_THAT(error_of(""), HasSubstr("begins with a brace"));
  EXPECT_THAT(error_of("heavy | neodymium"), HasSubstr("begins with a brace"));
  EXPECT_THAT(error_of("{heavy | neodymium"), HasSubstr("closing brace"));
  EXPECT_THAT(error_of("{heavy | neodymium} x"), HasSubstr("behind the last brace"));
  EXPECT_THAT(error_of("{heavy + neodymium}"), HasSubstr("at least two outputs"));
  EXPECT_THAT(error_of("{heavy | }"), HasSubstr("a product is missing"));
  EXPECT_THAT(error_of("{heavy | neodymum}"), HasSubstr("'neodymium'"));
  EXPECT_THAT(error_of("{heavy | heavy}"), HasSubstr("twice"));
  EXPECT_THAT(error_of("{heavy | praseodymium}"), HasSubstr("another product"));
  EXPECT_THAT(error_of("{heavy + praseodymium | neodymium}"), HasSubstr("another product"));
  EXPECT_THAT(error_of(std::string(1000000, '{')), HasSubstr("more sets"));
}

}  // namespace
}  // namespace raffinate::optimizer
