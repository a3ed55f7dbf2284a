#include "kernels/theory/xu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/kernels/oracle/constant_beta.h"
#include "tests/kernels/theory/seed.h"

namespace raffinate::kernels::theory {
namespace {

struct Purities {
  double a = 0, b = 0;
};

Purities Simulate(const XuTask& task, const XuDesign& design, int extraction, int scrub) {
  oracle::ConstantBetaProblem p;
  p.beta = {task.beta, 1};
  p.feed = {task.feed_a, 1 - task.feed_a};
  p.stages = extraction + scrub;
  p.organic_share = task.phase == FeedPhase::kOrganic ? 1 : 0;
  p.feed_stage = task.phase == FeedPhase::kOrganic ? extraction + 1 : extraction;
  p.organic_flux = design.organic;
  p.organic_product = design.organic_product;
  const auto profile = oracle::SolveConstantBeta(p);
  EXPECT_TRUE(profile.converged);
  return {profile.y.back()[0], profile.x[0][1]};
}

XuTask RandomTask(std::mt19937_64& generator) {
  XuTask task;
  task.beta = Uniform(generator, 1.1, 6);
  task.feed_a = Uniform(generator, 0.02, 0.98);
  task.purity_a = 1 - (1 - task.feed_a) * LogUniform(generator, 1e-5, 0.5);
  task.purity_b = 1 - task.feed_a * LogUniform(generator, 1e-5, 0.5);
  task.phase = generator() % 2 ? FeedPhase::kAqueous : FeedPhase::kOrganic;
  return task;
}

TEST(Xu, GivesThePublishedExample) {
  const XuTask task{1.5, 0.75, 0.9995, 0.999, FeedPhase::kAqueous};
  const XuDesign design = *XuOptimum(task);
  EXPECT_NEAR(design.organic, 4.08780, 0.5e-5);
  EXPECT_NEAR(design.scrub, 3.33767, 0.5e-5);
  EXPECT_NEAR(design.extraction_stages, 23.128, 0.5e-3);
  EXPECT_NEAR(design.scrub_stages, 31.071, 0.5e-3);
  const Purities reached = Simulate(task, design, 24, 32);
  EXPECT_NEAR(reached.a, 0.999505, 0.5e-6);
  EXPECT_NEAR(reached.b, 0.999015, 0.5e-6);
}

TEST(Xu, FallsShortWhereTheFeedPinches) {
  const XuTask task{2, 0.5, 0.999, 0.999, FeedPhase::kAqueous};
  const XuDesign design = *XuOptimum(task);
  EXPECT_NEAR(design.extraction_stages, 15.832, 0.5e-3);
  EXPECT_NEAR(design.scrub_stages, 18.929, 0.5e-3);
  const Purities reached = Simulate(task, design, 16, 19);
  EXPECT_NEAR(reached.a, 0.997325, 0.5e-6);
  EXPECT_NEAR(reached.b, 0.997325, 0.5e-6);
}

// a = 9, b = 9 with an equal feed and 0.9 twice: Y_A = 72/80 = 0.9, f'_A = 0.5. With beta 4 both
// branches of the optimum ask whether 0.5 > 2/3: E'_M = 2, W = 0.5/(2-1) = 0.5, S = 1,
// E_M = 1/1.5; n = ln 9/ln(8/3), m + 1 = ln 9/ln 2.
TEST(Xu, GivesAHandResult) {
  const XuDesign design = *XuOptimum({4, 0.5, 0.9, 0.9, FeedPhase::kAqueous});
  EXPECT_NEAR(design.recovery_a, 0.9, 1e-14);
  EXPECT_NEAR(design.organic_product, 0.5, 1e-14);
  EXPECT_NEAR(design.scrub, 0.5, 1e-14);
  EXPECT_NEAR(design.organic, 1.0, 1e-14);
  EXPECT_NEAR(design.scrub_ratio, 2.0, 1e-14);
  EXPECT_NEAR(design.extraction_ratio, 2.0 / 3, 1e-14);
  EXPECT_NEAR(design.extraction_stages, std::log(9.0) / std::log(8.0 / 3), 1e-13);
  EXPECT_NEAR(design.scrub_stages, std::log(9.0) / std::log(2.0) - 1, 1e-13);
}

TEST(Xu, TreatsOrganicFeedAsTheMirrorOfAqueousFeed) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 500; ++trial) {
    XuTask organic = RandomTask(generator);
    organic.phase = FeedPhase::kOrganic;
    const XuTask aqueous{organic.beta, 1 - organic.feed_a, organic.purity_b, organic.purity_a,
                         FeedPhase::kAqueous};
    const auto o = XuOptimum(organic), a = XuOptimum(aqueous);
    ASSERT_TRUE(o.ok() && a.ok()) << o.reason() << a.reason();
    EXPECT_NEAR(o->organic / a->scrub, 1, 1e-9);
    EXPECT_NEAR(o->scrub / a->organic, 1, 1e-9);
    EXPECT_NEAR(o->extraction_ratio * a->scrub_ratio, 1, 1e-9);
    EXPECT_NEAR(o->extraction_stages, a->scrub_stages, 1e-8 * (1 + a->scrub_stages));
    EXPECT_NEAR(o->scrub_stages, a->extraction_stages, 1e-8 * (1 + a->extraction_stages));
  }
  const XuTask mirrored{1.5, 0.25, 0.999, 0.9995, FeedPhase::kOrganic};
  const Purities reached = Simulate(mirrored, *XuOptimum(mirrored), 32, 24);
  EXPECT_NEAR(reached.a, 0.999015, 0.5e-6);
  EXPECT_NEAR(reached.b, 0.999505, 0.5e-6);
}

