#include "optimizer/plant/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/gradient.h"
#include "optimizer/model/figure_paths.h"
#include "optimizer/model/figure_table.h"
#include "optimizer/model/leaves.h"
#include "optimizer/plant/balance.h"
#include "optimizer/plant/economic_paths.h"
#include "optimizer/plant/linear.h"
#include "optimizer/plant/result.h"
#include "optimizer/plant/stream_slopes.h"

namespace raffinate::optimizer {
namespace {

/// A figure by everything that the layout of a plant consists of, streams following.
struct ByPlant {
  std::vector<kernels::CascadeGradient> cascades;  ///< one per circuit
  std::vector<SupplyGradient> supplies;            ///< one per circuit
  std::vector<double> rest_shares;                 ///< one per Plant::rests
  std::vector<double> link_shares;                 ///< one per Plant::links
  std::vector<double> brought;                     ///< by BroughtBy; empty: none
};

SolvedCircuits Circuits(const Plant& plant, const PlantSolution& solution) {
  SolvedCircuits all;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    all.circuits.push_back({plant.circuits[c], plant.cascades[c], solution.circuits[c]});
  }
  for (const Rest& rest : plant.rests) {
    const std::size_t c = static_cast<std::size_t>(rest.circuit);
    all.exits.push_back({rest.name, c, plant.circuits[c].leaving[rest.leaving].row, rest.share});
  }
  return all;
}

/// Of the derivatives by a circuit's cascade that by a number of a stream which enters it.
double ByNumber(const Plant& plant, const StreamLayout& layout, const StreamNumber& number,
                const kernels::CascadeGradient& by) {
  const Link& link = plant.links[number.link];
  const std::vector<double>& feed = number.phase == 0 ? by.feed_down : by.feed_up;
  if (feed.empty()) return 0;
  return feed[static_cast<std::size_t>(link.stage) * plant.cascades[link.to].size() +
              layout.ComponentsOf(number.link)[number.component]];
}

std::vector<int> AllCircuits(const Plant& plant) {
  std::vector<int> all(plant.circuits.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// Every figure by the plant.
class Adjoint {
 public:
  Adjoint(const Plant& plant, const PlantSolution& solution, std::span<const FigurePath> figures)
      : plant_(plant),
        figures_(figures),
        layout_(plant),
        numbers_(NumbersOf(plant, layout_, [](int) { return true; })),
        circuits_(AllCircuits(plant)),
        slopes_(plant, layout_, solution.circuits, circuits_, numbers_) {
    known_ = Differentiate(solution);
    if (known_) known_ = SolveStreams();
  }

  /// Whether the solutions are some and the streams have derivatives.
  bool known() const { return known_; }

  std::vector<ByPlant> Results(const PlantSolution& solution) const {
    std::vector<ByPlant> all;
    std::vector<std::vector<kernels::Outflow>> rows;
    for (std::size_t c = 0; c < circuits_.size(); ++c) {
      rows.push_back(
          kernels::Outflows(plant_.circuits[c].circuit, plant_.cascades[c], solution.circuits[c]));
    }
    for (std::size_t f = 0; f < figures_.size(); ++f) {
      ByPlant& by = all.emplace_back();
      by.rest_shares = figures_[f].by_share;
      by.brought = figures_[f].by_brought;
      by.link_shares.assign(plant_.links.size(), 0.0);
      for (std::size_t c = 0; c < circuits_.size(); ++c) {
        by.supplies.push_back(figures_[f].circuits[c].supplies);
        by.cascades.push_back(own_[f][c]);
        for (std::size_t k = 0; k < numbers_.size(); ++k) {
          slopes_.AddRow(Multiplier(f, k), k, c, gradients_, &by.cascades.back());
        }
      }
      for (std::size_t k = 0; k < numbers_.size(); ++k) {
        const StreamNumber& number = numbers_[k];
        const Link& link = plant_.links[number.link];
        const kernels::Outflow& row = rows[link.from][link.row];
        const double aqueous = row.aqueous_metals[number.component];
        by.link_shares[number.link] +=
            Multiplier(f, k) *
            (number.phase == 0 ? aqueous : row.metals[number.component] - aqueous);
      }
    }
    return all;
  }

 private:
  /// The gradients of all streams and figures at fixed streams.
  bool Differentiate(const PlantSolution& solution) {
    std::vector<std::vector<kernels::SolutionSeed>> seeds;
    std::vector<kernels::GradientTask> tasks;
    for (std::size_t c = 0; c < circuits_.size(); ++c) {
      auto& own = seeds.emplace_back(slopes_.seeds(c));
      for (const FigurePath& figure : figures_) {
        if (figure.circuits[c].path) own.push_back(figure.circuits[c].path->seed);
      }
    }
    for (std::size_t c = 0; c < circuits_.size(); ++c) {
      tasks.push_back({&plant_.cascades[c], &solution.circuits[c], seeds[c]});
    }
    gradients_.resize(circuits_.size());
    kernels::Differentiate({kernels::Device::Kind::kCpu, 0, 1}, tasks, gradients_);
    own_.assign(figures_.size(), std::vector<kernels::CascadeGradient>(circuits_.size()));
    for (std::size_t c = 0; c < circuits_.size(); ++c) {
      if (gradients_[c].size() != seeds[c].size()) return false;
      std::size_t next = slopes_.seeds(c).size();
      for (std::size_t f = 0; f < figures_.size(); ++f) {
        const auto& path = figures_[f].circuits[c].path;
        if (!path) continue;
        own_[f][c] = std::move(gradients_[c][next++]);
        kernels::AddScaled(1.0, path->direct, &own_[f][c]);
      }
    }
    return true;
  }

  /// What one unit more of each stream's number is worth to each figure.
  bool SolveStreams() {
    const std::size_t n = numbers_.size(), figures = figures_.size();
    multipliers_.assign(n * figures, 0.0);
    if (n == 0 || figures == 0) return true;
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t f = 0; f < figures; ++f) {
        multipliers_[k * figures + f] =
            numbers_[k].scale *
            ByNumber(plant_, layout_, numbers_[k], own_[f][plant_.links[numbers_[k].link].to]);
      }
    }
    const std::vector<double> matrix = slopes_.Matrix(gradients_);
    std::vector<double> transposed(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) transposed[j * n + i] = matrix[i * n + j];
    }
    return SolveLinear(static_cast<int>(n), std::move(transposed), static_cast<int>(figures),
                       &multipliers_);
  }

