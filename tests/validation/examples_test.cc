// Every example is valid; those with only numbers give what their source says.
#include <filesystem>

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
