// Laws by a table against numbers that can be checked by hand, published ones, and
// the laws that need no table.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "bench/corpus/corpus.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

constexpr double kLn10 = 2.302585092994045684;

/// One stage with a trace of a trivalent metal, D times 10^-log10_k as the exponents
/// of its one organic species have it.
struct OneStage {
  std::shared_ptr<EquilibriumTable> table = std::make_shared<EquilibriumTable>();
  Circuit circuit;

  OneStage() {
    circuit.law = Law::kTable;
    circuit.stages = 1;
    circuit.components = {{0, 3, 0}};
    Equilibrium& e = table->component[0];
    e.charge = 3;
    e.species = 1;
    Inlet aqueous, organic;
    aqueous.flow = organic.flow = 1;
    aqueous.molarity = {1e-12};
    organic.phase = Phase::kOrganic;
    organic.extractant_dimer_mol_per_l = 0.5;
    circuit.inlets = {aqueous, organic};
  }
  Equilibrium& metal() { return table->component[0]; }
  Inlet& aqueous() { return circuit.inlets[0]; }
  double D() {
    circuit.table = table;
    const Solved s = SolveCircuit(circuit);
    EXPECT_EQ(s.solution.status, SolveStatus::kSolved);
    return s.solution.y[0] / s.solution.x[0];
  }
};

TEST(Table, CationExchangeIsMassAction) {
  int compared = 0;
  for (const bench::Kind kind :
       {bench::Kind::kScrub, bench::Kind::kMixedCharges, bench::Kind::kRegeneration}) {
    for (std::uint64_t seed = Seed(); seed < Seed() + 5; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      const Circuit plain = bench::RandomCircuit(kind, seed, {2, 60, 2, 8});
      auto table = std::make_shared<EquilibriumTable>();
      Circuit tabled = plain;
      tabled.law = Law::kTable;
      for (size_t i = 0; i < plain.components.size(); ++i) {
        Equilibrium& e = table->component[i];
        e.charge = plain.components[i].charge;
        e.species = 1;
        e.organic[0].exponent[0] = -e.charge;
        e.organic[0].exponent[1] = e.organic[0].consumed[1] = plain.components[i].dimers;
      }
      tabled.table = table;
      const Solved a = SolveCircuit(plain), b = SolveCircuit(tabled);
      ASSERT_EQ(a.solution.status, SolveStatus::kSolved);
      ASSERT_EQ(b.solution.status, SolveStatus::kSolved);
      for (size_t k = 0; k < a.solution.x.size(); ++k) {
        EXPECT_NEAR(a.solution.x[k], b.solution.x[k], 1e-7 * std::max(a.solution.x[k], 1e-20));
      }
      ++compared;
    }
  }
  EXPECT_EQ(compared, 15);
}

TEST(Table, SolvationGoesWithTheSaltAndTheFreeExtractant) {
  OneStage s;
  s.table->kind[0] = Master::kSalt;
  s.circuit.components[0].log10_k = 1;
  s.metal().organic[0].exponent[0] = 3;
  s.metal().organic[0].exponent[1] = s.metal().organic[0].consumed[1] = 3;
  s.aqueous().anions = 2;  // of sodium nitrate
  EXPECT_NEAR(s.D(), 10 * 8 * 0.125, 1e-9);
}

// M3+ + 3 NO3- + 2 R4NNO3 = (R4N)2 M(NO3)5: two molecules of the quaternary ammonium where
// a solvating extractant has three.
TEST(Table, AnionExchangeIsTheSameLawWithTheNumbersOfItsSalt) {
  OneStage s;
  s.table->kind[0] = Master::kSalt;
  s.circuit.components[0].log10_k = 1;
  s.metal().organic[0].exponent[0] = 3;
  s.metal().organic[0].exponent[1] = s.metal().organic[0].consumed[1] = 2;
  s.aqueous().anions = 2;  // of sodium nitrate
  EXPECT_NEAR(s.D(), 10 * 8 * 0.25, 1e-9);
}

// At 1 mol/L of metal everything counts: a = 3 x, S = C - 3 y, y = K a^3 S^3 x.
TEST(Table, SolvationTakesTheSaltAlong) {
  OneStage s;
  s.table->kind[0] = Master::kSalt;
  s.metal().organic[0].exponent[0] = 3;
  s.metal().organic[0].exponent[1] = s.metal().organic[0].consumed[1] = 3;
  s.aqueous().molarity = {0.3};
  s.circuit.table = s.table;
  const Solved r = SolveCircuit(s.circuit);
  ASSERT_EQ(r.solution.status, SolveStatus::kSolved);
  const double x = r.solution.x[0], y = r.solution.y[0];
  EXPECT_NEAR(x + y, 0.3, 1e-12);
  EXPECT_NEAR(y, std::pow(3 * x, 3) * std::pow(0.5 - 3 * y, 3) * x, 1e-10);
  EXPECT_GT(y, 1e-4);
}