  double Multiplier(std::size_t figure, std::size_t number) const {
    return multipliers_[number * figures_.size() + figure] / numbers_[number].scale;
  }

  const Plant& plant_;
  std::span<const FigurePath> figures_;
  StreamLayout layout_;
  std::vector<StreamNumber> numbers_;
  std::vector<int> circuits_;
  StreamSlopes slopes_;
  std::vector<std::vector<kernels::CascadeGradient>> gradients_;  ///< by circuit: of the streams
  std::vector<std::vector<kernels::CascadeGradient>> own_;        ///< [figure][circuit]
  std::vector<double> multipliers_;                               ///< [number][figure], in units
  bool known_ = false;
};

/// A plant as its flowsheet lays it out, before anything is solved.
struct Layout {
  Plant plant;
  std::vector<Supplies> supplies;
  std::vector<double> organic_fed;
  std::vector<double> brought;  ///< by BroughtBy, where asked for

  /// Whether there is one.
  bool Make(const Flowsheet& flowsheet, const Chemistry& chemistry, const Graph& graph,
            bool with_brought) {
    if (!MakePlant(flowsheet, chemistry, graph, &plant).empty()) return false;
    for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
      supplies.push_back(SuppliesOf(plant.circuits[c]));
      organic_fed.push_back(EnteringOrganicFlow(flowsheet.circuits[c].organic, plant.circuits[c]));
    }
    if (with_brought) brought = BroughtBy(flowsheet, plant);
    return true;
  }
};

