#include "optimizer/model/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <utility>

#include "kernels/circuit_gradient.h"
#include "optimizer/model/figure_table.h"
#include "optimizer/model/margins.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {

/// Adds figures one by one.
class FigureGradients::Maker {
 public:
  Maker(FigureGradients* all, const Figures& figures, const Wanted& wanted)
      : all_(*all),
        built_(all->solved_.built),
        rows_(built_.circuit.draws.size() + 2),
        supplies_(SuppliesOf(built_)),
        figures_(figures),
        wanted_(wanted) {}

  void AddAll() {
    by_tonnes_.resize(rows_);
    double reo = 0;
    for (const ProductFigures& product : figures_.products) reo += product.reo_kg_per_h;
    tonnes_ = std::max(reo, kLeastReo) / 1000;
    if (reo > kLeastReo) {
      for (const Product& product : all_.flowsheet_.products) {
        const int row = RowOf(product);
        if (row >= 0) AddOxide(product, true, 1e-3, &by_tonnes_[row].metals);
      }
    }
    for (std::size_t p = 0; p < figures_.products.size(); ++p) AddProduct(p);
    if (!all_.flowsheet_.products.empty()) AddPerTonne();
    AddPhaseRatios();
    AddStageFigures();
    AddMargins();
    if (IsWanted("organic")) {
      Figure organic = Begin("organic", "", figures_.organic_m3_per_h);
      organic.supplies.by_organic_flow = 1;
      End(std::move(organic), Rows());
    }
    if (IsWanted("stage_flow")) {
      Figure inventory = Begin("stage_flow", "", figures_.stage_flow_m3_per_h);
      inventory.supplies.by_organic_flow = figures_.stages;
      End(std::move(inventory), Rows());
    }
  }

 private:
  using Seeds = std::vector<kernels::OutflowSeed>;

  bool IsWanted(const char* name, const std::string& product = "") const {
    return !wanted_ || wanted_(name, product);
  }

  /// One per row of Outflows: the draws, then what leaves both ends.
  Seeds Rows() const { return Seeds(rows_); }

  Figure Begin(const char* name, const std::string& product, double value) const {
    Figure figure;
    figure.name = name;
    figure.product = product;
    figure.value = value;
    figure.supplies.by_fed.assign(built_.components.size(), 0.0);
    return figure;
  }

  /// `at`: what the figure sees of single stages.
  void End(Figure figure, const Seeds& rows,
           const std::function<void(kernels::OutflowPath*)>& at = nullptr) {
    const Solved& solved = all_.solved_;
    kernels::OutflowPath path =
        kernels::SeedOutflows(built_.circuit, solved.cascade, solved.solution, rows);
    if (at) at(&path);
    figure.direct = std::move(path.direct);
    all_.seeds_.push_back(std::move(path.seed));
    all_.figures_.push_back(std::move(figure));
  }

  int RowOf(const Product& product) const {
    for (const Leaving& leaving : built_.leaving) {
      if (leaving.name == product.stream) return leaving.row;
    }
    return -1;
  }

  /// Adds scale * (oxide mass of the wanted metals, or of the others).
  void AddOxide(const Product& product, bool wanted, double scale,
                std::vector<double>* by_metals) const {
    by_metals->resize(built_.components.size());
    for (std::size_t i = 0; i < built_.components.size(); ++i) {
      const Element& element = *built_.components[i];
      if (IsBaseCation(element.symbol) || Wants(product, element) != wanted) continue;
      (*by_metals)[i] += scale * QuotedMass(element);
    }
  }

