#include "tests/optimizer/search/known_fronts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

#include "tests/kernels/oracle/nondominated_sort.h"

namespace raffinate::optimizer::testing {
namespace {

using std::numbers::pi;

// Smallest f1 of ZDT6, where its x1 is 0.0814.
constexpr double kLeastFirstOfZdt6 = 0.2807753191;

// What a curve or a surface dominates of itself is no front, and where it shrinks to a point one
// of the points is enough.
std::vector<double> NonDominated(const std::vector<double>& points, int objectives) {
  const std::vector<int> ranks = oracle::NonDominatedRanks(points, objectives);
  const auto m = static_cast<std::ptrdiff_t>(objectives);
  std::vector<double> front;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const auto row = points.begin() + static_cast<std::ptrdiff_t>(i) * m;
    const bool again = !front.empty() && std::equal(row, row + m, front.end() - m);
    if (ranks[i] == 0 && !again) front.insert(front.end(), row, row + m);
  }
  return front;
}

// visit(x, y) over a lattice of the unit square.
template <typename Visit>
void OverSquare(int points, Visit visit) {
  const int side = std::max(2, static_cast<int>(std::lround(std::sqrt(points))));
  for (int i = 0; i < side; ++i) {
    for (int j = 0; j < side; ++j) {
      visit(static_cast<double>(i) / (side - 1), static_cast<double>(j) / (side - 1));
    }
  }
}

// visit(a, b, c) over a lattice of the triangle a + b + c = 1.
template <typename Visit>
void OverTriangle(int points, Visit visit) {
  const int side = std::max(1, static_cast<int>(std::lround(std::sqrt(2.0 * points))) - 1);
  for (int i = 0; i <= side; ++i) {
    for (int j = 0; i + j <= side; ++j) {
      visit(static_cast<double>(i) / side, static_cast<double>(j) / side,
            static_cast<double>(side - i - j) / side);
    }
  }
}

// The part of an ellipsoid with these half axes where no coordinate is negative.
std::vector<double> Ellipsoid(const std::vector<double>& axes, int points) {
  std::vector<double> front;
  if (axes.size() == 2) {
    for (int i = 0; i < points; ++i) {
      const double angle = 0.5 * pi * i / (points - 1);
      front.insert(front.end(), {axes[0] * std::sin(angle), axes[1] * std::cos(angle)});
    }
    return front;
  }
  OverTriangle(points, [&](double a, double b, double c) {
    const double length = std::hypot(a, b, c);
    front.insert(front.end(), {axes[0] * a / length, axes[1] * b / length, axes[2] * c / length});
  });
  return front;
}

double Convex(double x) { return 1 - std::cos(0.5 * pi * x); }
double ConvexRest(double x) { return 1 - std::sin(0.5 * pi * x); }

double LastOfWfg(int number, double x) {
  if (number == 1) return 1 - x - std::cos(10 * pi * x + 0.5 * pi) / (10 * pi);
  const double wave = std::cos(5 * pi * x);
  return 1 - x * wave * wave;
}

}  // namespace

std::vector<double> ZdtFront(int number, int points) {
  const double low = number == 6 ? kLeastFirstOfZdt6 : 0;
  std::vector<double> front;
  for (int i = 0; i < points; ++i) {
    const double f = low + (1 - low) * i / (points - 1);
    double last = 1 - std::sqrt(f);
    if (number == 2 || number == 6) last = 1 - f * f;
    if (number == 3) last -= f * std::sin(10 * pi * f);
    front.insert(front.end(), {f, last});
  }
  return number == 3 ? NonDominated(front, 2) : front;
}

std::vector<double> DtlzFront(int number, int points) {
  std::vector<double> front;
  if (number == 1) {
    OverTriangle(points, [&](double a, double b, double c) {
      front.insert(front.end(), {0.5 * a, 0.5 * b, 0.5 * c});
    });
    return front;
  }
  if (number < 7) return Ellipsoid({1, 1, 1}, points);
  OverSquare(points, [&](double a, double b) {
    // (1 + g) h with g = 1, its least.
    const double last = 6 - a * (1 + std::sin(3 * pi * a)) - b * (1 + std::sin(3 * pi * b));
    front.insert(front.end(), {a, b, last});
  });
  return NonDominated(front, 3);
}

std::vector<double> WfgFront(int number, int objectives, int points) {
  if (number > 3) {
    return Ellipsoid(objectives == 2 ? std::vector<double>{2, 4} : std::vector<double>{2, 4, 6},
                     points);
  }
  std::vector<double> front;
  if (objectives == 2) {
    for (int i = 0; i < points; ++i) {
      const double x = static_cast<double>(i) / (points - 1);
      if (number == 3) {
        front.insert(front.end(), {2 * x, 4 * (1 - x)});
      } else {
        front.insert(front.end(), {2 * Convex(x), 4 * LastOfWfg(number, x)});
      }
    }
  } else if (number < 3) {
    OverSquare(points, [&](double x, double y) {
      front.insert(front.end(), {2 * Convex(x) * Convex(y), 4 * Convex(x) * ConvexRest(y),
                                 6 * LastOfWfg(number, x)});
    });
  }
  return NonDominated(front, objectives);
}

double IgdPlus(std::span<const double> points, std::span<const double> front, int objectives) {
  const std::size_t m = static_cast<std::size_t>(objectives);
  double sum = 0;
  for (std::size_t r = 0; r < front.size(); r += m) {
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t p = 0; p < points.size(); p += m) {
      double square = 0;
      for (std::size_t j = 0; j < m; ++j) {
        const double worse = std::max(0.0, points[p + j] - front[r + j]);
        square += worse * worse;
      }
      nearest = std::min(nearest, square);
    }
    sum += std::sqrt(nearest);
  }
  return sum * static_cast<double>(m) / static_cast<double>(front.size());
}

}  // namespace raffinate::optimizer::testing