bool SameShape(const Plant& a, const Plant& b) {
  for (std::size_t c = 0; c < a.circuits.size(); ++c) {
    if (a.circuits[c].components != b.circuits[c].components ||
        a.cascades[c].stages() != b.cascades[c].stages()) {
      return false;
    }
  }
  for (std::size_t l = 0; l < a.links.size(); ++l) {
    for (int phase = 0; phase < 2; ++phase) {
      if ((a.links[l].inlet[phase] < 0) != (b.links[l].inlet[phase] < 0)) return false;
    }
  }
  return a.rests.size() == b.rests.size();
}

/// Numbers one after another; shorter arrays are filled up with zeros.
class Flat {
 public:
  void Add(double value) { all_.push_back(value); }
  void Add(const std::vector<double>& values, std::size_t size) {
    all_.insert(all_.end(), values.begin(), values.end());
    all_.resize(all_.size() + size - values.size());
  }
  void Add(const kernels::Feeds& feeds, std::size_t size) {
    Add(kernels::Spread(feeds, size), size);
  }
  void Add(const std::vector<kernels::StageFlows>& flows, std::size_t size) {
    for (std::size_t j = 0; j < size; ++j) {
      const kernels::StageFlows f = j < flows.size() ? flows[j] : kernels::StageFlows();
      all_.insert(all_.end(), {f.aq_up, f.aq_down, f.aq_draw, f.org_up, f.org_down, f.org_draw,
                               f.bypass_up, f.bypass_draw});
    }
  }
  std::vector<double> Take() { return std::move(all_); }

 private:
  std::vector<double> all_;
};

/// A cascade, or the derivatives by it, which have fields of the same names.
template <class Cascade>
void AddCascade(const Cascade& c, const kernels::Cascade& sizes, Flat* flat) {
  const std::size_t n = static_cast<std::size_t>(sizes.stages());
  const std::size_t nm = n * static_cast<std::size_t>(sizes.size());
  flat->Add(c.flows, n);
  flat->Add(c.feed_up, nm);
  flat->Add(c.feed_down, nm);
  flat->Add(c.anions, n);
  flat->Add(c.extractant, n);
  flat->Add(c.recycle);
  flat->Add(c.totals, sizes.totals.size());
}

std::vector<double> Flatten(const Layout& layout) {
  Flat flat;
  const Plant& plant = layout.plant;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    AddCascade(plant.cascades[c], plant.cascades[c], &flat);
    flat.Add(layout.supplies[c].acid_kg_per_h);
    flat.Add(layout.supplies[c].base_kmol_per_h);
    flat.Add(plant.circuits[c].organic_flow);
    flat.Add(layout.organic_fed[c]);
    flat.Add(layout.supplies[c].fed, plant.circuits[c].components.size());
  }
  for (const Rest& rest : plant.rests) flat.Add(rest.share);
  for (const Link& link : plant.links) flat.Add(link.share);
  flat.Add(layout.brought, layout.brought.size());
  return flat.Take();
}

/// In the same order.
std::vector<double> Flatten(const ByPlant& by, const Plant& plant, std::size_t brought) {
  Flat flat;
  for (std::size_t c = 0; c < plant.circuits.size(); ++c) {
    AddCascade(by.cascades[c], plant.cascades[c], &flat);
    const SupplyGradient& supplies = by.supplies[c];
    flat.Add(supplies.by_acid_kg);
    flat.Add(supplies.by_base_kmol);
    flat.Add(supplies.by_organic_flow);
    flat.Add(supplies.by_organic_fed);
    flat.Add(supplies.by_fed, plant.circuits[c].components.size());
  }
  flat.Add(by.rest_shares, plant.rests.size());
  flat.Add(by.link_shares, plant.links.size());
  flat.Add(by.brought, brought);
  return flat.Take();
}

