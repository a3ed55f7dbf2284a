#include "optimizer/setpoints/plant_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/optimizer/setpoints/fixtures.h"

namespace raffinate::optimizer {
namespace {

std::string Refusals(const PlantSpec& spec) {
  Violations violations;
  EXPECT_EQ(PlantModel::Create(spec, SetpointChemistry(), &violations), nullptr);
  std::string all;
  for (const auto& violation : violations)
    all += violation.field + ": " + violation.description + "\n";
  return all;
}

TEST(PlantModel, NamesItsQuantitiesAsAFlowsheetFileDoes) {
  const auto model = MakeModel(SmallPlant());
  std::vector<std::string> names;
  for (const Quantity& quantity : model->quantities()) names.push_back(quantity.name);
  EXPECT_THAT(names,
              ::testing::IsSupersetOf(
                  {"streams.feed.metals.Nd", "streams.feed.hcl", "streams.scrub acid.flow",
                   "circuits.main.organic.saponification", "circuits.main.extractant.concentration",
                   "circuits.main.sections.strip.outlet_share", "streams.raffinate.metals.Nd",
                   "streams.strip liquor.flow", "stages.15.ph"}));
  EXPECT_EQ(model->setpoints().size(), 3u);
}

TEST(PlantModel, DerivativesOfOutletsAreThoseOfWholeSimulations) {
  PlantSpec spec = SmallPlant();
  AddOutletInstruments(&spec);
  spec.parameters = {{"La", {}}, {"Nd", {}}};
  const auto model = MakeModel(spec);
  PlantQuestion question;
  for (const char* name : {"streams.raffinate.metals.Nd", "streams.strip liquor.metals.La",
                           "streams.raffinate.flow", "stages.3.ph"}) {
    question.outputs.push_back(FindQuantity(model->quantities(), name));
  }
  for (const char* name : {"streams.feed.metals.La", "streams.feed.flow", "streams.scrub acid.flow",
                           "circuits.main.organic.saponification"}) {
    question.inputs.push_back(FindQuantity(model->quantities(), name));
  }
  const std::vector<double> offsets = {0.02, -0.01};
  const PlantPoint here = model->Solve(model->registered(), offsets, {}, question);
  ASSERT_TRUE(here.solved) << here.problem;
  const auto check = [&](const PlantInputs& up, const PlantInputs& down,
                         const std::vector<double>& up_offsets,
                         const std::vector<double>& down_offsets, double step,
                         const std::vector<double>& derivatives, const std::string& by) {
    const PlantPoint a = model->Solve(up, up_offsets, here.state, question);
    const PlantPoint b = model->Solve(down, down_offsets, here.state, question);
    ASSERT_TRUE(a.solved && b.solved);
    for (std::size_t k = 0; k < question.outputs.size(); ++k) {
      const double difference = (a.outputs[k] - b.outputs[k]) / (2 * step);
      EXPECT_NEAR(derivatives[k], difference, 1e-4 * std::abs(difference) + 1e-7)
          << model->quantities()[question.outputs[k]].name << " by " << by;
    }
  };
  for (std::size_t i = 0; i < question.inputs.size(); ++i) {
    const double step = 1e-4 * model->registered()[question.inputs[i]];
    PlantInputs up = model->registered(), down = up;
    up[question.inputs[i]] += step;
    down[question.inputs[i]] -= step;
    std::vector<double> derivatives;
    for (const auto& row : here.outputs_by) derivatives.push_back(row[i]);
    check(up, down, offsets, offsets, step, derivatives,
          model->quantities()[question.inputs[i]].name);
  }
  for (std::size_t p = 0; p < offsets.size(); ++p) {
    std::vector<double> up = offsets, down = offsets;
    up[p] += 1e-4;
    down[p] -= 1e-4;
    std::vector<double> derivatives;
    for (const auto& row : here.outputs_by_log10_k) derivatives.push_back(row[p]);
    check(model->registered(), model->registered(), up, down, 1e-4, derivatives, "log10 K");
  }
}

TEST(PlantModel, LaterDerivativesOfDemandsAreThoseOfWholeSimulations) {
  const auto model = MakeModel(SmallPlant());
  PlantQuestion question;
  question.figures = true;
  question.inputs = model->setpoints();
  const PlantPoint here = model->Solve(model->registered(), {}, {}, question);
  ASSERT_TRUE(here.solved) << here.problem;
  EXPECT_EQ(model->DemandsBy(here, question.inputs), here.demands_by);
  std::vector<int> inputs;
  for (const char* name : {"streams.feed.metals.La", "streams.feed.flow"}) {
    inputs.push_back(FindQuantity(model->quantities(), name));
  }
  const std::vector<std::vector<double>> by = model->DemandsBy(here, inputs);
  ASSERT_EQ(by.size(), model->demands().size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const double step = 1e-4 * model->registered()[inputs[i]];
    PlantInputs up = model->registered(), down = up;
    up[inputs[i]] += step;
    down[inputs[i]] -= step;
    const PlantPoint a = model->Solve(up, {}, here.state, question);
    const PlantPoint b = model->Solve(down, {}, here.state, question);
    ASSERT_TRUE(a.solved && b.solved);
    for (std::size_t k = 0; k < by.size(); ++k) {
      const double difference = (a.demands[k] - b.demands[k]) / (2 * step);
      EXPECT_NEAR(by[k][i], difference, 1e-4 * std::abs(difference) + 1e-6)
          << "demand " << k << " by " << model->quantities()[inputs[i]].name;
    }
  }
}

TEST(PlantModel, RefusesWhatIsNoPlantThatRuns) {
  PlantSpec spec = SmallPlant();
  spec.flowsheet.circuits[0].sections[0].stages = Range{4, 8, {}, {}, false};
  EXPECT_THAT(Refusals(spec),
              ::testing::HasSubstr("flowsheet.circuits[0].sections[0].stages: is left to decide"));
  spec = SmallPlant();
  spec.flowsheet.objectives.push_back({Direction::kMinimize, "acid", ""});
  EXPECT_THAT(Refusals(spec), ::testing::HasSubstr("flowsheet.objectives: found 2"));
  spec = SmallPlant();
  spec.flowsheet.objectives[0].figure = "cost";
  EXPECT_THAT(Refusals(spec), ::testing::HasSubstr("'cost' has no derivatives"));
  spec = SmallPlant();
  spec.instruments[0].quantity = "streams.fed.flow";
  spec.instruments[1].sd = 0.1;
  spec.moves = {{"streams.feed.flow", 0.1, {}}};
  EXPECT_THAT(Refusals(spec),
              ::testing::AllOf(::testing::HasSubstr("did you mean 'streams.feed.flow'"),
                               ::testing::HasSubstr("instruments[1]: exactly one of sd"),
                               ::testing::HasSubstr("moves[0].setpoint: unknown setpoint")));
  spec = SmallPlant();
  spec.parameters = {{"Dy", 0.1}};
  EXPECT_THAT(Refusals(spec), ::testing::HasSubstr("parameters[0].element"));
}

}  // namespace
}  // namespace raffinate::optimizer
