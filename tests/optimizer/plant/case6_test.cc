// A fully linked train of three products at constant separation factors 4 : 2 : 1 against an
// independent simulation of the same arrangement.
#include <cmath>

#include "tests/optimizer/plant/support.h"

namespace raffinate::optimizer {
namespace {

using testing::MakeDraw;
using testing::MakeSection;

/// Underwood's least organic flux per mol fed of the cuts A | BC and AB | C; the larger bounds the
/// linked train.
constexpr double kBound = 1.36572;
/// Of the split of A from C alone with B where it goes by itself, and the share of B that then
/// goes up: both of Underwood's roots at once.
constexpr double kPreferred = 7.0 / 9, kMiddleUp = 1.0 / 9;

Chemistry ThreeMetals() {
  Chemistry chemistry = testing::SmallChemistry();
  ExtractantSystem& beta = chemistry.systems["beta"];
  beta.constants.resize(3, beta.constants[0]);
  const char* const elements[] = {"La", "Pr", "Nd"};
  for (int i = 0; i < 3; ++i) {
    beta.constants[i].element = elements[i];
    beta.constants[i].beta = std::pow(2, i);
  }
  return chemistry;
}

/// One kmol/h of feed; the organic holds 1 mol/L. A is Nd, B Pr, C La.
Flowsheet LinkedTrain(double over_bound, int stages) {
  const int half = stages;  // of the pre-fractionator, below and above its feed
  const double organic = over_bound * kBound, third = 1.0 / 3;
  const double inner = 1.05 * kPreferred, reflux = inner - third - kMiddleUp;
  const double acid = organic - third;
  Flowsheet flowsheet;
  Stream feed = testing::Acid("feed", 1, 0);
  feed.metals = {{"La", third}, {"Pr", third}, {"Nd", third}};
  flowsheet.streams = {feed, testing::Acid("acid", 1, acid)};

  Circuit main;
  main.name = "main";
  main.system = std::string("beta");
  main.extractant_mol_per_l = 2.0;
  main.organic.flow = organic;
  main.organic.loop = Loop::kOpen;
  main.sections = {MakeSection("C", stages, {"inner raffinate"}, "C product"),
                   MakeSection("BC", stages, {}, ""), MakeSection("AB", stages, {}, "B product"),
                   MakeSection("A", stages, {"acid", "inner organic"}, "reflux")};
  Draw to_inner;
  to_inner.name = "to inner";
  to_inner.phase = DrawPhase::kOrganic;
  to_inner.stage = stages;
  to_inner.flow = inner;
  main.sections[0].draws = {to_inner};
  main.sections[2].outlet_share = third / (acid - reflux);
  main.sections[3].outlet_share = reflux / acid;

  Circuit fractionator;
  fractionator.name = "pre-fractionator";
  fractionator.system = std::string("beta");
  fractionator.organic.from = "to inner";
  fractionator.organic.loop = Loop::kOpen;
  fractionator.organic.outlet = "inner organic";
  fractionator.sections = {MakeSection("lower", half, {"feed"}, "inner raffinate"),
                           MakeSection("upper", half, {"reflux"}, "")};
  flowsheet.circuits = {main, fractionator};
  for (const auto& [stream, element] :
       {std::pair("loaded organic of main", "Nd"), {"B product", "Pr"}, {"C product", "La"}}) {
    Product product;
    product.name = element;
    product.stream = stream;
    product.elements = {element};
    flowsheet.products.push_back(product);
  }
  return flowsheet;
}

double Share(const SimulationResult& result, const std::string& stream, const char* element) {
  double all = 0;
  const auto moles = testing::Moles(testing::StreamOf(result, stream));
  for (const auto& [symbol, kmol] : moles) all += kmol;
  return moles.at(element) / all;
}

struct Expected {
  double over_bound, b, c;
};

// The words of the arrangement leave open on which side of a joint a stage counts: its purities
// lie between those of sections that are two stages shorter and those of thirty.
TEST(Case6, PuritiesOfTheLinkedTrain) {
  const Chemistry chemistry = ThreeMetals();
  for (const Expected& e : {Expected{1.02, 0.9953, 0.9953}, Expected{1.05, 0.99956, 0.99957},
                            Expected{1.10, 0.99986, 0.99987}}) {
    SCOPED_TRACE(e.over_bound);
    const SimulationResult less = testing::SimulatePlant(LinkedTrain(e.over_bound, 28), chemistry);
    const SimulationResult all = testing::SimulatePlant(LinkedTrain(e.over_bound, 30), chemistry);
    EXPECT_NEAR(Share(all, "loaded organic of main", "Nd"), 0.99999, 1.5e-5);
    EXPECT_GT(e.b, Share(less, "B product", "Pr"));
    EXPECT_LT(e.b, Share(all, "B product", "Pr"));
    EXPECT_GT(e.c, Share(less, "C product", "La"));
    EXPECT_LT(e.c, Share(all, "C product", "La"));
    EXPECT_LE(all.convergence.balance_error, 1e-9);
    // What is shown beside the result is this bound, of products that are not quite sharp.
    ASSERT_EQ(all.figures.minimum.reason, "");
    EXPECT_LT(all.figures.minimum.min_organic_mol_per_mol, kBound);
    EXPECT_NEAR(*all.figures.organic_over_minimum, e.over_bound, 0.02);
    EXPECT_GT(*all.figures.organic_over_minimum, e.over_bound);
  }
}

// Below the bound no number of stages helps.
TEST(Case6, BelowTheBoundPuritiesStandStill) {
  const Chemistry chemistry = ThreeMetals();
  const SimulationResult of_18 = testing::SimulatePlant(LinkedTrain(0.95, 18), chemistry);
  const SimulationResult of_20 = testing::SimulatePlant(LinkedTrain(0.95, 20), chemistry);
  const SimulationResult of_30 = testing::SimulatePlant(LinkedTrain(0.95, 30), chemistry);
  const SimulationResult of_60 = testing::SimulatePlant(LinkedTrain(0.95, 60), chemistry);
  for (const auto& [stream, element] : {std::pair("B product", "Pr"), {"C product", "La"}}) {
    // Three digits, and a stage or two at the joints.
    EXPECT_LT(Share(of_18, stream, element), 0.9535);
    EXPECT_GT(Share(of_20, stream, element), 0.9525);
    EXPECT_NEAR(Share(of_30, stream, element), 0.955, 5e-4);
    EXPECT_NEAR(Share(of_60, stream, element), Share(of_30, stream, element), 1e-3);
  }
  // Of the split that comes out, poorer as it is, it is above the least.
  EXPECT_GT(*of_60.figures.organic_over_minimum, 1);
}

}  // namespace
}  // namespace raffinate::optimizer
