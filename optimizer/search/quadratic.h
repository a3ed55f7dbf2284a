// Small quadratic programs with demands that may be missed at a price.
#pragma once

#include <Eigen/Core>

namespace raffinate::optimizer {

/// min  1/2 d'Hd + g'd + sum_k (price s_k + curvature s_k^2 / 2)
/// s.t. A d + s >= b,  s >= 0,  lower <= d <= upper
/// It always has a solution.
struct QuadraticProgram {
  Eigen::MatrixXd hessian;   ///< n x n, symmetric positive definite
  Eigen::VectorXd gradient;  ///< n
  Eigen::MatrixXd rows;      ///< A, k x n; may have no rows
  Eigen::VectorXd least;     ///< b, k
  Eigen::VectorXd lower;     ///< n
  Eigen::VectorXd upper;     ///< n, >= lower
  double price = 1;          ///< > 0
  double curvature = 1;      ///< > 0
};

struct QuadraticSolution {
  Eigen::VectorXd step;     ///< d
  Eigen::VectorXd missed;   ///< s
  Eigen::VectorXd demands;  ///< multipliers of A d + s >= b, >= 0
  Eigen::VectorXd lower;    ///< multipliers of the bounds, >= 0
  Eigen::VectorXd upper;
};

/// min |E u - f| over u >= 0: algorithm NNLS of Lawson and Hanson 1974, Solving Least
/// Squares Problems, chapter 23.
Eigen::VectorXd NonNegativeLeastSquares(const Eigen::MatrixXd& e, const Eigen::VectorXd& f);

/// By least distance programming (Lawson and Hanson, chapter 23, LDP): exact up to
/// rounding, with its multipliers.
QuadraticSolution Solve(const QuadraticProgram& program);

}  // namespace raffinate::optimizer