  void AddProduct(std::size_t p) {
    const Product& product = all_.flowsheet_.products[p];
    const ProductFigures& f = figures_.products[p];
    const int row = RowOf(product);
    if (row < 0) return;
    const double total = f.total_reo_kg_per_h;
    const auto linear = [&](const char* name, double value, double wanted, double others) {
      if (!IsWanted(name, product.name)) return;
      Seeds rows = Rows();
      AddOxide(product, true, wanted, &rows[row].metals);
      AddOxide(product, false, others, &rows[row].metals);
      End(Begin(name, product.name, value), rows);
    };
    if (total > 0) {
      // d(W / (W + O)), with W and O the wanted and other oxides.
      linear("purity", f.purity, f.impurity / total, -f.purity / total);
      linear("impurity", f.impurity, -f.impurity / total, f.purity / total);
    }
    linear("reo", f.reo_kg_per_h, 1, 0);
    linear("total_reo", total, 1, 1);
    if (!IsWanted("recovery", product.name)) return;
    double fed = 0;
    for (std::size_t i = 0; i < built_.components.size(); ++i) {
      if (Wants(product, *built_.components[i])) fed += supplies_.fed[i];
    }
    if (!(fed > 0)) return;
    Seeds rows = Rows();
    rows[row].metals.resize(built_.components.size());
    Figure recovery = Begin("recovery", product.name, f.recovery);
    for (std::size_t i = 0; i < built_.components.size(); ++i) {
      const Element& element = *built_.components[i];
      if (IsBaseCation(element.symbol) || !Wants(product, element)) continue;
      rows[row].metals[i] = 1 / fed;
      recovery.supplies.by_fed[i] = -f.recovery / fed;
    }
    End(std::move(recovery), rows);
  }

