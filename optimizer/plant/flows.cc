#include "optimizer/plant/flows.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "kernels/layout.h"
#include "optimizer/plant/linear.h"

namespace raffinate::optimizer {
namespace {

using kernels::Phase;

/// What one of a table's totals counts.
struct Total {
  enum class Kind { kSecond, kComplexant, kMedium, kIonic } kind = Kind::kSecond;
  const Ligand* ligand = nullptr;
};

std::vector<Total> TotalsOf(const Built& built) {
  std::vector<Total> totals;
  if (built.circuit.table == nullptr) return totals;
  std::size_t ligand = 0;
  for (int k = 2; k < built.circuit.table->masters; ++k) {
    switch (built.circuit.table->kind[k]) {
      case kernels::Master::kLigand: {
        const Ligand* which = &built.system->ligands[ligand++];
        totals.push_back(
            {k - 2 == built.medium_ligand ? Total::Kind::kMedium : Total::Kind::kComplexant,
             which});
        break;
      }
      case kernels::Master::kIonic:
        totals.push_back({Total::Kind::kIonic});
        break;
      default:
        totals.push_back({Total::Kind::kSecond});
    }
  }
  return totals;
}

/// One circuit for the present shares of its draws.
struct Transport {
  kernels::Circuit circuit;  ///< with shares for flows
  kernels::Layout layout;
};

/// Amounts per hour in the rows of Outflows of something that stays in `phase`, of which
/// `entering` comes to each stage. `less` is taken off what each stage holds; may be empty.
std::vector<double> RowAmounts(const Transport& t, Phase phase, const std::vector<double>& entering,
                               const std::vector<double>& less) {
  const bool aqueous = phase == Phase::kAqueous;
  const std::vector<double> none(entering.size(), 0.0);
  const std::vector<kernels::Shares>& shares = aqueous ? t.layout.aqueous : t.layout.organic;
  double rising = 0;
  std::vector<double> amount =
      kernels::Carry(shares, aqueous ? none : entering, aqueous ? entering : none,
                     aqueous ? t.circuit.recycle : 0.0, &rising);
  for (std::size_t j = 0; j < less.size(); ++j) amount[j] -= less[j];
  const std::vector<kernels::Draw>& draws = t.circuit.draws;
  std::vector<double> rows(draws.size() + 2, 0.0);
  for (std::size_t j = 0; j < amount.size(); ++j) {
    if (!aqueous) rising += entering[j];
    for (std::size_t d = 0; d < draws.size(); ++d) {
      if (draws[d].stage != static_cast<int>(j)) continue;
      if (draws[d].phase == phase) rows[d] += shares[j].draw * amount[j];
      if (draws[d].phase == Phase::kOrganic) rows[d] += shares[j].bypass_draw * rising;
    }
    rising = shares[j].up * amount[j] + shares[j].bypass_up * rising;
  }
  rows[draws.size()] = shares[0].down * amount[0];
  rows[draws.size() + 1] = rising;
  return rows;
}

class Flows {
 public:
  explicit Flows(Plant* plant) : plant_(*plant), transports_(plant->circuits.size()) {}

  std::string Solve() {
    if (auto wrong = Volumes(); !wrong.empty()) return wrong;
    AddOtherPhases();
    return Contents();
  }

 private:
  int links() const { return static_cast<int>(plant_.links.size()); }
  int stages(int circuit) const { return plant_.circuits[circuit].circuit.stages; }

  /// Whether what `link` brings of `phase` is not what enters: its volume is held.
  static bool Ignored(const Link& link, Phase phase) {
    return link.held && phase == Phase::kOrganic;
  }

  bool IsLink(int circuit, std::size_t inlet) const {
    const auto& own = plant_.circuits[circuit].links;
    return std::any_of(own.begin(), own.end(), [inlet](const LinkedInlet& link) {
      return link.inlet == static_cast<int>(inlet);
    });
  }

