#include "tests/optimizer/search/process_problems.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace raffinate::optimizer::testing {
namespace {

constexpr double kTolerance = 1e-4;
constexpr std::int64_t kEvaluations = 20'000;

// What the demands of a problem are: inequalities (met when <= 0) come first.
FunctionProblem Constrained(std::vector<Variable> variables, int objectives, int inequalities,
                            int equalities, FunctionProblem::Function function) {
  std::vector<Requirement> requirements(static_cast<std::size_t>(inequalities));
  requirements.resize(static_cast<std::size_t>(inequalities + equalities), {true, kTolerance});
  FunctionProblem problem(std::move(variables), objectives, [=](Candidate& c) {
    function(c);
    for (std::size_t i = 0; i < requirements.size(); ++i) {
      const double r = c.residuals[i];
      c.violation +=
          requirements[i].equality ? std::max(0.0, std::abs(r) - kTolerance) : std::max(0.0, r);
    }
  });
  problem.Require(std::move(requirements));
  return problem;
}

// x1, x2: products; x3, x4: crudes into the pool; x5, x6: the third crude into the
// products; x7, x8: pool into the products; x9: sulphur of the pool.
FunctionProblem Pooling() {
  std::vector<Variable> variables;
  for (const double upper : {100, 200, 100, 100, 100, 100, 200, 100, 200}) {
    variables.push_back(Real(0, upper));
  }
  return Constrained(std::move(variables), 2, 2, 4, [](Candidate& c) {
    const std::vector<double>& x = c.genes;
    c.objectives = {-9 * x[0] - 15 * x[1] + 6 * x[2] + 16 * x[3], 10 * (x[4] + x[5])};
    c.residuals = {x[8] * x[6] + 2 * x[4] - 2.5 * x[0],
                   x[8] * x[7] + 2 * x[5] - 1.5 * x[1],
                   x[6] + x[7] - x[2] - x[3],
                   x[0] - x[6] - x[4],
                   x[1] - x[7] - x[5],
                   x[8] * (x[6] + x[7]) - 3 * x[2] - x[3]};
  });
}

// x1 to x4: concentrations of the first and second substance after each reactor; x5,
// x6: residence times.
FunctionProblem ReactorNetwork() {
  std::vector<Variable> variables(4, Real(0, 1));
  variables.resize(6, Real(1e-5, 16));
  return Constrained(std::move(variables), 2, 1, 4, [](Candidate& c) {
    const std::vector<double>& x = c.genes;
    const double k1 = 0.09755988;
    const double k2 = 0.99 * k1;
    const double k3 = 0.0391908;
    const double k4 = 0.9 * k3;
    c.objectives = {-x[3], std::sqrt(x[4]) + std::sqrt(x[5])};
    c.residuals = {c.objectives[1] - 4, x[0] + k1 * x[1] * x[4] - 1,
                   x[2] + x[0] + k3 * x[2] * x[4] - 1, x[1] - x[0] + k2 * x[1] * x[5],
                   x[3] - x[2] + x[1] - x[0] + k4 * x[3] * x[5]};
  });
}

// x1, x2: areas; x3, x5: heat flows; x4, x6: mean temperature differences; x7 to x9:
// temperatures.
FunctionProblem HeatExchangers() {
  const std::pair<double, double> bounds[] = {{0, 10},    {0, 200},    {0, 100},
                                              {0, 200},   {1000, 2e6}, {0, 600},
                                              {100, 600}, {100, 600},  {100, 900}};
  std::vector<Variable> variables;
  for (const auto& [lower, upper] : bounds) variables.push_back(Real(lower, upper));
  return Constrained(std::move(variables), 3, 0, 6, [](Candidate& c) {
    const std::vector<double>& x = c.genes;
    const auto logarithm = [](double v) { return std::log(std::abs(v) + 1e-6); };
    c.objectives = {35 * (std::pow(x[0], 0.6) + std::pow(x[1], 0.6)), 200 * x[0] * x[3] - x[2],
                    200 * x[1] * x[5] - x[4]};
    c.residuals = {x[2] - 1e4 * (x[6] - 100),
                   x[4] - 1e4 * (300 - x[6]),
                   x[2] - 1e4 * (600 - x[7]),
                   x[4] - 1e4 * (900 - x[8]),
                   x[3] * (logarithm(x[7] - 100) - logarithm(600 - x[6])) - x[7] + x[6] + 500,
                   x[5] * (logarithm(x[8] - x[6]) - std::log(600.0)) - x[8] + x[6] + 600};
  });
}

// x1, x2: feeds; v1, v2: volumes; y1, y2: whether a reactor is built; x: all feed.
FunctionProblem TwoReactors() {
  std::vector<Variable> variables{Real(0, 20),   Real(0, 20),   Real(0, 10), Real(0, 10),
                                  Integer(0, 1), Integer(0, 1), Real(0, 40)};
  return Constrained(std::move(variables), 2, 4, 4, [](Candidate& c) {
    const std::vector<double>& g = c.genes;
    const double z1 = 0.9 * (1 - std::exp(-0.5 * g[2])) * g[0];
    const double z2 = 0.8 * (1 - std::exp(-0.4 * g[3])) * g[1];
    c.objectives = {7.5 * g[4] + 5.5 * g[5] + 7 * g[2] + 6 * g[3] + 5 * g[6], g[0] + g[1]};
    c.residuals = {g[2] - 10 * g[4] - 1e-6, g[3] - 10 * g[5],          g[0] - 20 * g[4],
                   g[1] - 20 * g[5],        g[4] + g[5] - 1,           z1 + z2 - 10,
                   g[0] + g[1] - g[6],      z1 * g[4] + z2 * g[5] - 10};
  });
}

}  // namespace

std::vector<ProcessProblem> ProcessProblems() {
  return {{"RCM22", Pooling(), kEvaluations},
          {"RCM23", ReactorNetwork(), kEvaluations},
          {"RCM24", HeatExchangers(), kEvaluations},
          {"RCM28", TwoReactors(), kEvaluations}};
}

}  // namespace raffinate::optimizer::testing
