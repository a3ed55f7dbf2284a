#include "tests/kernels/oracle/mass_action.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace raffinate::oracle {
namespace {

using Real = long double;
using Vector = std::vector<Real>;
using Matrix = std::vector<Vector>;

// Unknowns, stage by stage: ln x of each component, ln h, ln S.
class Equations {
 public:
  explicit Equations(const MassActionProblem& problem)
      : p_(problem), m_(static_cast<int>(problem.components.size())), block_(m_ + 2) {
    // Aqueous volume and strong anions only ever add up on the way down.
    aqueous_.assign(p_.stages, 0);
    anions_.assign(p_.stages, 0);
    entering_.assign(p_.stages, Vector(m_, 0));
    Real volume = 0, charge = 0;
    for (int j = p_.stages - 1; j >= 0; --j) {
      for (const auto& inlet : p_.inlets) {
        if (inlet.stage - 1 != j) continue;
        volume += inlet.flow;
        charge += static_cast<Real>(inlet.flow) * inlet.anions;
        for (int i = 0; i < m_; ++i) {
          entering_[j][i] += static_cast<Real>(inlet.flow) * inlet.molarity[i];
        }
      }
      aqueous_[j] = volume;
      anions_[j] = charge / volume;
    }
    scale_.assign(m_, 0);
    for (int i = 0; i < m_; ++i) {
      if (!p_.organic_molarity.empty()) {
        entering_[0][i] += static_cast<Real>(p_.organic_flow) * p_.organic_molarity[i];
      }
      for (int j = 0; j < p_.stages; ++j) scale_[i] += entering_[j][i];
    }
  }

  int size() const { return p_.stages * block_; }

  // Stages filled with acid and fresh extractant, and traces in equilibrium with them.
  Vector Start() const {
    Vector u(size());
    for (int j = 0; j < p_.stages; ++j) {
      for (int i = 0; i < m_; ++i) {
        u[j * block_ + i] = std::log(Real(1e-9));
      }
      u[j * block_ + m_] = std::log(std::max(anions_[j], Real(1e-7)));
      u[j * block_ + m_ + 1] = std::log(Real(p_.dimer));
      for (int i = 0; i < m_; ++i) {
        const Real y = Organic(u, j, i);
        if (y > Real(1e-9)) u[j * block_ + i] -= std::log(y / Real(1e-9));
      }
    }
    return u;
  }

  // What each stage holds of each component when both settlers hold one litre [mol].
  Vector Holdup(const Vector& u) const {
    Vector holdup(size(), 0);
    for (int j = 0; j < p_.stages; ++j) {
      for (int i = 0; i < m_; ++i) {
        holdup[j * block_ + i] = std::exp(u[j * block_ + i]) + Organic(u, j, i);
      }
    }
    return holdup;
  }

  Real Organic(const Vector& u, int j, int i) const {
    const auto& c = p_.components[i];
    const Real ln10 = std::log(Real(10));
    return std::exp(c.log10_k * ln10 + u[j * block_ + i] + c.dimers * u[j * block_ + m_ + 1] -
                    c.charge * u[j * block_ + m_]);
  }

  // Scaled residuals, and their derivatives when asked for, of a step from contents `before` with
  // `rate` the inverse of its length [1/h]; rate 0 is the steady state.
  void Evaluate(const Vector& u, Real rate, const Vector& before, Vector* residual,
                Matrix* jacobian) const {
    residual->assign(size(), 0);
    if (jacobian) jacobian->assign(size(), Vector(size(), 0));
    auto add = [&](int row, int column, Real value) {
      if (jacobian) (*jacobian)[row][column] += value;
    };
    for (int j = 0; j < p_.stages; ++j) {
      const int at = j * block_, h_at = at + m_, s_at = at + m_ + 1;
      const Real h = std::exp(u[h_at]), s = std::exp(u[s_at]);
      const Real hydroxide = p_.water_product / h;
      const Real charge_scale = std::max(std::fabs(anions_[j]), Real(1e-3));
      Real charge = h - hydroxide - anions_[j];
      Real dimer = s - p_.dimer;
      for (int i = 0; i < m_; ++i) {
        const auto& c = p_.components[i];
        const Real x = std::exp(u[at + i]);
        const Real y = Organic(u, j, i);
        charge += c.charge * x;
        dimer += c.dimers * y;
        add(h_at, at + i, c.charge * x / charge_scale);
        add(s_at, at + i, c.dimers * y / p_.dimer);
        add(s_at, h_at, -c.dimers * c.charge * y / p_.dimer);
        add(s_at, s_at, c.dimers * c.dimers * y / p_.dimer);

        const Real down = aqueous_[j] * x / scale_[i];
        const Real up = p_.organic_flow * y / scale_[i];
        const Real stay = rate / scale_[i];
        (*residual)[at + i] +=
            entering_[j][i] / scale_[i] - down - up + stay * (before[at + i] - x - y);
        add(at + i, at + i, -down - stay * (x + y));
        add(at + i, h_at, stay * c.charge * y);
        add(at + i, s_at, -stay * c.dimers * y);
        if (j > 0) {
          (*residual)[at - block_ + i] += down;
          add(at - block_ + i, at + i, down);
        }
        for (const bool own : {true, false}) {  // leaves this stage, enters the next
          if (!own && j + 1 == p_.stages) continue;
          const int row = own ? at + i : at + block_ + i;
          const Real sign = own ? -1 : 1;
          if (!own) (*residual)[row] += up;
          add(row, at + i, sign * up);
          add(row, h_at, -sign * c.charge * up);
          add(row, s_at, sign * c.dimers * up);
        }
      }
      (*residual)[h_at] = charge / charge_scale;
      (*residual)[s_at] = dimer / p_.dimer;
      add(h_at, h_at, (h + hydroxide) / charge_scale);
      add(s_at, s_at, s / p_.dimer);
    }
  }

