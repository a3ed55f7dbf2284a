#include "optimizer/setpoints/estimate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/optimizer/setpoints/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;

Measurement& Find(MeasuredState* state, const std::string& quantity) {
  for (Measurement& measurement : state->measurements) {
    if (measurement.quantity == quantity) return measurement;
  }
  ADD_FAILURE() << quantity;
  return state->measurements[0];
}

void Remove(MeasuredState* state, const std::string& quantity) {
  std::erase_if(state->measurements,
                [&](const Measurement& each) { return each.quantity == quantity; });
}

const Reading& ReadingOf(const PlantModel& model, const Estimate& estimate,
                         const std::string& quantity) {
  for (const Reading& reading : estimate.readings[0]) {
    if (model.spec().instruments[reading.instrument].quantity == quantity) return reading;
  }
  ADD_FAILURE() << quantity;
  return estimate.readings[0][0];
}

TEST(Estimate, WithoutRedundancyTheMeasurementsAreTheInputs) {
  const auto model = MakeModel(SmallPlant());
  MeasuredState state = TrueState(*model);
  Find(&state, "streams.feed.metals.Nd").value = 0.123;
  const Estimate estimate = EstimatePlant(*model, {state}, {}, false, {});
  ASSERT_TRUE(estimate.ok()) << estimate.problem;
  EXPECT_EQ(estimate.inputs[0][FindQuantity(model->quantities(), "streams.feed.metals.Nd")], 0.123);
}

TEST(Estimate, ContradictionsAreSharedOutByTheirErrorsAndBalancesClose) {
  PlantSpec spec = SmallPlant();
  AddOutletInstruments(&spec);
  const auto model = MakeModel(spec);
  MeasuredState state = TrueState(*model);
  // Half a standard deviation each, the wrong way.
  Find(&state, "streams.feed.metals.Nd").value *= 1.005;
  Find(&state, "streams.strip liquor.metals.Nd").value *= 0.995;
  const Estimate estimate = EstimatePlant(*model, {state}, {}, false, {});
  ASSERT_TRUE(estimate.ok()) << estimate.problem;
  const Reading& fed = ReadingOf(*model, estimate, "streams.feed.metals.Nd");
  EXPECT_LT(fed.estimate, fed.measured);
  EXPECT_GT(fed.estimate, 0.0995);
  EXPECT_LT(fed.estimate_sd, fed.sd);
  // What is estimated of inlets and outlets is one steady state: neodymium closes.
  const auto value = [&](const char* name) { return ReadingOf(*model, estimate, name).estimate; };
  const double in = value("streams.feed.flow") * value("streams.feed.metals.Nd");
  const double out = value("streams.raffinate.flow") * value("streams.raffinate.metals.Nd") +
                     value("streams.strip liquor.flow") * value("streams.strip liquor.metals.Nd");
  EXPECT_NEAR(out, in, 1e-9);
}

TEST(Estimate, AGrossErrorIsNamedAndLeftOut) {
  PlantSpec spec = SmallPlant();
  AddOutletInstruments(&spec);
  const auto model = MakeModel(spec);
  MeasuredState state = TrueState(*model);
  Find(&state, "streams.feed.metals.La").value *= 1.25;
  const Estimate estimate = EstimatePlant(*model, {state}, {}, false, {});
  ASSERT_TRUE(estimate.ok()) << estimate.problem;
  for (const Reading& reading : estimate.readings[0]) {
    const std::string& name = spec.instruments[reading.instrument].quantity;
    EXPECT_EQ(reading.status == ReadingStatus::kGrossError, name == "streams.feed.metals.La")
        << name;
  }
  // The outlets say what is fed.
  EXPECT_NEAR(ReadingOf(*model, estimate, "streams.feed.metals.La").estimate, 0.1, 0.0005);
}

TEST(Estimate, WhereTwoMetersContradictNoneIsChosen) {
  PlantSpec spec = SmallPlant();
  Instrument meter;
  meter.quantity = "streams.raffinate.flow";
  meter.relative_sd = 0.005;
  meter.max_age_h = 1;
  spec.instruments.push_back(meter);
  const auto model = MakeModel(spec);
  MeasuredState state = TrueState(*model);
  Find(&state, "streams.raffinate.flow").value *= 1.1;
  const Estimate estimate = EstimatePlant(*model, {state}, {}, false, {});
  EXPECT_EQ(estimate.reason, "CONTRADICTORY_MEASUREMENTS");
  EXPECT_THAT(estimate.problem, ::testing::AllOf(HasSubstr("streams.feed.flow"),
                                                 HasSubstr("streams.raffinate.flow")));
}

