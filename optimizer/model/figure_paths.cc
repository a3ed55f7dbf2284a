#include "optimizer/model/figure_paths.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "optimizer/model/margins.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

using Seeds = PathMaker::Seeds;

/// A stage of a circuit.
struct Place {
  std::size_t circuit = 0;
  int stage = 0;
};

/// Adds figures one by one.
class Maker {
 public:
  Maker(const Flowsheet& flowsheet, const SolvedCircuits& solved, const Figures& figures,
        const WantedFigures& wanted)
      : flowsheet_(flowsheet), solved_(solved), figures_(figures), wanted_(wanted), maker_(solved) {
    for (const Solved& circuit : solved.circuits) fed_.push_back(SuppliesOf(circuit.built).fed);
  }

  std::vector<FigurePath> All() {
    by_tonnes_.resize(solved_.exits.size());
    double reo = 0;
    for (const ProductFigures& product : figures_.products) reo += product.reo_kg_per_h;
    tonnes_ = std::max(reo, kLeastReo) / 1000;
    if (reo > kLeastReo) {
      for (const Product& product : flowsheet_.products) {
        const int exit = ExitOf(product);
        if (exit >= 0) AddOxide(product, exit, true, 1e-3, &by_tonnes_[exit].metals);
      }
    }
    for (std::size_t p = 0; p < figures_.products.size(); ++p) AddProduct(p);
    if (!flowsheet_.products.empty()) AddPerTonne();
    AddPhaseRatios();
    AddLoading();
    AddPh();
    if (IsWanted("loading_share_of_limit")) AddLoadingShare();
    if (IsWanted("precipitation_margin")) AddPrecipitation();
    if (IsWanted("unstripped")) AddUnstripped();
    AddOrganic();
    return std::move(paths_);
  }

 private:
  bool IsWanted(const char* name, const std::string& product = "") const {
    return !wanted_ || wanted_(name, product);
  }

  const Built& BuiltOf(const ExitRow& exit) const { return maker_.BuiltOf(exit); }
  Seeds NoSeeds() const { return maker_.NoSeeds(); }
  FigurePath Begin(const char* name, const std::string& product, double value) const {
    return maker_.Begin(name, product, value);
  }

  void End(FigurePath path, const Seeds& seeds) {
    paths_.push_back(maker_.End(std::move(path), seeds));
  }
  /// `within`: what the figure sees of a single stage's circuit.
  void End(FigurePath path, std::size_t circuit,
           const std::function<void(kernels::OutflowPath*)>& within) {
    paths_.push_back(maker_.End(std::move(path), NoSeeds(), {&circuit, 1},
                                [&](std::size_t, kernels::OutflowPath* seen) { within(seen); }));
  }

  int ExitOf(const Product& product) const {
    for (std::size_t e = 0; e < solved_.exits.size(); ++e) {
      if (solved_.exits[e].name == product.stream) return static_cast<int>(e);
    }
    return -1;
  }

  /// Adds scale * (oxide mass of the wanted metals, or of the others).
  void AddOxide(const Product& product, int exit, bool wanted, double scale,
                std::vector<double>* by_metals) const {
    const Built& built = BuiltOf(solved_.exits[exit]);
    by_metals->resize(built.components.size());
    for (std::size_t i = 0; i < built.components.size(); ++i) {
      const Element& element = *built.components[i];
      if (IsBaseCation(element.symbol) || Wants(product, element) != wanted) continue;
      (*by_metals)[i] += scale * QuotedMass(element);
    }
  }

  void AddProduct(std::size_t p) {
    const Product& product = flowsheet_.products[p];
    const ProductFigures& f = figures_.products[p];
    const int exit = ExitOf(product);
    if (exit < 0) return;
    const double total = f.total_reo_kg_per_h;
    const auto linear = [&](const char* name, double value, double wanted, double others) {
      if (!IsWanted(name, product.name)) return;
      Seeds seeds = NoSeeds();
      AddOxide(product, exit, true, wanted, &seeds[exit].metals);
      AddOxide(product, exit, false, others, &seeds[exit].metals);
      End(Begin(name, product.name, value), seeds);
    };
    if (total > 0) {
      // d(W / (W + O)), with W and O the wanted and other oxides.
      linear("purity", f.purity, f.impurity / total, -f.purity / total);
      linear("impurity", f.impurity, -f.impurity / total, f.purity / total);
    }
    linear("reo", f.reo_kg_per_h, 1, 0);
    linear("total_reo", total, 1, 1);
    if (IsWanted("recovery", product.name)) AddRecovery(product, f, exit);
  }