  /// A figure amount / tonnes: `rows` and the figure hold the amount's
  /// derivatives.
  void EndPerTonne(Figure figure, Seeds rows) {
    const double value = figure.value;
    figure.supplies.by_acid_kg /= tonnes_;
    figure.supplies.by_base_kmol /= tonnes_;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      rows[r].aqueous_flow /= tonnes_;
      rows[r].anions /= tonnes_;
      for (double& v : rows[r].totals) v /= tonnes_;
      for (double& v : rows[r].aqueous_metals) v /= tonnes_;
      if (by_tonnes_[r].metals.empty()) continue;
      rows[r].metals.resize(built_.components.size());
      for (std::size_t i = 0; i < built_.components.size(); ++i) {
        rows[r].metals[i] -= value / tonnes_ * by_tonnes_[r].metals[i];
      }
    }
    End(std::move(figure), rows);
  }

  void AddPerTonne() {
    const auto supplied = [&](const char* name, double value, double acid, double base) {
      if (!IsWanted(name)) return;
      Figure figure = Begin(name, "", value);
      figure.supplies.by_acid_kg = acid;
      figure.supplies.by_base_kmol = base;
      EndPerTonne(std::move(figure), Rows());
    };
    supplied("acid", figures_.acid_kg_per_t_reo, 1, 0);
    supplied("base", figures_.base_kg_per_t_reo, 0, kMassNaOH);
    supplied("reagents", figures_.reagents_kg_per_t_reo, 1, kMassNaOH);
    const auto leaving = [&](const char* name, double value, auto&& set) {
      if (!IsWanted(name)) return;
      Seeds rows = Rows();
      for (const Leaving& stream : built_.leaving) set(&rows[stream.row]);
      EndPerTonne(Begin(name, "", value), std::move(rows));
    };
    leaving("wastewater", figures_.wastewater_m3_per_t_reo,
            [](kernels::OutflowSeed* row) { row->aqueous_flow = 1; });
    const auto cation = [&](const char* name, double value, const char* symbol, double mass) {
      const int i = built_.Component(symbol);
      if (i < 0) return;
      leaving(name, value, [&](kernels::OutflowSeed* row) {
        row->aqueous_metals.assign(built_.components.size(), 0.0);
        row->aqueous_metals[i] = mass;
      });
    };
    cation("sodium", figures_.sodium_kg_per_t_reo, kSodium, kMassSodium);
    cation("ammonium_nitrogen", figures_.ammonium_nitrogen_kg_per_t_reo, kAmmonium, kMassNitrogen);
    if (built_.system->law != Law::kConstantBeta && built_.system->medium == Medium::kChloride) {
      leaving("chloride", figures_.chloride_kg_per_t_reo,
              [&](kernels::OutflowSeed* row) { AddMediumEquivalents(built_, kMassChlorine, row); });
    }
  }

  void AddPhaseRatios() {
    if (!IsWanted("max_organic_to_aqueous") && !IsWanted("min_organic_to_aqueous")) return;
    const kernels::Cascade& cascade = all_.solved_.cascade;
    int most = 0, least = 0;
    const auto ratio = [&](int j) {
      const StageVolumes v = VolumesOf(cascade.flows[j]);
      return v.organic / v.aqueous;
    };
    for (int j = 1; j < cascade.stages(); ++j) {
      if (ratio(j) > ratio(most)) most = j;
      if (ratio(j) < ratio(least)) least = j;
    }
    for (const auto& [name, j] :
         {std::pair("max_organic_to_aqueous", most), std::pair("min_organic_to_aqueous", least)}) {
      if (!IsWanted(name)) continue;
      const StageVolumes v = VolumesOf(cascade.flows[j]);
      const double contacted = 1 - cascade.flows[j].bypass_up - cascade.flows[j].bypass_draw;
      End(Begin(name, "", ratio(j)), Rows(), [&, j = j](kernels::OutflowPath* path) {
        kernels::StageFlows& by = path->direct.flows[j];
        for (double* organic : {&by.org_up, &by.org_down, &by.org_draw}) {
          *organic += 1 / (contacted * v.aqueous);
        }
        for (double* aqueous : {&by.aq_up, &by.aq_down, &by.aq_draw}) {
          *aqueous -= v.organic / (v.aqueous * v.aqueous);
        }
        for (double* bypass : {&by.bypass_up, &by.bypass_draw}) {
          *bypass += v.organic / (contacted * v.aqueous);
        }
      });
    }
  }

  void AddStageFigures() {
    const Solved& solved = all_.solved_;
    const kernels::Cascade& cascade = solved.cascade;
    const int n = cascade.stages(), m = cascade.size();
    if (built_.system->law != Law::kConstantD && IsWanted("loading")) {
      int j = 0;
      for (int k = 1; k < n; ++k) {
        if (LoadingOf(solved, k) > LoadingOf(solved, j)) j = k;
      }
      const double loading = LoadingOf(solved, j), total = cascade.extractant[j];
      End(Begin("loading", "", loading), Rows(), [&](kernels::OutflowPath* path) {
        for (int i = 0; i < m; ++i) {
          path->seed.y[static_cast<std::size_t>(j) * m + i] += cascade.components[i].dimers / total;
        }
        path->direct.extractant[j] -= loading / total;
      });
    }
    if (!KnowsProton(built_.system->law)) return;
    const std::vector<double>& ln_h = solved.solution.state.ln_h;
    const auto most = std::max_element(ln_h.begin(), ln_h.end()) - ln_h.begin();
    const auto least = std::min_element(ln_h.begin(), ln_h.end()) - ln_h.begin();
    for (const auto& [name, j] : {std::pair("min_ph", most), std::pair("max_ph", least)}) {
      if (!IsWanted(name)) continue;
      End(Begin(name, "", -ln_h[j] / std::log(10.0)), Rows(),
          [&, j = j](kernels::OutflowPath* path) { SeedProton(j, -1 / std::log(10.0), path); });
    }
  }

  /// Makes the number depend on ln of the free proton of one stage.
  void SeedProton(std::ptrdiff_t stage, double by_ln_h, kernels::OutflowPath* path) const {
    const kernels::Cascade& cascade = all_.solved_.cascade;
    path->seed.ln_masters.assign(static_cast<std::size_t>(cascade.stages()) * cascade.masters(), 0);
    path->seed.ln_masters[stage * cascade.masters()] = by_ln_h;
  }

  void AddMargins() {
    if (IsWanted("loading_share_of_limit")) AddLoadingShare();
    if (IsWanted("precipitation_margin")) AddPrecipitation();
    if (IsWanted("unstripped")) AddUnstripped();
  }

  void AddLoadingShare() {
    const Solved& solved = all_.solved_;
    const kernels::Cascade& cascade = solved.cascade;
    const int n = cascade.stages(), m = cascade.size();
    int fullest = 0;
    for (int j = 1; j < n; ++j) {
      if (LoadingShareOfLimit(solved, j) > LoadingShareOfLimit(solved, fullest)) fullest = j;
    }
    const double share = LoadingShareOfLimit(solved, fullest);
    if (!(share > 0)) return;
    const double total = cascade.extractant[fullest];
    const double limit = MetalLoadingOf(solved, fullest) / share;
    End(Begin("loading_share_of_limit", "", share), Rows(), [&](kernels::OutflowPath* path) {
      for (int i = 0; i < m; ++i) {
        if (IsBaseCation(built_.components[i]->symbol)) continue;
        path->seed.y[static_cast<std::size_t>(fullest) * m + i] +=
            cascade.components[i].dimers / (total * limit);
      }
      path->direct.extractant[fullest] -= share / total;
    });
  }

  void AddPrecipitation() {
    const Solved& solved = all_.solved_;
    Precipitation least = PrecipitationOf(solved, 0);
    int nearest = 0;
    for (int j = 1; j < solved.cascade.stages(); ++j) {
      const Precipitation there = PrecipitationOf(solved, j);
      if (there.margin < least.margin) least = there, nearest = j;
    }
    if (least.component < 0) return;
    const std::size_t at = static_cast<std::size_t>(nearest) * solved.cascade.size() +
                           static_cast<std::size_t>(least.component);
    End(Begin("precipitation_margin", "", least.margin), Rows(), [&](kernels::OutflowPath* path) {
      path->seed.x[at] -= 1 / (solved.solution.x[at] * std::log(10.0));
      SeedProton(nearest, -least.by_ph / std::log(10.0), path);
    });
  }

  void AddUnstripped() {
    const Solved& solved = all_.solved_;
    const int n = solved.cascade.stages(), m = solved.cascade.size();
    const std::vector<Stripping> stripping = StrippingOf(solved);
    const auto worst =
        std::max_element(stripping.begin(), stripping.end(),
                         [](const auto& a, const auto& b) { return a.share < b.share; });
    if (worst == stripping.end()) return;
    End(Begin("unstripped", "", worst->share), Rows(), [&](kernels::OutflowPath* path) {
      const auto y = [&](int j) { return static_cast<std::size_t>(j) * m + worst->component; };
      const double most = solved.solution.y[y(worst->richest)];
      path->seed.y[y(n - 1)] += 1 / most;
      path->seed.y[y(worst->richest)] -= worst->share / most;
    });
  }

  FigureGradients& all_;
  const Built& built_;
  std::size_t rows_;
  Supplies supplies_;
  const Figures& figures_;
  const Wanted& wanted_;
  double tonnes_ = 0;  ///< wanted oxides in all products [t/h]
  Seeds by_tonnes_;    ///< its derivatives by what leaves
};

