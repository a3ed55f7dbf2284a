#include "bench/least_organic.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "bench/flowsheet_file.h"
#include "optimizer/judge.h"
#include "optimizer/model/decisions.h"
#include "optimizer/simulate.h"
#include "service/data/chemistry_data.h"

namespace raffinate::bench {
namespace {

class LeastOrganicTest : public testing::Test {
 protected:
  void Load(const std::string& path) {
    const optimizer::Flowsheet open =
        LoadFlowsheet(path, chemistry_, optimizer::Purpose::kOptimize);
    optimizer::AddSystems(open, &chemistry_);
    const optimizer::Decisions decisions(open);
    std::vector<double> genes;
    for (const optimizer::Variable& v : decisions.variables()) genes.push_back(v.start);
    flowsheet_ = decisions.Apply(genes);
  }

  std::optional<double> Least() const {
    return LeastOrganic(flowsheet_, optimizer::Prepare(flowsheet_, chemistry_).built);
  }

  double Carries() const {
    const optimizer::Prepared prepared = optimizer::Prepare(flowsheet_, chemistry_);
    return OrganicCarries(prepared.built, prepared.cascade);
  }

  optimizer::Chemistry chemistry_ = *service::LoadEmbeddedChemistry();
  optimizer::Flowsheet flowsheet_;
};

// Equimolar, separation factor 2: Underwood's root is 4/3, so that the flux is 3 d_Nd - 3 d_Pr =
// 1.5 (r_Nd + r_Pr - 1). Of 99 % by mass of oxide in both products follow recoveries of 0.98978 and
// 0.99002 (168.24 g Nd2O3 and 170.24 g Pr6O11 for a mole of metal).
TEST_F(LeastOrganicTest, OfABinaryIsUnderwoods) {
  Load("bench/tasks/underwood-binary");
  ASSERT_TRUE(Least().has_value());
  EXPECT_NEAR(*Least(), 1.4697, 1e-4);
}

TEST_F(LeastOrganicTest, RecoveryThatIsDemandedCounts) {
  Load("bench/tasks/underwood-binary");
  flowsheet_.products[1].min_recovery = 0.999;
  ASSERT_TRUE(Least().has_value());
  EXPECT_NEAR(*Least(), 1.5 * (0.999 + 0.99002 - 1), 1e-4);
}

TEST_F(LeastOrganicTest, GrowsWithTheFeed) {
  Load("bench/tasks/underwood-binary");
  const double once = Least().value();
  flowsheet_.streams[0].flow = 2.0;
  EXPECT_NEAR(Least().value(), 2 * once, 1e-9);
}

TEST_F(LeastOrganicTest, IsNotKnownWithoutDemandsNorOfMoreProducts) {
  Load("bench/tasks/underwood-binary");
  for (optimizer::Product& product : flowsheet_.products) product.min_purity.reset();
  EXPECT_EQ(Least(), std::nullopt);
  Load("examples/gd-eu-sm-optimize");
  EXPECT_EQ(Least(), std::nullopt);
}

// What leaves below the strip is a product, what is drawn within a section a cut that the theory
// does not know.
TEST_F(LeastOrganicTest, KnowsStripsButNoDraws) {
  Load("bench/tasks/nd-pr-front");
  EXPECT_GT(Least().value_or(0), 0);
  optimizer::Draw draw;
  draw.name = "bleed";
  draw.share = 0.1;
  flowsheet_.circuits[0].sections[0].draws.push_back(draw);
  EXPECT_EQ(Least(), std::nullopt);
}

// 2 mol/L of extractant are 1 mol/L of dimer, each with one place for a metal.
TEST_F(LeastOrganicTest, ConstantLoadingIsThatOfTheDimer) {
  Load("bench/tasks/underwood-binary");
  flowsheet_.circuits[0].organic.flow = 3.0;
  EXPECT_NEAR(Carries(), 3, 1e-12);
}

// Of 1.5 mol/L of extractant a third, in 9 m3/h: 4.5 kmol/h of base for a third of that in metal.
TEST_F(LeastOrganicTest, SaponifiedOrganicCarriesAThirdOfItsBase) {
  Load("bench/tasks/nd-pr-front");
  flowsheet_.circuits[0].organic.flow = 9.0;
  flowsheet_.circuits[0].organic.saponification = 1.0 / 3;
  EXPECT_NEAR(Carries(), 1.5, 1e-9);
}

}  // namespace
}  // namespace raffinate::bench
