#include "tests/optimizer/search/wfg.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace raffinate::optimizer::testing {
namespace {

using std::numbers::pi;
using Values = std::vector<double>;

// Rounding must not carry a transformed value out of [0, 1].
double Clamped(double value) { return std::clamp(value, 0.0, 1.0); }

// Transformations, named and numbered as in table XI of the paper.

double Polynomial(double y, double alpha) { return Clamped(std::pow(y, alpha)); }

double Flat(double y, double a, double b, double c) {
  const double below = std::min(0.0, std::floor(y - b)) * (a * (b - y) / b);
  const double above = std::min(0.0, std::floor(c - y)) * ((1 - a) * (y - c) / (1 - c));
  return Clamped(a + below - above);
}

double Parameter(double y, double u, double a, double b, double c) {
  const double v = a - (1 - 2 * u) * std::fabs(std::floor(0.5 - u) + a);
  return Clamped(std::pow(y, b + (c - b) * v));
}

double Linear(double y, double a) {
  return Clamped(std::fabs(y - a) / std::fabs(std::floor(a - y) + a));
}

double Deceptive(double y, double a, double b, double c) {
  const double left = std::floor(y - a + b) * (1 - c + (a - b) / b) / (a - b);
  const double right = std::floor(a + b - y) * (1 - c + (1 - a - b) / b) / (1 - a - b);
  return Clamped(1 + (std::fabs(y - a) - b) * (left + right + 1 / b));
}

double Multimodal(double y, int a, double b, double c) {
  const double way = std::fabs(y - c) / (2 * (std::floor(c - y) + c));
  const double wave = std::cos((4 * a + 2) * pi * (0.5 - way));
  return Clamped((1 + wave + 4 * b * way * way) / (b + 2));
}

// Reductions.

double WeightedSum(std::span<const double> y, std::span<const double> weights) {
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    sum += weights[i] * y[i];
    total += weights[i];
  }
  return Clamped(sum / total);
}

double Mean(std::span<const double> y) { return WeightedSum(y, Values(y.size(), 1)); }

double NonSeparable(std::span<const double> y, std::size_t degree) {
  const std::size_t n = y.size();
  double sum = 0;
  for (std::size_t j = 0; j < n; ++j) {
    sum += y[j];
    for (std::size_t k = 0; k + 2 <= degree; ++k) {
      sum += std::fabs(y[j] - y[(j + k + 1) % n]);
    }
  }
  const double half = std::ceil(0.5 * static_cast<double>(degree));
  const double most = static_cast<double>(n) / static_cast<double>(degree) * half *
                      (1 + 2 * static_cast<double>(degree) - 2 * half);
  return Clamped(sum / most);
}

// Shapes of the front over x_1 .. x_M-1; `m` from 1 to `x.size()` = M.

double LinearShape(std::span<const double> x, std::size_t m) {
  double h = 1;
  for (std::size_t i = 0; i + m < x.size(); ++i) h *= x[i];
  return m > 1 ? h * (1 - x[x.size() - m]) : h;
}

double ConvexShape(std::span<const double> x, std::size_t m) {
  double h = 1;
  for (std::size_t i = 0; i + m < x.size(); ++i) h *= 1 - std::cos(x[i] * pi / 2);
  return m > 1 ? h * (1 - std::sin(x[x.size() - m] * pi / 2)) : h;
}

double ConcaveShape(std::span<const double> x, std::size_t m) {
  double h = 1;
  for (std::size_t i = 0; i + m < x.size(); ++i) h *= std::sin(x[i] * pi / 2);
  return m > 1 ? h * std::cos(x[x.size() - m] * pi / 2) : h;
}

double MixedShape(double x, double waves) {
  return 1 - x - std::cos(2 * waves * pi * x + pi / 2) / (2 * waves * pi);
}

double DisconnectedShape(double x, double waves) {
  const double wave = std::cos(waves * pi * x);
  return 1 - x * wave * wave;
}

/// One problem: where its numbers stand, and its steps from variables to objectives.
struct Problem {
  std::size_t number, objectives, position, distance;

  std::size_t size() const { return position + distance; }

