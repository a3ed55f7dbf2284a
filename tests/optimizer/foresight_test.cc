// What is foreseen of a candidate against what its simulation says.
#include "optimizer/foresight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "optimizer/flowsheet_problem.h"
#include "optimizer/model/figure_table.h"
#include "optimizer/run.h"
#include "optimizer/search/archive.h"
#include "optimizer/search/hopeless.h"
#include "tests/optimizer/model/fixtures.h"
#include "tests/optimizer/search/test_random.h"

namespace raffinate::optimizer {
namespace {

const std::atomic<bool> kGoOn{false};

/// The small plant, open wherever flows depend on it.
Flowsheet OpenPlant() {
  Flowsheet flowsheet = testing::SmallPlant();
  flowsheet.streams[0].flow = Range{0.5, 2, {}, {}, true};
  flowsheet.streams[1].flow = Range{0.05, 0.2, {}, {}, true};
  flowsheet.streams[2].flow = Range{0.02, 0.2, {}, {}, true};
  flowsheet.streams[3].hcl = Range{2.0, 5.0, {}, {}, false};
  flowsheet.circuits[0].organic.flow = Range{0.5, 2, {}, {}, false};
  flowsheet.circuits[0].sections[1].stages = Range{2, 10, {}, {}, false};
  flowsheet.circuits[0].sections[2].stages = Choices{{2, 4, 8}};
  flowsheet.circuits[0].sections[1].aqueous_entrainment = Range{0.0, 0.03, {}, {}, false};
  return flowsheet;
}

std::vector<Candidate> RandomCandidates(const Problem& problem, int count,
                                        std::mt19937_64& random) {
  std::vector<Candidate> candidates(static_cast<std::size_t>(count));
  for (Candidate& c : candidates) {
    for (const Variable& v : problem.variables()) {
      const double gene = std::uniform_real_distribution<double>(v.lower, v.upper)(random);
      c.genes.push_back(v.kind == Variable::Kind::kReal ? gene : std::round(gene));
    }
  }
  return candidates;
}

TEST(Foresight, IsWhatSimulationsSay) {
  const Chemistry chemistry = testing::SmallChemistry();
  std::mt19937_64 random(testing::TestSeed());
  const FlowsheetProblem problem(OpenPlant(), chemistry, kernels::Device());
  int compared = 0;
  for (const Candidate& c : RandomCandidates(problem, 60, random)) {
    const Flowsheet flowsheet = problem.decisions().Apply(c.genes);
    const SimulationResult result = Simulate({{flowsheet}}, chemistry, kernels::Device())[0];
    if (!result.convergence.converged) continue;
    const Figures foreseen = ForeseeFigures(flowsheet, Prepare(flowsheet, chemistry));
    for (const FigureInfo& figure : FigureTable()) {
      SCOPED_TRACE(figure.name);
      if (figure.foresight == Foresight::kNone) continue;
      const double bound = figure.of_flowsheet(foreseen);
      const double found = figure.of_flowsheet(result.figures);
      ++compared;
      if (figure.foresight == Foresight::kExactly) {
        EXPECT_EQ(bound, found);
      } else {
        EXPECT_LE(bound, found);
        // Of what is fed little is lost here as a rule, and a bound of nothing would do nothing.
        EXPECT_GT(bound, 0);
      }
    }
  }
  EXPECT_GT(compared, 200);
}

/// Objectives and demands on figures that are foreseen, and one demand that is not.
Flowsheet Demanding() {
  Flowsheet flowsheet = OpenPlant();
  flowsheet.objectives = {{Direction::kMinimize, "reagents", ""},
                          {Direction::kMinimize, "stages", ""}};
  flowsheet.products[1].min_recovery = 0.3;
  flowsheet.constraints = {{"max_organic_to_aqueous", "", {}, 30}, {"base", "", {}, 900}};
  return flowsheet;
}

// Whatever is left out would not have entered the archive.
TEST(Foresight, NothingThatIsLeftOutCouldHaveEnteredTheArchive) {
  std::mt19937_64 random(testing::TestSeed());
  FlowsheetProblem problem(Demanding(), testing::SmallChemistry(), kernels::Device());
  ASSERT_TRUE(problem.foresees());
  ParetoArchive archive(100, problem.objectives());
  std::size_t left_out = 0, entered = 0;
  for (int round = 0; round < 10; ++round) {
    Offspring offspring;
    offspring.candidates = RandomCandidates(problem, 40, random);
    offspring.made_by.resize(40);
    offspring.parent.resize(40);
    std::vector<Candidate> all = offspring.candidates;
    LeaveOutHopeless(problem, archive, &offspring);
    problem.Evaluate(all, kGoOn);
    std::vector<Candidate> kept, gone;
    std::size_t next = 0;
    for (Candidate& c : all) {
      const bool stays =
          next < offspring.candidates.size() && c.genes == offspring.candidates[next].genes;
      next += stays;
      (stays ? kept : gone).push_back(std::move(c));
    }
    ASSERT_EQ(next, offspring.candidates.size());
    EXPECT_FALSE(archive.Insert(gone));
    left_out += gone.size();
    entered += archive.Insert(kept);
  }
  // Otherwise this would prove little.
  EXPECT_GT(left_out, 40U);
  EXPECT_GT(entered, 0U);
}

TEST(Foresight, BoundsObjectivesAndViolationOfRandomCandidates) {
  std::mt19937_64 random(testing::TestSeed());
  FlowsheetProblem problem(Demanding(), testing::SmallChemistry(), kernels::Device());
  std::vector<Candidate> candidates = RandomCandidates(problem, 200, random);
  std::vector<Foreseen> foreseen(candidates.size());
  problem.Foresee(candidates, foreseen);
  problem.Evaluate(candidates, kGoOn);
  int missed = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!candidates[i].solved) continue;
    missed += foreseen[i].violation > 0;
    EXPECT_LE(foreseen[i].violation, candidates[i].violation * (1 + 1e-9));
    for (std::size_t j = 0; j < foreseen[i].objectives.size(); ++j) {
      EXPECT_LE(foreseen[i].objectives[j], candidates[i].objectives[j]);
    }
  }
  EXPECT_GT(missed, 20);
}

TEST(Foresight, IsNoneOfPurityAlone) {
  Flowsheet flowsheet = OpenPlant();
  flowsheet.objectives = {{Direction::kMaximize, "purity", ""}};
  EXPECT_FALSE(
      FlowsheetProblem(flowsheet, testing::SmallChemistry(), kernels::Device()).foresees());
}

}  // namespace
}  // namespace raffinate::optimizer
