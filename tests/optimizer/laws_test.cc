// Laws beyond powers of free proton and free dimer, from the words of a system to a
// simulated flowsheet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/solve.h"
#include "optimizer/run.h"
#include "optimizer/simulate.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer {
namespace {

using ::testing::HasSubstr;

constexpr double kTight = 1e-8;

/// One stage, La and Nd 0.05 mol/L at O/A 1, with the small chemistry.
struct Contact {
  Chemistry chemistry = testing::SmallChemistry();
  Flowsheet flowsheet;

  Contact() {
    Stream& feed = flowsheet.streams.emplace_back();
    feed.name = "feed";
    feed.flow = 1.0;
    feed.metals = {{"La", 0.05}, {"Nd", 0.05}};
    feed.hcl = 0.05;
    Circuit& circuit = flowsheet.circuits.emplace_back();
    circuit.name = "contact";
    circuit.system = std::string("P507");
    circuit.extractant_mol_per_l = 1.0;
    circuit.organic.flow = 1.0;
    circuit.organic.loop = Loop::kOpen;
    Section& section = circuit.sections.emplace_back();
    section.name = "extraction";
    section.stages = 1;
    section.inlets = {{"feed", {}}};
    section.outlet = "raffinate";
  }
  Stream& feed() { return flowsheet.streams[0]; }
  ExtractantSystem& system() { return chemistry.systems["P507"]; }
  EquilibriumConstant& constant(const char* element) {
    for (EquilibriumConstant& c : system().constants) {
      if (c.element == element) return c;
    }
    ADD_FAILURE();
    return system().constants[0];
  }