  void AddRecovery(const Product& product, const ProductFigures& f, int exit) {
    double fed = 0;
    const auto wanted = [&product](const Element& element) {
      return !IsBaseCation(element.symbol) && Wants(product, element);
    };
    for (std::size_t c = 0; c < solved_.circuits.size(); ++c) {
      const auto& components = solved_.circuits[c].built.components;
      for (std::size_t i = 0; i < components.size(); ++i) {
        if (Wants(product, *components[i])) fed += fed_[c][i];
      }
    }
    if (!(fed > 0)) return;
    FigurePath recovery = Begin("recovery", product.name, f.recovery);
    for (std::size_t c = 0; c < solved_.circuits.size(); ++c) {
      const auto& components = solved_.circuits[c].built.components;
      for (std::size_t i = 0; i < components.size(); ++i) {
        if (wanted(*components[i])) recovery.circuits[c].supplies.by_fed[i] = -f.recovery / fed;
      }
    }
    Seeds seeds = NoSeeds();
    const auto& components = BuiltOf(solved_.exits[exit]).components;
    seeds[exit].metals.resize(components.size());
    for (std::size_t i = 0; i < components.size(); ++i) {
      if (wanted(*components[i])) seeds[exit].metals[i] = 1 / fed;
    }
    End(std::move(recovery), seeds);
  }

  /// A figure amount / tonnes: `seeds` and the figure hold the amount's derivatives.
  void EndPerTonne(FigurePath path, Seeds seeds) {
    const double value = path.value;
    for (FigurePath::Part& part : path.circuits) {
      part.supplies.by_acid_kg /= tonnes_;
      part.supplies.by_base_kmol /= tonnes_;
    }
    for (std::size_t e = 0; e < seeds.size(); ++e) {
      seeds[e].aqueous_flow /= tonnes_;
      seeds[e].anions /= tonnes_;
      for (double& v : seeds[e].totals) v /= tonnes_;
      for (double& v : seeds[e].aqueous_metals) v /= tonnes_;
      AddScaled(-value / tonnes_, by_tonnes_[e].metals, &seeds[e].metals);
    }
    End(std::move(path), seeds);
  }

  void AddPerTonne() {
    const auto supplied = [&](const char* name, double value, double acid, double base) {
      if (!IsWanted(name)) return;
      FigurePath path = Begin(name, "", value);
      for (FigurePath::Part& part : path.circuits) {
        part.supplies.by_acid_kg = acid;
        part.supplies.by_base_kmol = base;
      }
      EndPerTonne(std::move(path), NoSeeds());
    };
    supplied("acid", figures_.acid_kg_per_t_reo, 1, 0);
    supplied("base", figures_.base_kg_per_t_reo, 0, kMassNaOH);
    supplied("reagents", figures_.reagents_kg_per_t_reo, 1, kMassNaOH);
    // `set` says whether the figure knows the circuit of a stream.
    const auto leaving = [&](const char* name, double value, auto&& set) {
      if (!IsWanted(name)) return;
      Seeds seeds = NoSeeds();
      bool known = false;
      for (std::size_t e = 0; e < seeds.size(); ++e) {
        known |= set(BuiltOf(solved_.exits[e]), &seeds[e]);
      }
      if (known) EndPerTonne(Begin(name, "", value), std::move(seeds));
    };
    leaving("wastewater", figures_.wastewater_m3_per_t_reo,
            [](const Built&, kernels::OutflowSeed* seed) {
              seed->aqueous_flow = 1;
              return true;
            });
    const auto cation = [&](const char* name, double value, const char* symbol, double mass) {
      leaving(name, value, [&](const Built& built, kernels::OutflowSeed* seed) {
        const int i = built.Component(symbol);
        if (i < 0) return false;
        seed->aqueous_metals.assign(built.components.size(), 0.0);
        seed->aqueous_metals[i] = mass;
        return true;
      });
    };
    cation("sodium", figures_.sodium_kg_per_t_reo, kSodium, kMassSodium);
    cation("ammonium_nitrogen", figures_.ammonium_nitrogen_kg_per_t_reo, kAmmonium, kMassNitrogen);
    leaving("chloride", figures_.chloride_kg_per_t_reo,
            [](const Built& built, kernels::OutflowSeed* seed) {
              if (built.system->law == Law::kConstantBeta ||
                  built.system->medium != Medium::kChloride) {
                return false;
              }
              AddMediumEquivalents(built, kMassChlorine, seed);
              return true;
            });
  }

