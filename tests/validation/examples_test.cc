// Every example is valid; those with only numbers give what their source says.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include "tests/validation/example.h"

namespace raffinate::validation {
namespace {

using optimizer::Purpose;
using optimizer::SimulationResult;

SimulationResult SimulateExample(const std::string& name) {
  const optimizer::Flowsheet flowsheet = Load(name, Purpose::kSimulate);
  SimulationResult result =
      optimizer::Simulate({{flowsheet}}, KnownChemistry(), kernels::Device()).front();
  EXPECT_TRUE(result.convergence.converged) << name << ": " << result.convergence.message;
  EXPECT_LE(result.convergence.balance_error, 1e-9) << name;
  return result;
}

double MolarityOf(const SimulationResult& result, const std::string& stream,
                  const std::string& element) {
  for (const auto& s : result.streams) {
    if (s.name != stream) continue;
    for (const auto& m : s.metals) {
      if (m.element == element) return m.mol_per_l;
    }
  }
  ADD_FAILURE() << "no " << element << " in " << stream;
  return 0;
}

TEST(Examples, AreAllValidAndTheClosedOnesConverge) {
  int simulated = 0, optimized = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RAFFINATE_EXAMPLES)) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() != ".yaml") continue;
    if (name.find("optimize") != std::string::npos) {
      Load(name, Purpose::kOptimize);
      ++optimized;
    } else {
      SimulateExample(name);
      ++simulated;
    }
  }
  EXPECT_GE(simulated, 4);
  EXPECT_GE(optimized, 4);
}

// Reference case 1, three stages: exact mass action, solved independently.
TEST(Examples, LanthanumNeodymiumMatchesTheExactSolution) {
  const SimulationResult r = SimulateExample("case1-la-nd.yaml");
  EXPECT_NEAR(MolarityOf(r, "raffinate", "La") / 0.09467838974, 1, 1e-8);
  EXPECT_NEAR(MolarityOf(r, "raffinate", "Nd") / 0.05713777063, 1, 1e-8);
}

// A pre-fractionator inside a main circuit at 1.05 times the bound of linked trains: purities of an
// independent simulation are B 0.99956 and C 0.99957, and for A 0.99999.
TEST(Examples, TheLinkedTrainReachesItsPurities) {
  const SimulationResult r = SimulateExample("case6-linked.yaml");
  const std::pair<const char*, const char*> products[] = {
      {"A product", "Nd"}, {"B product", "Pr"}, {"C product", "La"}};
  const double expected[] = {0.99999, 0.99956, 0.99957};
  for (int i = 0; i < 3; ++i) {
    const auto& [stream, element] = products[i];
    double all = 0;
    for (const char* each : {"La", "Pr", "Nd"}) all += MolarityOf(r, stream, each);
    EXPECT_NEAR(MolarityOf(r, stream, element) / all, expected[i], 1e-4) << stream;
  }
}

// The same extractant, its constants entered on the other basis.
TEST(Examples, MonomerBasisGivesTheSamePlant) {
  const SimulationResult dimer = SimulateExample("case1-la-nd.yaml");
  const SimulationResult monomer = SimulateExample("case1-la-nd-monomer.yaml");
  for (const char* element : {"La", "Nd"}) {
    EXPECT_NEAR(MolarityOf(monomer, "raffinate", element) / MolarityOf(dimer, "raffinate", element),
                1, 1e-9);
  }
  ASSERT_EQ(monomer.flags.size(), dimer.flags.size());
  for (std::size_t i = 0; i < dimer.flags.size(); ++i) {
    EXPECT_EQ(monomer.flags[i].code, dimer.flags[i].code);
    EXPECT_EQ(monomer.flags[i].stages, dimer.flags[i].stages);
  }
}

// The line of docs/theory.md.
TEST(Examples, NdPrSplitUsesAFifthMoreThanTheTheoreticalMinimumOfBase) {
  const SimulationResult r = SimulateExample("nd-pr-split-simulate.yaml");
  EXPECT_EQ(r.figures.minimum.cut, "Pr | Nd");
  EXPECT_NEAR(r.figures.minimum.separation_factor, 1.55, 0.005);
  EXPECT_NEAR(r.figures.minimum.min_organic_mol_per_mol, 2.48, 0.005);
  ASSERT_TRUE(r.figures.base_over_minimum.has_value());
  EXPECT_NEAR(*r.figures.base_over_minimum, 1.20, 0.005);
}

