// Base and acid of magnet plants, rich in Nd and Pr, against the stoichiometric floor of one
// transfer: the linked train that examples/magnet-train-optimize.yaml finds, the best one without
// links, the same with industrial separation factors, and the two circuits of
// examples/magnet-linked-simulate.yaml as they are. Prints JSON.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "bench/flowsheet_file.h"
#include "bench/machine.h"
#include "optimizer/run.h"
#include "optimizer/simulate.h"
#include "service/data/chemistry_data.h"

namespace raffinate {
namespace {

using optimizer::Chemistry;
using optimizer::Flowsheet;
using optimizer::Linkage;
using optimizer::SimulationResult;

double Use(const SimulationResult& result, const std::string& name) {
  double kg_per_t = 0;
  for (const auto& use : result.plant->reagents) {
    if (use.name == name) kg_per_t += use.kg_per_t_reo;
  }
  return kg_per_t;
}

double Price(const SimulationResult& result, const std::string& name) {
  for (const auto& datum : result.plant->data) {
    if (datum.name == name && datum.kind == optimizer::UsedDatum::Kind::kPrice) return datum.value;
  }
  return 0;
}

void Print(const char* name, const std::string& file, const std::string& system,
           const char* linkage, const SimulationResult& result, long long evaluations,
           double seconds, const char* end) {
  double reo = 0;  // kg/h
  std::string products;
  for (const auto& product : result.figures.products) {
    reo += product.reo_kg_per_h;
    char text[200];
    std::snprintf(text, sizeof text, "%s{\"name\": \"%s\", \"purity\": %.7f, \"recovery\": %.6f}",
                  products.empty() ? "" : ", ", product.product.c_str(), product.purity,
                  product.recovery);
    products += text;
  }
  const auto& plant = *result.plant;
  double chloride = 0, chloride_mg_per_l = 0;
  for (const auto& species : plant.effluent) {
    if (species.name != "Cl") continue;
    chloride = species.kg_per_t_reo;
    chloride_mg_per_l = species.mg_per_l;
  }
  std::printf(
      "    {\"plant\": \"%s\", \"file\": \"%s\", \"system\": \"%s\", \"linkage\": \"%s\",\n"
      "     \"products\": [%s],\n"
      "     \"circuits\": %zu, \"stages\": %d, \"reo_kg_per_h\": %.4f,\n"
      "     \"naoh_kg_per_t\": %.2f, \"hcl_kg_per_t\": %.2f, \"water_m3_per_t\": %.3f,\n"
      "     \"base_floor_kg_per_t\": %.2f, \"acid_floor_kg_per_t\": %.2f,\n"
      "     \"base_over_floor\": %.4f, \"acid_over_floor\": %.4f,\n"
      "     \"chloride_kg_per_t\": %.1f, \"chloride_mg_per_l\": %.0f, \"effluent_m3_per_h\": "
      "%.4f,\n"
      "     \"naoh_usd_per_kg\": %.4f, \"hcl_usd_per_kg\": %.4f,\n"
      "     \"balance_error\": %.1e, \"evaluations\": %lld, \"seconds\": %.3g}%s\n",
      name, file.c_str(), system.c_str(), linkage, products.c_str(),
      std::max<std::size_t>(1, result.flowsheet.circuits.size()), result.figures.stages, reo,
      Use(result, "NaOH"), Use(result, "HCl"), *result.figures.plant.water_m3_per_t_reo,
      plant.base_floor_kg_per_t_reo, plant.acid_floor_kg_per_t_reo,
      *result.figures.plant.base_over_floor, *result.figures.plant.acid_over_floor, chloride,
      chloride_mg_per_l, plant.effluent_m3_per_h, Price(result, "NaOH"), Price(result, "HCl"),
      result.convergence.balance_error, evaluations, seconds, end);
  std::fflush(stdout);
}

/// Of the set that the search finds, the design of least base.
void MeasureTrain(const char* name, const Chemistry& chemistry, const std::string& system,
                  Linkage linkage) {
  const std::string file = "magnet-train-optimize";
  Flowsheet flowsheet =
      bench::LoadFlowsheet("examples/" + file, chemistry, optimizer::Purpose::kOptimize);
  flowsheet.train->system = system;
  flowsheet.train->linkage = linkage;
  const double start = bench::Now();
  auto run = optimizer::OptimizationRun::Create(flowsheet, chemistry, kernels::Device());
  if (!run.ok()) {
    std::cerr << name << ": " << run.status().message() << "\n";
    std::exit(1);
  }
  const std::atomic<bool> cancel{false};
  while ((*run)->Step(cancel)) {
  }
  const std::vector<SimulationResult> results = (*run)->Finish();
  const SimulationResult* best = nullptr;
  for (const SimulationResult& result : results) {
    if (!result.convergence.converged || !result.plant) continue;
    if (best == nullptr || result.figures.base_kg_per_t_reo < best->figures.base_kg_per_t_reo) {
      best = &result;
    }
  }
  if (best == nullptr) {
    std::cerr << name << ": no design meets the demands\n";
    std::exit(1);
  }
  Print(name, file, system, linkage == Linkage::kForbidden ? "none" : "linked", *best,
        static_cast<long long>((*run)->progress().evaluations), bench::Now() - start, ",");
}

}  // namespace
}  // namespace raffinate

int main() {
  const auto chemistry = raffinate::service::LoadEmbeddedChemistry();
  if (!chemistry.ok()) {
    std::cerr << chemistry.status().message() << "\n";
    return 1;
  }
  std::printf(
      "{\n  \"benchmark\": \"reagents\",\n  \"date\": \"%s\",\n  \"processor\": \"%s\",\n"
      "  \"results\": [\n",
      raffinate::bench::Today().c_str(), raffinate::bench::ProcessorName().c_str());
  using raffinate::optimizer::Linkage;
  raffinate::MeasureTrain("train", *chemistry, "P507-HCl", Linkage::kRequired);
  raffinate::MeasureTrain("train without links", *chemistry, "P507-HCl", Linkage::kForbidden);
  raffinate::MeasureTrain("train, industrial separation factors", *chemistry, "P507-HCl-industrial",
                          Linkage::kRequired);
  const std::string file = "magnet-linked-simulate";
  const auto flowsheet = raffinate::bench::LoadFlowsheet("examples/" + file, *chemistry,
                                                         raffinate::optimizer::Purpose::kSimulate);
  const auto result =
      raffinate::optimizer::Simulate({{flowsheet}}, *chemistry, raffinate::kernels::Device())
          .front();
  raffinate::Print("two circuits, didymium together, not optimized", file, "P507-HCl", "linked",
                   result, 1, 0, "");
  std::printf("  ]\n}\n");
  return 0;
}
