// Outflows read backwards: from weights of what leaves a circuit to the derivatives by its
// cascade and profile.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "kernels/circuit_gradient.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels {
namespace {

/// The aqueous that passes the stages with the organic, and what is drawn with
/// it, read backwards for something of concentration `c[j]` in the aqueous.
class AqueousPath {
 public:
  AqueousPath(const Circuit& circuit, const Cascade& cascade, CascadeGradient* direct)
      : circuit_(circuit), cascade_(cascade), direct_(direct) {}

  /// Adds to `by_c` [N] and to the derivatives by flows, for the weights of the
  /// rows of Outflows.
  void Add(const std::vector<double>& c, const std::vector<double>& weights,
           std::vector<double>* by_c) {
    if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; })) return;
    const StageFlows& first = cascade_.flows[0];
    const double bottom = weights[weights.size() - 2];
    (*by_c)[0] += first.aq_down * bottom;
    direct_->flows[0].aq_down += c[0] * bottom;
    for (size_t d = 0; d < circuit_.draws.size(); ++d) {
      const Draw& draw = circuit_.draws[d];
      if (draw.phase != Phase::kAqueous) continue;
      (*by_c)[draw.stage] += cascade_.flows[draw.stage].aq_draw * weights[d];
      direct_->flows[draw.stage].aq_draw += c[draw.stage] * weights[d];
    }
    // As Outflows: what is carried around the loop is known from a first pass.
    std::vector<double> once = Pass(c, 0.0);
    const std::vector<double> rising = Pass(c, cascade_.recycle * once.back());
    const double around = Back(c, rising, weights, weights.back(), by_c);
    if (cascade_.recycle == 0) return;
    direct_->recycle += around * once.back();
    Back(c, once, std::vector<double>(weights.size(), 0.0), cascade_.recycle * around, by_c);
  }

 private:
  /// What rises into every stage and, last, out of the top.
  std::vector<double> Pass(const std::vector<double>& c, double rising) const {
    std::vector<double> into(1, rising);
    for (int j = 0; j < cascade_.stages(); ++j) {
      const StageFlows& f = cascade_.flows[j];
      into.push_back(f.aq_up * c[j] + f.bypass_up * into.back());
    }
    return into;
  }

  /// The derivative by what rises into the first stage.
  double Back(const std::vector<double>& c, const std::vector<double>& rising,
              const std::vector<double>& weights, double by_rising, std::vector<double>* by_c) {
    for (int j = cascade_.stages() - 1; j >= 0; --j) {
      const StageFlows& f = cascade_.flows[j];
      StageFlows& by = direct_->flows[j];
      (*by_c)[j] += f.aq_up * by_rising;
      by.aq_up += c[j] * by_rising;
      by.bypass_up += rising[j] * by_rising;
      by_rising *= f.bypass_up;
      for (size_t d = 0; d < circuit_.draws.size(); ++d) {
        if (circuit_.draws[d].stage != j || circuit_.draws[d].phase != Phase::kOrganic) continue;
        by_rising += f.bypass_draw * weights[d];
        by.bypass_draw += rising[j] * weights[d];
      }
    }
    return by_rising;
  }

  const Circuit& circuit_;
  const Cascade& cascade_;
  CascadeGradient* direct_;
};

/// What the free acid that leaves sees of the profile.
void AddFreeAcid(const Cascade& c, const Solution& s, std::span<const OutflowSeed> seeds,
                 AqueousPath* path, SolutionSeed* seed) {
  std::vector<double> weights;
  for (const OutflowSeed& row : seeds) weights.push_back(row.free_acid);
  const bool seen = std::any_of(weights.begin(), weights.end(), [](double w) { return w != 0; });
  if (!seen || !c.proton()) return;
  const int n = c.stages(), masters = c.masters();
  const bool bound = c.law == Law::kTable;
  std::vector<double> concentration(n), by(n, 0.0);
  std::vector<double> by_ln(static_cast<size_t>(n) * masters, 0.0);
  for (int j = 0; j < n; ++j) {
    double* own = &by_ln[static_cast<size_t>(j) * masters];
    concentration[j] = bound ? BoundProtons(c, s.state, j, own) : 0.0;
    const double h = std::exp(s.state.ln_h[j]), oh = detail::kWater / h;
    concentration[j] += h - oh;
    own[0] += h + oh;
  }
  path->Add(concentration, weights, &by);
  if (seed->ln_masters.empty()) seed->ln_masters.assign(by_ln.size(), 0.0);
  for (size_t k = 0; k < by_ln.size(); ++k) seed->ln_masters[k] += by[k / masters] * by_ln[k];
}

double Weight(const std::vector<double>& values, int i) { return values.empty() ? 0 : values[i]; }

}  // namespace

