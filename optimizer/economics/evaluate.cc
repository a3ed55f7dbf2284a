#include "optimizer/economics/evaluate.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "optimizer/economics/effluent.h"
#include "optimizer/economics/equipment.h"
#include "optimizer/economics/finance.h"
#include "optimizer/economics/losses.h"
#include "optimizer/economics/masses.h"
#include "optimizer/economics/reagents.h"
#include "optimizer/economics/treatment.h"

namespace raffinate::optimizer {
namespace {

/// Below this a plant makes nothing [kg/h], as in model/figures.h.
constexpr double kLeastReo = 1e-12;

template <class N>
void AddPlantEnergy(const PlantBalanceOf<N>& balance, Lookup* lookup, PlantReportOf<N>* report) {
  N mixing = 0, pumped = 0, heating = 0;
  for (const SectionEquipmentOf<N>& section : report->equipment) mixing += section.mixing_kw;
  for (const PlantInletOf<N>& inlet : balance.inlets) {
    pumped += inlet.flow;
    heating += inlet.heating;
  }
  for (const PlantCircuitOf<N>& circuit : balance.circuits) pumped += circuit.organic_flow;
  report->energy.push_back({"mixing", mixing, 0});
  report->energy.push_back({"pumping", pumped * lookup->Factor("pumping"), 0});
  if (!IsNone(heating)) {
    report->energy.push_back({"heating", 0, heating / lookup->Factor("boiler_efficiency")});
  }
}

/// Fills the amounts per tonne or kilogram of product.
template <class N>
void Relate(const N& reo, PlantReportOf<N>* report) {
  const N tonnes = reo / 1000;
  for (auto& use : report->reagents) use.kg_per_t_reo = use.kg_per_h / tonnes;
  for (auto& species : report->effluent) species.kg_per_t_reo = species.kg_per_h / tonnes;
  for (auto& stream : report->recovered) stream.kg_per_t_reo = stream.kg_per_h / tonnes;
  for (auto& line : report->costs) line.usd_per_kg_reo = line.usd_per_h / reo;
  for (auto& line : report->carbon) line.kg_co2e_per_kg_reo = line.kg_co2e_per_h / reo;
}

void AddWeakest(const std::vector<UsedDatum>& used, PlantReport* report) {
  std::vector<std::string> assumed;
  for (const UsedDatum& datum : used) {
    if (datum.overridden) continue;
    report->weakest = std::max(report->weakest, datum.provenance);
    // A solvent and its price share a name.
    if (datum.provenance == Provenance::kAssumed &&
        std::find(assumed.begin(), assumed.end(), datum.name) == assumed.end()) {
      assumed.push_back(datum.name);
    }
  }
  if (!assumed.empty()) {
    report->notes.push_back(
        absl::StrCat("rests on assumed values: ", absl::StrJoin(assumed, ", ")));
  }
}

/// `correlated`: the smallest volume of the cost correlation [m3]; `depth` of settlers [m].
void AddNotes(const PlantBalance& balance, double correlated, double depth, PlantReport* report) {
  report->notes.push_back(
      "counted is the separation alone: neither the feed nor precipitation and calcination of the "
      "products");
  double smallest = correlated;
  for (const SectionEquipment& section : report->equipment) {
    if (section.stages == 0) continue;
    const double volume = section.mixer_m3 + section.settler_m2 * depth;
    smallest = std::min(smallest, volume / section.stages);
  }
  if (smallest < correlated) {
    report->notes.push_back(absl::StrFormat(
        "mixer-settlers down to %.3g m3 are smaller than the %.3g m3 of the cost correlation: the "
        "installed cost is extrapolated",
        smallest, correlated));
  }
  const bool simulated =
      std::any_of(balance.outlets.begin(), balance.outlets.end(),
                  [](const PlantOutlet& out) { return out.aqueous && out.organic > 0; });
  if (!simulated) {
    report->notes.push_back(
        "no section carries organic over: entrainment by the factor entrained_organic, metals in "
        "the "
        "droplets not counted");
  }
}

template <class N>
PlantFiguresOf<N> FiguresOf(const PlantReportOf<N>& report, const N& reo,
                            const SolventLossesOf<N>& losses,
                            const ReagentEquivalentsOf<N>& equivalents, const N& installed) {
  const N tonnes = reo / 1000;
  PlantFiguresOf<N> figures;
  N water = 0, power = 0, heat = 0, over = 0, carbon = 0;
  for (const ReagentUseOf<N>& use : report.reagents) {
    if (use.name == "water") water += use.kg_per_h / 1000;
  }
  for (const EnergyUseOf<N>& use : report.energy) {
    power += use.electricity_kw;
    heat += use.heat_mj_per_h / 1000;
  }
  for (const EffluentSpeciesOf<N>& species : report.effluent) {
    if (species.over_limit) over = std::max<N>(over, *species.over_limit);
    if (species.name == "Mg") figures.magnesium_kg_per_t_reo = species.kg_per_t_reo;
    if (species.name == "Ca") figures.calcium_kg_per_t_reo = species.kg_per_t_reo;
  }
  for (const CarbonLineOf<N>& line : report.carbon) carbon += line.kg_co2e_per_kg_reo;
  figures.water_m3_per_t_reo = N(water / tonnes);
  figures.extractant_loss_kg_per_t_reo = N(losses.extractant_kg_per_h / tonnes);
  figures.diluent_loss_kg_per_t_reo = N(losses.diluent_kg_per_h / tonnes);
  figures.organic_carbon_kg_per_t_reo = N(losses.carbon_kg_per_h / tonnes);
  figures.effluent_over_limit = over;
  figures.electricity_kwh_per_t_reo = N(power / tonnes);
  figures.heat_gj_per_t_reo = N(heat / tonnes);
  figures.co2e_kg_per_kg_reo = carbon;
  N area = 0, held = 0, organic = 0, value = 0;
  for (const SectionEquipmentOf<N>& section : report.equipment) {
    area += section.settler_m2;
    held += section.reo_kg;
    organic += section.organic_m3;
    value += section.inventory_usd;
  }
  figures.settler_area_m2 = area;
  figures.reo_inventory_kg = held;
  figures.organic_inventory_m3 = organic;
  figures.inventory_value_usd = value;
  figures.installed_cost_usd = installed;
  N operating = 0, capital = 0, revenue = 0;
  for (const CostLineOf<N>& line : report.costs) {
    (line.capital ? capital : operating) += line.usd_per_kg_reo;
  }
  for (const ProductEconomicsOf<N>& product : report.products) revenue += product.revenue_usd_per_h;
  figures.operating_cost_usd_per_kg_reo = operating;
  figures.cost_usd_per_kg_reo = N(operating + capital);
  figures.revenue_usd_per_kg_reo = N(revenue / reo);
  figures.margin_usd_per_kg_reo = N(revenue / reo - operating - capital);
  if (equivalents.base_floor > 0) {
    figures.base_over_floor = N(equivalents.base / equivalents.base_floor);
  }
  if (equivalents.acid_floor > 0) {
    figures.acid_over_floor = N(equivalents.acid / equivalents.acid_floor);
  }
  return figures;
}

}  // namespace

template <class N>
PlantFiguresOf<N> EvaluateBalance(const PlantBalanceOf<N>& balance,
                                  const std::vector<SectionSizeOf<N>>& sizes,
                                  const EconomicsSettings& settings, Lookup* lookup,
                                  PlantReportOf<N>* report) {
  const N reo = std::max<N>(TotalReo(balance), kLeastReo);

  report->reagents = ComputeReagents(balance);
  const ReagentEquivalentsOf<N> equivalents = ComputeEquivalents(balance);
  report->base_floor_kg_per_t_reo = equivalents.base_floor * mass::kSodiumHydroxide / (reo / 1000);
  report->acid_floor_kg_per_t_reo = equivalents.acid_floor * mass::kHydrochloricAcid / (reo / 1000);
  const SolventLossesOf<N> losses = ComputeLosses(balance, lookup);

  std::vector<EffluentOf<N>> effluents = ComputeEffluent(balance);
  Neutralize(settings.neutralizer, lookup, &effluents, &report->reagents);
  report->reagents.insert(report->reagents.end(), losses.uses.begin(), losses.uses.end());
  for (const EffluentOf<N>& effluent : effluents) report->effluent_m3_per_h += effluent.flow;
  const bool discharged = settings.treatment == Treatment::kDischarge;
  report->effluent =
      DescribeEffluent(balance, effluents, losses.carbon_kg_per_h, discharged, lookup);

  report->equipment = ComputeEquipment(balance, sizes, lookup);
  N plant = 0;
  for (const SectionEquipmentOf<N>& section : report->equipment) plant += section.installed_usd;
  const N capital = plant + FirstFill(balance, report->equipment, lookup);

  AddPlantEnergy(balance, lookup, report);
  TreatmentResultOf<N> treatment = Treat(balance, effluents, settings.treatment, lookup);
  report->recovered = std::move(treatment.recovered);
  report->notes = std::move(treatment.notes);
  report->energy.insert(report->energy.end(), treatment.energy.begin(), treatment.energy.end());

  report->costs = ComputeCosts(*report, plant, capital, lookup);
  std::vector<std::string> extractants;
  for (const PlantCircuitOf<N>& circuit : balance.circuits) {
    extractants.push_back(lookup->ExtractantOf(circuit.system));
  }
  report->carbon = ComputeCarbon(*report, losses.carbon_kg_per_h, extractants, lookup);
  N cost = 0, co2e = 0;
  for (const CostLineOf<N>& line : report->costs) cost += line.usd_per_h;
  for (const CarbonLineOf<N>& line : report->carbon) co2e += line.kg_co2e_per_h;
  report->products = ComputeProducts(balance, cost, co2e, settings.allocation, lookup);

  Relate(reo, report);
  return FiguresOf(*report, reo, losses, equivalents, capital);
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type
#define RAFFINATE_DEFINE(N)                                                        \
  template PlantFiguresOf<N> EvaluateBalance(const PlantBalanceOf<N>&,             \
                                             const std::vector<SectionSizeOf<N>>&, \
                                             const EconomicsSettings&, Lookup*, PlantReportOf<N>*)
// NOLINTEND(bugprone-macro-parentheses)
RAFFINATE_FOR_AMOUNTS(RAFFINATE_DEFINE);

PlantEvaluation EvaluatePlant(const PlantBalance& balance, const EconomicsData& data,
                              const EconomicsSettings& settings) {
  Lookup lookup(data, settings);
  PlantEvaluation result;
  PlantReport& report = result.report;
  result.figures =
      EvaluateBalance(balance, SizeSections(balance, &lookup), settings, &lookup, &report);
  report.data = lookup.used();
  AddNotes(balance, lookup.Factor("mixer_settler_volume"), lookup.Factor("settler_depth"), &report);
  AddWeakest(report.data, &report);
  return result;
}

}  // namespace raffinate::optimizer