 private:
  const MassActionProblem& p_;
  int m_, block_;
  Vector aqueous_, anions_, scale_;
  Matrix entering_;
};

Real Norm(const Vector& v) {
  Real worst = 0;
  for (const Real value : v)
    worst = std::isfinite(value) ? std::max(worst, std::fabs(value)) : 1e300L;
  return worst;
}

// Gaussian elimination with partial pivoting; false when singular.
bool SolveDense(Matrix& a, Vector& b) {
  const int n = static_cast<int>(b.size());
  for (int k = 0; k < n; ++k) {
    int pivot = k;
    for (int r = k + 1; r < n; ++r) {
      if (std::fabs(a[r][k]) > std::fabs(a[pivot][k])) pivot = r;
    }
    if (!(std::fabs(a[pivot][k]) > 0)) return false;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (int r = k + 1; r < n; ++r) {
      const Real factor = a[r][k] / a[k][k];
      if (factor == 0) continue;
      for (int c = k; c < n; ++c) a[r][c] -= factor * a[k][c];
      b[r] -= factor * b[k];
    }
  }
  for (int k = n - 1; k >= 0; --k) {
    for (int c = k + 1; c < n; ++c) b[k] -= a[k][c] * b[c];
    b[k] /= a[k][k];
  }
  return true;
}

// Newton in the logarithms for one step in time; it is shortened until the worst equation improves.
bool Newton(const Equations& equations, Real rate, const Vector& before, Real aim, Vector* u) {
  Vector residual, step, trial_residual;
  Matrix jacobian;
  for (int iteration = 0; iteration < 30; ++iteration) {
    equations.Evaluate(*u, rate, before, &residual, &jacobian);
    const Real worst = Norm(residual);
    if (worst < aim) return true;
    step = residual;
    if (!SolveDense(jacobian, step)) return false;
    bool improved = false;
    for (Real share = std::min(Real(1), 3 / Norm(step)); share > 1e-4L && !improved; share /= 2) {
      Vector trial = *u;
      for (std::size_t k = 0; k < trial.size(); ++k) trial[k] -= share * step[k];
      equations.Evaluate(trial, rate, before, &trial_residual, nullptr);
      if (Norm(trial_residual) < worst) {
        *u = trial;
        improved = true;
      }
    }
    if (!improved) return false;
  }
  return false;
}

}  // namespace

MassActionProfile SolveMassAction(const MassActionProblem& p) {
  const Equations equations(p);
  // Follow the start-up of the battery in ever longer steps; the last one is infinite.
  Vector u = equations.Start();
  Real length = 1e-3L;
  bool converged = false;
  for (int step = 0; step < 3000 && !converged && length > 1e-12L; ++step) {
    const Vector before = equations.Holdup(u);
    Vector trial = u;
    if (length > 1e3L && Newton(equations, 0, before, 1e-16L, &trial)) {
      converged = true;
      u = trial;
      break;
    }
    trial = u;
    if (Newton(equations, 1 / length, before, 1e-11L, &trial)) {
      u = trial;
      length *= 2;
    } else {
      length /= 4;
    }
  }
  MassActionProfile profile;
  Vector residual;
  equations.Evaluate(u, 0, equations.Holdup(u), &residual, nullptr);
  profile.residual = static_cast<double>(Norm(residual));
  profile.converged = converged;
  const int m = static_cast<int>(p.components.size());
  for (int j = 0; j < p.stages; ++j) {
    const auto first = u.begin() + j * (m + 2);
    std::vector<double> x(m), y(m);
    for (int i = 0; i < m; ++i) {
      x[i] = static_cast<double>(std::exp(first[i]));
      y[i] = static_cast<double>(equations.Organic(u, j, i));
    }
    profile.x.push_back(x);
    profile.y.push_back(y);
    profile.h.push_back(static_cast<double>(std::exp(first[m])));
    profile.s.push_back(static_cast<double>(std::exp(first[m + 1])));
  }
  return profile;
}

}  // namespace raffinate::oracle