/// A layout beside a number: its weight in the derivative, times the step, and how many steps it
/// is away.
struct Point {
  double weight = 0;
  int steps = 0;
};
// Of second order.
constexpr Point kAround[] = {{-0.5, -1}, {0.5, 1}};
constexpr Point kAbove[] = {{-1.5, 0}, {2, 1}, {-0.5, 2}};
constexpr Point kBelow[] = {{1.5, 0}, {-2, -1}, {0.5, -2}};

/// How the numbers of the layout change with one of the flowsheet, by the first points that it
/// allows; empty where it allows none.
std::vector<double> Follow(double value, const Bounds& bounds,
                           const std::function<bool(double, Layout*)>& lay) {
  const double step = 1e-4 * std::max(std::abs(value), 1e-3);
  for (const std::span<const Point> points :
       {std::span<const Point>(kAround), {kAbove}, {kBelow}}) {
    std::vector<double> first, slopes;
    bool possible = true;
    for (const Point& point : points) {
      const double there = value + point.steps * step;
      Layout layout;
      possible = bounds.Contain(there) && lay(there, &layout);
      if (!possible) break;
      const std::vector<double> numbers = Flatten(layout);
      if (first.empty()) first = numbers;
      slopes.resize(numbers.size());
      // Of differences: what does not change comes to zero, however large the derivatives by it.
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        slopes[k] += point.weight * (numbers[k] - first[k]) / step;
      }
    }
    if (possible) return slopes;
  }
  return {};
}

}  // namespace

std::optional<LeafSensitivities> PlantDerivatives(const Flowsheet& flowsheet,
                                                  const Chemistry& chemistry, const Graph& graph,
                                                  const Plant& plant, const PlantSolution& solution,
                                                  const Figures& figures,
                                                  const WantedFigures& wanted_figures,
                                                  const WantedLeaves& wanted_leaves) {
  const SolvedCircuits circuits = Circuits(plant, solution);
  std::vector<FigurePath> paths = FigurePaths(flowsheet, circuits, figures, wanted_figures);
  std::vector<FigurePath> economic =
      EconomicPaths(flowsheet, plant, solution, circuits, wanted_figures);
  const std::size_t brought = economic.empty() ? 0 : economic.front().by_brought.size();
  paths.insert(paths.end(), std::make_move_iterator(economic.begin()),
               std::make_move_iterator(economic.end()));
  const Adjoint adjoint(plant, solution, paths);
  if (!adjoint.known()) return std::nullopt;
  const std::vector<ByPlant> by_plant = adjoint.Results(solution);
  LeafSensitivities result;
  std::vector<std::vector<double>> gradients;
  for (std::size_t f = 0; f < paths.size(); ++f) {
    const FigurePath& path = paths[f];
    result.all.figures.push_back(
        {path.name, path.product, path.value, FindFigure(path.name)->unit, {}});
    gradients.push_back(Flatten(by_plant[f], plant, brought));
  }
  Flowsheet changed = flowsheet;
  std::size_t index = 0;
  VisitLeaves(changed, [&](auto& leaf, const Bounds& bounds, auto path) {
    using Leaf = std::decay_t<decltype(leaf)>;
    const std::size_t at = index++;
    if constexpr (std::is_same_v<Leaf, Number>) {
      if (wanted_leaves && !wanted_leaves(at)) return;
      const double value = Value(leaf);
      const auto slopes = Follow(value, bounds, [&](double there, Layout* layout) {
        leaf = there;
        const bool possible = layout->Make(changed, chemistry, graph, brought > 0) &&
                              SameShape(plant, layout->plant) && layout->brought.size() == brought;
        leaf = value;
        return possible;
      });
      if (slopes.empty()) return;
      result.all.levers.push_back({path(), value, *bounds.unit == 0 ? "1" : bounds.unit});
      result.leaves.push_back(at);
      for (std::size_t f = 0; f < gradients.size(); ++f) {
        result.all.figures[f].by_lever.push_back(
            std::inner_product(slopes.begin(), slopes.end(), gradients[f].begin(), 0.0));
      }
    }
  });
  return result;
}

}  // namespace raffinate::optimizer
