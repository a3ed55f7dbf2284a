// Trains of constant separation factors designed from the demands alone: the best fully linked one
// and the best without links, their fresh organic (the base of a plant) against the least that
// theory allows. All products 99.9 %, sections of at most 60 stages. Prints JSON.
#include <atomic>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "bench/machine.h"
#include "kernels/theory/train.h"
#include "optimizer/run.h"

namespace raffinate {
namespace {

struct Case {
  const char* name;
  std::vector<double> beta, share;  ///< by falling beta
};

constexpr const char* kElements[] = {"Nd", "Pr", "Ce", "La", "Sm"};
constexpr double kPurity = 0.999;
constexpr int kEvaluations = 4000;

optimizer::Chemistry MakeChemistry() {
  optimizer::Chemistry chemistry;
  for (const char* element : kElements) {
    // One mass for all: what is compared are moles.
    chemistry.elements[element] = {element, 3, 140, 328, std::string(element) + "2O3", true};
  }
  return chemistry;
}

optimizer::Flowsheet MakeFlowsheet(const Case& c, optimizer::Linkage linkage) {
  optimizer::Flowsheet flowsheet;
  flowsheet.name = c.name;
  optimizer::ExtractantSystem system;
  system.name = "beta";
  system.law = optimizer::Law::kConstantBeta;
  system.source = "assumed";
  optimizer::Stream feed;
  feed.name = "feed";
  feed.flow = 1.0;
  for (std::size_t i = 0; i < c.beta.size(); ++i) {
    optimizer::EquilibriumConstant constant;
    constant.element = kElements[i];
    constant.beta = c.beta[i];
    constant.source = "assumed";
    system.constants.push_back(constant);
    feed.metals.push_back({kElements[i], c.share[i]});
    optimizer::Product product;
    product.name = kElements[i];
    product.elements = {kElements[i]};
    product.min_purity = kPurity;
    flowsheet.products.push_back(product);
  }
  flowsheet.extractant_systems = {system};
  flowsheet.streams = {feed};
  flowsheet.objectives = {{optimizer::Direction::kMinimize, "organic", ""}};
  flowsheet.search.max_evaluations = kEvaluations;
  flowsheet.search.population = 100;
  optimizer::Train train;
  train.feed = "feed";
  train.system = "beta";
  train.concentration = 2;
  train.scrub_hcl = 1.0;
  train.linkage = linkage;
  train.max_structures = 1;
  train.max_stages_per_section = 60;
  flowsheet.train = train;
  return flowsheet;
}

/// Prints what the search finds; returns its fresh organic, in mol per mol fed, or 0.
double Measure(const char* key, const Case& c, optimizer::Linkage linkage, double least) {
  const optimizer::Chemistry chemistry = MakeChemistry();
  const double start = bench::Now();
  auto run = optimizer::OptimizationRun::Create(MakeFlowsheet(c, linkage), chemistry,
                                                kernels::Device{.threads = 1});
  if (!run.ok()) {
    std::fprintf(stderr, "%s: %s\n", c.name, std::string(run.status().message()).c_str());
    return 0;
  }
  const std::atomic<bool> cancel{false};
  long long first = 0;
  while ((*run)->Step(cancel)) {
    if (first == 0 && (*run)->progress().pareto_size > 0) first = (*run)->progress().evaluations;
  }
  const std::vector<optimizer::SimulationResult> results = (*run)->Finish();
  const optimizer::SimulationResult& best = results.front();
  double purity = 1;
  for (const auto& product : best.figures.products) purity = std::min(purity, product.purity);
  const double organic = best.figures.organic_m3_per_h;  // 1 kmol of metal per m3 and h
  const bool met = best.convergence.converged && purity >= kPurity * (1 - 1e-9);
  std::printf(
      "     \"%s\": {\"theory_least\": %.6f, \"found\": %.6f, \"over_least\": %.5f, "
      "\"demands_met\": %s, \"least_purity\": %.7f, \"circuits\": %zu, \"stages\": %d, "
      "\"balance_error\": %.1e, \"evaluations\": %lld, \"feasible_after\": %lld, "
      "\"seconds\": %.3g},\n",
      key, least, organic, organic / least, met ? "true" : "false", purity,
      best.flowsheet.circuits.size(), best.figures.stages, best.convergence.balance_error,
      static_cast<long long>((*run)->progress().evaluations), first, bench::Now() - start);
  return met ? organic : 0;
}

void MeasureCase(const Case& c, const char* end) {
  kernels::theory::MixtureFeed feed{c.beta, c.share};
  std::vector<std::size_t> cuts;
  for (std::size_t k = 1; k < c.beta.size(); ++k) cuts.push_back(k);
  const double linked = kernels::theory::LinkedTrainMinimum(feed, cuts)->organic;
  const double unlinked =
      kernels::theory::BestUnlinkedTrain(feed, cuts, kernels::theory::Handover::kOrganicFreshOnly)
          ->organic;
  std::printf("    {\"train\": \"%s\", \"products\": %zu,\n", c.name, c.beta.size());
  const double found = Measure("linked", c, optimizer::Linkage::kRequired, linked);
  const double single = Measure("unlinked", c, optimizer::Linkage::kForbidden, unlinked);
  std::printf("     \"saving\": %.4f, \"theory_saving\": %.4f}%s\n",
              found > 0 && single > 0 ? 1 - found / single : 0, 1 - linked / unlinked, end);
  std::fflush(stdout);
}

}  // namespace
}  // namespace raffinate

int main() {
  std::printf(
      "{\n  \"benchmark\": \"train\",\n  \"date\": \"%s\",\n  \"processor\": \"%s\",\n"
      "  \"results\": [\n",
      raffinate::bench::Today().c_str(), raffinate::bench::ProcessorName().c_str());
  const double third = 1.0 / 3;
  raffinate::MeasureCase({"case 6: 4 : 2 : 1, equimolar", {4, 2, 1}, {third, third, third}}, ",");
  raffinate::MeasureCase({"8 : 4 : 2 : 1, equimolar", {8, 4, 2, 1}, {0.25, 0.25, 0.25, 0.25}}, ",");
  raffinate::MeasureCase(
      {"16 : 8 : 4 : 2 : 1, equimolar", {16, 8, 4, 2, 1}, {0.2, 0.2, 0.2, 0.2, 0.2}}, ",");
  // Nd, Pr, Ce, La of an industrial P507 (separation factors 2.1, 2.1, 2.2) in bastnaesite's order
  // of shares.
  raffinate::MeasureCase(
      {"Nd | Pr | Ce | La of a light feed", {10.0, 4.7, 2.2, 1}, {0.16, 0.05, 0.51, 0.28}}, "");
  std::printf("  ]\n}\n");
  return 0;
}