OutflowPath SeedOutflows(const Circuit& circuit, const Cascade& c, const Solution& s,
                         std::span<const OutflowSeed> seeds) {
  const int n = c.stages(), m = c.size();
  OutflowPath path;
  CascadeGradient& direct = path.direct;
  SolutionSeed& seed = path.seed;
  direct.flows.resize(n);
  direct.feed_up.assign(static_cast<size_t>(n) * m, 0.0);
  direct.feed_down = direct.feed_up;
  direct.anions.assign(n, 0.0);
  direct.extractant.assign(n, 0.0);
  direct.log10_k.assign(m, 0.0);
  const size_t more = c.masters() - 2;
  direct.totals.assign(n * more, 0.0);
  seed.x = seed.y = seed.rising = direct.feed_up;
  const size_t rows = seeds.size();

  // What leaves in either phase, contacted or not.
  const std::vector<double> fed = Spread(c.feed_up, static_cast<size_t>(n) * m);
  std::vector<double> in(n);
  for (int i = 0; i < m; ++i) {
    // What rises into a stage, its feed included.
    double up = s.recycled.empty() ? 0.0 : s.recycled[i];
    for (int j = 0; j < n; ++j) {
      const size_t ji = static_cast<size_t>(j) * m + i;
      const StageFlows& f = c.flows[j];
      in[j] = up + fed[ji];
      up = f.aq_up * s.x[ji] + f.org_up * s.y[ji] + f.bypass_up * in[j];
    }
    const auto leave = [&](int j, double weight, double StageFlows::*aqueous,
                           double StageFlows::*organic, double StageFlows::*bypass) {
      if (weight == 0) return;
      const size_t ji = static_cast<size_t>(j) * m + i;
      const StageFlows& f = c.flows[j];
      StageFlows& by = direct.flows[j];
      if (aqueous != nullptr) {
        seed.x[ji] += weight * f.*aqueous;
        by.*aqueous += weight * s.x[ji];
      }
      if (organic != nullptr) {
        seed.y[ji] += weight * f.*organic;
        by.*organic += weight * s.y[ji];
      }
      if (bypass != nullptr) {
        seed.rising[ji] += weight * f.*bypass;
        by.*bypass += weight * in[j];
      }
    };
    for (size_t d = 0; d < circuit.draws.size(); ++d) {
      const Draw& draw = circuit.draws[d];
      const double weight = Weight(seeds[d].metals, i);
      if (draw.phase == Phase::kAqueous) {
        leave(draw.stage, weight, &StageFlows::aq_draw, nullptr, nullptr);
      } else {
        leave(draw.stage, weight, nullptr, &StageFlows::org_draw, &StageFlows::bypass_draw);
      }
    }
    leave(0, Weight(seeds[rows - 2].metals, i), &StageFlows::aq_down, &StageFlows::org_down,
          nullptr);
    leave(n - 1, Weight(seeds[rows - 1].metals, i), &StageFlows::aq_up, &StageFlows::org_up,
          &StageFlows::bypass_up);
  }

  // What leaves in the aqueous: its volume, its anions, its metals.
  AqueousPath path_of(circuit, c, &direct);
  std::vector<double> weights(rows), concentration(n, 1.0), by(n, 0.0);
  for (size_t r = 0; r < rows; ++r) weights[r] = seeds[r].aqueous_flow;
  path_of.Add(concentration, weights, &by);
  for (size_t r = 0; r < rows; ++r) weights[r] = seeds[r].anions;
  path_of.Add(c.anions, weights, &direct.anions);
  direct.flows[0].org_down += seeds[rows - 2].droplets;
  AddFreeAcid(c, s, seeds, &path_of, &path.seed);
  for (size_t k = 0; k < more; ++k) {
    if (CarrierOf(c.table->kind[k + 2]) == Phase::kOrganic) continue;
    for (size_t r = 0; r < rows; ++r) weights[r] = Weight(seeds[r].totals, static_cast<int>(k));
    for (int j = 0; j < n; ++j) concentration[j] = c.totals[j * more + k];
    by.assign(n, 0.0);
    path_of.Add(concentration, weights, &by);
    for (int j = 0; j < n; ++j) direct.totals[j * more + k] += by[j];
  }
  const bool by_aqueous = std::any_of(seeds.begin(), seeds.end(), [](const OutflowSeed& row) {
    return !row.aqueous_metals.empty();
  });
  for (int i = 0; i < (by_aqueous ? m : 0); ++i) {
    for (size_t r = 0; r < rows; ++r) weights[r] = Weight(seeds[r].aqueous_metals, i);
    for (int j = 0; j < n; ++j) concentration[j] = s.x[static_cast<size_t>(j) * m + i];
    by.assign(n, 0.0);
    path_of.Add(concentration, weights, &by);
    for (int j = 0; j < n; ++j) seed.x[static_cast<size_t>(j) * m + i] += by[j];
  }
  return path;
}

}  // namespace raffinate::kernels
