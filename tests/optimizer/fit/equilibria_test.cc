#include "optimizer/fit/equilibria.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/optimizer/fit/flasks.h"

namespace raffinate::optimizer::fit {
namespace {

// The first row of reference case 1: La and Nd, solved independently.
TEST(Equilibria, MatchTheExactSolutionOfOneStage) {
  Contact contact;
  contact.initial_h = 0.01;
  contact.extractant_dimer = 0.5;
  contact.metals = {{"La", 0.1, std::nullopt}, {"Nd", 0.1, std::nullopt}};
  const Constants constants = {{"La", {-3.1765, 3, 3, 0}}, {"Nd", {-2.1746, 3, 3, 0}}};
  const Flask flask = Equilibrate({{contact}}, constants, 25, false, {}).front();
  ASSERT_TRUE(flask.solved);
  EXPECT_NEAR(flask.aqueous[0], 0.09629205441, 1e-10);
  EXPECT_NEAR(flask.aqueous[1], 0.07211046857, 1e-10);
  EXPECT_NEAR(std::pow(10, -flask.ph), 0.1047924311, 1e-9);
}

// Laws and balances, term by term, with sodium, a phase ratio and temperatures.
TEST(Equilibria, ObeyLawAndBalances) {
  const Constants truth = Truth();
  const std::vector<Contact> contacts = Flasks(truth, 0, 1);
  const auto flasks = Equilibrate(contacts, truth, 25, false, {});
  for (std::size_t c = 0; c < contacts.size(); ++c) {
    const Contact& contact = contacts[c];
    const Flask& flask = flasks[c];
    ASSERT_TRUE(flask.solved);
    const double h = std::pow(10, -flask.ph);
    double charge = h - 1e-14 / h - contact.initial_h, bound = flask.free_dimer;
    for (std::size_t i = 0; i < contact.metals.size(); ++i) {
      const MassAction& law = truth.at(contact.metals[i].element);
      const double t = *contact.celsius + 273.15;
      const double log10_k = law.log10_k - law.enthalpy_kj_per_mol * 1000 / 8.314462618 /
                                               std::log(10.0) * (1 / t - 1 / 298.15);
      const double y = (contact.metals[i].feed - flask.aqueous[i]) * contact.aqueous_to_organic;
      const double d =
          std::pow(10, log10_k) * std::pow(flask.free_dimer, law.dimers) / std::pow(h, law.charge);
      EXPECT_NEAR(y / (d * flask.aqueous[i]), 1, 1e-6);
      charge += law.charge * (flask.aqueous[i] - contact.metals[i].feed);
      bound += law.dimers * y;
    }
    EXPECT_NEAR(charge, 0, 1e-9);
    EXPECT_NEAR(bound, contact.extractant_dimer, 1e-9);
  }
}

TEST(Equilibria, DerivativesAreThoseOfFiniteDifferences) {
  const std::vector<Contact> contacts = Flasks(Truth(), 0, 1);
  const auto flasks = Equilibrate(contacts, Truth(), 25, true, {});
  constexpr double kStep = 1e-5;
  const auto& metals = contacts[0].metals;
  for (std::size_t k = 0; k < metals.size(); ++k) {
    for (const bool slope : {false, true}) {
      Constants up = Truth(), down = Truth();
      (slope ? up[metals[k].element].dimers : up[metals[k].element].log10_k) += kStep;
      (slope ? down[metals[k].element].dimers : down[metals[k].element].log10_k) -= kStep;
      const auto above = Equilibrate(contacts, up, 25, false, {});
      const auto below = Equilibrate(contacts, down, 25, false, {});
      for (std::size_t c = 0; c < contacts.size(); ++c) {
        for (std::size_t i = 0; i < metals.size(); ++i) {
          const double difference = (above[c].aqueous[i] - below[c].aqueous[i]) / (2 * kStep);
          const auto& exact = slope ? flasks[c].by_dimers : flasks[c].by_log10_k;
          EXPECT_NEAR(exact[i * metals.size() + k] / metals[i].feed, difference / metals[i].feed,
                      2e-6)
              << "flask " << c << ", " << metals[i].element << " by " << metals[k].element;
        }
      }
    }
  }
}

// With complexes, term by term: law, free anion, charge and extractant.
TEST(Equilibria, ComplexesHoldBackTheirShare) {
  Constants truth = Truth();
  truth["La"].log10_beta = 0.2;
  truth["Dy"].log10_beta = -0.3;
  const std::vector<Contact> contacts = Flasks(truth, 0, 1);
  const auto flasks = Equilibrate(contacts, truth, 25, false, {});
  for (std::size_t c = 0; c < contacts.size(); ++c) {
    const Contact& contact = contacts[c];
    const Flask& flask = flasks[c];
    ASSERT_TRUE(flask.solved);
    double anions = contact.initial_h;
    for (const ContactMetal& metal : contact.metals) {
      anions += truth.at(metal.element).charge * metal.feed;
    }
    // Free anion L from L + sum beta L x / (1 + beta L) = anions, by bisection.
    const auto bound = [&](double l, std::size_t i) {
      const auto& beta = truth.at(contact.metals[i].element).log10_beta;
      return beta ? std::pow(10, *beta) * l / (1 + std::pow(10, *beta) * l) : 0.0;
    };
    double low = 0, high = anions;
    for (int k = 0; k < 200; ++k) {
      const double l = 0.5 * (low + high);
      double total = l;
      for (std::size_t i = 0; i < contact.metals.size(); ++i) {
        total += bound(l, i) * flask.aqueous[i];
      }
      (total > anions ? high : low) = l;
    }
    const double h = std::pow(10, -flask.ph);
    double charge = h - 1e-14 / h - contact.initial_h;
    for (std::size_t i = 0; i < contact.metals.size(); ++i) {
      const MassAction& law = truth.at(contact.metals[i].element);
      const double t = *contact.celsius + 273.15;
      const double log10_k = law.log10_k - law.enthalpy_kj_per_mol * 1000 / 8.314462618 /
                                               std::log(10.0) * (1 / t - 1 / 298.15);
      const double y = (contact.metals[i].feed - flask.aqueous[i]) * contact.aqueous_to_organic;
      const double d = (1 - bound(low, i)) * std::pow(10, log10_k) *
                       std::pow(flask.free_dimer, law.dimers) / std::pow(h, law.charge);
      EXPECT_NEAR(y / (d * flask.aqueous[i]), 1, 1e-6);
      charge += law.charge * (flask.aqueous[i] - contact.metals[i].feed);
    }
    EXPECT_NEAR(charge, 0, 1e-9);
  }
}

TEST(Equilibria, DerivativesByComplexesAreThoseOfFiniteDifferences) {
  Constants truth = Truth();
  for (const char* element : {"La", "Nd", "Dy"}) truth[element].log10_beta = 0.1;
  const std::vector<Contact> contacts = Flasks(truth, 0, 1);
  const auto flasks = Equilibrate(contacts, truth, 25, true, {});
  constexpr double kStep = 1e-5;
  const auto& metals = contacts[0].metals;
  double largest = 0;
  for (std::size_t k = 0; k < metals.size(); ++k) {
    for (const int what : {0, 1, 2}) {
      Constants moved[2] = {truth, truth};
      for (const int side : {0, 1}) {
        MassAction& law = moved[side][metals[k].element];
        const double step = side == 0 ? kStep : -kStep;
        if (what == 0) law.log10_k += step;
        if (what == 1) law.dimers += step;
        if (what == 2 && law.log10_beta) *law.log10_beta += step;
      }
      const auto above = Equilibrate(contacts, moved[0], 25, false, {});
      const auto below = Equilibrate(contacts, moved[1], 25, false, {});
      for (std::size_t c = 0; c < contacts.size(); ++c) {
        const auto& exact = what == 0   ? flasks[c].by_log10_k
                            : what == 1 ? flasks[c].by_dimers
                                        : flasks[c].by_log10_beta;
        for (std::size_t i = 0; i < metals.size(); ++i) {
          const double difference = (above[c].aqueous[i] - below[c].aqueous[i]) / (2 * kStep);
          const double value = exact[i * metals.size() + k] / metals[i].feed;
          EXPECT_NEAR(value, difference / metals[i].feed, 2e-6)
              << "flask " << c << ", " << metals[i].element << " by " << metals[k].element;
          if (what == 2) largest = std::max(largest, std::abs(value));
        }
      }
    }
  }
  EXPECT_GT(largest, 0.05);
}

TEST(Equilibria, ColderIsBetterForExothermicExtraction) {
  EXPECT_LT(VantHoffSlope(15, 25), 0);
  EXPECT_EQ(VantHoffSlope(25, 25), 0);
}

}  // namespace
}  // namespace raffinate::optimizer::fit
