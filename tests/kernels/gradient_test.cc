// Adjoint derivatives against differences of solutions in extended precision.
#include "kernels/gradient.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "bench/corpus/corpus.h"
#include "tests/kernels/extended.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

/// A number of the solution with its seed.
struct Number {
  std::string name;
  SolutionSeed seed;
  std::function<Long(const LongCascade&)> value;
};

std::vector<Number> Numbers(const Solved& s) {
  const long n = s.cascade.stages(), m = s.cascade.size();
  // The last component that reaches an end with more than a few of its digits; -1
  // for none.
  const auto last = [&](const std::vector<double>& molarity, long stage) {
    long i = m - 1;
    while (i >= 0 && !(molarity[stage * m + i] > 1e-100)) --i;
    return i < 0 ? i : stage * m + i;
  };
  std::vector<Number> numbers;
  if (const long k = last(s.solution.x, 0); k >= 0) {
    Number& number = numbers.emplace_back();
    number.name = "ln x of the raffinate";
    number.seed.x.assign(n * m, 0.0);
    number.seed.x[k] = 1 / s.solution.x[k];
    number.value = [=](const LongCascade& c) { return std::log(c.w.x[k]); };
  }
  if (const long k = last(s.solution.y, n - 1); k >= 0) {
    Number& number = numbers.emplace_back();
    number.name = "ln y of the extract";
    number.seed.y.assign(n * m, 0.0);
    number.seed.y[k] = 1 / s.solution.y[k];
    number.value = [=](const LongCascade& c) { return std::log(c.w.x[k] * c.w.d[k]); };
  }
  const long j = n / 2, i = m - 1;
  Number& acid = numbers.emplace_back();
  acid.name = "ln h in the middle";
  const long masters = s.cascade.masters(), at = j * masters;
  acid.seed.ln_masters.assign(n * masters, 0.0);
  acid.seed.ln_masters[at] = 1;
  acid.value = [=](const LongCascade& c) { return c.w.ln[at]; };
  Number& rising = numbers.emplace_back();
  rising.name = "what rises into the middle";
  rising.seed.rising.assign(n * m, 0.0);
  rising.seed.rising[j * m + i] = 1;
  rising.value = [=](const LongCascade& c) { return c.Rising(j, i); };
  return numbers;
}

/// An input number of the cascade: where it lies and its adjoint derivative.
struct Input {
  std::string name;
  std::function<Long*(LongCascade&)> place;
  std::function<double(const CascadeGradient&)> derivative;
};

std::vector<Input> Inputs(const Cascade& c, std::mt19937_64& random) {
  const long n = c.stages(), m = c.size();
  const auto stage = [&] { return static_cast<long>(random() % n); };
  std::vector<Input> inputs;
  const auto flow = [&](const char* name,
                        detail::Dense<Long> detail::Workspace<Long, Dense>::*array,
                        double StageFlows::*field) {
    const long j = stage();
    inputs.push_back({name, [=](LongCascade& l) { return &(l.w.*array)[j]; },
                      [=](const CascadeGradient& g) { return g.flows[j].*field; }});
  };
  using W = detail::Workspace<Long, Dense>;
  flow("aq_up", &W::aq_up, &StageFlows::aq_up);
  flow("aq_down", &W::aq_down, &StageFlows::aq_down);
  flow("aq_draw", &W::aq_draw, &StageFlows::aq_draw);
  flow("org_up", &W::org_up, &StageFlows::org_up);
  flow("org_down", &W::org_down, &StageFlows::org_down);
  flow("org_draw", &W::org_draw, &StageFlows::org_draw);
  flow("bypass_up", &W::bypass_up, &StageFlows::bypass_up);
  flow("bypass_draw", &W::bypass_draw, &StageFlows::bypass_draw);
  const long j = stage(), i = static_cast<long>(random() % m);
  inputs.push_back({"feed_up", [=](LongCascade& l) { return &l.w.feed_up[j * m + i]; },
                    [=](const CascadeGradient& g) { return g.feed_up[j * m + i]; }});
  inputs.push_back({"feed_down", [=](LongCascade& l) { return &l.w.feed_down[j * m + i]; },
                    [=](const CascadeGradient& g) { return g.feed_down[j * m + i]; }});
  const long masters = c.masters();
  inputs.push_back({"anions", [=](LongCascade& l) { return &l.w.given[j * masters]; },
                    [=](const CascadeGradient& g) { return g.anions[j]; }});
  inputs.push_back({"extractant", [=](LongCascade& l) { return &l.w.given[j * masters + 1]; },
                    [=](const CascadeGradient& g) { return g.extractant[j]; }});
  for (long k = 2; k < masters; ++k) {
    inputs.push_back(
        {"total of master " + std::to_string(k),
         [=](LongCascade& l) { return &l.w.given[j * masters + k]; },
         [=](const CascadeGradient& g) { return g.totals[j * (masters - 2) + k - 2]; }});
  }
  if (c.law == Law::kTable) {
    inputs.push_back({"shift", [=](LongCascade& l) { return &l.w.shift[j * m + i]; },
                      [=](const CascadeGradient& g) { return g.shift[j * m + i]; }});
  }
  const double k = std::pow(10.0, c.components[i].log10_k);
  inputs.push_back({"k", [=](LongCascade& l) { return &l.w.k[i]; },
                    [=](const CascadeGradient& g) { return g.log10_k[i] / (k * std::log(10.0)); }});
  inputs.push_back({"recycle", [](LongCascade& l) { return &l.w.recycle[0]; },
                    [](const CascadeGradient& g) { return g.recycle; }});
  return inputs;
}