// PrOMMiS 1.0.0, commit 9beba554: mg/L that its own test expects, of molar masses as it has them.
TEST(Examples, ThreeStagesOfD2ehpaMatchPrommis) {
  const SimulationResult r = SimulateExample("prommis-d2ehpa.yaml");
  struct Row {
    const char* element;
    double mass, raffinate, extract;
  };
  // The extract is printed to five figures.
  for (const Row& row :
       {Row{"Al", 26.982, 399.9500798514, 22.425}, Row{"Ca", 40.078, 102.3360816023, 7.2059},
        Row{"Fe", 55.845, 585.5947170038, 102.67}, Row{"Sc", 44.946, 2.7415e-3, 1.7633},
        Row{"Y", 88.905, 6.292748432e-6, 0.12402}, Row{"La", 138.905, 0.9142143744, 0.071891},
        Row{"Ce", 140.116, 2.1095278998, 0.16778}, Row{"Pr", 140.907, 0.2763100455, 0.026727},
        Row{"Nd", 144.242, 0.8809872255, 0.065178}, Row{"Sm", 150.36, 0.08657862645, 0.010438},
        Row{"Gd", 157.25, 0.1924593341, 0.065974}, Row{"Dy", 162.50, 1.1699115492e-3, 0.045838}}) {
    const auto mg_per_l = [&](const char* stream) {
      return MolarityOf(r, stream, row.element) * row.mass * 1000;
    };
    EXPECT_NEAR(mg_per_l("raffinate") / row.raffinate, 1, 1e-4) << row.element;
    EXPECT_NEAR(mg_per_l("loaded organic") / row.extract, 1, 1e-4) << row.element;
  }
  // Its other components: protons, bisulphate, sulphate and free D2EHPA.
  const auto stream = [&](const std::string& name) -> optimizer::StreamState {
    return *std::find_if(r.streams.begin(), r.streams.end(),
                         [&](const optimizer::StreamState& s) { return s.name == name; });
  };
  const optimizer::StreamState raffinate = stream("raffinate");
  const double h = std::pow(10, -r.stages[0].ph), bisulphate = raffinate.free_acid_mol_per_l - h;
  EXPECT_NEAR(h * 1e3 / 39.513087794, 1, 1e-4);
  EXPECT_NEAR(bisulphate * 97e3 / 8023.222048811, 1, 1e-4);
  EXPECT_NEAR((raffinate.sulphate_mol_per_l - bisulphate) * 96e3 / 2056.398797053, 1, 1e-4);
  const double d2ehpa = 2 * stream("loaded organic").free_dimer_mol_per_l;
  EXPECT_NEAR(d2ehpa * 322.431e3 / 46086.75988668, 1, 1e-4);
  // pH, from the stage that the fresh organic enters.
  ASSERT_EQ(r.stages.size(), 3u);
  for (const auto& [stage, ph] :
       {std::pair(0, 1.4032590), std::pair(1, 1.4621554), std::pair(2, 1.4691888)}) {
    EXPECT_NEAR(r.stages[stage].ph, ph, 1e-5) << stage;
  }
}

// Water strips what salt brought into the organic, and the heavier goes with the TBP.
TEST(Examples, TbpSeparatesSamariumFromNeodymium) {
  const SimulationResult r = SimulateExample("tbp-nitrate.yaml");
  const auto ratio = [&](const char* stream) {
    return MolarityOf(r, stream, "Sm") / MolarityOf(r, stream, "Nd");
  };
  EXPECT_LT(ratio("raffinate"), 0.5);
  EXPECT_GT(ratio("strip liquor"), 2);
}

TEST(Examples, NaphthenicAcidLeavesYttriumInTheRaffinate) {
  const SimulationResult r = SimulateExample("naphthenic-y.yaml");
  double others = 0;
  for (const char* element : {"Dy", "Ho", "Er", "Yb"})
    others += MolarityOf(r, "raffinate", element);
  EXPECT_GT(MolarityOf(r, "raffinate", "Y") / others, 20);
}

// Carried to ionic strength 0 and back: one stage at 1 mol/L of chloride, traces of metal.
TEST(Examples, SitGivesTheDistributionOfTheConditionalConstantsAtTheirIonicStrength) {
  const auto extracted = [](const std::string& system, double chloride) {
    optimizer::Flowsheet f = Load("case1-la-nd.yaml", Purpose::kSimulate);
    f.extractant_systems.clear();
    f.circuits[0].system = system;
    f.circuits[0].sections[0].stages = 1;
    f.circuits[0].extractant_mol_per_l = 0.2;
    for (auto& metal : f.streams[0].metals) metal.mol_per_l = 1e-6;
    f.streams[0].hcl = 0.1;
    f.streams[0].nacl = chloride - 0.1;
    const auto r = optimizer::Simulate({{f}}, KnownChemistry(), kernels::Device()).front();
    EXPECT_TRUE(r.convergence.converged) << r.convergence.message;
    return MolarityOf(r, "loaded organic", "Nd") / MolarityOf(r, "raffinate", "Nd");
  };
  EXPECT_NEAR(extracted("D2EHPA-HCl-SIT", 1) / extracted("D2EHPA-HCl", 1), 1, 2e-3);
  // Thinner, the ion of charge 3 is not held back as much.
  EXPECT_GT(extracted("D2EHPA-HCl-SIT", 0.2) / extracted("D2EHPA-HCl", 0.2), 2);
}

// Zhang, Zhao, Schreiner 2016, doi 10.1007/978-3-319-28235-0, as amounts.
TEST(Examples, ThreeOutletCascadeMatchesThePublication) {
  const SimulationResult r = SimulateExample("gd-eu-sm-simulate.yaml");
  const auto purity = [&](const std::string& stream, const std::string& element) {
    double total = 0;
    for (const char* e : {"Sm", "Eu", "Gd"}) total += MolarityOf(r, stream, e);
    return MolarityOf(r, stream, element) / total;
  };
  EXPECT_NEAR(purity("raffinate", "Sm"), 0.99990, 5e-6);
  EXPECT_NEAR(purity("europium liquor", "Eu"), 0.4002, 5.1e-5);
  EXPECT_NEAR(purity("loaded organic", "Gd"), 0.99907, 5e-6);
}

}  // namespace
}  // namespace raffinate::validation
