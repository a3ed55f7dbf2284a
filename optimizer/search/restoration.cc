#include "optimizer/search/restoration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "optimizer/search/feasibility.h"

namespace raffinate::optimizer {
namespace {

constexpr int kIterations = 25;
constexpr double kDifference = 1e-7;  // of search coordinates
constexpr double kToSpare = 0.1;
constexpr double kTrials[] = {1, 0.5, 0.1};
// A step that leaves more than this of the violation is the last one.
constexpr double kProgress = 0.95;
// Weight of the identity beside rows of unit length: contradicting rows share.
constexpr double kDamping = 1e-12;

// Solves the symmetric positive definite n x n system in place by Cholesky.
void SolvePositive(std::vector<double>& a, std::vector<double>& b) {
  const std::size_t n = b.size();
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) a[j * n + j] -= a[j * n + k] * a[j * n + k];
    a[j * n + j] = std::sqrt(std::max(a[j * n + j], kDamping));
    for (std::size_t i = j + 1; i < n; ++i) {
      for (std::size_t k = 0; k < j; ++k) a[i * n + j] -= a[i * n + k] * a[j * n + k];
      a[i * n + j] /= a[j * n + j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
}

// Shortest step that meets the `active` rows; what would leave [0, 1] goes to the bound
// and the others make up for it.
std::vector<double> StepOf(const LinearDemands& demands, const std::vector<std::size_t>& active) {
  const std::size_t d = demands.point.size();
  std::vector<double> step(d, 0);
  std::vector<bool> fixed(d, false);
  for (std::size_t round = 0; round < d; ++round) {
    std::vector<std::size_t> rows;
    std::vector<double> scaled;  // free slopes, rows of unit length
    std::vector<double> wanted;
    for (const std::size_t row : active) {
      const double* slope = &demands.slopes[row * d];
      const double residual = demands.residuals[row];
      double target = demands.kinds[row].equality ? -residual : -(1 + kToSpare) * residual;
      double square = 0;
      for (std::size_t k = 0; k < d; ++k) {
        if (fixed[k]) {
          target -= slope[k] * step[k];
        } else {
          square += slope[k] * slope[k];
        }
      }
      if (!(square > 0) || !std::isfinite(square)) continue;
      const double length = std::sqrt(square);
      for (std::size_t k = 0; k < d; ++k) scaled.push_back(fixed[k] ? 0 : slope[k] / length);
      wanted.push_back(target / length);
      rows.push_back(row);
    }
    const std::size_t n = rows.size();
    std::vector<double> products(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < d; ++k)
          products[i * n + j] += scaled[i * d + k] * scaled[j * d + k];
      }
      products[i * n + i] += kDamping;
    }
    SolvePositive(products, wanted);
    bool beyond = false;
    for (std::size_t k = 0; k < d; ++k) {
      if (fixed[k]) continue;
      step[k] = 0;
      for (std::size_t i = 0; i < n; ++i) step[k] += scaled[i * d + k] * wanted[i];
      const double end = demands.point[k] + step[k];
      if (end < 0 || end > 1) {
        step[k] = (end < 0 ? 0.0 : 1.0) - demands.point[k];
        fixed[k] = true;
        beyond = true;
      }
    }
    if (!beyond) break;
  }
  return step;
}

Candidate At(const Candidate& from, std::vector<double> genes) {
  Candidate c;
  c.genes = std::move(genes);
  c.state = from.state;
  return c;
}

// One start on its way.
struct Walker {
  Candidate best;
  std::vector<double> gap;  // of the differences, by coordinate; 0: not moved
  std::vector<double> step;
  bool done = false;
};

class Walk {
 public:
  Walk(Problem& problem, const GeneSpace& space, std::int64_t most, const std::atomic<bool>& cancel)
      : problem_(problem),
        space_(space),
        most_(most),
        cancel_(cancel),
        kinds_(problem.requirements()) {}

  Restored Run(std::vector<Candidate> starts) {
    if (most_ > 0 && std::cmp_greater(starts.size(), most_)) {
      starts.resize(static_cast<std::size_t>(most_));
    }
    Evaluate(starts);
    std::vector<Walker> walkers;
    for (Candidate& start : starts) {
      walkers.emplace_back().best = std::move(start);
      walkers.back().done = !CanMove(walkers.back().best);
    }
    for (int n = 0; n < kIterations && !cancel_.load(); ++n) {
      if (!Linearize(walkers) || !Try(walkers)) break;
    }
    for (Walker& w : walkers) restored_.candidates.push_back(std::move(w.best));
    return std::move(restored_);
  }

 private:
  bool CanMove(const Candidate& c) const {
    return c.solved && !Feasible(c) && c.residuals.size() == kinds_.size();
  }