class Gradient : public ::testing::TestWithParam<int> {};

TEST_P(Gradient, AgreesWithDifferencesInExtendedPrecision) {
  const auto kind = static_cast<bench::Kind>(GetParam());
  int compared = 0;
  for (std::uint64_t k = 0; k < 4; ++k) {
    const std::uint64_t seed = Seed() + 1000 * k + GetParam();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const Solved s = SolveCircuit(bench::RandomCircuit(kind, seed, {2, 200, 2, 16}));
    ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
    const std::vector<Number> numbers = Numbers(s);
    std::vector<SolutionSeed> seeds;
    for (const Number& number : numbers) seeds.push_back(number.seed);
    const GradientTask task{&s.cascade, &s.solution, seeds};
    std::vector<CascadeGradient> gradients;
    Differentiate(kScalar, {&task, 1}, {&gradients, 1});
    ASSERT_EQ(gradients.size(), numbers.size());
    std::vector<double> largest(numbers.size(), 0.0);
    std::vector<Input> inputs = Inputs(s.cascade, random);
    for (size_t q = 0; q < numbers.size(); ++q) {
      for (int j = 0; j < s.cascade.stages(); ++j) {
        const StageFlows &flow = s.cascade.flows[j], &by = gradients[q].flows[j];
        largest[q] = std::max(
            {largest[q], std::abs(flow.aq_down * by.aq_down), std::abs(flow.org_up * by.org_up)});
      }
    }
    for (const Input& input : inputs) {
      SCOPED_TRACE(input.name);
      LongCascade at(s.cascade, s.solution.state);
      const Long middle = *input.place(at);
      // What is not there cannot be made a little less.
      if (middle == 0) continue;
      // Two step widths and Richardson's extrapolation: sensitivities near a front
      // are large, and so are their own derivatives.
      constexpr Long kStep = 1e-6L;
      std::vector<Long> at_side[4];
      const Long sides[4] = {1, -1, 2, -2};
      bool steady = true;
      for (int side = 0; side < 4; ++side) {
        *input.place(at) = middle + sides[side] * kStep * middle;
        steady = steady && at.Converge() < 1e-13L;
        for (const Number& number : numbers) at_side[side].push_back(number.value(at));
      }
      // At constant beta a stage that holds next to nothing may be left with less
      // metal than its organic must carry.
      if (s.cascade.law == Law::kConstantBeta && !steady) continue;
      ASSERT_TRUE(steady);
      for (size_t q = 0; q < numbers.size(); ++q) {
        SCOPED_TRACE(numbers[q].name);
        const Long narrow = (at_side[0][q] - at_side[1][q]) / (2 * kStep);
        const Long wide = (at_side[2][q] - at_side[3][q]) / (4 * kStep);
        const auto difference = static_cast<double>((4 * narrow - wide) / 3);
        const double adjoint = input.derivative(gradients[q]) * static_cast<double>(middle);
        // Near balance a product that is next to nothing answers ten million fold,
        // and what answers little is seen beside that.
        EXPECT_NEAR(adjoint, difference, 1e-7 * std::abs(difference) + 1e-8 + 1e-10 * largest[q]);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 60);
}

// Lanes of unequal length and number of seeds, beside each other.
TEST(Gradients, DoNotDependOnTheBackendOrTheBatch) {
  SCOPED_TRACE("seed " + std::to_string(Seed()));
  std::vector<Solved> solved;
  std::vector<std::vector<SolutionSeed>> seeds;
  std::vector<GradientTask> tasks;
  for (int k = 0; k < 2 * bench::kKinds; ++k) {
    const auto kind = static_cast<bench::Kind>(k % bench::kKinds);
    for (int copy = 0; copy < 3; ++copy) {
      const Circuit parent = bench::RandomCircuit(kind, Seed() + k, {2, 40, 3, 5});
      const Circuit child = bench::Perturbed(parent, 0.01 * copy, Seed() + copy);
      if (Cascade unused; !Assemble(child, &unused).empty()) continue;
      solved.push_back(SolveCircuit(child));
      seeds.emplace_back();
      for (Number& number : Numbers(solved.back())) seeds.back().push_back(number.seed);
      seeds.back().resize(std::min<size_t>(seeds.back().size(), 1 + k % 4));
    }
  }
  for (size_t t = 0; t < solved.size(); ++t) {
    tasks.push_back({&solved[t].cascade, &solved[t].solution, seeds[t]});
  }
  std::vector<std::vector<CascadeGradient>> scalar(tasks.size()), lanes(tasks.size());
  Differentiate(kScalar, tasks, scalar);
  Differentiate(Device{Device::Kind::kCpu, 0, 2}, tasks, lanes);
  // Per relative change of the input. Numbers are logarithms: what is far below 1
  // of them is rounding.
  const auto compare = [](const std::vector<double>& a, const std::vector<double>& b,
                          const std::vector<double>& input) {
    double largest = 0;
    for (size_t k = 0; k < a.size(); ++k) largest = std::max(largest, std::abs(a[k] * input[k]));
    for (size_t k = 0; k < a.size(); ++k) {
      EXPECT_NEAR(a[k] * input[k], b[k] * input[k], 1e-8 * largest + 1e-10) << k;
    }
  };
  int compared = 0;
  for (size_t t = 0; t < tasks.size(); ++t) {
    if (solved[t].solution.status != SolveStatus::kSolved) continue;
    ++compared;
    const Cascade& c = *tasks[t].cascade;
    ASSERT_EQ(scalar[t].size(), seeds[t].size());
    ASSERT_EQ(lanes[t].size(), seeds[t].size());
    for (size_t k = 0; k < seeds[t].size(); ++k) {
      const size_t size = c.flows.size() * c.components.size();
      compare(scalar[t][k].feed_up, lanes[t][k].feed_up, Spread(c.feed_up, size));
      compare(scalar[t][k].feed_down, lanes[t][k].feed_down, Spread(c.feed_down, size));
      compare(scalar[t][k].anions, lanes[t][k].anions, c.anions);
      compare(scalar[t][k].extractant, lanes[t][k].extractant, c.extractant);
      const std::vector<double> one(c.components.size(), 1.0);
      compare(scalar[t][k].log10_k, lanes[t][k].log10_k, one);
    }
  }
  EXPECT_GT(compared, static_cast<int>(tasks.size()) * 3 / 4);
}

TEST(Gradients, WhatIsNotSolvedHasNone) {
  const Solved s = SolveCircuit(LanthanumNeodymium(3));
  Solution open = s.solution;
  open.status = SolveStatus::kNotConverged;
  const SolutionSeed seed;
  const GradientTask task{&s.cascade, &open, {&seed, 1}};
  std::vector<CascadeGradient> gradients(3);
  Differentiate(kScalar, {&task, 1}, {&gradients, 1});
  EXPECT_TRUE(gradients.empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, Gradient, ::testing::Range(0, static_cast<int>(bench::kKinds)),
                         [](const auto& info) { return "Kind" + std::to_string(info.param); });

}  // namespace
}  // namespace raffinate::kernels::testing
