#include "optimizer/search/quadratic.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

namespace raffinate::optimizer {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// Orthogonal factors of columns that come and go: least squares over them without factoring all
/// anew whenever one comes.
class Factors {
 public:
  explicit Factors(const VectorXd& f, Index most) : f_(f), q_(f.size(), most), r_(most, most) {}

  Index size() const { return size_; }

  /// False, and nothing happens, when the column depends on those before it.
  bool Append(const VectorXd& column) {
    if (size_ == q_.cols()) return false;
    const double length = column.norm();
    VectorXd rest = column;
    VectorXd shares = VectorXd::Zero(size_);
    // Once more takes away what rounding has left of the others.
    for (int time = 0; time < 2 && size_ > 0; ++time) {
      const VectorXd part = q_.leftCols(size_).transpose() * rest;
      rest.noalias() -= q_.leftCols(size_) * part;
      shares += part;
    }
    const double left = rest.norm();
    if (!(left > kDependent * length)) return false;
    r_.col(size_).head(size_) = shares;
    r_(size_, size_) = left;
    q_.col(size_) = rest / left;
    ++size_;
    return true;
  }
  void DropFrom(Index first) { size_ = first; }

  /// The multipliers of the columns whose sum comes nearest to f.
  VectorXd Solve() const {
    const VectorXd right = q_.leftCols(size_).transpose() * f_;
    return r_.topLeftCorner(size_, size_).triangularView<Eigen::Upper>().solve(right);
  }

 private:
  /// Share of a column beyond the others from which on it is one of its own.
  static constexpr double kDependent = 1e-12;

  const VectorXd& f_;
  MatrixXd q_, r_;
  Index size_ = 0;
};

}  // namespace

VectorXd NonNegativeLeastSquares(const MatrixXd& e, const VectorXd& f) {
  const Index columns = e.cols();
  VectorXd u = VectorXd::Zero(columns);
  std::vector<Index> passive;
  std::vector<bool> in(static_cast<std::size_t>(columns), false);
  std::vector<double> norm;
  for (Index j = 0; j < columns; ++j) norm.push_back(std::max(e.col(j).norm(), 1e-300));
  const double tolerance = 1e-13 * f.norm();
  // What could not grow when it entered last, by rounding alone.
  std::vector<bool> stuck(static_cast<std::size_t>(columns), false);
  Factors factors(f, std::min(e.rows(), columns));
  // Every turn of the outer loop lowers the distance; the bound is against rounding.
  for (Index turn = 0; turn < 10 * columns + 10; ++turn) {
    const VectorXd w = e.transpose() * (f - e * u);
    Index enter = -1;
    for (Index j = 0; j < columns; ++j) {
      if (in[j] || stuck[j] || !(w[j] > tolerance * norm[j])) continue;
      if (enter < 0 || w[j] / norm[j] > w[enter] / norm[enter]) enter = j;
    }
    if (enter < 0) break;
    VectorXd z;
    if (factors.Append(e.col(enter))) z = factors.Solve();
    if (z.size() == 0 || !(z[z.size() - 1] > 0)) {
      factors.DropFrom(static_cast<Index>(passive.size()));
      stuck[enter] = true;
      continue;
    }
    passive.push_back(enter);
    in[enter] = true;
    std::fill(stuck.begin(), stuck.end(), false);
    while (!passive.empty() && !(z.minCoeff() > 0)) {
      double part = 1;
      for (std::size_t k = 0; k < passive.size(); ++k) {
        const double from = u[passive[k]], to = z[static_cast<Index>(k)];
        if (to <= 0) part = std::min(part, from / (from - to));
      }
      std::vector<Index> kept;
      std::size_t same = passive.size();  // columns before the first that goes
      for (std::size_t k = 0; k < passive.size(); ++k) {
        const Index j = passive[k];
        u[j] += part * (z[static_cast<Index>(k)] - u[j]);
        if (z[static_cast<Index>(k)] <= 0 && u[j] <= 1e-14) {
          u[j] = 0;
          in[j] = false;
          same = std::min(same, k);
        } else {
          kept.push_back(j);
        }
      }
      if (kept.size() == passive.size()) break;
      factors.DropFrom(static_cast<Index>(same));
      passive.assign(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(same));
      for (std::size_t k = same; k < kept.size(); ++k) {
        // Of columns that could stand beside more of them only rounding makes one depend.
        in[kept[k]] = factors.Append(e.col(kept[k]));
        if (in[kept[k]]) {
          passive.push_back(kept[k]);
        } else {
          u[kept[k]] = 0;
        }
      }
      z = passive.empty() ? VectorXd() : factors.Solve();
    }
    for (std::size_t k = 0; k < passive.size(); ++k) {
      u[passive[k]] = std::max(z[static_cast<Index>(k)], 0.0);
    }
  }
  return u;
}

QuadraticSolution Solve(const QuadraticProgram& program) {
  const Index n = program.gradient.size(), k = program.least.size(), all = n + k;
  // z = (d, s); G z >= h.
  MatrixXd hessian = MatrixXd::Zero(all, all);
  hessian.topLeftCorner(n, n) = program.hessian;
  hessian.diagonal().tail(k).setConstant(program.curvature);
  VectorXd gradient(all);
  gradient << program.gradient, VectorXd::Constant(k, program.price);
  MatrixXd g = MatrixXd::Zero(2 * k + 2 * n, all);
  VectorXd h(2 * k + 2 * n);
  g.topLeftCorner(k, n) = program.rows;
  g.block(0, n, k, k).setIdentity();
  g.block(k, n, k, k).setIdentity();
  g.block(2 * k, 0, n, n).setIdentity();
  g.block(2 * k + n, 0, n, n) = -MatrixXd::Identity(n, n);
  h << program.least, VectorXd::Zero(k), program.lower, -program.upper;

  const Eigen::LLT<MatrixXd> factors(hessian);
  const auto lower = factors.matrixL();
  const VectorXd shift = lower.solve(gradient);  // y = L'z + shift
  MatrixXd rows = lower.solve(g.transpose()).transpose();
  VectorXd least = h + rows * shift;
  // Rows of length one, and distances around one: both leave the solution as it is and keep
  // what is summed below of one size.
  const VectorXd length = rows.rowwise().norm().cwiseMax(1e-300);
  rows = length.cwiseInverse().asDiagonal() * rows;
  least = least.cwiseQuotient(length);
  const double unit = std::max(1e-12, least.cwiseMax(0.0).maxCoeff());
  least /= unit;
  MatrixXd e(all + 1, rows.rows());
  e.topRows(all) = rows.transpose();
  e.row(all) = least.transpose();
  VectorXd f = VectorXd::Zero(all + 1);
  f[all] = 1;
  const VectorXd u = NonNegativeLeastSquares(e, f);
  const VectorXd r = e * u - f;
  const VectorXd y = -unit * r.head(all) / r[all];
  const VectorXd z = factors.matrixU().solve(y - shift);
  const VectorXd multipliers = (-unit / r[all]) * u.cwiseQuotient(length);

  QuadraticSolution solution;
  solution.step = z.head(n).cwiseMax(program.lower).cwiseMin(program.upper);
  solution.missed = z.tail(k).cwiseMax(0.0);
  solution.demands = multipliers.head(k);
  solution.lower = multipliers.segment(2 * k, n);
  solution.upper = multipliers.tail(n);
  return solution;
}

}  // namespace raffinate::optimizer
