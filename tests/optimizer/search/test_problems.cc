#include "tests/optimizer/search/test_problems.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <numbers>

#include "optimizer/search/hypervolume.h"

namespace raffinate::optimizer::testing {
namespace {

using std::numbers::pi;

double Sum(const std::vector<double>& x, std::size_t from) {
  double sum = 0;
  for (std::size_t i = from; i < x.size(); ++i) sum += x[i];
  return sum;
}

// Sum of what limits of the form value >= 0, scaled, are missed by.
double Missed(std::initializer_list<double> values) {
  double sum = 0;
  for (const double v : values) sum += std::max(0.0, -v);
  return sum;
}

}  // namespace

Variable Real(double lower, double upper) {
  Variable v;
  v.path = "real";
  v.lower = lower;
  v.upper = upper;
  v.start = 0.5 * (lower + upper);
  return v;
}

Variable Integer(double lower, double upper) {
  Variable v = Real(lower, upper);
  v.path = "integer";
  v.kind = Variable::Kind::kInteger;
  v.start = lower;
  return v;
}

Variable Category(int choices) {
  Variable v = Integer(0, choices - 1);
  v.path = "category";
  v.kind = Variable::Kind::kCategory;
  return v;
}

FunctionProblem Zdt(int number) {
  const std::size_t n = number == 4 || number == 6 ? 10 : 30;
  std::vector<Variable> variables(n, Real(0, 1));
  if (number == 4) std::fill(variables.begin() + 1, variables.end(), Real(-5, 5));
  return FunctionProblem(std::move(variables), 2, [number, n](Candidate& c) {
    const std::vector<double>& x = c.genes;
    double f1 = x[0];
    double g = 1 + 9 * Sum(x, 1) / static_cast<double>(n - 1);
    if (number == 4) {
      g = 1 + 10 * static_cast<double>(n - 1);
      for (std::size_t i = 1; i < n; ++i) g += x[i] * x[i] - 10 * std::cos(4 * pi * x[i]);
    }
    if (number == 6) {
      f1 = 1 - std::exp(-4 * x[0]) * std::pow(std::sin(6 * pi * x[0]), 6);
      g = 1 + 9 * std::pow(Sum(x, 1) / 9, 0.25);
    }
    const double ratio = f1 / g;
    double h = 1 - std::sqrt(ratio);
    if (number == 2 || number == 6) h = 1 - ratio * ratio;
    if (number == 3) h -= ratio * std::sin(10 * pi * f1);
    c.objectives = {f1, g * h};
  });
}

double ZdtCeiling(int number) {
  switch (number) {
    case 1:
    case 4:
      return 0.876667;
    case 2:
      return 0.543333;
    case 3:
      return 1.331763;
    default:
      return 0.507878;
  }
}

FunctionProblem Dtlz(int number) {
  const std::size_t n = number == 1 ? 7 : number == 7 ? 22 : 12;
  return FunctionProblem(std::vector<Variable>(n, Real(0, 1)), 3, [number, n](Candidate& c) {
    const std::vector<double>& x = c.genes;
    if (number == 7) {
      const double g = 1 + 9 * Sum(x, 2) / static_cast<double>(n - 2);
      double h = 3;
      for (int i = 0; i < 2; ++i) h -= x[i] / (1 + g) * (1 + std::sin(3 * pi * x[i]));
      c.objectives = {x[0], x[1], (1 + g) * h};
      return;
    }
    double g = 0;
    for (std::size_t i = 2; i < n; ++i) {
      const double d = x[i] - 0.5;
      g += number == 1 || number == 3 ? 100 * (1 + d * d - std::cos(20 * pi * d)) : d * d;
    }
    if (number == 1) {
      c.objectives = {0.5 * x[0] * x[1] * (1 + g), 0.5 * x[0] * (1 - x[1]) * (1 + g),
                      0.5 * (1 - x[0]) * (1 + g)};
    } else {
      const double power = number == 4 ? 100 : 1;
      const double a = std::pow(x[0], power) * pi / 2;
      const double b = std::pow(x[1], power) * pi / 2;
      c.objectives = {(1 + g) * std::cos(a) * std::cos(b), (1 + g) * std::cos(a) * std::sin(b),
                      (1 + g) * std::sin(a)};
    }
  });
}

FunctionProblem Rotated(int variables) {
  const std::size_t n = static_cast<std::size_t>(variables);
  return FunctionProblem(std::vector<Variable>(n, Real(0, 1)), 2, [n](Candidate& c) {
    // Householder reflection along (1, 2, 3, ...) of what is left of the optimum.
    std::vector<double> y(n - 1);
    double dot = 0;
    double norm = 0;
    for (std::size_t i = 0; i + 1 < n; ++i) {
      const double w = static_cast<double>(i + 1);
      y[i] = c.genes[i + 1] - 0.4;
      dot += w * y[i];
      norm += w * w;
    }
    double g = 1;
    for (std::size_t i = 0; i + 1 < n; ++i) {
      const double z = y[i] - 2 * dot / norm * static_cast<double>(i + 1);
      g += std::pow(10.0, 3.0 * static_cast<double>(i) / static_cast<double>(n - 2)) * z * z;
    }
    c.objectives = {c.genes[0], g * (1 - std::sqrt(c.genes[0] / g))};
  });
}

FunctionProblem BinhKorn() {
  return FunctionProblem({Real(0, 5), Real(0, 3)}, 2, [](Candidate& c) {
    const double x = c.genes[0];
    const double y = c.genes[1];
    c.objectives = {4 * x * x + 4 * y * y, (x - 5) * (x - 5) + (y - 5) * (y - 5)};
    c.violation = Missed({(25 - (x - 5) * (x - 5) - y * y) / 25,
                          ((x - 8) * (x - 8) + (y + 3) * (y + 3) - 7.7) / 7.7});
  });
}

FunctionProblem SrinivasDeb() {
  return FunctionProblem({Real(-20, 20), Real(-20, 20)}, 2, [](Candidate& c) {
    const double x = c.genes[0];
    const double y = c.genes[1];
    c.objectives = {2 + (x - 2) * (x - 2) + (y - 1) * (y - 1), 9 * x - (y - 1) * (y - 1)};
    c.violation = Missed({(225 - x * x - y * y) / 225, -(x - 3 * y + 10) / 10});
  });
}

FunctionProblem OsyczkaKundu() {
  return FunctionProblem(
      {Real(0, 10), Real(0, 10), Real(1, 5), Real(0, 6), Real(1, 5), Real(0, 10)}, 2,
      [](Candidate& c) {
        const std::vector<double>& x = c.genes;
        const auto square = [](double v) { return v * v; };
        c.objectives = {-(25 * square(x[0] - 2) + square(x[1] - 2) + square(x[2] - 1) +
                          square(x[3] - 4) + square(x[4] - 1)),
                        0};
        for (const double v : x) c.objectives[1] += v * v;
        c.violation = Missed({(x[0] + x[1] - 2) / 2, (6 - x[0] - x[1]) / 6, (2 - x[1] + x[0]) / 2,
                              (2 - x[0] + 3 * x[1]) / 2, (4 - square(x[2] - 3) - x[3]) / 4,
                              (square(x[4] - 3) + x[5] - 4) / 4});
      });
}

std::unique_ptr<Search> RunToEnd(Problem& problem, const SearchOptions& options) {
  auto search = Search::Create(&problem, options);
  if (!search.ok()) {
    std::cerr << search.status() << "\n";
    std::abort();
  }
  const std::atomic<bool> cancel{false};
  while ((*search)->Step(cancel)) {
  }
  return std::move(*search);
}

double ParetoHypervolume(const Search& search, const std::vector<double>& reference) {
  std::vector<double> points;
  for (const Candidate& c : search.Pareto()) {
    points.insert(points.end(), c.objectives.begin(), c.objectives.end());
  }
  return Hypervolume(points, reference);
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace raffinate::optimizer::testing