TEST(Estimate, WhatIsMissingIsInferredOrRefused) {
  PlantSpec spec = SmallPlant();
  const auto bare = MakeModel(spec);
  MeasuredState state = TrueState(*bare);
  Remove(&state, "streams.feed.metals.Nd");
  Find(&state, "streams.feed.metals.La").time_s -= 5 * 3600;
  Estimate estimate = EstimatePlant(*bare, {state}, {}, false, {});
  EXPECT_EQ(estimate.reason, "MISSING_MEASUREMENTS");
  EXPECT_THAT(estimate.problem, ::testing::AllOf(HasSubstr("streams.feed.metals.Nd (missing)"),
                                                 HasSubstr("streams.feed.metals.La (stale)")));
  EXPECT_THAT(estimate.problem, ::testing::Not(HasSubstr("feed.flow")));

  AddOutletInstruments(&spec);
  const auto model = MakeModel(spec);
  state = TrueState(*model);
  Remove(&state, "streams.feed.metals.Nd");
  estimate = EstimatePlant(*model, {state}, {}, false, {});
  ASSERT_TRUE(estimate.ok()) << estimate.problem;
  EXPECT_NEAR(ReadingOf(*model, estimate, "streams.feed.metals.Nd").estimate, 0.1, 1e-5);

  // While the plant is not at rest, what leaves does not say what enters.
  state.at_rest = false;
  estimate = EstimatePlant(*model, {state}, {}, false, {});
  EXPECT_EQ(estimate.reason, "MISSING_MEASUREMENTS");
}

TEST(Estimate, AnOptionalInputFallsBackOnTheRegisteredNumberAndSaysSo) {
  PlantSpec spec = SmallPlant();
  spec.instruments[2].optional = true;
  const auto model = MakeModel(spec);
  MeasuredState state = TrueState(*model);
  Find(&state, "streams.feed.metals.Nd").quality = Measurement::Quality::kBad;
  const Estimate estimate = EstimatePlant(*model, {state}, {}, false, {});
  ASSERT_TRUE(estimate.ok());
  EXPECT_EQ(ReadingOf(*model, estimate, "streams.feed.metals.Nd").status,
            ReadingStatus::kRegistered);
}

TEST(Estimate, ConstantsMoveTowardsTheTruthWithinTheirErrors) {
  PlantSpec spec = SmallPlant();
  AddOutletInstruments(&spec);
  spec.parameters = {{"La", {}}, {"Nd", {}}};
  const auto model = MakeModel(spec);
  const std::vector<double> truth = {0.04, -0.03};
  const MeasuredState state = TrueState(*model, truth);
  const Estimate estimate = EstimatePlant(*model, {state}, {}, true, {});
  ASSERT_TRUE(estimate.ok()) << estimate.problem;
  // Both together move what both leave alone; their difference is what separates.
  const double separation = estimate.offsets[0] - estimate.offsets[1];
  EXPECT_NEAR(separation, 0.07, 0.02);
  for (int p = 0; p < 2; ++p) {
    EXPECT_LT(std::abs(estimate.offsets[p] - truth[p]), std::abs(truth[p]));
    EXPECT_LT(estimate.offset_sd[p], 0.05);
    EXPECT_GT(estimate.offset_sd[p], 0);
  }
}

TEST(Estimate, StatesThatCannotBeReadAreRefusedByField) {
  const auto model = MakeModel(SmallPlant());
  MeasuredState state = TrueState(*model);
  state.present.pop_back();
  state.measurements[0].time_s = state.time_s + 100;
  state.measurements[1].quantity = "streams.feed.metals.Nb";
  state.measurements[2].value = NAN;
  std::string all;
  for (const auto& violation : CheckState(*model, state)) {
    all += violation.field + ": " + violation.description + "\n";
  }
  EXPECT_THAT(
      all, ::testing::AllOf(HasSubstr("present: 'circuits.main.organic.saponification' is missing"),
                            HasSubstr("measurements[0].time: lies 100 s after"),
                            HasSubstr("measurements[1].quantity: unknown instrument"),
                            HasSubstr("measurements[2].value: is no number")));
}

}  // namespace
}  // namespace raffinate::optimizer
