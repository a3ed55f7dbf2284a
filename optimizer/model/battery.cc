#include "optimizer/model/battery.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

// Whether metals enter with `inlet`; Na and NH4 are none.
bool BringsMetal(const Built& built, const kernels::Inlet& inlet) {
  for (std::size_t i = 0; i < inlet.molarity.size(); ++i) {
    if (inlet.molarity[i] > 0 && !IsBaseCation(built.components[i]->symbol)) return true;
  }
  return false;
}

std::string AddFeed(const Built& built, Battery* battery) {
  std::vector<double> fed(built.components.size());
  std::set<int> stages;
  double organic = 0;
  for (const kernels::Inlet& inlet : built.circuit.inlets) {
    if (!BringsMetal(built, inlet)) continue;
    stages.insert(inlet.stage);
    double charge = 0;
    for (std::size_t i = 0; i < inlet.molarity.size(); ++i) {
      charge += built.circuit.components[i].charge * inlet.molarity[i];
      if (IsBaseCation(built.components[i]->symbol)) continue;
      fed[i] += inlet.flow * inlet.molarity[i];
      if (inlet.phase == kernels::Phase::kOrganic) organic += inlet.flow * inlet.molarity[i];
    }
    if (inlet.phase == kernels::Phase::kAqueous && ExchangesProtons(built)) {
      battery->feed_aqueous += inlet.flow;
      battery->feed_acid += inlet.flow * (inlet.anions - charge);
    }
  }
  for (std::size_t i = 0; i < fed.size(); ++i) {
    if (fed[i] > 0) battery->metals.push_back(static_cast<int>(i));
  }
  if (battery->metals.size() < 2) {
    return battery->metals.empty()
               ? "no metals are fed"
               : absl::StrCat("only ", Symbol(built, battery->metals[0]), " is fed");
  }
  if (stages.size() > 1) {
    std::vector<int> from_one;
    for (const int stage : stages) from_one.push_back(stage + 1);
    return absl::StrCat("metals enter at stages ", absl::StrJoin(from_one, " and "),
                        "; the theory knows one feed stage");
  }
  battery->feed_stage = *stages.begin();
  for (const int metal : battery->metals) {
    battery->fed.push_back(fed[static_cast<std::size_t>(metal)]);
  }
  battery->total = std::accumulate(battery->fed.begin(), battery->fed.end(), 0.0);
  battery->organic_share = organic / battery->total;
  return "";
}

// Separation factors, and the metals in their order.
std::string AddFactors(const Solved& solved, Battery* battery) {
  const Built& built = solved.built;
  const auto component = [&](int metal) -> const kernels::Component& {
    return built.circuit.components[static_cast<std::size_t>(metal)];
  };
  const kernels::Component& first = component(battery->metals[0]);
  bool same_dimers = true;
  for (const int metal : battery->metals) {
    if (component(metal).charge != first.charge) {
      return absl::StrCat(Symbol(built, battery->metals[0]), " (", first.charge, "+) and ",
                          Symbol(built, metal), " (", component(metal).charge,
                          "+) have no common separation factor: unlike charge");
    }
    same_dimers &= component(metal).dimers == first.dimers;
  }
  battery->charge = ExchangesProtons(built) ? first.charge : 1;
  battery->beta_stage = same_dimers ? 0 : battery->feed_stage + 1;

  std::vector<std::size_t> order(battery->metals.size());
  std::vector<double> beta(battery->metals.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    const int metal = battery->metals[k];
    const std::size_t at = static_cast<std::size_t>(battery->feed_stage) * built.components.size() +
                           static_cast<std::size_t>(metal);
    order[k] = k;
    beta[k] = same_dimers ? std::pow(10, component(metal).log10_k - first.log10_k)
                          : solved.solution.y[at] / solved.solution.x[at];
    if (!(beta[k] > 0) || !std::isfinite(beta[k])) {
      return absl::StrCat(Symbol(built, metal), " does not reach the feed stage");
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return beta[a] < beta[b]; });
  const Battery before = *battery;
  for (std::size_t k = 0; k < order.size(); ++k) {
    battery->metals[k] = before.metals[order[k]];
    battery->fed[k] = before.fed[order[k]];
  }
  for (const std::size_t k : order) battery->beta.push_back(beta[k]);
  return "";
}

