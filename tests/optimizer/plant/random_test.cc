// Conservation over random flowsheets of two to six circuits.
#include <cmath>
#include <random>

#include "optimizer/foresight.h"
#include "optimizer/model/figure_table.h"
#include "optimizer/plant/solve.h"
#include "tests/optimizer/plant/support.h"

namespace raffinate::optimizer {
namespace {

using testing::MakeDraw;
using testing::MakeSection;

constexpr double kConserved = 1e-9;

/// A random flowsheet: feeds, links in both phases forwards and backwards, splits, draws, held and
/// made-up organic, closed loops, entrainment in some.
class RandomPlant {
 public:
  explicit RandomPlant(unsigned seed) : random_(seed) {
    const int circuits = Whole(2, 6);
    entrains_ = Chance(0.2);
    for (int c = 0; c < circuits; ++c) AddCircuit(c);
    for (int c = 0; c < circuits; ++c) {
      LinkAqueous(c, circuits);
      LinkOrganic(c, circuits);
    }
  }
  const Flowsheet& flowsheet() const { return flowsheet_; }

 private:
  double Real(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  int Whole(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool Chance(double share) { return Real(0, 1) < share; }
  static std::string Name(const char* what, int c) { return what + std::to_string(c); }

  void AddCircuit(int c) {
    Stream feed = testing::Acid(Name("feed ", c), Real(0.3, 1.5), Real(0.005, 0.1));
    // Some circuits live from others alone.
    if (c == 0 || Chance(0.4)) {
      for (const char* element : {"La", "Pr", "Nd", "Dy"}) {
        feed.metals.push_back({element, Real(0.005, 0.1)});
      }
    } else {
      feed.nacl = Real(0.05, 0.5);
    }
    flowsheet_.streams.push_back(feed);
    flowsheet_.streams.push_back(testing::Acid(Name("acid ", c), Real(0.05, 0.3), Real(0.5, 3)));
    Circuit circuit;
    circuit.name = Name("circuit ", c);
    circuit.system = std::string("P507");
    circuit.extractant_mol_per_l = Real(0.6, 1.2);
    circuit.organic.flow = Real(0.5, 2);
    circuit.organic.loop = Chance(0.25) ? Loop::kClosed : Loop::kOpen;
    if (Chance(0.7)) circuit.organic.saponification = Real(0.05, 0.35);
    circuit.sections = {
        MakeSection("extraction", Whole(1, 6), {Name("feed ", c)}, Name("raffinate ", c)),
        MakeSection("scrub", Whole(1, 5), {Name("acid ", c)}, "")};
    if (circuit.organic.loop == Loop::kClosed) {
      // What goes round for ever is known to few digits.
      flowsheet_.streams.push_back(
          testing::Acid(Name("strip acid ", c), Real(0.3, 0.8), Real(4, 6)));
      circuit.sections.push_back(
          MakeSection("strip", Whole(4, 6), {Name("strip acid ", c)}, Name("strip liquor ", c)));
    }
    if (Chance(0.3)) {
      circuit.sections[0].draws.push_back(MakeDraw(Name("side ", c), DrawPhase::kOrganic,
                                                   Value(circuit.sections[0].stages),
                                                   Real(0.05, 0.4)));
    }
    if (Chance(0.3)) {
      circuit.sections[1].outlet = Name("liquor ", c);
      circuit.sections[1].outlet_share = Real(0.1, 0.9);
    }
    for (Section& section : circuit.sections) {
      if (!entrains_) continue;
      section.aqueous_entrainment = Real(0, 0.03);
      section.organic_entrainment = Real(0, 0.03);
      section.efficiency = Real(0.8, 1);
    }
    flowsheet_.circuits.push_back(std::move(circuit));
  }

  static int Value(const Count& count) { return std::get<int>(count); }

  /// All of a stream, or a part that is split off; the rest leaves.
  std::string SomeOf(const std::string& name) {
    if (Chance(0.3)) return name;
    flowsheet_.splits.push_back(
        {name, {{"part of " + name, Real(0.1, 0.7)}, {"rest of " + name, {}}}});
    return "part of " + name;
  }

  void Enter(int to, const std::string& name) {
    auto& sections = flowsheet_.circuits[to].sections;
    Inlet inlet{name, {}};
    Section& section = sections[Whole(0, 1)];
    if (Chance(0.3)) inlet.stage = Whole(1, Value(section.stages));
    section.inlets.push_back(inlet);
  }

  void LinkAqueous(int c, int circuits) {
    if (Chance(0.6)) {
      const int to = Whole(0, circuits - 1);
      // Whole streams only go on to later circuits, so that something leaves every cycle.
      const std::string name = Name("raffinate ", c);
      Enter(to, to > c ? SomeOf(name) : Part(name));
    }
    if (!flowsheet_.circuits[c].sections[1].outlet.empty() && Chance(0.7)) {
      Enter(Whole(0, circuits - 1), Part(Name("liquor ", c)));
    }
  }

  std::string Part(const std::string& name) {
    flowsheet_.splits.push_back(
        {name, {{"part of " + name, Real(0.1, 0.7)}, {"rest of " + name, {}}}});
    return "part of " + name;
  }

  void LinkOrganic(int c, int circuits) {
    Circuit& circuit = flowsheet_.circuits[c];
    if (!circuit.sections[0].draws.empty() && Chance(0.7)) {
      Enter(Whole(0, circuits - 1), circuit.sections[0].draws[0].name);
    }
    if (circuit.organic.loop == Loop::kClosed || !Chance(0.5)) return;
    const int to = Whole(0, circuits - 1);
    Organic& organic = flowsheet_.circuits[to].organic;
    if (organic.loop == Loop::kClosed || !organic.from.empty()) return;
    const std::string name = "loaded organic of " + circuit.name;
    organic.from = to > c ? SomeOf(name) : Part(name);
    if (Chance(0.5)) return;  // its flow is held
    organic.flow = 0.0;
    if (to <= c || Chance(0.5)) organic.make_up = Real(0.2, 1);
  }

  std::mt19937 random_;
  bool entrains_ = false;
  Flowsheet flowsheet_;
};

/// What enters and leaves by the table of streams, without any inner number of the solver.
double Unbalanced(const SimulationResult& result) {
  std::map<std::string, double> in, out;
  for (const StreamState& stream : result.streams) {
    if (stream.role == "link" || stream.name.starts_with("organic of ")) continue;
    const bool enters = stream.role == "feed" || stream.role == "inlet";
    for (const auto& [element, kmol] : testing::Moles(stream)) {
      if (element != "Na") (enters ? in : out)[element] += kmol;
    }
  }
  double worst = 0;
  for (const auto& [element, kmol] : in) {
    worst = std::max(worst, std::abs(out[element] - kmol) / kmol);
  }
  return worst;
}

TEST(RandomPlants, Conserve) {
  const Chemistry chemistry = testing::SmallChemistry();
  const unsigned seed = testing::Seed();
  constexpr int kPlants = 150;
  std::vector<SimulationRequest> requests;
  std::vector<unsigned> seeds;
  int recycles = 0;
  for (unsigned k = 0; k < kPlants; ++k) {
    const Flowsheet flowsheet = RandomPlant(seed + k).flowsheet();
    const Violations wrong = Validate(flowsheet, chemistry, Purpose::kSimulate);
    ASSERT_TRUE(wrong.empty()) << "seed " << seed + k << " " << wrong[0].field << ": "
                               << wrong[0].description;
    requests.push_back({flowsheet});
    seeds.push_back(seed + k);
  }
  const auto results = Simulate(requests, chemistry, kernels::Device());
  for (std::size_t k = 0; k < results.size(); ++k) {
    SCOPED_TRACE("RAFFINATE_TEST_SEED=" + std::to_string(seeds[k]));
    const SolveReport& convergence = results[k].convergence;
    ASSERT_TRUE(convergence.converged) << convergence.message;
    EXPECT_LE(convergence.balance_error, kConserved);
    bool entrains = false;
    for (const Circuit& circuit : requests[k].flowsheet.circuits) {
      for (const Section& section : circuit.sections) {
        entrains = entrains || std::get<double>(section.organic_entrainment) > 0;
      }
    }
    // The table of streams shows one phase of each.
    if (!entrains) {
      EXPECT_LE(Unbalanced(results[k]), kConserved);
    }
    recycles += convergence.recycle_iterations > 0 ? 1 : 0;
  }
  // Otherwise this would prove little.
  EXPECT_GT(recycles, kPlants / 3);
}

// What flows say before anything is solved holds for plants of any wiring.
TEST(RandomPlants, AreForeseen) {
  const Chemistry chemistry = testing::SmallChemistry();
  const unsigned seed = testing::Seed() + 2000;
  int compared = 0;
  for (unsigned k = 0; k < 40; ++k) {
    SCOPED_TRACE("RAFFINATE_TEST_SEED=" + std::to_string(seed - 2000) + " + " + std::to_string(k));
    Flowsheet flowsheet = RandomPlant(seed + k).flowsheet();
    // What leaves with the aqueous of some circuit.
    const auto without = Simulate({{flowsheet}}, chemistry, kernels::Device());
    for (const StreamState& stream : without[0].streams) {
      if (stream.role != "outlet") continue;
      Product product;
      product.name = "product of " + stream.name;
      product.stream = stream.name;
      product.elements = {"La", "Nd"};
      flowsheet.products = {product};
    }
    if (flowsheet.products.empty()) continue;
    const SimulationResult result = Simulate({{flowsheet}}, chemistry, kernels::Device())[0];
    ASSERT_TRUE(result.convergence.converged);
    const Figures foreseen = ForeseeFigures(flowsheet, Prepare(flowsheet, chemistry));
    for (const FigureInfo& figure : FigureTable()) {
      if (figure.foresight == Foresight::kNone) continue;
      SCOPED_TRACE(figure.name);
      const double bound = figure.of_flowsheet(foreseen);
      const double found = figure.of_flowsheet(result.figures);
      ++compared;
      if (figure.foresight == Foresight::kExactly) {
        EXPECT_EQ(bound, found);
      } else {
        EXPECT_LE(bound, found);
      }
    }
  }
  EXPECT_GT(compared, 200);
}

// A batch gives what each gives alone, and Newton what plain substitution gives.
TEST(RandomPlants, NewtonFindsWhatSubstitutionFinds) {
  const Chemistry chemistry = testing::SmallChemistry();
  const unsigned seed = testing::Seed() + 1000;
  long newton = 0, plain = 0;
  for (unsigned k = 0; k < 20; ++k) {
    SCOPED_TRACE("RAFFINATE_TEST_SEED=" + std::to_string(seed - 1000) + " + " + std::to_string(k));
    const Flowsheet flowsheet = RandomPlant(seed + k).flowsheet();
    const Graph graph(flowsheet);
    PlantSolution found[2];
    for (const bool with_newton : {true, false}) {
      Plant plant;
      ASSERT_EQ(MakePlant(flowsheet, chemistry, graph, &plant), "");
      PlantOptions options;
      options.newton = with_newton;
      options.max_passes = 10000;
      const PlantTask task{&plant, nullptr};
      PlantSolution& solution = found[with_newton ? 0 : 1];
      SolvePlants(kernels::Device(), {&task, 1}, options, {&solution, 1});
      ASSERT_EQ(solution.status, kernels::SolveStatus::kSolved);
    }
    newton += found[0].passes;
    plain += found[1].passes;
    for (std::size_t i = 0; i < found[0].moles.size(); ++i) {
      EXPECT_NEAR(found[0].moles[i], found[1].moles[i], 1e-7);
    }
  }
  RecordProperty("newton_passes", static_cast<int>(newton));
  RecordProperty("substitution_passes", static_cast<int>(plain));
  EXPECT_LT(newton, plain);
}

}  // namespace
}  // namespace raffinate::optimizer
