#include "tests/kernels/oracle/constant_beta.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace raffinate::oracle {
namespace {

using Rows = std::vector<std::vector<double>>;

// The fluxes of total metal, which no composition changes.
struct Fluxes {
  std::vector<double> aqueous;  // leaving stage j downwards, draw included
  std::vector<double> drawn;    // part of it that is drawn
  std::vector<double> organic;  // leaving stage j upwards
  double organic_reflux = 0;    // metal entering stage 1 with the organic
  double aqueous_reflux = 0;    // metal entering the last stage with the aqueous
};

Fluxes LayOut(const ConstantBetaProblem& p) {
  const int n = p.stages;
  const double fed = std::accumulate(p.feed.begin(), p.feed.end(), 0.0);
  const double organic_fed = fed * p.organic_share;
  const double scrub = p.organic_flux + organic_fed - p.organic_product;
  const bool reflux = p.ends == ConstantBetaProblem::Ends::kReflux;
  Fluxes f;
  f.aqueous.assign(n, 0.0);
  f.drawn.assign(n, 0.0);
  f.organic.assign(n, p.organic_flux);
  for (int j = p.feed_stage - 1; j < n; ++j) f.organic[j] += organic_fed;
  if (!reflux) f.organic[n - 1] = p.organic_product;
  f.organic_reflux = reflux ? p.organic_flux : 0;
  f.aqueous_reflux = reflux ? scrub : 0;
  if (p.draw_stage > 0) f.drawn[p.draw_stage - 1] = p.draw_flux;
  // Total metal over each stage: what enters less what leaves upwards, leaves downwards.
  double from_above = f.aqueous_reflux;
  for (int j = n - 1; j >= 0; --j) {
    const double from_below = j > 0 ? f.organic[j - 1] : f.organic_reflux;
    const double entering = j == p.feed_stage - 1 ? fed : 0;
    f.aqueous[j] = from_above + from_below + entering - f.organic[j];
    from_above = f.aqueous[j] - f.drawn[j];
  }
  return f;
}

double WeightedSum(const std::vector<double>& beta, const std::vector<double>& x) {
  return std::inner_product(beta.begin(), beta.end(), x.begin(), 0.0);
}

// In minus out of component i over stage j.
double Balance(const ConstantBetaProblem& p, const Fluxes& f, const Rows& x, int j, int i) {
  const int n = p.stages;
  auto y = [&](int s) { return p.beta[i] * x[s][i] / WeightedSum(p.beta, x[s]); };
  double in = j == p.feed_stage - 1 ? p.feed[i] : 0;
  in += j > 0 ? f.organic[j - 1] * y(j - 1) : f.organic_reflux * x[0][i];
  in += j + 1 < n ? (f.aqueous[j + 1] - f.drawn[j + 1]) * x[j + 1][i] : f.aqueous_reflux * y(j);
  return in - f.aqueous[j] * x[j][i] - f.organic[j] * y(j);
}

double WorstBalance(const ConstantBetaProblem& p, const Fluxes& f, const Rows& x) {
  double worst = 0;
  for (int j = 0; j < p.stages; ++j) {
    for (std::size_t i = 0; i < p.beta.size(); ++i) {
      worst = std::max(worst, std::fabs(Balance(p, f, x, j, static_cast<int>(i))));
    }
  }
  return worst;
}

// A square matrix whose entries lie within `band` of the diagonal, with room for the fill of row
// exchanges.
class BandMatrix {
 public:
  BandMatrix(int size, int band)
      : size_(size), band_(band), entries_(static_cast<std::size_t>(size) * (3 * band + 1), 0.0) {}

  double& at(int row, int column) {
    return entries_[static_cast<std::size_t>(row) * (3 * band_ + 1) + (column - row + band_)];
  }

  // Gaussian elimination with partial pivoting; overwrites the matrix and turns `b` into the
  // solution. False when singular.
  bool Solve(std::vector<double>& b) {
    for (int k = 0; k < size_; ++k) {
      const int last_row = std::min(size_ - 1, k + band_);
      const int last_column = std::min(size_ - 1, k + 2 * band_);
      int pivot = k;
      for (int r = k + 1; r <= last_row; ++r) {
        if (std::fabs(at(r, k)) > std::fabs(at(pivot, k))) pivot = r;
      }
      if (!(std::fabs(at(pivot, k)) > 0)) return false;
      if (pivot != k) {
        for (int c = k; c <= last_column; ++c) std::swap(at(k, c), at(pivot, c));
        std::swap(b[k], b[pivot]);
      }
      for (int r = k + 1; r <= last_row; ++r) {
        const double factor = at(r, k) / at(k, k);
        if (factor == 0) continue;
        for (int c = k; c <= last_column; ++c) at(r, c) -= factor * at(k, c);
        b[r] -= factor * b[k];
      }
    }
    for (int k = size_ - 1; k >= 0; --k) {
      for (int c = k + 1; c <= std::min(size_ - 1, k + 2 * band_); ++c) b[k] -= at(k, c) * b[c];
      b[k] /= at(k, k);
    }
    return true;
  }

