#include "optimizer/model/minimum.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kernels/theory/xu.h"
#include "optimizer/model/battery.h"
#include "optimizer/model/composition.h"
#include "optimizer/model/cut.h"
#include "optimizer/model/medium.h"

namespace raffinate::optimizer {
namespace {

namespace theory = kernels::theory;

/// Where the two elements at a cut are less of the metals fed than this, their separation factor
/// is not that of the two groups.
constexpr double kLeastKeyShare = 0.1;

// Stages between the outermost exits that count: the first, from 0, and the one behind the last. A
// stage whose organic leaves enriches once more than one whose aqueous does.
std::pair<int, int> Span(const Battery& battery) {
  int lowest = -1, highest = 0;
  for (const Exit& exit : battery.exits) {
    if (!exit.counts) continue;
    if (lowest < 0) lowest = exit.place;
    highest = exit.place;
  }
  return {(lowest + 1) / 2, (highest + 1) / 2};
}

// Metals that leave per hour by exits whose place satisfies `where` [kmol/h].
template <class Where>
double Leave(const Battery& battery, const Where& where) {
  double sum = 0;
  for (const Exit& exit : battery.exits) {
    if (where(exit.place)) sum += std::accumulate(exit.metals.begin(), exit.metals.end(), 0.0);
  }
  return sum;
}

// The fluxes of the battery as it runs. Where loading changes from stage to stage so do they; the
// theory's constant fluxes are at least the largest.
struct Running {
  double organic = 0;  ///< largest metal flux of the fresh organic [kmol/h]
  int stage = 0;       ///< where it leaves, from 0
  double scrub = 0;    ///< largest metal flux that aqueous takes down above the feed [kmol/h]
};

Running FluxesOf(const Battery& battery, const Solved& solved) {
  const std::size_t components = solved.built.components.size();
  const auto down = [&](int stage) {  // with the aqueous, to the stage before
    if (stage >= solved.cascade.stages()) return 0.0;
    const std::size_t j = static_cast<std::size_t>(stage);
    double molarity = 0;
    for (const int metal : battery.metals) {
      molarity += solved.solution.x[j * components + static_cast<std::size_t>(metal)];
    }
    return solved.cascade.flows[j].aq_down * molarity;
  };
  const auto [first, end] = Span(battery);
  Running running;
  for (int j = first; j < end; ++j) {
    const int place = Place(j, kernels::Phase::kAqueous);
    const double scrub = down(j + 1);
    // What goes up less what comes down is what leaves above, less what is fed there.
    const bool feed_above = j < battery.feed_stage;
    const double organic = scrub + Leave(battery, [&](int exit) { return exit > place; }) -
                           battery.total * (feed_above ? 1 : battery.organic_step());
    if (organic > running.organic) {
      running.organic = organic;
      running.stage = j;
    }
    if (!feed_above) running.scrub = std::max(running.scrub, scrub);
  }
  return running;
}

// Protons that metal displaced from the extractant and no base took [kmol/h]: the free acid that
// leaves with aqueous up to `stage`, where the organic carries most, beyond what comes down to it.
// With the base fed that makes the equivalents that the organic carries. Base that leaves unused
// saves nothing.
double ReleasedAcid(const Battery& battery, const Solved& solved,
                    const std::vector<kernels::Outflow>& outflows, int stage) {
  double released = battery.feed_stage <= stage
                        ? -battery.feed_aqueous * FreeAcid(solved, battery.feed_stage)
                        : 0;
  for (const Leaving& leaving : solved.built.leaving) {
    if (leaving.phase != kernels::Phase::kAqueous || leaving.stage > stage) continue;
    released += std::max(0.0, outflows[static_cast<std::size_t>(leaving.row)].free_acid);
  }
  if (stage + 1 < solved.cascade.stages()) {
    released -= solved.cascade.flows[static_cast<std::size_t>(stage) + 1].aq_down *
                FreeAcid(solved, stage + 1);
  }
  return std::max(released, 0.0);
}

void AddBase(const Battery& battery, const Solved& solved,
             const std::vector<kernels::Outflow>& outflows, int stage, double kmol_per_t,
             Figures* figures) {
  TheoreticalMinimum& minimum = figures->minimum;
  if (!ExchangesProtons(solved.built)) {
    minimum.base_reason = "this law counts metal, not protons, and knows no base";
    return;
  }
  if (!(figures->base_kg_per_t_reo > 0)) {
    minimum.base_reason = "no base is used";
    return;
  }
  const double kg_per_t = kmol_per_t * kMassNaOH;
  minimum.released_acid_kg_per_t_reo = ReleasedAcid(battery, solved, outflows, stage) * kg_per_t;
  minimum.min_base_mol_per_mol = battery.charge * minimum.min_organic_mol_per_mol;
  minimum.min_base_kg_per_t_reo = *minimum.min_base_mol_per_mol * battery.total * kg_per_t;
  figures->base_over_minimum = (figures->base_kg_per_t_reo + minimum.released_acid_kg_per_t_reo) /
                               *minimum.min_base_kg_per_t_reo;
}

void AddAcid(const Battery& battery, Medium medium, double kmol_per_t, Figures* figures) {
  TheoreticalMinimum& minimum = figures->minimum;
  if (!(figures->acid_kg_per_t_reo > 0)) {
    minimum.acid_reason = "no acid is used but the feed's";
    return;
  }
  const int feed = Place(battery.feed_stage, kernels::Phase::kAqueous);
  const double unstripped =
      Leave(battery, [&](int place) { return place > feed && place % 2 == 1; });
  const double flux = minimum.min_organic_mol_per_mol + battery.organic_step();
  const double least = battery.charge * (flux * battery.total - unstripped);
  if (!(least > 0)) {
    minimum.acid_reason = "all metal leaves with the organic: nothing needs acid";
    return;
  }
  minimum.min_acid_mol_per_mol = least / battery.total;
  minimum.min_acid_kg_per_t_reo = least * kmol_per_t * AcidMass(medium);
  figures->acid_over_minimum = figures->acid_kg_per_t_reo / *minimum.min_acid_kg_per_t_reo;
}

// Xu's relations know two components, two products and a feed in one phase.
void AddXu(const Built& built, const Battery& battery, const Cut& cut,
           TheoreticalMinimum* minimum) {
  const auto counting = std::count_if(battery.exits.begin(), battery.exits.end(),
                                      [](const Exit& exit) { return exit.counts; });
  if (counting != 2) {
    minimum->xu_reason = absl::StrCat(counting, " streams share the metals; it knows two products");
    return;
  }
  const std::size_t a = cut.least.organic_key, b = cut.least.aqueous_key;
  if (battery.fed[a] + battery.fed[b] < kLeastKeyShare * battery.total) {
    minimum->xu_reason =
        absl::StrCat("the elements at the cut, ", Symbol(built, battery.metals[b]), " and ",
                     Symbol(built, battery.metals[a]), ", are traces; it knows two components");
    return;
  }
  const bool aqueous = battery.organic_share == 0;
  if (!aqueous && battery.organic_share < 1) {
    minimum->xu_reason = "metals are fed in both phases; it knows a feed in one";
    return;
  }
  const auto design =
      theory::XuOptimum({minimum->separation_factor, cut.feed, cut.organic, cut.aqueous,
                         aqueous ? theory::FeedPhase::kAqueous : theory::FeedPhase::kOrganic});
  if (!design) {
    minimum->xu_reason = design.reason();
    return;
  }
  minimum->xu = {design->organic, design->scrub, design->extraction_stages, design->scrub_stages};
}

std::string Compute(const Flowsheet& flowsheet, const Solved& solved, Figures* figures) {
  const Built& built = solved.built;
  const std::vector<kernels::Outflow> outflows =
      kernels::Outflows(built.circuit, solved.cascade, solved.solution);
  Battery battery;
  if (auto why = MakeBattery(flowsheet, solved, outflows, &battery); !why.empty()) return why;

  const std::optional<Cut> hardest = HardestCut(battery);
  if (!hardest) return "the products are so little apart that no battery is needed";

  const int feed = Place(battery.feed_stage, kernels::Phase::kAqueous);
  const double above = Leave(battery, [&](int place) { return place > feed; }) / battery.total;
  const Running running = FluxesOf(battery, solved);
  const double organic = std::max(hardest->least.organic, above - battery.organic_step());
  if (!(organic > 0)) return "the organic that brings the feed is enough";

  TheoreticalMinimum& minimum = figures->minimum;
  const std::size_t a = hardest->least.organic_key, b = hardest->least.aqueous_key;
  std::vector<std::string> symbols;
  for (const int metal : battery.metals) symbols.push_back(Symbol(built, metal));
  minimum.cut = NameOf(*hardest, battery, symbols);
  minimum.separation_factor = battery.beta[a] / battery.beta[b];
  minimum.separation_factor_stage = battery.beta_stage;
  minimum.scrub_mol_per_mol = running.scrub / battery.total;
  minimum.organic_mol_per_mol = running.organic / battery.total;
  minimum.min_organic_mol_per_mol = organic;
  minimum.min_scrub_mol_per_mol = organic + battery.organic_step() - above;
  const auto [first, end] = Span(battery);
  minimum.stages = end - first;
  minimum.min_stages = hardest->min_stages;
  AddXu(built, battery, *hardest, &minimum);
  figures->organic_over_minimum = minimum.organic_mol_per_mol / minimum.min_organic_mol_per_mol;

  // kmol/h to kmol/t REO: acid and base figures refer to the same tonnes.
  double reo = 0;
  for (const ProductFigures& product : figures->products) reo += product.reo_kg_per_h;
  const double kmol_per_t = 1000 / std::max(reo, kLeastReo);
  AddBase(battery, solved, outflows, running.stage, kmol_per_t, figures);
  AddAcid(battery, built.system->medium, kmol_per_t, figures);
  return "";
}

}  // namespace

void AddTheoreticalMinimum(const Flowsheet& flowsheet, const Solved& solved, Figures* figures) {
  figures->minimum = TheoreticalMinimum();
  figures->organic_over_minimum.reset();
  figures->base_over_minimum.reset();
  figures->acid_over_minimum.reset();
  figures->minimum.reason = Compute(flowsheet, solved, figures);
}

}  // namespace raffinate::optimizer
