#include "optimizer/fit/system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "optimizer/model/check_system.h"
#include "tests/optimizer/fit/flasks.h"

namespace raffinate::optimizer::fit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::map<std::string, Element> Elements() {
  std::map<std::string, Element> out;
  for (const auto& [symbol, charge] : Charges()) out[symbol] = {symbol, charge, 1, 0, "", true};
  return out;
}

ExtractantSystem Start() {
  ExtractantSystem out;
  out.name = "start";
  out.basis = Basis::kDimer;
  out.unit = "mol/L";
  out.unit_mol_per_l = 1;
  for (const auto& [element, law] : Truth()) {
    out.constants.push_back(
        {element, law.log10_k + 0.1, 3.0, {}, {}, {}, Provenance::kMeasured, "a test"});
  }
  out.constants.push_back({"Zn", 1.0, 2.0, {}, {}, {}, Provenance::kMeasured, "a test"});
  for (auto& c : out.constants) {
    if (c.element == "Na") c.dimers = 1;
  }
  return out;
}

class FittedSystem : public testing::Test {
 protected:
  void Fit() {
    const auto found = fit::Fit(contacts, ConstantsOf(start, Charges()), Charges(), options);
    ASSERT_TRUE(found.ok()) << found.status();
    result = *found;
    system = MakeSystem(result, contacts, &start, {"mine", "a test", "", "chloride"}, options);
  }
  Violations Problems() const {
    Violations violations;
    CheckSystem(system, Elements(), "system", &violations);
    return violations;
  }

  std::vector<Contact> contacts = Flasks(Truth(), 0.01, 11);
  ExtractantSystem start = Start();
  Options options;
  FitResult result;
  ExtractantSystem system;
};

TEST_F(FittedSystem, IsGoodAndKeepsClassErrorsAndRange) {
  options.slopes = Sharing::kShared;
  options.enthalpy = true;
  Fit();
  for (const Violation& v : Problems()) ADD_FAILURE() << v.field << ": " << v.description;
  std::vector<std::string> elements;
  for (const auto& c : system.constants) elements.push_back(c.element);
  // Zn is not in the data.
  EXPECT_THAT(elements, ElementsAre("Dy", "La", "Na", "Nd"));
  EXPECT_EQ(system.Find("Nd")->provenance, Provenance::kFitted);
  EXPECT_GT(*system.Find("Nd")->log10_standard_error, 0);
  EXPECT_THAT(system.Find("Nd")->source, HasSubstr("kJ/mol"));
  EXPECT_EQ(system.Find("Na")->provenance, Provenance::kMeasured);
  EXPECT_EQ(*system.validity.max_temperature, 45);
  EXPECT_EQ(*system.reference_temperature, 25);
  EXPECT_LT(*system.Find("Nd")->enthalpy_kj_per_mol, 0);
  for (const Flask& flask : result.flasks) {
    EXPECT_GE(flask.ph, *system.validity.min_ph);
    EXPECT_LE(flask.ph, *system.validity.max_ph);
    EXPECT_LE(flask.loading, *system.validity.max_loading);
  }
  // log10 K and m of three elements; the shared slope has the same variance in all.
  EXPECT_EQ(system.covariance.rows.size(), 6u);
}

TEST_F(FittedSystem, HoldsTheComplexesItFitted) {
  options.complexes = Sharing::kShared;
  Fit();
  for (const Violation& v : Problems()) ADD_FAILURE() << v.field << ": " << v.description;
  ASSERT_EQ(system.ligands.size(), 1u);
  EXPECT_EQ(system.ligands[0].name, "chloride");
  ASSERT_EQ(system.Find("Nd")->complexes.size(), 1u);
  EXPECT_EQ(system.Find("Nd")->complexes[0].provenance, Provenance::kFitted);
  EXPECT_TRUE(system.Find("Na")->complexes.empty());
  EXPECT_EQ(system.covariance.rows.size(), 6u);
  // A fit starts from it again, and finds nothing better.
  EXPECT_TRUE(CheckStart(system).empty());
  const Constants again = ConstantsOf(system, Charges());
  EXPECT_NEAR(*again.at("Nd").log10_beta, *result.constants.at("Nd").log10_beta, 1e-6);
}

// Drawn from its covariance, constants change the residuals no more than the data
// allow: r' C^-1 r is the number of parameters on average.
TEST_F(FittedSystem, CovarianceDescribesTheErrorsOfPredictions) {
  Fit();
  const auto& rows = system.covariance.rows;
  ASSERT_EQ(rows.size(), 3u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string element = system.covariance.parameters[i].substr(0, 2);
    EXPECT_NEAR(std::sqrt(rows[i][i]), *system.Find(element)->log10_standard_error, 1e-9);
    for (std::size_t k = 0; k < rows.size(); ++k) EXPECT_EQ(rows[i][k], rows[k][i]);
  }
}

TEST_F(FittedSystem, RefusesACovarianceThatIsNone) {
  options.slopes = Sharing::kShared;
  Fit();
  const Covariance good = system.covariance;
  const auto refused = [&](const std::string& field, const std::string& words) {
    const Violations violations = Problems();
    ASSERT_FALSE(violations.empty());
    EXPECT_EQ(violations.front().field, "system.covariance" + field);
    EXPECT_THAT(violations.front().description, HasSubstr(words));
    system.covariance = good;
  };
  system.covariance.parameters[0] = "Zz.log10_k";
  refused("[0].parameter", "unknown fitted parameter 'Zz.log10_k'");
  system.covariance.parameters[1] = system.covariance.parameters[0];
  refused("[1].parameter", "listed twice");
  system.covariance.rows[2].pop_back();
  refused("[2].values", "found 5 values; 6 are needed");
  system.covariance.rows[1][0] *= 1.001;
  refused("[1].values[0]", "symmetric");
  system.covariance.rows[0][0] *= 4;
  refused("[0].values[0]", "the standard error of Dy is");
  // More correlated than anything can be.
  const double most = std::sqrt(good.rows[0][0] * good.rows[1][1]);
  system.covariance.rows[0][1] = system.covariance.rows[1][0] = 1.1 * most;
  refused("", "positive semidefinite");
  EXPECT_TRUE(Problems().empty());
}

TEST_F(FittedSystem, DoesNotStartFromOtherPhysics) {
  EXPECT_TRUE(CheckStart(start).empty());
  start.constants[0].complexes.push_back({"chloride", {0.3}, Provenance::kAssumed, "a test"});
  EXPECT_TRUE(CheckStart(start).empty());
  start.constants[0].complexes[0].log10_beta.push_back(0.5);
  start.activity = ActivityModel::kDavies;
  start.second_extractant = "TBP";
  EXPECT_EQ(CheckStart(start).size(), 3u);
}

TEST_F(FittedSystem, NotesWhatIsMissing) {
  Fit();
  EXPECT_THAT(NotesOn(result, system, &start), testing::Contains(HasSubstr("fitted system: Zn")));
}

}  // namespace
}  // namespace raffinate::optimizer::fit
