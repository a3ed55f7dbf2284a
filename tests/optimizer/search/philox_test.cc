#include "optimizer/search/philox.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "optimizer/search/random_stream.h"

namespace raffinate::optimizer {
namespace {

using Counter = std::array<std::uint32_t, 4>;

// Lines "philox4x32 10" of the file kat_vectors of Random123 1.14.
TEST(Philox, GivesThePublishedKnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomStream, IsAFunctionOfItsFourKeys) {
  using Purpose = RandomStream::Purpose;
  const auto first = [](std::int64_t seed, Purpose purpose, std::uint32_t g, std::uint32_t i) {
    return RandomStream(seed, purpose, g, i).Uniform();
  };
  const double reference = first(1, Purpose::kCrossover, 2, 3);
  EXPECT_EQ(first(1, Purpose::kCrossover, 2, 3), reference);
  EXPECT_NE(first(2, Purpose::kCrossover, 2, 3), reference);
  EXPECT_NE(first(1 + (std::int64_t{1} << 32), Purpose::kCrossover, 2, 3), reference);
  EXPECT_NE(first(1, Purpose::kMutation, 2, 3), reference);
  EXPECT_NE(first(1, Purpose::kCrossover, 3, 3), reference);
  EXPECT_NE(first(1, Purpose::kCrossover, 2, 4), reference);
}

TEST(RandomStream, IsUniform) {
  RandomStream random(7, RandomStream::Purpose::kSample, 0, 0);
  double sum = 0;
  double squares = 0;
  constexpr int kDraws = 100000;
  std::array<int, 7> counts{};
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.Uniform();
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    squares += u * u;
    ++counts[random.Below(7)];
  }
  // Five standard deviations.
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * 0.2887 / 316);
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 5 * 0.2981 / 316);
  for (const int n : counts) EXPECT_NEAR(n, kDraws / 7.0, 5 * 111);
}

}  // namespace
}  // namespace raffinate::optimizer