  // False when that would be too many.
  bool Evaluate(std::span<Candidate> batch) {
    const std::int64_t after = restored_.evaluations + static_cast<std::int64_t>(batch.size());
    if (cancel_.load() || batch.empty() || (most_ > 0 && after > most_)) return false;
    problem_.Evaluate(batch, cancel_);
    restored_.evaluations = after;
    for (const Candidate& c : batch) restored_.solved += c.solved;
    return true;
  }

  bool Linearize(std::vector<Walker>& walkers) {
    const int d = space_.size();
    std::vector<Candidate> batch;
    for (Walker& w : walkers) {
      if (w.done) continue;
      w.gap.assign(static_cast<std::size_t>(d), 0);
      for (int k = 0; k < d; ++k) {
        if (space_.values(k) > 0) continue;
        std::vector<double> genes = w.best.genes;
        const double x = space_.Encode(k, genes[k]);
        genes[k] = space_.Decode(k, x + kDifference <= 1 ? x + kDifference : x - kDifference);
        w.gap[k] = space_.Encode(k, genes[k]) - x;
        if (w.gap[k] != 0) batch.push_back(At(w.best, std::move(genes)));
      }
    }
    if (!Evaluate(batch)) return false;
    std::size_t next = 0;
    for (Walker& w : walkers) {
      if (w.done) continue;
      LinearDemands demands{kinds_, w.best.residuals, {}, {}};
      demands.slopes.assign(kinds_.size() * w.gap.size(), 0);
      for (int k = 0; k < d; ++k) {
        demands.point.push_back(space_.Encode(k, w.best.genes[k]));
        if (w.gap[k] == 0) continue;
        const Candidate& moved = batch[next++];
        if (!moved.solved) continue;
        for (std::size_t row = 0; row < kinds_.size(); ++row) {
          demands.slopes[row * w.gap.size() + k] =
              (moved.residuals[row] - w.best.residuals[row]) / w.gap[k];
        }
      }
      w.step = ShortestStep(demands);
      w.done = std::all_of(w.step.begin(), w.step.end(), [](double s) { return s == 0; });
    }
    return true;
  }

  bool Try(std::vector<Walker>& walkers) {
    std::vector<Candidate> batch;
    for (const Walker& w : walkers) {
      if (w.done) continue;
      for (const double share : kTrials) {
        std::vector<double> genes = w.best.genes;
        for (int k = 0; k < space_.size(); ++k) {
          if (w.step[k] == 0) continue;
          genes[k] = space_.Decode(k, space_.Encode(k, genes[k]) + share * w.step[k]);
        }
        batch.push_back(At(w.best, std::move(genes)));
      }
    }
    if (!Evaluate(batch)) return false;
    std::size_t next = 0;
    for (Walker& w : walkers) {
      if (w.done) continue;
      const double before = w.best.violation;
      for (std::size_t n = 0; n < std::size(kTrials); ++n, ++next) {
        if (LessViolated(batch[next], w.best)) w.best = std::move(batch[next]);
      }
      w.done = !CanMove(w.best) || w.best.violation > kProgress * before;
    }
    return true;
  }

  Problem& problem_;
  const GeneSpace& space_;
  const std::int64_t most_;
  const std::atomic<bool>& cancel_;
  const std::vector<Requirement> kinds_;
  Restored restored_;
};

}  // namespace

std::vector<double> ShortestStep(const LinearDemands& demands) {
  const std::size_t rows = demands.kinds.size();
  const std::size_t d = demands.point.size();
  std::vector<bool> chosen(rows, false);
  for (std::size_t row = 0; row < rows; ++row) {
    chosen[row] = demands.kinds[row].equality || demands.residuals[row] > 0;
  }
  std::vector<double> step;
  for (std::size_t round = 0; round <= rows; ++round) {
    std::vector<std::size_t> active;
    for (std::size_t row = 0; row < rows; ++row) {
      if (chosen[row]) active.push_back(row);
    }
    step = StepOf(demands, active);
    bool broken = false;
    for (std::size_t row = 0; row < rows; ++row) {
      double after = demands.residuals[row];
      for (std::size_t k = 0; k < d; ++k) after += demands.slopes[row * d + k] * step[k];
      if (!chosen[row] && after > 0) chosen[row] = broken = true;
    }
    if (!broken) break;
  }
  return step;
}

Restored RestoreFeasibility(Problem& problem, const GeneSpace& space, std::vector<Candidate> starts,
                            std::int64_t most_evaluations, const std::atomic<bool>& cancel) {
  return Walk(problem, space, most_evaluations, cancel).Run(std::move(starts));
}

}  // namespace raffinate::optimizer