 private:
  int size_, band_;
  std::vector<double> entries_;
};

// One implicit Euler step of length 1/`rate` in ln x on all component balances, as if each stage
// held one mole of aqueous metal, linearised; Newton's step in the limit of rate 0. Empty when the
// matrix is singular.
Rows Step(const ConstantBetaProblem& p, const Fluxes& f, const Rows& x, double rate) {
  const int n = p.stages;
  const int m = static_cast<int>(p.beta.size());
  const auto at = [m](int stage, int component) { return stage * m + component; };
  BandMatrix jacobian(n * m, 2 * m - 1);
  std::vector<double> change(n * m);
  for (int j = 0; j < n; ++j) {
    const double sum = WeightedSum(p.beta, x[j]);
    for (int i = 0; i < m; ++i) {
      change[at(j, i)] = -Balance(p, f, x, j, i);
      for (int k = 0; k < m; ++k) {
        // d y_ij / d ln x_kj
        const double y_i = p.beta[i] * x[j][i] / sum;
        const double dy = y_i * ((i == k ? 1.0 : 0.0) - p.beta[k] * x[j][k] / sum);
        const double dx = i == k ? x[j][i] : 0;
        double own = -(f.aqueous[j] + rate) * dx - f.organic[j] * dy;
        if (j == 0) own += f.organic_reflux * dx;
        if (j == n - 1) own += f.aqueous_reflux * dy;
        jacobian.at(at(j, i), at(j, k)) += own;
        if (j + 1 < n) jacobian.at(at(j + 1, i), at(j, k)) += f.organic[j] * dy;
        if (j > 0) jacobian.at(at(j - 1, i), at(j, k)) += (f.aqueous[j] - f.drawn[j]) * dx;
      }
    }
  }
  if (!jacobian.Solve(change)) return {};
  Rows stepped = x;
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      // A trace may change tenfold at once, no more; below 1e-150 it no longer matters.
      const double factor = std::exp(std::clamp(change[at(j, i)], -2.3, 2.3));
      stepped[j][i] = std::max(x[j][i] * factor, 1e-150);
    }
  }
  return stepped;
}

}  // namespace

ConstantBetaProfile SolveConstantBeta(const ConstantBetaProblem& p) {
  const double fed = std::accumulate(p.feed.begin(), p.feed.end(), 0.0);
  const Fluxes fluxes = LayOut(p);
  std::vector<double> fractions = p.feed;
  for (double& fraction : fractions) fraction = std::max(fraction / fed, 1e-150);
  Rows x(p.stages, fractions);
  // Follow the start-up of the battery in ever longer steps: it ends in the steady state.
  const double aim = 1e-14 * std::max(fed, p.organic_flux);
  double length = 1 / p.organic_flux;
  double worst = WorstBalance(p, fluxes, x);
  for (int round = 0; round < 3000 && worst > aim && length * fed > 1e-12; ++round) {
    const Rows stepped = Step(p, fluxes, x, 1 / length);
    const double after = stepped.empty() ? HUGE_VAL : WorstBalance(p, fluxes, stepped);
    // Fronts that find their place raise the balance for a while: forbidding that stalls.
    if (after < 3 * worst) {
      x = stepped;
      worst = after;
      length *= 1.3;
    } else {
      length /= 4;
    }
  }
  ConstantBetaProfile profile;
  profile.imbalance = worst / fed;
  profile.converged = worst <= 100 * aim;
  profile.x = x;
  profile.y = x;
  for (int j = 0; j < p.stages; ++j) {
    const double sum = WeightedSum(p.beta, x[j]);
    for (std::size_t i = 0; i < p.beta.size(); ++i) profile.y[j][i] = p.beta[i] * x[j][i] / sum;
  }
  profile.aqueous_flux = fluxes.aqueous;
  profile.organic_out = fluxes.organic;
  return profile;
}

}  // namespace raffinate::oracle
