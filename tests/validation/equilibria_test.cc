// The measured equilibria of PC88A in chloride, predicted and fitted.
#include <cmath>

#include "clients/cli/equilibria_csv.h"
#include "clients/cli/fit_request.h"
#include "optimizer/fit/fit.h"
#include "optimizer/fit/system.h"
#include "service/convert/fit.h"
#include "tests/validation/example.h"

namespace raffinate::validation {
namespace {

namespace fit = optimizer::fit;

class Pc88aEquilibria : public testing::Test {
 protected:
  void SetUp() override {
    const cli::EquilibriaFile data =
        cli::ReadEquilibria(RAFFINATE_DATA "/equilibria/pc88a-hcl.csv");
    for (const auto& problem : data.problems) ADD_FAILURE() << service::FormatProblem(problem);
    v1::FitExtractantSystemRequest request;
    cli::SetData(data, &request);
    request.set_medium("chloride");
    request.set_log10_k(true);
    request.set_slopes(v1::FitExtractantSystemRequest::SLOPES_SHARED);
    optimizer::Violations violations;
    const service::FitInput input = service::FromProto(request, &violations);
    ASSERT_TRUE(violations.empty());
    contacts = input.contacts;
    options = input.options;
    ASSERT_EQ(contacts.size(), 159u);
    charges = fit::ChargesOf(KnownChemistry());
    start = fit::ConstantsOf(KnownChemistry().systems.at("P507-HCl"), charges);
    const auto found = fit::Fit(contacts, start, charges, options);
    ASSERT_TRUE(found.ok()) << found.status();
    result = *found;
  }

  // Each flask once, by the mean square of its values.
  double RmsOfFlasks(const std::vector<fit::Flask>& flasks) const {
    double sum = 0;
    for (std::size_t f = 0; f < contacts.size(); ++f) {
      double squares = 0;
      int values = 0;
      for (std::size_t m = 0; m < contacts[f].metals.size(); ++m) {
        const fit::ContactMetal& metal = contacts[f].metals[m];
        if (!metal.raffinate) continue;
        squares += std::pow((flasks.at(f).aqueous[m] - *metal.raffinate) / metal.feed, 2);
        ++values;
      }
      sum += squares / values;
    }
    return std::sqrt(sum / static_cast<double>(contacts.size()));
  }

  std::map<std::string, double> charges;
  std::vector<fit::Contact> contacts;
  fit::Options options;
  fit::Constants start;
  fit::FitResult result;
};

// Constants measured in nitrate by others: 0.0903 of the feed over the 204 values, 0.0778 over
// the 159 flasks.
TEST_F(Pc88aEquilibria, P507PredictsThemUnfitted) {
  ASSERT_TRUE(result.before.has_value());
  EXPECT_EQ(result.before->values, 204);
  EXPECT_LT(result.before->rms, 0.0905);
  EXPECT_GT(result.before->r_squared, 0.99);
  EXPECT_LT(RmsOfFlasks(result.flasks_before), 0.09);
}

// The factors of plants in place of interpolation between La and Nd, unfitted to these data as
// well: 0.0833 over the 204 values.
TEST_F(Pc88aEquilibria, IndustrialFactorsPredictThemBetterUnfitted) {
  options.leave_one_source_out = false;
  options.log10_k = false;
  options.slopes = fit::Sharing::kFixed;
  const auto industrial = fit::Fit(
      contacts, fit::ConstantsOf(KnownChemistry().systems.at("P507-HCl-industrial"), charges),
      charges, options);
  ASSERT_TRUE(industrial.ok()) << industrial.status();
  EXPECT_EQ(industrial->after.values, 204);
  EXPECT_LT(industrial->after.rms, 0.084);
  EXPECT_LT(industrial->after.rms, result.before->rms);
  EXPECT_GT(industrial->after.r_squared, 0.99);
}

TEST_F(Pc88aEquilibria, AFitLowersTheErrorByAQuarterWithinPhysicalBounds) {
  EXPECT_LT(result.after.rms, 0.75 * result.before->rms);
  EXPECT_LT(RmsOfFlasks(result.flasks), 0.75 * RmsOfFlasks(result.flasks_before));
  EXPECT_GT(result.after.r_squared, result.before->r_squared);
  for (const fit::Parameter& p : result.parameters) {
    EXPECT_FALSE(p.at_bound);
    ASSERT_TRUE(p.standard_error.has_value());
    if (p.quantity == fit::Quantity::kDimers) {
      EXPECT_GT(p.value, 1.5);
      EXPECT_LT(p.value, 3);
    }
  }
  // The order of the series.
  const auto log10_k = [&](const char* element) { return result.constants.at(element).log10_k; };
  EXPECT_LT(log10_k("La"), log10_k("Ce"));
  EXPECT_LT(log10_k("Ce"), log10_k("Pr"));
  EXPECT_LT(log10_k("Pr"), log10_k("Nd"));
  EXPECT_LT(log10_k("Nd"), log10_k("Sm"));
  EXPECT_LT(log10_k("Sm"), log10_k("Dy"));
  EXPECT_LT(log10_k("Dy"), log10_k("Y"));
}

// Sources that the fit has not seen, too, are predicted better than by P507-HCl.
TEST_F(Pc88aEquilibria, LeftOutSourcesAreStillPredictedBetter) {
  ASSERT_TRUE(result.left_out && result.left_out_before);
  EXPECT_LT(result.left_out->rms, result.left_out_before->rms);
}

// Flasks that the fit has not seen, each third of them from the other two: 0.0687 of the feed.
TEST_F(Pc88aEquilibria, HiddenFlasksArePredictedBetter) {
  options.leave_one_source_out = false;
  fit::Options compare = options;
  compare.log10_k = false;
  compare.slopes = fit::Sharing::kFixed;
  double squares = 0, squares_before = 0;
  int values = 0;
  for (std::size_t part = 0; part < 3; ++part) {
    std::vector<fit::Contact> seen, hidden;
    for (std::size_t f = 0; f < contacts.size(); ++f) {
      (f % 3 == part ? hidden : seen).push_back(contacts[f]);
    }
    const auto fitted = fit::Fit(seen, start, charges, options);
    ASSERT_TRUE(fitted.ok()) << fitted.status();
    const auto after = fit::Fit(hidden, fitted->constants, charges, compare);
    const auto before = fit::Fit(hidden, start, charges, compare);
    ASSERT_TRUE(after.ok() && before.ok()) << after.status() << before.status();
    EXPECT_LT(after->after.rms, before->after.rms);
    values += after->after.values;
    squares += after->after.values * std::pow(after->after.rms, 2);
    squares_before += before->after.values * std::pow(before->after.rms, 2);
  }
  EXPECT_EQ(values, 204);
  EXPECT_LT(std::sqrt(squares / values), 0.07);
  EXPECT_LT(std::sqrt(squares), 0.8 * std::sqrt(squares_before));
}

}  // namespace
}  // namespace raffinate::validation