  /// Of every circuit, per stage, what outside inlets bring of `phase`.
  template <class Amount>
  std::vector<std::vector<double>> Outside(Phase phase, Amount amount) const {
    std::vector<std::vector<double>> entering;
    for (int c = 0; c < static_cast<int>(plant_.circuits.size()); ++c) {
      entering.emplace_back(stages(c), 0.0);
      const auto& inlets = plant_.circuits[c].circuit.inlets;
      for (std::size_t k = 0; k < inlets.size(); ++k) {
        if (inlets[k].phase == phase && !IsLink(c, k)) {
          entering.back()[inlets[k].stage] += amount(c, inlets[k]);
        }
      }
    }
    return entering;
  }

  std::string LayOutCircuit(int c, const std::vector<double>& draw_shares) {
    Transport& t = transports_[c];
    t.circuit = plant_.circuits[c].circuit;
    for (kernels::Inlet& inlet : t.circuit.inlets) {
      inlet = {inlet.stage, inlet.phase, inlet.flow, {}, 0, 0, {}};
    }
    for (std::size_t d = 0; d < t.circuit.draws.size(); ++d) {
      if (t.circuit.draws[d].flow > 0) t.circuit.draws[d].share = draw_shares[d];
      t.circuit.draws[d].flow = 0;
    }
    return kernels::LayOut(t.circuit, &t.layout);
  }

  /// [to link * links + from link]: what comes with the row of one per unit that another brings.
  std::vector<double> Responses(Phase phase) const {
    const int n = links();
    std::vector<double> a(static_cast<std::size_t>(n) * n, 0.0);
    for (int from = 0; from < n; ++from) {
      const Link& in = plant_.links[from];
      if (Ignored(in, phase)) continue;
      std::vector<double> unit(stages(in.to), 0.0);
      unit[in.stage] = 1;
      const std::vector<double> rows = RowAmounts(transports_[in.to], phase, unit, {});
      for (int to = 0; to < n; ++to) {
        const Link& out = plant_.links[to];
        if (out.from == in.to)
          a[static_cast<std::size_t>(to) * n + from] = out.share * rows[out.row];
      }
    }
    return a;
  }

  /// Amounts in the links, from those that outside inlets bring.
  std::string SolveLinks(Phase phase, const std::vector<std::vector<double>>& outside,
                         const std::vector<std::vector<double>>& less,
                         std::vector<double>* amounts) const {
    const int n = links();
    const std::vector<double> responses = Responses(phase);
    std::vector<std::vector<double>> rows;
    for (std::size_t c = 0; c < transports_.size(); ++c) {
      rows.push_back(RowAmounts(transports_[c], phase, outside[c],
                                less.empty() ? std::vector<double>() : less[c]));
    }
    std::vector<double> a(responses.size());
    amounts->assign(n, 0.0);
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < n; ++j) {
        const std::size_t at = static_cast<std::size_t>(i) * n + j;
        a[at] = (i == j ? 1.0 : 0.0) - responses[at];
      }
      (*amounts)[i] = plant_.links[i].share * rows[plant_.links[i].from][plant_.links[i].row];
    }
    if (SolveLinear(n, a, 1, amounts)) return "";
    return absl::StrCat(
        phase == Phase::kAqueous ? "the aqueous" : "the organic", " of ",
        absl::StrJoin(RoundTrip(responses), ", "),
        " goes round and nothing leaves it, so that its flow cannot be known; split off a bleed",
        phase == Phase::kOrganic ? ", or give the organic that takes it `from` there a flow" : "");
  }

  /// Names of the links that lead back to themselves.
  std::vector<std::string> RoundTrip(const std::vector<double>& responses) const {
    const int n = links();
    std::vector<char> reach(responses.size());
    for (std::size_t k = 0; k < reach.size(); ++k) reach[k] = responses[k] > 0;
    for (int k = 0; k < n; ++k) {
      for (int i = 0; i < n; ++i) {
        if (!reach[static_cast<std::size_t>(i) * n + k]) continue;
        for (int j = 0; j < n; ++j) {
          reach[static_cast<std::size_t>(i) * n + j] |= reach[static_cast<std::size_t>(k) * n + j];
        }
      }
    }
    std::vector<std::string> names;
    for (int i = 0; i < n; ++i) {
      if (reach[static_cast<std::size_t>(i) * n + i]) {
        names.push_back(absl::StrCat("'", plant_.links[i].name, "'"));
      }
    }
    return names;
  }

