#include "optimizer/model/figure_path.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "optimizer/model/figures.h"

namespace raffinate::optimizer {
namespace {

/// Nothing where `by` is empty.
double Dot(const std::vector<double>& by, const std::vector<double>& values) {
  return std::inner_product(by.begin(), by.end(), values.begin(), 0.0);
}

/// Of a linear function of a row, its value.
double ValueOf(const kernels::OutflowSeed& seed, const kernels::Outflow& row) {
  return seed.aqueous_flow * row.aqueous_flow + seed.droplets * row.organic_flow +
         seed.free_acid * row.free_acid + seed.anions * row.anions + Dot(seed.metals, row.metals) +
         Dot(seed.aqueous_metals, row.aqueous_metals) + Dot(seed.totals, row.totals);
}

void AddScaled(double scale, const kernels::OutflowSeed& term, kernels::OutflowSeed* sum) {
  sum->aqueous_flow += scale * term.aqueous_flow;
  sum->droplets += scale * term.droplets;
  sum->free_acid += scale * term.free_acid;
  sum->anions += scale * term.anions;
  optimizer::AddScaled(scale, term.metals, &sum->metals);
  optimizer::AddScaled(scale, term.aqueous_metals, &sum->aqueous_metals);
  optimizer::AddScaled(scale, term.totals, &sum->totals);
}

bool SeesNothing(const kernels::OutflowSeed& seed) {
  const auto none = [](const std::vector<double>& by) {
    return std::all_of(by.begin(), by.end(), [](double v) { return v == 0; });
  };
  return seed.aqueous_flow == 0 && seed.droplets == 0 && seed.free_acid == 0 && seed.anions == 0 &&
         none(seed.metals) && none(seed.aqueous_metals) && none(seed.totals);
}

}  // namespace

SolvedCircuits Alone(const Solved& solved) {
  SolvedCircuits all{{solved}, {}};
  for (const Leaving& leaving : solved.built.leaving) {
    all.exits.push_back({leaving.name, 0, leaving.row, 1});
  }
  return all;
}

PathMaker::PathMaker(const SolvedCircuits& solved) : solved_(solved) {
  for (const Solved& circuit : solved.circuits) {
    rows_.push_back(kernels::Outflows(circuit.built.circuit, circuit.cascade, circuit.solution));
  }
}

FigurePath PathMaker::Begin(const std::string& name, const std::string& product,
                            double value) const {
  FigurePath path;
  path.name = name;
  path.product = product;
  path.value = value;
  for (const Solved& circuit : solved_.circuits) {
    path.circuits.emplace_back().supplies.by_fed.assign(circuit.built.components.size(), 0.0);
  }
  return path;
}

FigurePath PathMaker::End(FigurePath path, const Seeds& seeds, std::span<const std::size_t> seen,
                          const Within& within) const {
  for (std::size_t e = 0; e < seeds.size(); ++e) {
    const ExitRow& exit = solved_.exits[e];
    path.by_share.push_back(ValueOf(seeds[e], rows_[exit.circuit][exit.row]));
  }
  for (std::size_t c = 0; c < solved_.circuits.size(); ++c) {
    const Solved& circuit = solved_.circuits[c];
    std::vector<kernels::OutflowSeed> rows(rows_[c].size());
    const bool looks_within = std::find(seen.begin(), seen.end(), c) != seen.end();
    bool nothing = solved_.circuits.size() > 1 && !looks_within;
    for (std::size_t e = 0; e < seeds.size(); ++e) {
      const ExitRow& exit = solved_.exits[e];
      if (exit.circuit != c || SeesNothing(seeds[e])) continue;
      AddScaled(exit.share, seeds[e], &rows[exit.row]);
      nothing = false;
    }
    if (nothing) continue;
    path.circuits[c].path =
        kernels::SeedOutflows(circuit.built.circuit, circuit.cascade, circuit.solution, rows);
    if (looks_within) within(c, &*path.circuits[c].path);
  }
  return path;
}

void AddVolumes(const kernels::StageFlows& flows, double by_aqueous, double by_organic,
                kernels::StageFlows* by) {
  const double contacted = 1 - flows.bypass_up - flows.bypass_draw;
  for (double* aqueous : {&by->aq_up, &by->aq_down, &by->aq_draw}) *aqueous += by_aqueous;
  for (double* organic : {&by->org_up, &by->org_down, &by->org_draw}) {
    *organic += by_organic / contacted;
  }
  for (double* bypass : {&by->bypass_up, &by->bypass_draw}) {
    *bypass += by_organic * VolumesOf(flows).organic / contacted;
  }
}

void AddScaled(double scale, const std::vector<double>& term, std::vector<double>* sum) {
  if (sum->size() < term.size()) sum->resize(term.size());
  for (std::size_t i = 0; i < term.size(); ++i) (*sum)[i] += scale * term[i];
}

}  // namespace raffinate::optimizer