  /// The first stage of which `value` is largest; `known` says which circuits have one. False
  /// where none has.
  template <class Known, class Value>
  bool Largest(Known known, Value value, Place* where) const {
    bool found = false;
    double most = 0;
    for (std::size_t c = 0; c < solved_.circuits.size(); ++c) {
      const Solved& circuit = solved_.circuits[c];
      if (!known(circuit.built)) continue;
      for (int j = 0; j < circuit.cascade.stages(); ++j) {
        const double here = value(circuit, j);
        if (found && !(here > most)) continue;
        found = true;
        most = here;
        *where = {c, j};
      }
    }
    return found;
  }

  static bool Always(const Built&) { return true; }

  void AddPhaseRatios() {
    const auto ratio = [](const Solved& circuit, int j) {
      const StageVolumes v = VolumesOf(circuit.cascade.flows[j]);
      return v.organic / v.aqueous;
    };
    for (const auto& [name, sign] :
         {std::pair("max_organic_to_aqueous", 1), std::pair("min_organic_to_aqueous", -1)}) {
      if (!IsWanted(name)) continue;
      Place at;
      Largest(
          Always, [&, s = sign](const Solved& circuit, int j) { return s * ratio(circuit, j); },
          &at);
      const Solved& circuit = solved_.circuits[at.circuit];
      const kernels::StageFlows& flows = circuit.cascade.flows[at.stage];
      const StageVolumes v = VolumesOf(flows);
      End(Begin(name, "", ratio(circuit, at.stage)), at.circuit, [&](kernels::OutflowPath* path) {
        AddVolumes(flows, -v.organic / (v.aqueous * v.aqueous), 1 / v.aqueous,
                   &path->direct.flows[at.stage]);
      });
    }
  }

  void AddLoading() {
    Place at;
    if (!IsWanted("loading") ||
        !Largest([](const Built& built) { return built.system->law != Law::kConstantD; }, LoadingOf,
                 &at)) {
      return;
    }
    const Solved& circuit = solved_.circuits[at.circuit];
    const double loading = LoadingOf(circuit, at.stage);
    const double total = circuit.cascade.extractant[at.stage];
    const int m = circuit.cascade.size();
    End(Begin("loading", "", loading), at.circuit, [&](kernels::OutflowPath* path) {
      for (int i = 0; i < m; ++i) {
        path->seed.y[static_cast<std::size_t>(at.stage) * m + i] +=
            circuit.cascade.components[i].dimers / total;
      }
      path->direct.extractant[at.stage] -= loading / total;
    });
  }

  void AddPh() {
    const auto knows = [](const Built& built) { return KnowsProton(built.system->law); };
    for (const auto& [name, sign] : {std::pair("min_ph", 1), std::pair("max_ph", -1)}) {
      const auto ln_h = [s = sign](const Solved& circuit, int j) {
        return s * circuit.solution.state.ln_h[j];
      };
      Place at;
      if (!IsWanted(name) || !Largest(knows, ln_h, &at)) continue;
      const double ph =
          -solved_.circuits[at.circuit].solution.state.ln_h[at.stage] / std::log(10.0);
      End(Begin(name, "", ph), at.circuit,
          [&](kernels::OutflowPath* path) { SeedProton(at, -1 / std::log(10.0), path); });
    }
  }

  /// Makes the number depend on ln of the free proton of one stage.
  void SeedProton(const Place& at, double by_ln_h, kernels::OutflowPath* path) const {
    const kernels::Cascade& cascade = solved_.circuits[at.circuit].cascade;
    path->seed.ln_masters.assign(static_cast<std::size_t>(cascade.stages()) * cascade.masters(), 0);
    path->seed.ln_masters[static_cast<std::size_t>(at.stage) * cascade.masters()] = by_ln_h;
  }