  const std::string& NameOf(int circuit) const { return plant_.names[circuit]; }

  std::string Volumes() {
    std::vector<std::vector<double>> shares;
    for (const Built& built : plant_.circuits) shares.emplace_back(built.circuit.draws.size(), 0.5);
    constexpr int kMostRounds = 500;
    const auto flow = [](int, const kernels::Inlet& inlet) { return inlet.flow; };
    const auto aqueous = Outside(Phase::kAqueous, flow), organic = Outside(Phase::kOrganic, flow);
    for (int round = 0; round < kMostRounds; ++round) {
      for (std::size_t c = 0; c < transports_.size(); ++c) {
        const int circuit = static_cast<int>(c);
        if (auto wrong = LayOutCircuit(circuit, shares[c]); !wrong.empty()) {
          return absl::StrCat(NameOf(circuit), ": ", wrong);
        }
      }
      std::vector<double> volumes[2];
      if (auto wrong = SolveLinks(Phase::kAqueous, aqueous, {}, &volumes[0]); !wrong.empty()) {
        return wrong;
      }
      if (auto wrong = SolveLinks(Phase::kOrganic, organic, {}, &volumes[1]); !wrong.empty()) {
        return wrong;
      }
      for (int l = 0; l < links(); ++l) {
        for (const int phase : {0, 1}) plant_.links[l].flow[phase] = volumes[phase][l];
      }
      if (Adjust(aqueous, organic, &shares) < 1e-15) break;
    }
    for (const Link& link : plant_.links) {
      const int main = PhaseIndex(link.phase);
      // A negative flow solves equations that no plant can run.
      if (!(link.flow[main] > 0) || !std::isfinite(link.flow[0] + link.flow[1])) {
        return absl::StrCat("stream '", link.name, "' carries nothing: its flow comes to ",
                            link.flow[main], " m3/h");
      }
    }
    return "";
  }

  /// Sets the shares of draws that are given as flows; the largest change.
  double Adjust(std::vector<std::vector<double>> aqueous, std::vector<std::vector<double>> organic,
                std::vector<std::vector<double>>* shares) {
    for (const Link& link : plant_.links) {
      aqueous[link.to][link.stage] += link.flow[0];
      if (!link.held) organic[link.to][link.stage] += link.flow[1];
    }
    double change = 0;
    for (std::size_t c = 0; c < transports_.size(); ++c) {
      const std::vector<kernels::Draw>& draws = plant_.circuits[c].circuit.draws;
      if (std::none_of(draws.begin(), draws.end(),
                       [](const kernels::Draw& draw) { return draw.flow > 0; })) {
        continue;
      }
      Transport& t = transports_[c];
      const std::vector<double> none(aqueous[c].size(), 0.0);
      double unused = 0;
      t.layout.aqueous_volume =
          kernels::Carry(t.layout.aqueous, none, aqueous[c], t.circuit.recycle, &unused);
      t.layout.organic_volume = kernels::Carry(t.layout.organic, organic[c], none, 0.0, &unused);
      for (std::size_t d = 0; d < draws.size(); ++d) {
        if (!(draws[d].flow > 0)) continue;
        const double share =
            std::min(1.0, draws[d].flow / kernels::Available(t.circuit, t.layout, draws[d]));
        change = std::max(change, std::abs(share - (*shares)[c][d]));
        (*shares)[c][d] = share;
      }
    }
    return change;
  }