  SimulationResult Run() {
    const Violations wrong = Validate(flowsheet, chemistry, Purpose::kSimulate);
    EXPECT_TRUE(wrong.empty()) << wrong[0].field << ": " << wrong[0].description;
    SimulationResult result = Simulate({{flowsheet}}, chemistry, kernels::Device())[0];
    EXPECT_TRUE(result.convergence.converged);
    return result;
  }
  std::string Refused() {
    const Violations wrong = Validate(flowsheet, chemistry, Purpose::kSimulate);
    return wrong.empty() ? "" : wrong[0].field + ": " + wrong[0].description;
  }
};

const StageMetal& Metal(const SimulationResult& result, const char* element) {
  for (const StageMetal& metal : result.stages[0].metals) {
    if (metal.element == element) return metal;
  }
  ADD_FAILURE() << element;
  return result.stages[0].metals[0];
}

void ExpectSame(const SimulationResult& a, const SimulationResult& b) {
  for (const char* element : {"La", "Nd"}) {
    EXPECT_NEAR(Metal(a, element).d / Metal(b, element).d, 1, kTight) << element;
  }
  EXPECT_NEAR(a.stages[0].ph, b.stages[0].ph, kTight);
}

// A ligand that binds nothing, or little enough, leaves mass action as it is.
TEST(Laws, AnInertLigandChangesNothing) {
  Contact plain, tabled;
  tabled.system().ligands = {{"chloride", 1, {}, 0, Provenance::kAssumed, "a test"}};
  ExpectSame(plain.Run(), tabled.Run());
}

TEST(Laws, ChlorideComplexesLowerDByTheirShare) {
  Contact c;
  c.system().ligands = {{"chloride", 1, {}, 0, Provenance::kAssumed, "a test"}};
  c.constant("Nd").complexes = {{"chloride", {0.5}, Provenance::kAssumed, "a test"}};
  const SimulationResult result = c.Run();
  // Total chloride 0.35 mol/L, of which complexes of Nd take some.
  const double x = Metal(result, "Nd").aqueous_mol_per_l, beta = std::pow(10, 0.5);
  double free = 0.35;
  for (int k = 0; k < 100; ++k) free = 0.35 - x * beta * free / (1 + beta * free);
  const double h = std::pow(10, -result.stages[0].ph);
  const double s = result.stages[0].free_dimer_mol_per_l;
  const double expected = std::pow(10, -2.1746) * std::pow(s / h, 3) / (1 + beta * free);
  EXPECT_NEAR(Metal(result, "Nd").d / expected, 1, 1e-7);
}

// D2EHPA-like correlation: the same numbers entered on dimers and on monomers.
TEST(Laws, CorrelationsDoNotDependOnTheBasis) {
  const auto make = [](Basis basis) {
    Contact c;
    ExtractantSystem& s = c.system();
    s.law = Law::kCorrelation;
    s.basis = basis;
    const bool monomer = basis == Basis::kMonomer;
    for (EquilibriumConstant& constant : s.constants) {
      constant.dimers.reset();
      constant.extractants = monomer ? 6 : 3;
      // log10 C on monomers is log10 S + log10 2.
      constant.log10_k = -1.0 - (monomer ? 0.7 * std::log10(2.0) : 0);
      constant.terms = {{0.9, 1, 0, 0, 0}, {0.7, 0, 1, 0, 0}, {monomer ? 0.1 : 0.2, 1, 0, 1, 0}};
    }
    return c;
  };
  Contact dimer = make(Basis::kDimer), monomer = make(Basis::kMonomer);
  const SimulationResult result = dimer.Run();
  ExpectSame(result, monomer.Run());
  const double s = result.stages[0].free_dimer_mol_per_l, ph = result.stages[0].ph;
  EXPECT_NEAR(std::log10(Metal(result, "Nd").d), -1 + 0.9 * ph + 0.7 * std::log10(s) + 0.2 * ph * s,
              1e-7);
}

TEST(Laws, EnthalpiesFollowVanTHoff) {
  Contact c;
  c.constant("Nd").enthalpy_kj_per_mol = -20;
  const double cold = Metal(c.Run(), "La").d;
  c.flowsheet.circuits[0].sections[0].temperature = 60;
  const SimulationResult warm = c.Run();
  EXPECT_NEAR(warm.stages[0].temperature_celsius, 60, 1e-12);
  const double h = std::pow(10, -warm.stages[0].ph), s = warm.stages[0].free_dimer_mol_per_l;
  const double ln = 20 / 8.314462618e-3 * (1 / 333.15 - 1 / 298.15);
  EXPECT_NEAR(Metal(warm, "Nd").d / (std::pow(10, -2.1746) * std::pow(s / h, 3) * std::exp(ln)), 1,
              1e-7);
  EXPECT_NEAR(Metal(warm, "La").d / (std::pow(10, -3.1765) * std::pow(s / h, 3)), 1, 1e-7);
  EXPECT_GT(Metal(warm, "La").d, cold);  // less Nd, more free extractant and less acid
  bool told = false;
  for (const Flag& flag : warm.flags) told = told || flag.code == "TEMPERATURE_OUT_OF_RANGE";
  EXPECT_TRUE(told);
}

Contact Tbp() {
  Contact c;
  c.chemistry.elements["H"] = {"H", 1, 1.008, 0, "", false};
  ExtractantSystem& s = c.system();
  s.law = Law::kSolvation;
  s.basis = Basis::kMonomer;
  s.medium = Medium::kNitrate;
  s.constants.push_back(testing::MassAction("H", -0.7));
  for (EquilibriumConstant& constant : s.constants) {
    constant.dimers.reset();
    constant.extractants = constant.element == "H" ? 1 : 3;
    if (constant.element == "Nd") constant.log10_k = 1.5;
    if (constant.element == "La") constant.log10_k = 0.5;
  }
  c.feed().hcl.reset();
  c.feed().hno3 = 1.0;
  return c;
}

TEST(Laws, SolvationTakesSaltAndAcidAlong) {
  Contact c = Tbp();
  c.feed().nano3 = 0.5;
  const SimulationResult result = c.Run();
  // Nitrate in the aqueous is what balances its cations.
  double nitrate = 0;
  for (const char* element : {"La", "Nd"}) nitrate += 3 * Metal(result, element).aqueous_mol_per_l;
  nitrate += Metal(result, "H").aqueous_mol_per_l + Metal(result, "Na").aqueous_mol_per_l;
  const double e = 2 * result.stages[0].free_dimer_mol_per_l;
  EXPECT_NEAR(Metal(result, "Nd").d / (std::pow(10, 1.5) * std::pow(nitrate * e, 3)), 1, 1e-7);
  EXPECT_NEAR(Metal(result, "H").d / (std::pow(10, -0.7) * nitrate * e), 1, 1e-7);
  // What it binds: three each of the metals, one of acid and of sodium (3 in this test).
  double bound =
      3 * Metal(result, "La").organic_mol_per_l + 3 * Metal(result, "Nd").organic_mol_per_l;
  bound += Metal(result, "H").organic_mol_per_l + 3 * Metal(result, "Na").organic_mol_per_l;
  EXPECT_NEAR(e + bound, 1.0, 1e-9);
  for (const StreamState& stream : result.streams) {
    if (stream.name == "raffinate") {
      EXPECT_NEAR(stream.nitrate_mol_per_l, nitrate, 1e-8);
    }
  }
}

TEST(Laws, SolvationRefusesBaseAndAcidWithoutConstant) {
  Contact c = Tbp();
  Stream& caustic = c.flowsheet.streams.emplace_back();
  caustic.name = "caustic";
  caustic.flow = 1.0;
  caustic.naoh = 0.1;
  c.flowsheet.circuits[0].sections[0].inlets.push_back({"caustic", {}});
  EXPECT_THAT(c.Refused(), HasSubstr("naoh_mol_per_l: has no place in P507"));
  c = Tbp();
  c.system().constants.pop_back();
  EXPECT_THAT(c.Refused(), HasSubstr("no constant for H"));
}

TEST(Laws, AcidOfAnotherMediumIsRefused) {
  Contact c;
  c.feed().h2so4 = 0.1;
  EXPECT_THAT(c.Refused(), HasSubstr("h2so4_mol_per_l: belongs to a sulphate medium; that of P507 "
                                     "is chloride: use hcl, nacl or nh4cl"));
}

// Bisulphate holds protons back: at the same total acid a sulphate stage is less acid.
TEST(Laws, BisulphateHoldsProtons) {
  Contact c;
  c.system().medium = Medium::kSulphate;
  c.feed().hcl.reset();
  c.feed().h2so4 = 0.1;
  const double strong = c.Run().stages[0].ph;
  c.system().ligands = {{"sulphate", 2, {1.99}, 0, Provenance::kReference, "a test"}};
  const SimulationResult result = c.Run();
  EXPECT_GT(result.stages[0].ph, strong + 0.1);
  for (const StreamState& stream : result.streams) {
    if (stream.name == "raffinate") {
      EXPECT_NEAR(stream.sulphate_mol_per_l, 0.25, 1e-9);
    }
  }
}

// Lactic acid brings its proton and keeps metal in the aqueous once a base takes it.
TEST(Laws, AComplexantCountsItsProtonsAndHoldsMetals) {
  Contact c;
  c.system().ligands = {{"lactate", 1, {3.8}, 0, Provenance::kReference, "a test"}};
  c.feed().hcl = 0.0;
  c.feed().complexants = {{"lactate", 0.3}};
  const SimulationResult without = c.Run();
  for (const char* element : {"La", "Nd"}) {
    c.constant(element).complexes = {{"lactate", {2.5, 4.4}, Provenance::kReference, "a test"}};
  }
  const SimulationResult with = c.Run();
  EXPECT_LT(Metal(with, "Nd").organic_mol_per_l, Metal(without, "Nd").organic_mol_per_l);
  c.feed().complexants = {{"citrate", 0.3}};
  EXPECT_THAT(c.Refused(), HasSubstr("complexants[0].ligand: unknown complexant 'citrate'"));
}

TEST(Laws, ActivityBeyondItsRangeIsFlagged) {
  Contact c;
  c.system().activity = ActivityModel::kDavies;
  const SimulationResult dilute = c.Run();
  // I of 0.05 HCl with 0.1 of trivalent chlorides is near 0.65.
  EXPECT_GT(dilute.stages[0].ionic_strength_mol_per_l, 0.5);
  bool told = false;
  for (const Flag& flag : dilute.flags) told = told || flag.code == "IONIC_STRENGTH_OUT_OF_RANGE";
  EXPECT_TRUE(told);
  double sum = std::pow(10, -dilute.stages[0].ph) + 0.35;
  for (const char* element : {"La", "Nd"}) sum += 9 * Metal(dilute, element).aqueous_mol_per_l;
  EXPECT_NEAR(dilute.stages[0].ionic_strength_mol_per_l, sum / 2, 1e-8);
}

// Chloride counts once, whether it complexes or not.
TEST(Laws, TheIonicStrengthCountsTheMediumOnce) {
  Contact c;
  c.system().activity = ActivityModel::kSit;
  const SimulationResult plain = c.Run();
  c.system().ligands = {{"chloride", 1, {}, 0, Provenance::kAssumed, "a test"}};
  const SimulationResult ligand = c.Run();
  EXPECT_NEAR(plain.stages[0].ionic_strength_mol_per_l, ligand.stages[0].ionic_strength_mol_per_l,
              1e-9);
  ExpectSame(plain, ligand);
}

TEST(Laws, AMixtureAddsItsSpecies) {
  Contact c;
  c.system().second_extractant = "HTTA";
  c.constant("Nd").species = {{-1.0, 2, 1}};
  EXPECT_THAT(c.Refused(), HasSubstr("second_concentration_mol_per_l: missing"));
  c.flowsheet.circuits[0].second_extractant_mol_per_l = 0.2;
  const SimulationResult result = c.Run();
  Contact alone;
  EXPECT_GT(Metal(result, "Nd").d, 1.5 * Metal(alone.Run(), "Nd").d);
}

// Metals that a fresh organic brings are accounted for.
TEST(Laws, MetalsOfTheOrganicLeaveAgain) {
  Contact c;
  c.flowsheet.circuits[0].organic.metals = {{"Nd", 0.02}};
  const SimulationResult result = c.Run();
  EXPECT_NEAR(Metal(result, "Nd").aqueous_mol_per_l + Metal(result, "Nd").organic_mol_per_l, 0.07,
              1e-10);
  c.flowsheet.circuits[0].organic.loop = Loop::kClosed;
  EXPECT_THAT(c.Refused(), HasSubstr("organic.metals: the organic of a closed loop"));
}

}  // namespace
}  // namespace raffinate::optimizer
