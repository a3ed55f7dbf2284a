#include "optimizer/setpoints/advise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/optimizer/setpoints/fixtures.h"

namespace raffinate::optimizer {
namespace {

AdviceQuestion QuestionOf(const PlantModel& model) {
  AdviceQuestion question;
  question.inputs = model.registered();
  question.present = Starts(model);
  question.hours = model.spec().interval_h;
  return question;
}

PlantPoint At(const PlantModel& model, const std::vector<double>& setpoints) {
  PlantInputs inputs = model.registered();
  for (std::size_t i = 0; i < setpoints.size(); ++i) inputs[model.setpoints()[i]] = setpoints[i];
  PlantQuestion question;
  question.figures = true;
  return model.Solve(inputs, {}, {}, question);
}

bool Meets(const PlantPoint& point) {
  return point.solved && std::all_of(point.demands.begin(), point.demands.end(),
                                     [](double demand) { return demand >= 0; });
}

TEST(Advise, NoSetpointsOfAFineGridAreBetter) {
  const auto model = MakeModel(SmallPlant());
  AdviceMemory memory;
  const Advice advice = Advise(*model, QuestionOf(*model), &memory);
  ASSERT_TRUE(advice.found) << advice.problem;
  ASSERT_TRUE(advice.feasible);
  EXPECT_TRUE(advice.converged);
  EXPECT_LT(advice.objective, advice.present_objective);
  constexpr int kPoints = 13;
  double best = INFINITY;
  for (int a = 0; a < kPoints; ++a) {
    for (int b = 0; b < kPoints; ++b) {
      for (int c = 0; c < kPoints; ++c) {
        std::vector<double> at;
        const int steps[] = {a, b, c};
        for (int i = 0; i < 3; ++i) {
          const Range& range = model->quantities()[model->setpoints()[i]].range;
          at.push_back(range.min + (range.max - range.min) * steps[i] / (kPoints - 1));
        }
        const PlantPoint point = At(*model, at);
        if (Meets(point)) best = std::min(best, model->ObjectiveValue(point));
      }
    }
  }
  ASSERT_TRUE(std::isfinite(best)) << "no point of the grid meets the demands";
  EXPECT_LE(advice.objective, best);
  // And it is what a simulation there says.
  std::vector<double> advised;
  for (const AdvisedSetpoint& setpoint : advice.setpoints) advised.push_back(setpoint.value);
  EXPECT_NEAR(model->ObjectiveValue(At(*model, advised)), advice.objective,
              1e-7 * advice.objective);
}

TEST(Advise, PricesOfDemandsAreWhatRelaxingThemSaves) {
  PlantSpec spec = SmallPlant();
  // Purer than the cheapest operation makes them.
  for (Product& product : spec.flowsheet.products) product.min_purity = 0.998;
  const auto model = MakeModel(spec);
  AdviceMemory memory;
  const Advice advice = Advise(*model, QuestionOf(*model), &memory);
  ASSERT_TRUE(advice.feasible);
  int active = 0;
  constexpr double kTighter = 1.1;
  for (std::size_t k = 0; k < advice.demands.size(); ++k) {
    if (!advice.demands[k].active) continue;
    ++active;
    PlantSpec tighter = spec;
    Product& product = tighter.flowsheet.products[k / 2];
    auto& limit = k % 2 == 0 ? product.min_purity : product.min_recovery;
    limit = 1 - (1 - *limit) / kTighter;
    const auto other = MakeModel(tighter);
    AdviceMemory own;
    const Advice then = Advise(*other, QuestionOf(*other), &own);
    ASSERT_TRUE(then.feasible);
    const double loss = then.objective - advice.objective;
    const double price = advice.demands[k].price_per_percent * std::log(kTighter) / std::log(1.01);
    EXPECT_NEAR(loss, price, 0.15 * loss) << "demand " << k;
  }
  EXPECT_GT(active, 0);
  ASSERT_GE(advice.costliest_demand, 0);
}

TEST(Advise, MovesAreObeyedAndLeadToTheSameOptimum) {
  PlantSpec spec = SmallPlant();
  const auto free = MakeModel(spec);
  spec.moves = {{"streams.scrub acid.flow", 0.004, {}},
                {"streams.strip acid.flow", {}, 0.02},
                {"circuits.main.organic.saponification", 0.5, 0.004}};
  const auto model = MakeModel(spec);
  AdviceMemory memory, other;
  AdviceQuestion question = QuestionOf(*model);
  question.hours = 0.5;
  const Advice best = Advise(*free, QuestionOf(*free), &other);
  bool held = false;
  Advice advice;
  for (int turn = 0; turn < 120; ++turn) {
    advice = Advise(*model, question, &memory);
    ASSERT_TRUE(advice.found);
    const double moves[] = {0.004, 0.01, 0.002};
    for (int i = 0; i < 3; ++i) {
      EXPECT_LE(std::abs(advice.setpoints[i].value - question.present[i]), moves[i] * (1 + 1e-9));
      held = held || advice.setpoints[i].active == SetpointLimit::kMoveMin ||
             advice.setpoints[i].active == SetpointLimit::kMoveMax;
      question.present[i] = advice.setpoints[i].value;
    }
  }
  EXPECT_TRUE(held);
  EXPECT_NEAR(advice.objective, best.objective, 1e-3 * best.objective);
}

TEST(Advise, WarmAndColdSearchesAgree) {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> change(0.9, 1.1);
  const auto model = MakeModel(SmallPlant());
  AdviceMemory memory;
  AdviceQuestion question = QuestionOf(*model);
  std::vector<double> apart;
  for (int turn = 0; turn < 101; ++turn) {
    question.inputs = model->registered();
    for (std::size_t q = 0; q < question.inputs.size(); ++q) {
      if (model->quantities()[q].name.starts_with("streams.feed.")) {
        question.inputs[q] *= change(random);
      }
    }
    const Advice warm = Advise(*model, question, &memory);
    AdviceMemory none;
    AdviceQuestion afresh = question;
    afresh.present = Starts(*model);
    const Advice cold = Advise(*model, afresh, &none);
    ASSERT_TRUE(warm.found && cold.found);
    ASSERT_TRUE(warm.feasible) << "turn " << turn << ", missed by " << warm.violation;
    ASSERT_TRUE(cold.feasible) << "turn " << turn << ", missed by " << cold.violation;
    apart.push_back(std::abs(warm.objective / cold.objective - 1));
    EXPECT_LE(apart.back(), 5e-3) << "turn " << turn;
    for (std::size_t i = 0; i < warm.setpoints.size(); ++i) {
      question.present[i] = warm.setpoints[i].value;
    }
  }
  std::nth_element(apart.begin(), apart.begin() + apart.size() / 2, apart.end());
  EXPECT_LE(apart[apart.size() / 2], 5e-4);
}

TEST(Advise, ImpossibleDemandsAreMissedByTheLeastAndNamed) {
  PlantSpec spec = SmallPlant();
  for (Product& product : spec.flowsheet.products) product.min_purity = 0.99999;
  const auto model = MakeModel(spec);
  AdviceMemory memory;
  const Advice advice = Advise(*model, QuestionOf(*model), &memory);
  ASSERT_TRUE(advice.found);
  EXPECT_FALSE(advice.feasible);
  EXPECT_GT(advice.violation, 0);
  EXPECT_LE(advice.violation, advice.present_violation);
  ASSERT_GE(advice.costliest_demand, 0);
  EXPECT_NEAR(advice.demands[advice.costliest_demand].violation_price, 1, 1e-6);
  // No point of a random sample misses less.
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> share;
  for (int turn = 0; turn < 1500; ++turn) {
    std::vector<double> at;
    for (const int q : model->setpoints()) {
      const Range& range = model->quantities()[q].range;
      at.push_back(range.min + (range.max - range.min) * share(random));
    }
    const PlantPoint point = At(*model, at);
    if (!point.solved) continue;
    double violation = 0;
    for (const double demand : point.demands) violation += std::max(0.0, -demand);
    EXPECT_GE(violation, advice.violation - 1e-3);
  }
}

TEST(Advise, AgainWithTheSameStateItCostsOneSimulation) {
  const auto model = MakeModel(SmallPlant());
  AdviceMemory memory;
  AdviceQuestion question = QuestionOf(*model);
  const Advice first = Advise(*model, question, &memory);
  for (int i = 0; i < 3; ++i) question.present[i] = first.setpoints[i].value;
  const Advice again = Advise(*model, question, &memory);
  EXPECT_EQ(again.simulations, 1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(again.setpoints[i].value, first.setpoints[i].value);
  }
}

TEST(Advise, AMarginIsKeptFree) {
  PlantSpec spec = SmallPlant();
  spec.demand_margin = 0.5;
  const auto model = MakeModel(spec);
  AdviceMemory memory;
  const Advice advice = Advise(*model, QuestionOf(*model), &memory);
  ASSERT_TRUE(advice.feasible);
  for (std::size_t k = 0; k < advice.demands.size(); ++k) {
    const double limit = model->demands()[k].limit;
    EXPECT_GE(advice.demands[k].value, 1 - (1 - limit) / 2 - 1e-12);
  }
}

}  // namespace
}  // namespace raffinate::optimizer