// What of the feed's acid is not free any more in the feed stage has stripped metal there.
void CountFeedAcid(const Solved& solved, Battery* battery) {
  const double left = battery->feed_aqueous * FreeAcid(solved, battery->feed_stage);
  battery->acid = (battery->feed_acid - left) / (battery->charge * battery->total);
}

std::string AddExits(const Flowsheet& flowsheet, const Built& built,
                     const std::vector<kernels::Outflow>& outflows, Battery* battery) {
  int counting = 0;
  const std::string* last = nullptr;
  for (const Leaving& leaving : built.leaving) {
    const kernels::Outflow& out = outflows[static_cast<std::size_t>(leaving.row)];
    Exit exit;
    exit.place = Place(leaving.stage, leaving.phase);
    double sum = 0;
    for (const int metal : battery->metals) {
      exit.metals.push_back(out.metals[static_cast<std::size_t>(metal)]);
      sum += exit.metals.back();
    }
    exit.counts = sum > kLeastCutShare * battery->total ||
                  std::any_of(flowsheet.products.begin(), flowsheet.products.end(),
                              [&](const Product& p) { return p.stream == leaving.name; });
    if (exit.counts) {
      ++counting;
      last = &leaving.name;
    }
    battery->exits.push_back(std::move(exit));
  }
  std::stable_sort(battery->exits.begin(), battery->exits.end(),
                   [](const Exit& a, const Exit& b) { return a.place < b.place; });
  if (counting < 2) {
    return absl::StrCat("all metals leave in one stream",
                        last == nullptr ? "" : absl::StrCat(", '", *last, "'"),
                        ": there is no cut");
  }
  return "";
}

}  // namespace

const std::string& Symbol(const Built& built, int component) {
  return built.components[static_cast<std::size_t>(component)]->symbol;
}

bool ExchangesProtons(const Built& built) {
  if (built.circuit.law != kernels::Law::kTable) {
    return built.circuit.law == kernels::Law::kMassAction;
  }
  if (built.system->law != Law::kMassActionDimer || built.circuit.table->ionic >= 0) return false;
  const auto& table = *built.circuit.table;
  for (std::size_t i = 0; i < built.components.size(); ++i) {
    const kernels::Equilibrium& equilibrium = table.component[i];
    if (equilibrium.species != 1 || equilibrium.complexes != 0) return false;
  }
  return true;
}

double FreeAcid(const Solved& solved, int stage) {
  constexpr double kWater = 1e-14;
  if (!ExchangesProtons(solved.built)) return 0;
  const double h = std::exp(solved.solution.state.ln_h[static_cast<std::size_t>(stage)]);
  double acid = h - kWater / h;
  if (solved.cascade.law == kernels::Law::kTable) {
    acid += kernels::BoundProtons(solved.cascade, solved.solution.state, stage, nullptr);
  }
  return std::max(0.0, acid);
}

std::string MakeBattery(const Flowsheet& flowsheet, const Solved& solved,
                        const std::vector<kernels::Outflow>& outflows, Battery* battery) {
  const Built& built = solved.built;
  if (flowsheet.products.empty()) return "no product is named";
  if (built.circuit.law == kernels::Law::kConstantD) {
    return "with constant D no base or acid belongs to a flow of organic";
  }
  if (built.circuit.law == kernels::Law::kTable && !ExchangesProtons(built)) {
    return "separation factors of this law depend on more than pH and free extractant";
  }
  if (auto why = AddFeed(built, battery); !why.empty()) return why;
  if (auto why = AddFactors(solved, battery); !why.empty()) return why;
  CountFeedAcid(solved, battery);
  if (auto why = AddExits(flowsheet, built, outflows, battery); !why.empty()) return why;
  const int above = battery->feed_stage + 1;
  if (above >= solved.cascade.stages() ||
      !(solved.cascade.flows[static_cast<std::size_t>(above)].aq_down > 0)) {
    return "no aqueous flows down to the feed stage: there is no scrub";
  }
  return "";
}

}  // namespace raffinate::optimizer