  /// Inlets for what rides along in the other phase, and the flows of all.
  void AddOtherPhases() {
    for (Link& link : plant_.links) {
      Built& to = plant_.circuits[link.to];
      for (const Phase phase : {Phase::kAqueous, Phase::kOrganic}) {
        const int p = PhaseIndex(phase);
        if (Ignored(link, phase)) {
          link.inlet[p] = 0;
          continue;
        }
        if (link.inlet[p] < 0 && link.flow[p] > 0) {
          link.inlet[p] = static_cast<int>(to.circuit.inlets.size());
          kernels::Inlet inlet;
          inlet.stage = link.stage;
          inlet.phase = phase;
          inlet.molarity.assign(to.components.size(), 0.0);
          to.links.push_back({-2, 0, link.stage, link.inlet[p]});
          to.circuit.inlets.push_back(std::move(inlet));
          to.stream_of_inlet.push_back(to.streams.size() - 1);
        }
        if (link.inlet[p] < 0) continue;
        kernels::Inlet& inlet = to.circuit.inlets[link.inlet[p]];
        inlet.flow = link.flow[p];
        inlet.totals.assign(TotalsOf(to).size(), 0.0);
      }
    }
  }

  std::string Contents() {
    std::vector<double> anions, dimer, second;
    const auto anions_of = [&](int, const kernels::Inlet& inlet) {
      return inlet.flow * inlet.anions;
    };
    std::vector<std::vector<double>> entering = Outside(Phase::kAqueous, anions_of);
    AddLoading(&entering);
    if (auto wrong = SolveLinks(Phase::kAqueous, entering, {}, &anions); !wrong.empty()) {
      return wrong;
    }
    const auto dimer_of = [](int, const kernels::Inlet& inlet) {
      return inlet.flow * inlet.extractant_dimer_mol_per_l;
    };
    if (auto wrong =
            SolveLinks(Phase::kOrganic, Outside(Phase::kOrganic, dimer_of), AcidForm(), &dimer);
        !wrong.empty()) {
      return wrong;
    }
    const auto second_of = [&](int c, const kernels::Inlet& inlet) {
      const std::vector<Total> totals = TotalsOf(plant_.circuits[c]);
      for (std::size_t k = 0; k < inlet.totals.size(); ++k) {
        if (totals[k].kind == Total::Kind::kSecond) return inlet.flow * inlet.totals[k];
      }
      return 0.0;
    };
    if (auto wrong = SolveLinks(Phase::kOrganic, Outside(Phase::kOrganic, second_of), {}, &second);
        !wrong.empty()) {
      return wrong;
    }
    std::set<std::string> names;
    for (const Built& built : plant_.circuits) {
      for (const Total& total : TotalsOf(built)) {
        if (total.kind == Total::Kind::kComplexant) names.insert(total.ligand->name);
      }
    }
    std::map<std::string, std::vector<double>> complexants;
    for (const std::string& name : names) {
      const auto amount = [&](int c, const kernels::Inlet& inlet) {
        const std::vector<Total> totals = TotalsOf(plant_.circuits[c]);
        for (std::size_t k = 0; k < inlet.totals.size(); ++k) {
          if (totals[k].kind == Total::Kind::kComplexant && totals[k].ligand->name == name) {
            return inlet.flow * inlet.totals[k];
          }
        }
        return 0.0;
      };
      if (auto wrong =
              SolveLinks(Phase::kAqueous, Outside(Phase::kAqueous, amount), {}, &complexants[name]);
          !wrong.empty()) {
        return wrong;
      }
    }
    for (int l = 0; l < links(); ++l) {
      // In a law of constant loading all that crosses is metal, which is yet to be found.
      if (plant_.circuits[plant_.links[l].to].circuit.law == kernels::Law::kConstantBeta) {
        plant_.links[l].metal = anions[l];
      } else {
        FillAqueous(l, anions[l], complexants);
      }
      FillOrganic(plant_.links[l], dimer[l], second[l]);
    }
    return "";
  }