TEST(Table, ComplexesHoldMetalInTheAqueous) {
  OneStage s;
  s.table->masters = 3;
  s.table->kind[2] = Master::kLigand;
  s.table->ligand_charge[2] = 1;
  s.metal().complexes = 2;
  s.metal().complex[0] = {2, 1, std::log(4.0), 2, 0};
  s.metal().complex[1] = {2, 2, std::log(10.0), 1, 0};
  s.aqueous().anions = 0.5;
  s.aqueous().totals = {0.5};
  EXPECT_NEAR(s.D(), 1 / (1 + 4 * 0.5 + 10 * 0.25), 1e-9);
}

// 0.2 mol/L acid with 0.1 mol/L sulphate: h^2 + (0.1 + K - 0.2) h - 0.2 K + ... from
// h + HSO4 = 0.2, HSO4 = 0.1 h / (K + h).
TEST(Table, BisulphateTakesProtons) {
  OneStage s;
  s.table->masters = 3;
  s.table->kind[2] = Master::kLigand;
  s.table->ligand_charge[2] = 2;
  s.table->protons[2] = 1;
  s.table->ln_protonation[2][0] = 1.99 * kLn10;
  s.metal().organic[0].exponent[0] = -1;
  s.aqueous().anions = 0.2;
  s.aqueous().totals = {0.1};
  const double k = std::pow(10.0, -1.99);
  const double b = k + 0.1 - 0.2;
  const double h = (-b + std::sqrt(b * b + 4 * 0.2 * k)) / 2;
  EXPECT_NEAR(1 / s.D(), h, 1e-9);
}

// gamma of a trivalent ion in 0.1 mol/L HCl by Davies: log10 = -0.509 * 9 *
// (0.31623 / 1.31623 - 0.03) = -0.9632; of the proton a ninth of it.
TEST(Table, DaviesLowersTheActivityOfATrivalentIon) {
  OneStage s;
  s.table->masters = 3;
  s.table->kind[2] = Master::kIonic;
  s.table->ionic = 2;
  s.table->activity = Activity::kDavies;
  s.aqueous().anions = 0.1;
  s.aqueous().totals = {0.1};
  EXPECT_NEAR(std::log10(s.D()), -0.9632, 1e-4);
  s.metal().organic[0].exponent[0] = -3;
  EXPECT_NEAR(std::log10(s.D()), -0.9632 * (1 - 3.0 / 9) + 3, 1e-4);
}

// SIT in 1 mol/L HCl: log10 gamma = -9 * 0.509 / (1 + 1.5) + 0.25 * 1.
TEST(Table, SitAddsTheInteractionWithTheBackground) {
  OneStage s;
  s.table->masters = 3;
  s.table->kind[2] = Master::kIonic;
  s.table->ionic = 2;
  s.table->activity = Activity::kSit;
  s.metal().epsilon = 0.25;
  s.aqueous().anions = 1;
  s.aqueous().totals = {1};
  EXPECT_NEAR(std::log10(s.D()), -9 * 0.509 / 2.5 + 0.25, 1e-9);
}

// An activity coefficient of a ligand's protonation: pK of a univalent acid falls by
// twice log10 gamma.
TEST(Table, ActivityShiftsTheProtonationOfALigand) {
  OneStage s;
  s.table->masters = 4;
  s.table->kind[2] = Master::kLigand;
  s.table->ligand_charge[2] = 1;
  s.table->protons[2] = 1;
  s.table->ln_protonation[2][0] = 4 * kLn10;
  s.table->kind[3] = Master::kIonic;
  s.table->ionic = 3;
  s.table->activity = Activity::kDavies;
  s.metal().charge = s.circuit.components[0].charge = 1;
  s.metal().organic[0].exponent[2] = 1;  // D reads the free ligand
  s.aqueous().anions = 0.1 + 0.001;
  s.aqueous().totals = {0.001, 0.1};
  // In 0.1 mol/L acid, I 0.1: log10 gamma1 = -0.10702. D = gamma1^2 L.
  const double gamma = std::pow(10.0, -0.509 * (std::sqrt(0.1) / (1 + std::sqrt(0.1)) - 0.03));
  const double free = 0.001 / (1 + 1e4 * gamma * gamma * 0.1);
  EXPECT_NEAR(s.D() / (gamma * gamma * free), 1, 2e-4);
}

