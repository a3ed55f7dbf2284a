#include "bench/least_organic.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "kernels/theory/underwood.h"
#include "optimizer/model/figures.h"

namespace raffinate::bench {
namespace {

// What one of two metals has to be recovered at least, for its product and for that of the other
// to be what is demanded. `own` wants it; `other` holds what it loses, at most all its own metal
// and the share of impurity that its purity leaves.
double LeastRecovery(const optimizer::Product& own, const optimizer::Product& other, double fed_kg,
                     double other_kg) {
  const double purity = other.min_purity.value_or(0);
  const double lost = purity > 0 ? other_kg / fed_kg * (1 - purity) / purity : 1;
  return std::max(own.min_recovery.value_or(0), 1 - std::min(lost, 1.0));
}

}  // namespace

std::optional<double> LeastOrganic(const optimizer::Flowsheet& flowsheet,
                                   const optimizer::Built& built) {
  const bool drawn = std::any_of(built.leaving.begin(), built.leaving.end(),
                                 [](const optimizer::Leaving& leaving) {
                                   return leaving.role == optimizer::Leaving::Role::kDraw;
                                 });
  if (drawn || flowsheet.products.size() != 2) return std::nullopt;
  const optimizer::Supplies supplies = optimizer::SuppliesOf(built);
  std::vector<std::size_t> metals;
  for (std::size_t i = 0; i < built.components.size(); ++i) {
    if (built.components[i]->rare_earth && supplies.fed[i] > 0) metals.push_back(i);
  }
  if (metals.size() != 2) return std::nullopt;
  const auto& component = built.circuit.components;
  std::size_t a = metals[0], b = metals[1];  // b the more extractable
  if (component[a].log10_k > component[b].log10_k) std::swap(a, b);
  const auto of = [&](std::size_t metal) -> const optimizer::Product* {
    for (const optimizer::Product& product : flowsheet.products) {
      if (optimizer::Wants(product, *built.components[metal])) return &product;
    }
    return nullptr;
  };
  if (of(a) == nullptr || of(b) == nullptr || of(a) == of(b)) return std::nullopt;
  const double kg_a = supplies.fed[a] * optimizer::QuotedMass(*built.components[a]);
  const double kg_b = supplies.fed[b] * optimizer::QuotedMass(*built.components[b]);
  const double total = supplies.fed[a] + supplies.fed[b];
  const kernels::theory::MixtureFeed feed{
      {1, std::pow(10, component[b].log10_k - component[a].log10_k)},
      {supplies.fed[a], supplies.fed[b]}};
  const auto least = kernels::theory::MinimumFluxesForKeys(
      feed,
      {1, 0, LeastRecovery(*of(b), *of(a), kg_b, kg_a), LeastRecovery(*of(a), *of(b), kg_a, kg_b)});
  if (!least) return std::nullopt;
  return least->organic * total;
}

double OrganicCarries(const optimizer::Built& built, const kernels::Cascade& cascade) {
  if (cascade.law == kernels::Law::kConstantBeta) return built.organic_flow * cascade.extractant[0];
  return optimizer::SuppliesOf(built).base_kmol_per_h / 3;
}

}  // namespace raffinate::bench