  // From the variables to values in [0, 1], one per variable (or fewer: WFG2 and 3 join pairs).
  Values Transform(const Values& z) const {
    Values y(size());
    for (std::size_t i = 0; i < size(); ++i) y[i] = z[i] / (2 * static_cast<double>(i + 1));
    const Values before = y;
    const std::span<const double> all(before);
    switch (number) {
      case 1:
        for (std::size_t i = position; i < size(); ++i) {
          y[i] = Flat(Linear(y[i], 0.35), 0.8, 0.75, 0.85);
        }
        for (double& v : y) v = Polynomial(v, 0.02);
        break;
      case 2:
      case 3:
        for (std::size_t i = position; i < size(); ++i) y[i] = Linear(y[i], 0.35);
        for (std::size_t i = 0; i < distance / 2; ++i) {
          y[position + i] = NonSeparable(std::span(y).subspan(position + 2 * i, 2), 2);
        }
        y.resize(position + distance / 2);
        break;
      case 4:
        for (double& v : y) v = Multimodal(v, 30, 10, 0.35);
        break;
      case 5:
        for (double& v : y) v = Deceptive(v, 0.35, 0.001, 0.05);
        break;
      case 6:
        for (std::size_t i = position; i < size(); ++i) y[i] = Linear(y[i], 0.35);
        break;
      case 7:
        for (std::size_t i = 0; i < position; ++i) {
          y[i] = Parameter(y[i], Mean(all.subspan(i + 1)), 0.98 / 49.98, 0.02, 50);
        }
        for (std::size_t i = position; i < size(); ++i) y[i] = Linear(y[i], 0.35);
        break;
      case 8:
        for (std::size_t i = position; i < size(); ++i) {
          y[i] = Linear(Parameter(y[i], Mean(all.first(i)), 0.98 / 49.98, 0.02, 50), 0.35);
        }
        break;
      default:
        for (std::size_t i = 0; i + 1 < size(); ++i) {
          y[i] = Parameter(y[i], Mean(all.subspan(i + 1)), 0.98 / 49.98, 0.02, 50);
        }
        for (std::size_t i = 0; i < size(); ++i) {
          y[i] = i < position ? Deceptive(y[i], 0.35, 0.001, 0.05) : Multimodal(y[i], 30, 95, 0.35);
        }
    }
    return y;
  }

  double Reduced(std::span<const double> y, std::size_t first) const {
    if (number == 6 || number == 9) return NonSeparable(y, y.size());
    if (number != 1) return Mean(y);
    Values weights;
    for (std::size_t i = 0; i < y.size(); ++i) {
      weights.push_back(2 * static_cast<double>(first + i + 1));
    }
    return WeightedSum(y, weights);
  }

  // The position on the front, then the distance from it.
  Values Reduce(const Values& y) const {
    Values t;
    const std::size_t group = position / (objectives - 1);
    for (std::size_t g = 0; g + 1 < objectives; ++g) {
      t.push_back(Reduced(std::span(y).subspan(g * group, group), g * group));
    }
    t.push_back(Reduced(std::span(y).subspan(position), position));
    return t;
  }

  double Shape(std::span<const double> x, std::size_t m) const {
    if (number == 3) return LinearShape(x, m);
    if (number > 3) return ConcaveShape(x, m);
    if (m < objectives) return ConvexShape(x, m);
    return number == 1 ? MixedShape(x[0], 5) : DisconnectedShape(x[0], 5);
  }

  Values Objectives(const Values& z) const {
    const Values t = Reduce(Transform(z));
    Values x(objectives);
    x.back() = t.back();
    for (std::size_t i = 0; i + 1 < objectives; ++i) {
      // On the front of WFG3, a line, only the first position counts.
      x[i] = (number == 3 && i > 0 ? t.back() : 1.0) * (t[i] - 0.5) + 0.5;
    }
    Values f;
    for (std::size_t m = 1; m <= objectives; ++m) {
      f.push_back(t.back() + 2 * static_cast<double>(m) * Shape(x, m));
    }
    return f;
  }
};

}  // namespace

FunctionProblem Wfg(int number, int objectives, int position, int distance) {
  std::vector<Variable> variables;
  for (int i = 1; i <= position + distance; ++i) variables.push_back(Real(0, 2 * i));
  const Problem problem{static_cast<std::size_t>(number), static_cast<std::size_t>(objectives),
                        static_cast<std::size_t>(position), static_cast<std::size_t>(distance)};
  return FunctionProblem(std::move(variables), objectives,
                         [problem](Candidate& c) { c.objectives = problem.Objectives(c.genes); });
}

}  // namespace raffinate::optimizer::testing
