#include "optimizer/model/margins.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

/// What hydrolysis takes of a cation at 10^-ph mol/L of protons.
struct Hydrolysis {
  double free = 1;       ///< share that is not hydrolysed
  double hydroxyls = 0;  ///< bound per cation, on average
};

Hydrolysis HydrolysisOf(const Hydroxide& hydroxide, double ph) {
  double sum = 1, bound = 0, n = 1;
  for (const double log10_beta : hydroxide.log10_hydrolysis) {
    const double term = std::pow(10, log10_beta + n * ph);
    sum += term;
    bound += n * term;
    ++n;
  }
  return {1 / sum, bound / sum};
}

bool HasSolution(const kernels::Cascade& cascade, const kernels::Solution& solution, int stage) {
  return static_cast<std::size_t>(stage + 1) * static_cast<std::size_t>(cascade.size()) <=
         solution.y.size();
}

}  // namespace

double MetalLoadingOf(const Solved& solved, int stage) {
  const kernels::Cascade& cascade = solved.cascade;
  const double total = cascade.extractant.empty() ? 0 : cascade.extractant[stage];
  if (solved.built.system->law == Law::kConstantD || total <= 0) return 0;
  double bound = 0;
  for (int i = 0; i < cascade.size(); ++i) {
    if (IsBaseCation(solved.built.components[i]->symbol)) continue;
    bound += cascade.components[i].dimers * solved.solution.y[stage * cascade.size() + i];
  }
  return bound / total;
}

double LoadingShareOfLimit(const Solved& solved, int stage) {
  const auto& limit = solved.built.system->loading_limit;
  // A law of constant loading is always at its capacity, which says nothing.
  if (!limit && !CountsExtractant(solved.built.system->law)) return 0;
  return MetalLoadingOf(solved, stage) / (limit ? limit->share : 1);
}

double IonicStrengthOf(const Solved& solved, int stage) {
  const kernels::Cascade& cascade = solved.cascade;
  if (cascade.law != kernels::Law::kTable || cascade.table->ionic < 0) return 0;
  const int more = cascade.masters() - 2;
  return std::exp(solved.solution.state.ln_more[stage * more + cascade.table->ionic - 2]);
}

Precipitation PrecipitationOf(const Solved& solved, int stage) {
  Precipitation worst;
  if (!KnowsProton(solved.built.system->law)) return worst;
  const int size = solved.cascade.size();
  const double ph = -solved.solution.state.ln_h[stage] / std::log(10.0);
  for (int i = 0; i < size; ++i) {
    const Hydroxide* hydroxide = solved.built.hydroxides[i];
    const double total = solved.solution.x[stage * size + i];
    if (hydroxide == nullptr || hydroxide->solids.empty() || !(total > 0)) continue;
    const double z = solved.built.components[i]->charge;
    const auto less_soluble = [](const HydroxideSolid& a, const HydroxideSolid& b) {
      return a.log10_ks < b.log10_ks;
    };
    const auto [least, most] =
        std::minmax_element(hydroxide->solids.begin(), hydroxide->solids.end(), less_soluble);
    // Hydrolysis only takes cations away: without it the margin is the smallest it could be.
    if (least->log10_ks - (std::log10(total) + z * ph) >= worst.margin) continue;
    const Hydrolysis hydrolysis = HydrolysisOf(*hydroxide, ph);
    const double reached = std::log10(total * hydrolysis.free) + z * ph;
    const double margin = least->log10_ks - reached;
    if (margin >= worst.margin) continue;
    worst = {margin, i, &*least, &*most, most->log10_ks - reached, hydrolysis.hydroxyls - z};
  }
  return worst;
}

std::vector<Stripping> StrippingOf(const Solved& solved) {
  std::vector<Stripping> all;
  const kernels::Cascade& cascade = solved.cascade;
  const int last = cascade.stages() - 1;
  if (!(solved.built.circuit.recycle > 0) || last < 0 ||
      !HasSolution(cascade, solved.solution, last)) {
    return all;
  }
  const int size = cascade.size();
  for (int i = 0; i < size; ++i) {
    if (IsBaseCation(solved.built.components[i]->symbol)) continue;
    const auto organic = [&](int j) { return solved.solution.y[j * size + i]; };
    int richest = 0;
    for (int j = 1; j <= last; ++j) {
      if (organic(j) > organic(richest)) richest = j;
    }
    if (!(organic(richest) > 0)) continue;
    Stripping one;
    one.component = i;
    one.richest = richest;
    one.share = organic(last) / organic(richest);
    one.factor = INFINITY;
    for (int j = std::min(richest + 1, last); j <= last; ++j) {
      const double aqueous = solved.solution.x[j * size + i];
      const StageVolumes volumes = VolumesOf(cascade.flows[j]);
      const double factor =
          aqueous > 0 ? organic(j) / aqueous * volumes.organic / volumes.aqueous : INFINITY;
      if (factor < one.factor) {
        one.factor = factor;
        one.stage = j;
      }
    }
    all.push_back(one);
  }
  return all;
}

}  // namespace raffinate::optimizer