TEST(Table, SpeciesOfTwoExtractantsAdd) {
  OneStage s;
  s.table->masters = 3;
  s.table->kind[2] = Master::kExtractant;
  s.metal().species = 3;
  s.metal().organic[0].exponent[1] = s.metal().organic[0].consumed[1] = 2;
  s.metal().organic[1].exponent[2] = s.metal().organic[1].consumed[2] = 1;
  s.metal().organic[2].ln_k = std::log(8.0);
  s.metal().organic[2].exponent[1] = s.metal().organic[2].consumed[1] = 1;
  s.metal().organic[2].exponent[2] = s.metal().organic[2].consumed[2] = 1;
  s.aqueous().anions = 0.1;
  s.circuit.inlets[1].totals = {0.3};
  s.aqueous().totals = {0.0};
  EXPECT_NEAR(s.D(), 0.25 + 0.3 + 8 * 0.5 * 0.3, 1e-9);
}

TEST(Table, CorrelationIsAPolynomialOfPhExtractantAndLoading) {
  OneStage s;
  s.table->unit = 20;  // C = 10
  s.metal().terms = 4;
  s.metal().term[0] = {0.3, 1, 0, 0, 0};
  s.metal().term[1] = {0.02, 2, 0, 1, 0};
  s.metal().term[2] = {-1.1, 0, 1, 0, 0};
  s.metal().term[3] = {5.0, 0, 0, 0, 1};
  s.aqueous().anions = 0.01;
  EXPECT_NEAR(std::log10(s.D()), 0.3 * 2 + 0.02 * 4 * 10 - 1.1, 1e-6);
}

// A ligand that no stream brings binds nothing.
TEST(Table, AnAbsentLigandDoesNothing) {
  OneStage s;
  s.table->masters = 3;
  s.table->kind[2] = Master::kLigand;
  s.table->ligand_charge[2] = 1;
  s.metal().complexes = 1;
  s.metal().complex[0] = {2, 1, 10 * kLn10, 2, 0};
  s.aqueous().anions = 0.5;
  EXPECT_NEAR(s.D(), 1, 1e-9);
}

TEST(Table, ShiftsAddToLnD) {
  OneStage s;
  s.aqueous().anions = 0.1;
  s.circuit.shift = {std::log(1.7)};
  EXPECT_NEAR(s.D(), 1.7, 1e-12);
}

TEST(Table, WhatIsWrongIsSaid) {
  OneStage s;
  s.circuit.table = s.table;
  EXPECT_EQ(CheckTable(*s.table, 1), "");
  auto wrong = *s.table;
  wrong.masters = 7;
  EXPECT_EQ(CheckTable(wrong, 1), "a table has 2 to 6 master species");
  wrong = *s.table;
  wrong.activity = Activity::kSit;
  EXPECT_NE(CheckTable(wrong, 1), "");
  wrong = *s.table;
  wrong.component[0].species = 0;
  EXPECT_NE(CheckTable(wrong, 1), "");
  wrong = *s.table;
  wrong.component[0].organic[0].ln_k = NAN;
  EXPECT_NE(CheckTable(wrong, 1), "");
  Cascade c;
  s.table->masters = 3;
  s.table->kind[2] = Master::kExtractant;
  ASSERT_EQ(Assemble(s.circuit, &c), "");
  Solution solution;
  const Task task{&c, nullptr};
  Solve(kScalar, {&task, 1}, SolveOptions(), {&solution, 1});
  EXPECT_EQ(solution.status, SolveStatus::kInvalid);
}

