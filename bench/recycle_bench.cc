// Recycles between circuits: Newton's method against plain substitution, in passes (each solves
// every circuit of the recycle once) and wall time of the best of five, on the linked train of
// cascade theory and on a battery whose scrub is a circuit of its own. Prints JSON.
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "bench/machine.h"
#include "optimizer/plant/solve.h"

namespace raffinate {
namespace {

using optimizer::Circuit;
using optimizer::Flowsheet;
using optimizer::Section;

Section MakeSection(const char* name, int stages, std::vector<std::string> inlets,
                    const char* outlet) {
  Section section;
  section.name = name;
  section.stages = stages;
  for (std::string& inlet : inlets) section.inlets.push_back({std::move(inlet), {}});
  section.outlet = outlet;
  return section;
}

optimizer::Stream MakeStream(const char* name, double flow, double hcl,
                             std::vector<optimizer::MetalConcentration> metals) {
  optimizer::Stream stream;
  stream.name = name;
  stream.flow = flow;
  stream.hcl = hcl;
  stream.metals = std::move(metals);
  return stream;
}

optimizer::Chemistry MakeChemistry() {
  optimizer::Chemistry chemistry;
  const std::pair<const char*, double> elements[] = {{"La", 3}, {"Pr", 3}, {"Nd", 3}, {"Na", 1}};
  optimizer::ExtractantSystem beta, acidic;
  beta.name = "beta";
  beta.law = optimizer::Law::kConstantBeta;
  acidic.name = "acidic";
  acidic.unit_mol_per_l = 1;
  acidic.basis = optimizer::Basis::kDimer;
  const double log10_k[] = {-3.1765, -2.5, -2.1746, -3.5};  // of a P507, La and Nd as measured
  for (int i = 0; i < 4; ++i) {
    const auto& [symbol, charge] = elements[i];
    chemistry.elements[symbol] = {symbol, charge, 1, 0, "", false};
    optimizer::EquilibriumConstant constant;
    constant.element = symbol;
    constant.beta = std::pow(2, i);
    constant.log10_k = log10_k[i];
    acidic.constants.push_back(constant);
    if (i < 3) beta.constants.push_back(constant);
  }
  chemistry.systems["beta"] = beta;
  chemistry.systems["acidic"] = acidic;
  return chemistry;
}

/// docs/file-format.md's linked train: Underwood's least fluxes 1.36572 and, for the
/// pre-fractionator, 7/9, of which A and a ninth of B go up.
Flowsheet LinkedTrain(double over_bound) {
  const double organic = over_bound * 1.36572, third = 1.0 / 3, inner = 1.05 * 7 / 9;
  const double reflux = inner - 4.0 / 9, acid = organic - third;
  Flowsheet flowsheet;
  flowsheet.streams = {MakeStream("feed", 1, 0, {{"La", third}, {"Pr", third}, {"Nd", third}}),
                       MakeStream("acid", 1, acid, {})};
  Circuit main, fractionator;
  main.name = "main";
  main.system = fractionator.system = std::string("beta");
  main.extractant_mol_per_l = 2.0;
  main.organic.flow = organic;
  main.organic.loop = fractionator.organic.loop = optimizer::Loop::kOpen;
  main.sections = {MakeSection("C", 30, {"inner raffinate"}, "C product"),
                   MakeSection("BC", 30, {}, ""), MakeSection("AB", 30, {}, "B product"),
                   MakeSection("A", 30, {"acid", "inner organic"}, "reflux")};
  optimizer::Draw draw;
  draw.name = "to inner";
  draw.phase = optimizer::DrawPhase::kOrganic;
  draw.stage = 30;
  draw.flow = inner;
  main.sections[0].draws = {draw};
  main.sections[2].outlet_share = third / (acid - reflux);
  main.sections[3].outlet_share = reflux / acid;
  fractionator.name = "inner";
  fractionator.organic.from = "to inner";
  fractionator.organic.outlet = "inner organic";
  fractionator.sections = {MakeSection("lower", 30, {"feed"}, "inner raffinate"),
                           MakeSection("upper", 30, {"reflux"}, "")};
  flowsheet.circuits = {main, fractionator};
  return flowsheet;
}

Flowsheet BatteryOfTwo(int stages) {
  Flowsheet flowsheet;
  flowsheet.streams = {MakeStream("feed", 1, 0.01, {{"La", 0.1}, {"Pr", 0.05}, {"Nd", 0.1}}),
                       MakeStream("scrub acid", 0.1, 3, {})};
  Circuit extraction, washing;
  extraction.name = "extraction";
  extraction.system = washing.system = std::string("acidic");
  extraction.extractant_mol_per_l = 1.0;
  extraction.organic.flow = 2.0;
  extraction.organic.saponification = 0.3;
  extraction.organic.loop = washing.organic.loop = optimizer::Loop::kOpen;
  extraction.sections = {MakeSection("extraction", stages, {"feed", "liquor"}, "raffinate")};
  washing.name = "washing";
  washing.organic.from = "loaded organic of extraction";
  washing.sections = {MakeSection("scrub", stages, {"scrub acid"}, "liquor")};
  flowsheet.circuits = {extraction, washing};
  return flowsheet;
}

void Measure(const char* name, const Flowsheet& flowsheet, const char* end) {
  const optimizer::Chemistry chemistry = MakeChemistry();
  const optimizer::Graph graph(flowsheet);
  std::printf("    {\"plant\": \"%s\"", name);
  for (const bool newton : {true, false}) {
    constexpr int kRepeats = 5;
    optimizer::PlantSolution solution;
    double best = INFINITY;
    for (int k = 0; k < kRepeats; ++k) {
      optimizer::Plant plant;
      if (const auto wrong = MakePlant(flowsheet, chemistry, graph, &plant); !wrong.empty()) {
        std::fprintf(stderr, "%s: %s\n", name, wrong.c_str());
        return;
      }
      optimizer::PlantOptions options;
      options.newton = newton;
      options.max_passes = 3000;
      const optimizer::PlantTask task{&plant, nullptr};
      const double start = bench::Now();
      SolvePlants(kernels::Device(), {&task, 1}, options, {&solution, 1});
      best = std::min(best, bench::Now() - start);
    }
    std::printf(", \"%s\": {\"closed\": %s, \"passes\": %d, \"ms\": %.3g, \"residual\": %.2g}",
                newton ? "newton" : "substitution",
                solution.status == kernels::SolveStatus::kSolved ? "true" : "false",
                solution.passes, 1e3 * best, solution.residual);
  }
  std::printf("}%s\n", end);
}

}  // namespace
}  // namespace raffinate

int main() {
  std::printf(
      "{\n  \"benchmark\": \"recycle\",\n  \"date\": \"%s\",\n  \"processor\": \"%s\",\n"
      "  \"results\": [\n",
      raffinate::bench::Today().c_str(), raffinate::bench::ProcessorName().c_str());
  raffinate::Measure("linked train, 1.02 x bound", raffinate::LinkedTrain(1.02), ",");
  raffinate::Measure("linked train, 1.05 x bound", raffinate::LinkedTrain(1.05), ",");
  raffinate::Measure("linked train, 1.10 x bound", raffinate::LinkedTrain(1.10), ",");
  raffinate::Measure("battery of two, 10 + 10 stages", raffinate::BatteryOfTwo(10), ",");
  raffinate::Measure("battery of two, 30 + 30 stages", raffinate::BatteryOfTwo(30), "");
  std::printf("  ]\n}\n");
  return 0;
}
