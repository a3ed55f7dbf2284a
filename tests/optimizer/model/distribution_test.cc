// Bases, units and states of extractant systems.
#include "optimizer/model/distribution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ExtractantSystem P507() { return testing::SmallChemistry().systems["P507"]; }

TEST(Log10KOnDimers, IsTheConstantItselfOnDimersInMolPerL) {
  const ExtractantSystem system = P507();
  EXPECT_EQ(Log10KOnDimers(system, *system.Find("Nd"), 3), -2.1746);
}

// D must not care how the concentrations in K are counted:
// K (C/u)^m / (h/u)^z with C = 2 S on monomers.
TEST(Log10KOnDimers, GivesTheSameDOnEveryBasisAndInEveryUnit) {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  const auto real = [&](double low, double high) {
    return std::uniform_real_distribution<>(low, high)(random);
  };
  for (int i = 0; i < 1000; ++i) {
    const double s = real(0.01, 1), h = std::pow(10, real(-4, 0.5));
    const double z = 1 + static_cast<double>(i % 4);
    EquilibriumConstant constant;
    constant.log10_k = real(-8, 4);
    constant.dimers = real(0.5, 4);
    ExtractantSystem system;
    system.basis = i % 2 == 0 ? Basis::kDimer : Basis::kMonomer;
    system.unit_mol_per_l = std::pow(10, real(-4, 1));
    const double counted = (system.basis == Basis::kMonomer ? 2 * s : s) / system.unit_mol_per_l;
    const double as_written = *constant.log10_k + *constant.dimers * std::log10(counted) -
                              z * std::log10(h / system.unit_mol_per_l);
    const double on_dimers =
        Log10KOnDimers(system, constant, z) + *constant.dimers * std::log10(s) - z * std::log10(h);
    EXPECT_NEAR(as_written, on_dimers, 1e-12);
  }
}

TEST(Distribution, IsTheLawAtTheState) {
  const auto all = Distribution(P507(), testing::SmallChemistry(), {1, 0.5});
  ASSERT_EQ(all.size(), 6u);
  const ElementDistribution& dy = all.back();
  EXPECT_EQ(dy.element, "Dy");
  EXPECT_NEAR(dy.d, std::pow(10, 0.51 + 3) * std::pow(0.5, 3), 1e-9 * dy.d);
  // The element before Dy is Nd.
  EXPECT_NEAR(*dy.separation_factor, std::pow(10, 0.51 + 2.1746), 1e-9 * *dy.separation_factor);
  EXPECT_FALSE(dy.depends_on_state);
  EXPECT_FALSE(all.front().separation_factor.has_value());
}

TEST(Distribution, FactorsOfEqualExponentsDoNotKnowTheState) {
  const auto of = [](const std::vector<ElementDistribution>& all, const std::string& element) {
    for (const auto& one : all) {
      if (one.element == element) return one;
    }
    return ElementDistribution();
  };
  const auto low = Distribution(P507(), testing::SmallChemistry(), {1.5, 0.4});
  const auto high = Distribution(P507(), testing::SmallChemistry(), {2.5, 0.8});
  EXPECT_NEAR(*of(low, "Pr").separation_factor / *of(high, "Pr").separation_factor, 1, 1e-12);
  // La stands on Na or NH4, of another charge.
  EXPECT_TRUE(of(low, "La").depends_on_state);
  EXPECT_GT(std::fabs(*of(low, "La").separation_factor / *of(high, "La").separation_factor - 1),
            0.1);
}

TEST(Distribution, AFactorHasTheWeakerClassAndTheErrorOfBoth) {
  ExtractantSystem system = P507();
  system.constants[1].provenance = Provenance::kInterpolated;  // Pr
  system.constants[1].log10_standard_error = 0.03;
  system.constants[2].log10_standard_error = 0.04;  // Nd
  const auto all = Distribution(system, testing::SmallChemistry(), {1, 0.5});
  const auto& nd = all[all.size() - 2];
  ASSERT_EQ(nd.element, "Nd");
  EXPECT_EQ(nd.separation_factor_class, Provenance::kInterpolated);
  EXPECT_NEAR(*nd.separation_factor_log10_standard_error, 0.05, 1e-15);
  EXPECT_FALSE(all.back().separation_factor_log10_standard_error.has_value());
}

TEST(Weaker, OrdersTheClasses) {
  const Provenance order[] = {Provenance::kMeasured,     Provenance::kFitted,
                              Provenance::kReference,    Provenance::kInterpolated,
                              Provenance::kExtrapolated, Provenance::kAssumed};
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 6; ++j) {
      EXPECT_EQ(Weaker(order[i], order[j]), order[std::max(i, j)]);
    }
  }
}

TEST(State, IsTheMiddleOfTheRangeInDimers) {
  ExtractantSystem system = P507();
  system.validity.min_ph = 1;
  system.validity.max_ph = 2;
  system.validity.min_free_extractant = 0.2;
  system.validity.max_free_extractant = 0.6;
  EXPECT_NEAR(MiddleState(system).ph, 1.5, 1e-15);
  EXPECT_NEAR(MiddleState(system).free_dimer, 0.4, 1e-15);
  system.basis = Basis::kMonomer;
  EXPECT_NEAR(MiddleState(system).free_dimer, 0.2, 1e-15);
}

TEST(State, OutsideTheRangeIsNoted) {
  ExtractantSystem system = P507();
  system.validity.min_ph = 1;
  system.validity.max_ph = 2;
  system.validity.max_free_extractant = 0.6;
  EXPECT_THAT(NotesOn(system, {1.5, 0.5}), IsEmpty());
  EXPECT_THAT(NotesOn(system, {3, 0.5}), ElementsAre(HasSubstr("pH 3")));
  // 0.5 mol/L of dimer is 1 mol/L of monomer.
  system.basis = Basis::kMonomer;
  EXPECT_THAT(NotesOn(system, {1.5, 0.5}), ElementsAre(HasSubstr("free monomer 1 mol/L")));
}

}  // namespace
}  // namespace raffinate::optimizer