// PrOMMiS 1.0.0 (US DOE), steady test of its solvent extraction unit: D2EHPA in
// kerosene, sulphate, three stages; its own relative tolerance is 1e-4.
TEST(Table, ReproducesThreeStagesOfPrommis) {
  struct Metal {
    const char* name;
    double mass, charge, m0, m1, b0, b1, feed, organic, raffinate;
  };
  const double d_sc = std::log10(632.4976), d_al = std::log10(0.0531);
  const double d_ca = std::log10(0.0658), d_fe = std::log10(0.1496);
  const Metal metals[] = {
      {"La", 138.905, 3, 0.54, 0, -1.93, 0, 0.986, 1.05e-4, 0.9142143744},
      {"Ce", 140.116, 3, 0.30916, 0.04816, -1.66021, -0.38599, 2.277, 3.1e-4, 2.1095278998},
      {"Pr", 140.907, 3, 0.29, 0, -1.48, 0, 0.303, 3.711e-5, 0.2763100455},
      {"Nd", 144.242, 3, 0.31183, 0.03763, -1.62372, -0.38096, 0.946, 1.65e-4, 0.8809872255},
      {"Sm", 150.36, 3, 0.81233, -0.02247, -2.12172, 0.17414, 0.097, 1.701e-5, 0.08657862645},
      {"Gd", 157.25, 3, 1.0225, 0.0195, -2.24143, 0.03065, 0.2584, 3.357e-5, 0.1924593341},
      {"Dy", 162.50, 3, 1.70783, 0.06443, -2.42226, -0.02538, 0.047, 8.008e-6, 1.1699115492e-3},
      {"Y", 88.905, 3, 1.63166, 0.15166, -2.12601, 0.26612, 0.124, 2.179e-5, 6.292748432e-6},
      {"Sc", 44.946, 3, 0, 0, d_sc, 0, 0.032, 1.734, 2.7415e-3},
      {"Al", 26.982, 3, 0, 0, d_al, 0, 422.375, 1.267e-5, 399.9500798514},
      {"Ca", 40.078, 2, 0, 0, d_ca, 0, 109.542, 2.684e-5, 102.3360816023},
      {"Fe", 55.845, 3, 0, 0, d_fe, 0, 688.266, 2.873e-6, 585.5947170038}};
  auto table = std::make_shared<EquilibriumTable>();
  table->masters = 3;
  table->kind[2] = Master::kLigand;
  table->ligand_charge[2] = 2;
  table->protons[2] = 1;
  table->ln_protonation[2][0] = 1.99 * kLn10;
  table->unit = 2 * 322.431 / 9.758;  // volume percent per mol/L of dimer
  Circuit c;
  c.law = Law::kTable;
  c.stages = 3;
  Inlet feed, organic;
  feed.stage = 2;
  feed.flow = organic.flow = 0.06201;
  organic.phase = Phase::kOrganic;
  const double protons = 10.75e-3 + 10000e-3 / 97;
  feed.totals = {100e-3 / 96 + 10000e-3 / 97};
  feed.anions = protons;
  double monomer = 48.790 / 322.431;
  int i = 0;
  for (const Metal& metal : metals) {
    Equilibrium& e = table->component[i++];
    e.charge = metal.charge;
    e.species = 1;
    e.organic[0].consumed[1] = metal.charge / 2;
    e.terms = 4;
    e.term[0] = {metal.m0, 1, 0, 0, 0};
    e.term[1] = {metal.m1, 1, 0, 1, 0};
    e.term[2] = {metal.b0, 0, 0, 0, 0};
    e.term[3] = {metal.b1, 0, 1, 0, 0};
    c.components.push_back({0, metal.charge, 0});
    feed.molarity.push_back(1e-3 * metal.feed / metal.mass);
    organic.molarity.push_back(1e-3 * metal.organic / metal.mass);
    feed.anions += metal.charge * feed.molarity.back();
    monomer += metal.charge * organic.molarity.back();
  }
  organic.extractant_dimer_mol_per_l = monomer / 2;
  c.inlets = {feed, organic};
  c.table = table;
  const Solved s = SolveCircuit(c);
  ASSERT_EQ(s.solution.status, SolveStatus::kSolved);
  EXPECT_LT(BalanceError(s.circuit, s.cascade, s.solution), 1e-9);
  for (i = 0; i < 12; ++i) {
    EXPECT_NEAR(1e3 * metals[i].mass * s.solution.x[i] / metals[i].raffinate, 1, 1e-4)
        << metals[i].name;
  }
  const double h = std::exp(s.solution.state.ln_h[0]);
  EXPECT_NEAR(1e3 * h, 39.513087794, 39.5 * 1e-4);
  const double sulphate = std::exp(s.solution.state.ln_more[0]);
  EXPECT_NEAR(96e3 * sulphate, 2056.398797053, 2056 * 1e-4);
  EXPECT_NEAR(2 * 322431 * std::exp(s.solution.state.ln_s[2]), 46086.75988668, 46087 * 1e-4);
}

}  // namespace
}  // namespace raffinate::kernels::testing