TEST(Xu, BalancesBothComponentsAndBothSections) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 2000; ++trial) {
    const XuTask task = RandomTask(generator);
    const auto answer = XuOptimum(task);
    ASSERT_TRUE(answer.ok()) << answer.reason();
    const XuDesign& d = *answer;
    EXPECT_NEAR(d.organic_product + d.raffinate_product, 1, 1e-12);
    const double a_out =
        d.organic_product * task.purity_a + d.raffinate_product * (1 - task.purity_b);
    EXPECT_NEAR(a_out, task.feed_a, 1e-12);
    EXPECT_NEAR(d.recovery_a * task.feed_a, d.organic_product * task.purity_a, 1e-12);
    EXPECT_NEAR(d.recovery_b * (1 - task.feed_a), d.raffinate_product * task.purity_b, 1e-12);
    const double organic_fed = task.phase == FeedPhase::kOrganic ? 1 : 0;
    EXPECT_NEAR(d.organic + organic_fed - d.scrub, d.organic_product, 1e-10 * (1 + d.organic));
    const double root = std::sqrt(task.beta);
    const bool extraction_controls = std::fabs(d.extraction_ratio * root - 1) < 1e-9;
    const bool scrub_controls = std::fabs(d.scrub_ratio / root - 1) < 1e-9;
    EXPECT_TRUE(extraction_controls || scrub_controls);
    // The other section runs with at least the reflux of the controlling one.
    EXPECT_GE(d.extraction_ratio, 1 / root - 1e-9);
    EXPECT_LE(d.scrub_ratio, root + 1e-9);
    EXPECT_GE(d.extraction_stages, 0);
    EXPECT_GE(d.scrub_stages, 0);
  }
}

TEST(Xu, NeedsFewerStagesWithMoreFlux) {
  std::mt19937_64 generator = SeededGenerator();
  for (int trial = 0; trial < 500; ++trial) {
    const XuTask task = RandomTask(generator);
    const XuDesign best = *XuOptimum(task);
    const auto same = XuAtFlux(task, best.organic);
    ASSERT_TRUE(same.ok()) << same.reason();
    EXPECT_DOUBLE_EQ(same->extraction_stages, best.extraction_stages);
    EXPECT_DOUBLE_EQ(same->scrub_stages, best.scrub_stages);
    const XuDesign more = *XuAtFlux(task, best.organic * 1.2);
    EXPECT_LE(more.extraction_stages + more.scrub_stages,
              best.extraction_stages + best.scrub_stages);
  }
}

TEST(Xu, RefusesAFluxWithWhichASectionDoesNotSeparate) {
  // f'_A = 0.5: W > 0.5/(4-1), so S > 2/3.
  const XuTask task{4, 0.5, 0.9, 0.9, FeedPhase::kAqueous};
  EXPECT_TRUE(XuAtFlux(task, 2.0 / 3 + 1e-6).ok());
  const auto refused = XuAtFlux(task, 2.0 / 3 - 1e-6);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.reason(), testing::HasSubstr("organic: found 0.66666"));
}

TEST(Xu, NamesEveryBadArgument) {
  const auto answer = XuOptimum({1, 0.5, 0.4, 1, FeedPhase::kAqueous});
  EXPECT_THAT(answer.reason(), testing::HasSubstr("beta: found 1,"));
  EXPECT_THAT(answer.reason(), testing::HasSubstr("purity_a: found 0.4, must be in (0.5, 1)"));
  EXPECT_THAT(answer.reason(), testing::HasSubstr("purity_b: found 1,"));
  EXPECT_FALSE(XuOptimum({2, 1, 0.9, 0.9, FeedPhase::kAqueous}).ok());
  EXPECT_FALSE(XuAtFlux({2, 0.5, 0.9, 0.9, FeedPhase::kAqueous}, 0).ok());
}

}  // namespace
}  // namespace raffinate::kernels::theory
