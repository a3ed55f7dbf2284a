#include "optimizer/search/quadratic.h"

#include <gtest/gtest.h>

#include <iostream>
#include <random>

namespace raffinate::optimizer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

QuadraticProgram RandomProgram(Index n, Index k, std::mt19937_64* random) {
  std::normal_distribution<double> normal;
  const auto matrix = [&](Index rows, Index columns) {
    MatrixXd m(rows, columns);
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < columns; ++c) m(r, c) = normal(*random);
    }
    return m;
  };
  QuadraticProgram program;
  const MatrixXd root = matrix(n, n);
  program.hessian = root * root.transpose() + 0.1 * MatrixXd::Identity(n, n);
  program.gradient = 3 * matrix(n, 1);
  program.rows = matrix(k, n);
  program.least = matrix(k, 1);
  program.lower = VectorXd::Constant(n, -0.5);
  program.upper = VectorXd::Constant(n, 0.7);
  program.price = 100;
  program.curvature = 100;
  return program;
}

TEST(Quadratic, SolutionsFulfilTheConditionsOfKuhnAndTucker) {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  int missed = 0;
  for (int turn = 0; turn < 300; ++turn) {
    const Index n = 1 + turn % 8, k = turn % 6;
    const QuadraticProgram program = RandomProgram(n, k, &random);
    const QuadraticSolution s = Solve(program);
    const double scale = 1e-6 * (1 + program.gradient.norm() + s.demands.norm());
    const VectorXd stationary = program.hessian * s.step + program.gradient -
                                program.rows.transpose() * s.demands - s.lower + s.upper;
    EXPECT_LT(stationary.norm(), scale) << "turn " << turn;
    for (Index i = 0; i < n; ++i) {
      EXPECT_LE(s.step[i], program.upper[i] + 1e-12);
      EXPECT_GE(s.step[i], program.lower[i] - 1e-12);
      EXPECT_NEAR(s.lower[i] * (s.step[i] - program.lower[i]), 0, scale);
      EXPECT_NEAR(s.upper[i] * (program.upper[i] - s.step[i]), 0, scale);
    }
    for (Index j = 0; j < k; ++j) {
      const double slack = program.rows.row(j).dot(s.step) + s.missed[j] - program.least[j];
      EXPECT_GT(slack, -1e-7);
      EXPECT_GE(s.demands[j], 0);
      EXPECT_NEAR(s.demands[j] * slack, 0, scale);
      // A missed demand pays its price.
      if (s.missed[j] > 1e-6) {
        EXPECT_NEAR(s.demands[j], program.price + program.curvature * s.missed[j], 1e-4);
        ++missed;
      }
    }
  }
  EXPECT_GT(missed, 10) << "no program of the test missed a demand";
}

TEST(Quadratic, NonNegativeLeastSquaresOfLawsonAndHanson) {
  // By hand: without the bound u = (1, -1); with it the second is 0 and the first 1/2.
  MatrixXd e(2, 2);
  e << 1, 1, 1, 2;
  VectorXd f(2);
  f << 0, -1;
  const VectorXd zero = NonNegativeLeastSquares(e, f);
  EXPECT_EQ(zero[0], 0);
  EXPECT_EQ(zero[1], 0);
  f << 1, 0;
  const VectorXd u = NonNegativeLeastSquares(e, f);
  EXPECT_NEAR(u[0], 0.5, 1e-12);
  EXPECT_EQ(u[1], 0);
}

TEST(Quadratic, NonNegativeLeastSquaresOfColumnsThatDependOnEachOther) {
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  for (int turn = 0; turn < 200; ++turn) {
    const Index rows = 2 + turn % 9, columns = 3 * rows;
    MatrixXd e(rows, columns);
    VectorXd f(rows);
    for (Index r = 0; r < rows; ++r) {
      f[r] = normal(random);
      for (Index c = 0; c < columns; ++c) e(r, c) = normal(random);
    }
    // The same once more, twice as long, and the other way.
    e.col(columns - 1) = e.col(0);
    e.col(columns - 2) = 2 * e.col(1);
    e.col(columns - 3) = -e.col(2);
    const VectorXd u = NonNegativeLeastSquares(e, f);
    const VectorXd slopes = e.transpose() * (f - e * u);
    // What is summed up, of which rounding leaves a share: columns nearly parallel take large
    // multipliers.
    const double summed = f.norm() + e.colwise().norm().dot(u);
    for (Index c = 0; c < columns; ++c) {
      const double rounding = 1e-12 * e.col(c).norm() * summed;
      EXPECT_GE(u[c], 0);
      EXPECT_LT(slopes[c], rounding) << "turn " << turn;
      if (u[c] > 0) {
        EXPECT_GT(slopes[c], -rounding) << "turn " << turn;
      }
    }
  }
}

}  // namespace
}  // namespace raffinate::optimizer