FigureGradients::FigureGradients(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                 const Solved& solved, const Figures& figures, const Wanted& wanted)
    : flowsheet_(flowsheet), chemistry_(chemistry), solved_(solved) {
  Maker(this, figures, wanted).AddAll();
}

Sensitivities FigureGradients::Finish(std::vector<kernels::CascadeGradient> gradients) const {
  return Finish(std::move(gradients), Levers(flowsheet_, chemistry_, solved_.built));
}

std::vector<FigureGradients::ByCircuit> FigureGradients::ThroughCircuit(
    std::vector<kernels::CascadeGradient> gradients) const {
  for (std::size_t f = 0; f < figures_.size(); ++f) {
    kernels::AddScaled(1.0, figures_[f].direct, &gradients[f]);
  }
  std::vector<kernels::CircuitGradient> by_circuit =
      kernels::ThroughAssembly(solved_.built.circuit, gradients);
  std::vector<ByCircuit> all;
  for (std::size_t f = 0; f < figures_.size(); ++f) {
    const Figure& figure = figures_[f];
    all.push_back(
        {figure.name, figure.product, figure.value, std::move(by_circuit[f]), figure.supplies});
  }
  return all;
}

Sensitivities FigureGradients::Finish(std::vector<kernels::CascadeGradient> gradients,
                                      const Levers& levers) const {
  Sensitivities result;
  result.levers = levers.levers();
  for (const ByCircuit& figure : ThroughCircuit(std::move(gradients))) {
    result.figures.push_back({figure.name, figure.product, figure.value,
                              FindFigure(figure.name)->unit,
                              levers.Derivatives(figure.circuit, figure.supplies)});
  }
  return result;
}

Sensitivities ComputeSensitivities(const Flowsheet& flowsheet, const Chemistry& chemistry,
                                   const Solved& solved, const kernels::Device& device) {
  const FigureGradients figures(flowsheet, chemistry, solved, ComputeFigures(flowsheet, solved));
  const kernels::GradientTask task{&solved.cascade, &solved.solution, figures.seeds()};
  std::vector<kernels::CascadeGradient> gradients;
  kernels::Differentiate(device, {&task, 1}, {&gradients, 1});
  return figures.Finish(std::move(gradients));
}

}  // namespace raffinate::optimizer