  void AddLoadingShare() {
    Place at;
    Largest(Always, LoadingShareOfLimit, &at);
    const Solved& circuit = solved_.circuits[at.circuit];
    const double share = LoadingShareOfLimit(circuit, at.stage);
    if (!(share > 0)) return;
    const double total = circuit.cascade.extractant[at.stage];
    const double limit = MetalLoadingOf(circuit, at.stage) / share;
    const int m = circuit.cascade.size();
    End(Begin("loading_share_of_limit", "", share), at.circuit, [&](kernels::OutflowPath* path) {
      for (int i = 0; i < m; ++i) {
        if (IsBaseCation(circuit.built.components[i]->symbol)) continue;
        path->seed.y[static_cast<std::size_t>(at.stage) * m + i] +=
            circuit.cascade.components[i].dimers / (total * limit);
      }
      path->direct.extractant[at.stage] -= share / total;
    });
  }

  void AddPrecipitation() {
    Place at;
    Largest(
        Always, [](const Solved& circuit, int j) { return -PrecipitationOf(circuit, j).margin; },
        &at);
    const Solved& circuit = solved_.circuits[at.circuit];
    const Precipitation least = PrecipitationOf(circuit, at.stage);
    if (least.component < 0) return;
    const std::size_t x = static_cast<std::size_t>(at.stage) * circuit.cascade.size() +
                          static_cast<std::size_t>(least.component);
    End(Begin("precipitation_margin", "", least.margin), at.circuit,
        [&](kernels::OutflowPath* path) {
          path->seed.x[x] -= 1 / (circuit.solution.x[x] * std::log(10.0));
          SeedProton(at, -least.by_ph / std::log(10.0), path);
        });
  }

  void AddUnstripped() {
    std::size_t at = 0;
    std::optional<Stripping> worst;
    for (std::size_t c = 0; c < solved_.circuits.size(); ++c) {
      for (const Stripping& metal : StrippingOf(solved_.circuits[c])) {
        if (worst && !(metal.share > worst->share)) continue;
        worst = metal;
        at = c;
      }
    }
    if (!worst) return;
    const Solved& circuit = solved_.circuits[at];
    const int n = circuit.cascade.stages(), m = circuit.cascade.size();
    End(Begin("unstripped", "", worst->share), at, [&](kernels::OutflowPath* path) {
      const auto y = [&](int j) { return static_cast<std::size_t>(j) * m + worst->component; };
      const double most = circuit.solution.y[y(worst->richest)];
      path->seed.y[y(n - 1)] += 1 / most;
      path->seed.y[y(worst->richest)] -= worst->share / most;
    });
  }

  void AddOrganic() {
    if (IsWanted("organic")) {
      FigurePath organic = Begin("organic", "", figures_.organic_m3_per_h);
      for (FigurePath::Part& part : organic.circuits) part.supplies.by_organic_fed = 1;
      End(std::move(organic), NoSeeds());
    }
    if (IsWanted("stage_flow")) {
      FigurePath inventory = Begin("stage_flow", "", figures_.stage_flow_m3_per_h);
      for (std::size_t c = 0; c < solved_.circuits.size(); ++c) {
        inventory.circuits[c].supplies.by_organic_flow = solved_.circuits[c].cascade.stages();
      }
      End(std::move(inventory), NoSeeds());
    }
  }

  const Flowsheet& flowsheet_;
  const SolvedCircuits& solved_;
  const Figures& figures_;
  const WantedFigures& wanted_;
  PathMaker maker_;
  std::vector<std::vector<double>> fed_;  ///< of each circuit, per component [kmol/h]
  std::vector<FigurePath> paths_;
  double tonnes_ = 0;  ///< wanted oxides in all products [t/h]
  Seeds by_tonnes_;    ///< its derivatives by what leaves
};

}  // namespace

std::vector<FigurePath> FigurePaths(const Flowsheet& flowsheet, const SolvedCircuits& solved,
                                    const Figures& figures, const WantedFigures& wanted) {
  return Maker(flowsheet, solved, figures, wanted).All();
}

}  // namespace raffinate::optimizer
