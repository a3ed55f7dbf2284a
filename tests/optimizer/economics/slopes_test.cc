// Derivatives of the plant's figures by its balance, against differences and against laws that
// hold whatever the data are.
#include "optimizer/economics/slopes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "optimizer/economics/evaluate.h"
#include "tests/optimizer/economics/fixtures.h"

namespace raffinate::optimizer {
namespace {

using testing::SmallBalance;
using testing::UnitData;

/// Every amount of a balance, stages included, with a name for messages.
void Visit(PlantBalance& balance, const std::function<void(const std::string&, double&)>& f) {
  const auto all = [&](const std::string& name, std::vector<double>& amounts) {
    for (std::size_t k = 0; k < amounts.size(); ++k) f(name + " " + std::to_string(k), amounts[k]);
  };
  for (PlantInlet& inlet : balance.inlets) {
    f(inlet.name + " flow", inlet.flow);
    f(inlet.name + " acid", inlet.acid);
    f(inlet.name + " naoh", inlet.naoh);
    f(inlet.name + " nh4oh", inlet.nh4oh);
    f(inlet.name + " heating", inlet.heating);
    all(inlet.name + " metals", inlet.metals);
    for (PlantResidue& residue : inlet.residues) {
      f(residue.name + " naoh", residue.naoh);
      f(residue.name + " nh4oh", residue.nh4oh);
      all(residue.name + " metals", residue.metals);
    }
  }
  for (PlantOutlet& outlet : balance.outlets) {
    f(outlet.name + " flow", outlet.flow);
    f(outlet.name + " organic", outlet.organic);
    f(outlet.name + " free acid", outlet.free_acid);
    f(outlet.name + " anions", outlet.anions);
    all(outlet.name + " metals", outlet.metals);
    all(outlet.name + " aqueous metals", outlet.aqueous_metals);
  }
  for (PlantCircuit& circuit : balance.circuits) {
    f(circuit.name + " extractant", circuit.extractant_mol_per_l);
    f(circuit.name + " organic flow", circuit.organic_flow);
    f(circuit.name + " metered naoh", circuit.metered_naoh);
    f(circuit.name + " metered nh4oh", circuit.metered_nh4oh);
    all(circuit.name + " organic metals", circuit.organic_metals);
    for (PlantSection& section : circuit.sections) {
      for (PlantStage& stage : section.stages) {
        f(section.name + " aqueous", stage.aqueous);
        f(section.name + " organic", stage.organic);
        all(section.name + " x", stage.x);
        all(section.name + " y", stage.y);
      }
    }
  }
}

std::vector<double> Amounts(PlantBalance balance) {
  std::vector<double> amounts;
  Visit(balance, [&](const std::string&, double& amount) { amounts.push_back(amount); });
  return amounts;
}

/// One with something of everything: droplets, residues, heating, ammonia, magnesium, metal that
/// comes with the organic, and a second medium.
PlantBalance FullBalance() {
  PlantBalance balance = SmallBalance();
  balance.elements.push_back({"Mg", 2, 24.305, 24.305, "", false, false});
  balance.media.push_back({"HNO3", 63.013, "NO3", 62.004});
  for (PlantInlet& inlet : balance.inlets) {
    inlet.metals.push_back(inlet.feed ? 0.3 : 0);
    inlet.heating = 1.5;
    inlet.nh4oh = 0.2;
  }
  balance.inlets[1].metals[2] = 3.4;  // 0.4 of it as salt
  balance.inlets[2].naoh = 0.1;
  balance.inlets[2].metals[2] = 0.3;
  balance.inlets[0].residues = {{"iron cake", 0.3, 0.1, {0.01, 0.02, 0, 0}}};
  for (PlantOutlet& outlet : balance.outlets) {
    outlet.organic = 0.02;
    outlet.metals.push_back(outlet.carried ? 0.1 : 0.2);
    outlet.aqueous_metals.push_back(outlet.carried ? 0.1 : 0.2);
  }
  balance.outlets[1].metals[0] = 0.004;
  balance.outlets[1].aqueous_metals[0] = 0.004;
  PlantCircuit& one = balance.circuits[0];
  one.metered_naoh = 0.7;
  one.metered_nh4oh = 0.1;
  one.organic_metals = {0.03, 0, 0, 0};
  one.sections[0].stages[0].x.push_back(0);
  one.sections[0].stages[0].y.push_back(0);
  PlantCircuit other = one;
  other.name = "other";
  other.medium = 1;
  other.extractant_mol_per_l = 0.5;
  balance.circuits.push_back(other);
  PlantOutlet third = balance.outlets[1];
  third.name = "nitrate";
  third.products.clear();
  third.circuit = 1;
  balance.outlets.push_back(third);
  for (PlantProduct& product : balance.products) product.wanted.push_back(false);
  return balance;
}

std::map<std::string, double> Figures(const PlantBalance& balance, const EconomicsData& data,
                                      const EconomicsSettings& settings) {
  std::map<std::string, double> values;
  EvaluatePlant(balance, data, settings)
      .figures.ForEach([&](const char* name, const std::optional<double>& figure) {
        if (figure) values[name] = *figure;
      });
  return values;
}

/// Compares every derivative with differences of fourth order; those beside an amount of zero
/// are taken from above.
void Compare(const PlantBalance& balance, const EconomicsSettings& settings) {
  EconomicsData data = UnitData();
  data.factors["mixer_settler_exponent"].value = 0.6;
  data.factors["entrained_organic"].value = 0.05;
  const std::vector<FigureSlopes> figures = DifferentiatePlant(balance, data, settings);
  const std::map<std::string, double> here = Figures(balance, data, settings);
  ASSERT_EQ(figures.size(), here.size());
  for (const FigureSlopes& figure : figures) {
    EXPECT_NEAR(figure.value, here.at(figure.name), 1e-12 * std::abs(figure.value)) << figure.name;
  }
  std::vector<std::vector<double>> slopes;
  for (const FigureSlopes& figure : figures) slopes.push_back(Amounts(figure.by));
  std::size_t index = 0;
  PlantBalance changed = balance;
  Visit(changed, [&](const std::string& name, double& amount) {
    const std::size_t k = index++;
    const double value = amount;
    const bool zero = value == 0;
    const double step = zero ? 1e-5 : 1e-3 * value;
    constexpr double kAround[] = {1.0 / 12, -8.0 / 12, 0, 8.0 / 12, -1.0 / 12};
    constexpr double kAbove[] = {-25.0 / 12, 4, -3, 16.0 / 12, -3.0 / 12};
    std::map<std::string, double> difference;
    for (int p = 0; p < 5; ++p) {
      amount = value + (zero ? p : p - 2) * step;
      for (const auto& [figure, there] : Figures(changed, data, settings)) {
        difference[figure] += (zero ? kAbove : kAround)[p] * there / step;
      }
    }
    amount = value;
    for (std::size_t f = 0; f < figures.size(); ++f) {
      // At an amount of zero, with a step that is no part of it, differences have fewer digits.
      const double scale = zero ? 1.0 : value;
      const double size = std::abs(figures[f].value) + std::abs(slopes[f][k] * scale);
      EXPECT_NEAR(slopes[f][k] * scale, difference[figures[f].name] * scale,
                  (zero ? 1e-8 : 1e-9) * size)
          << figures[f].name << " by " << name;
    }
  });
  EXPECT_GT(index, 80u);
}

TEST(Slopes, AreThoseOfDifferences) { Compare(FullBalance(), {}); }

TEST(Slopes, WithTreatmentsAndNeutralizers) {
  for (const Treatment treatment :
       {Treatment::kDischarge, Treatment::kEvaporationCrystallization, Treatment::kSprayRoasting}) {
    for (const Neutralizer neutralizer :
         {Neutralizer::kNone, Neutralizer::kSodiumHydroxide, Neutralizer::kAmmonia,
          Neutralizer::kCalciumHydroxide, Neutralizer::kMagnesiumOxide,
          Neutralizer::kMagnesiumBicarbonate}) {
      SCOPED_TRACE(static_cast<int>(treatment) * 10 + static_cast<int>(neutralizer));
      EconomicsSettings settings;
      settings.treatment = treatment;
      settings.neutralizer = neutralizer;
      Compare(FullBalance(), settings);
    }
  }
}

// A plant twice the size has the same figures per tonne and holds twice as much: Euler's theorem
// on homogeneous functions, for concentrations that stay as they are.
TEST(Slopes, ATwiceAsLargePlantHasTheSameFiguresPerTonne) {
  EconomicsData data = UnitData();
  data.factors["mixer_settler_exponent"].value = 0.6;
  // What does not grow with the plant.
  data.factors["operators"].value = 0;
  EconomicsSettings settings;
  const PlantBalance balance = FullBalance();
  PlantBalance grown = balance;
  for (PlantCircuit& circuit : grown.circuits) {
    circuit.extractant_mol_per_l = 0;
    for (PlantSection& section : circuit.sections) {
      for (PlantStage& stage : section.stages)
        stage.x = stage.y = std::vector<double>(stage.x.size());
    }
  }
  const std::vector<double> amounts = Amounts(grown);
  int compared = 0;
  for (const FigureSlopes& figure : DifferentiatePlant(balance, data, settings)) {
    // Of the power 0.6.
    if (figure.name == "installed_cost" || figure.name.find("cost") != std::string::npos ||
        figure.name == "margin") {
      continue;
    }
    const std::vector<double> slopes = Amounts(figure.by);
    double sum = 0, size = std::abs(figure.value);
    for (std::size_t k = 0; k < slopes.size(); ++k) {
      sum += slopes[k] * amounts[k];
      size += std::abs(slopes[k] * amounts[k]);
    }
    const bool grows = figure.name == "settler_area" || figure.name == "reo_inventory" ||
                       figure.name == "organic_inventory" || figure.name == "inventory_value";
    EXPECT_NEAR(sum, grows ? figure.value : 0, 1e-12 * size) << figure.name;
    ++compared;
  }
  EXPECT_GE(compared, 14);
}

TEST(Slopes, OnlyWhatIsWanted) {
  const auto some = DifferentiatePlant(SmallBalance(), UnitData(), {},
                                       [](const std::string& name) { return name == "cost"; });
  ASSERT_EQ(some.size(), 1u);
  EXPECT_EQ(some[0].name, "cost");
  EXPECT_TRUE(DifferentiatePlant(SmallBalance(), UnitData(), {}, [](const std::string&) {
                return false;
              }).empty());
}

}  // namespace
}  // namespace raffinate::optimizer
