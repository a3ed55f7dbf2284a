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
  fractionator.sections = {MakeSection("lower", 30, {"feed"}, "inner raffinate"),
                           MakeSection("upper", 30, {"reflux"}, "")};
  flowsheet.circuits = {main, fractionator};
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
  int stages;
  double tolerance;
};

TEST(Case6, PuritiesOfTheLinkedTrain) {
  const Chemistry chemistry = ThreeMetals();
  for (const Expected& e : {Expected{1.02, 0.9953, 0.9953, 30, 2e-4},
                            Expected{1.05, 0.99956, 0.99957, 30, 2e-5},
                            Expected{1.10, 0.99986, 0.99987, 30, 2e-5}}) {
    SCOPED_TRACE(e.over_bound);
    const SimulationResult result = testing::SimulatePlant(LinkedTrain(e.over_bound, e.stages), chemistry);
    EXPECT_NEAR(Share(result, "loaded organic of main", "Nd"), 0.99999, 1e-5);
    EXPECT_NEAR(Share(result, "B product", "Pr"), e.b, e.tolerance);
    EXPECT_NEAR(Share(result, "C product", "La"), e.c, e.tolerance);
    EXPECT_LE(result.convergence.balance_error, 1e-9);
  }
}

// Below the bound no number of stages helps.
TEST(Case6, BelowTheBoundPuritiesStandStill) {
  const Chemistry chemistry = ThreeMetals();
  for (const Expected& e :
       {Expected{0.95, 0.953, 0.953, 20, 2e-3}, Expected{0.95, 0.955, 0.955, 30, 2e-3}}) {
    SCOPED_TRACE(e.stages);
    const SimulationResult result = testing::SimulatePlant(LinkedTrain(e.over_bound, e.stages), chemistry);
    EXPECT_NEAR(Share(result, "B product", "Pr"), e.b, e.tolerance);
    EXPECT_NEAR(Share(result, "C product", "La"), e.c, e.tolerance);
  }
}

}  // namespace
}  // namespace raffinate::optimizer