  /// Constant loading: acid that enters becomes metal in the aqueous, and what organic lacks of
  /// its loading it takes from there. With that, anions are metal everywhere.
  void AddLoading(std::vector<std::vector<double>>* entering) const {
    for (std::size_t c = 0; c < transports_.size(); ++c) {
      const kernels::Circuit& circuit = plant_.circuits[c].circuit;
      if (circuit.law != kernels::Law::kConstantBeta) continue;
      for (std::size_t k = 0; k < circuit.inlets.size(); ++k) {
        const kernels::Inlet& inlet = circuit.inlets[k];
        if (inlet.phase != Phase::kOrganic || IsLink(static_cast<int>(c), k)) continue;
        double metal = 0;
        for (const double mol_per_l : inlet.molarity) metal += mol_per_l;
        // What returns in a closed loop lacks what acid took, and that was counted.
        const bool returns = circuit.recycle > 0 && inlet.stage == 0;
        (*entering)[c][inlet.stage] +=
            returns ? -AcidForm()[c].back()
                    : inlet.flow * (metal - inlet.extractant_dimer_mol_per_l);
      }
    }
  }

  /// Constant loading: organic that acid has taken from metal, up to each stage [kmol/h].
  std::vector<std::vector<double>> AcidForm() const {
    std::vector<std::vector<double>> less;
    for (std::size_t c = 0; c < transports_.size(); ++c) {
      less.emplace_back(stages(static_cast<int>(c)), 0.0);
      const kernels::Circuit& circuit = plant_.circuits[c].circuit;
      if (circuit.law != kernels::Law::kConstantBeta) continue;
      for (std::size_t k = 0; k < circuit.inlets.size(); ++k) {
        const kernels::Inlet& inlet = circuit.inlets[k];
        if (inlet.phase != Phase::kAqueous || IsLink(static_cast<int>(c), k)) continue;
        double acid = inlet.anions;
        for (const double mol_per_l : inlet.molarity) acid -= mol_per_l;
        for (std::size_t j = inlet.stage; j < less.back().size(); ++j) {
          less.back()[j] += inlet.flow * acid;
        }
      }
    }
    return less;
  }

  void FillAqueous(int l, double anions, const std::map<std::string, std::vector<double>>& bound) {
    const Link& link = plant_.links[l];
    if (link.inlet[0] < 0) return;
    Built& to = plant_.circuits[link.to];
    kernels::Inlet& inlet = to.circuit.inlets[link.inlet[0]];
    inlet.anions = anions / inlet.flow;
    const std::vector<Total> totals = TotalsOf(to);
    double medium = inlet.anions;
    for (std::size_t k = 0; k < totals.size(); ++k) {
      if (totals[k].kind != Total::Kind::kComplexant) continue;
      inlet.totals[k] = bound.at(totals[k].ligand->name)[l] / inlet.flow;
      medium -= totals[k].ligand->charge * inlet.totals[k];
    }
    for (std::size_t k = 0; k < totals.size(); ++k) {
      if (totals[k].kind == Total::Kind::kMedium)
        inlet.totals[k] = medium / totals[k].ligand->charge;
      // The anions of sulphuric acid are no monovalent ones.
      if (totals[k].kind == Total::Kind::kIonic && to.system->medium != Medium::kSulphate) {
        inlet.totals[k] = medium;
      }
    }
  }

  void FillOrganic(const Link& link, double dimer, double second) {
    if (link.inlet[1] < 0 || link.held) return;
    Built& to = plant_.circuits[link.to];
    kernels::Inlet& inlet = to.circuit.inlets[link.inlet[1]];
    inlet.extractant_dimer_mol_per_l = dimer / inlet.flow;
    const std::vector<Total> totals = TotalsOf(to);
    for (std::size_t k = 0; k < totals.size(); ++k) {
      if (totals[k].kind == Total::Kind::kSecond) inlet.totals[k] = second / inlet.flow;
    }
  }

  Plant& plant_;
  std::vector<Transport> transports_;
};

}  // namespace

std::string SolveFlows(Plant* plant) { return Flows(plant).Solve(); }

}  // namespace raffinate::optimizer
