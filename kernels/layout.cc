#include "kernels/layout.h"

#include <algorithm>
#include <cmath>

namespace raffinate::kernels {
namespace {

std::string StageName(int stage) { return "stage " + std::to_string(stage + 1); }

/// Shares of both phases for the present draw shares.
void SetShares(const Circuit& c, Layout* layout) {
  for (int j = 0; j < c.stages; ++j) {
    const double carried = StageValue(c.aqueous_entrainment, j, 0.0);
    const double dropped = StageValue(c.organic_entrainment, j, 0.0);
    const double missed = 1 - StageValue(c.efficiency, j, 1.0);
    const double aqueous_draw = layout->aqueous_draw[j], organic_draw = layout->organic_draw[j];
    Shares& a = layout->aqueous[j];
    a.up = carried;
    a.draw = (1 - carried) * aqueous_draw;
    a.down = (1 - carried) * (1 - aqueous_draw);
    Shares& o = layout->organic[j];
    o.down = dropped;
    o.draw = (1 - dropped) * organic_draw;
    o.up = (1 - dropped) * (1 - organic_draw);
    a.bypass_draw = o.bypass_draw = missed * organic_draw;
    a.bypass_up = o.bypass_up = missed * (1 - organic_draw);
  }
}

std::string AddInlets(const Circuit& c, Layout* l) {
  const size_t masters = c.law == Law::kTable ? c.table->masters : 2;
  l->totals_in.assign(masters - 2, std::vector<double>(c.stages, 0.0));
  for (const Inlet& in : c.inlets) {
    if (in.stage < 0 || in.stage >= c.stages) {
      return "an inlet enters a stage that does not exist";
    }
    if (!(in.flow > 0)) return "an inlet at " + StageName(in.stage) + " has no flow";
    if (in.phase == Phase::kAqueous) {
      double metal = 0;
      for (const double molarity : in.molarity) metal += molarity;
      l->aqueous_in[in.stage] += in.flow;
      l->anions_in[in.stage] += in.flow * in.anions;
      l->acid_in[in.stage] += in.flow * (in.anions - metal);
    } else {
      l->organic_in[in.stage] += in.flow;
      l->extractant_in[in.stage] += in.flow * in.extractant_dimer_mol_per_l;
    }
    if (!in.totals.empty() && in.totals.size() != masters - 2) {
      return "totals of an inlet do not match the master species";
    }
    for (size_t k = 0; k < in.totals.size(); ++k) {
      if (CarrierOf(c.table->kind[k + 2]) != in.phase) continue;
      l->totals_in[k][in.stage] += in.flow * in.totals[k];
    }
  }
  return "";
}

}  // namespace

double StageValue(const std::vector<double>& values, int stage, double otherwise) {
  return values.empty() ? otherwise : values[stage];
}

std::vector<double> Carry(const std::vector<Shares>& s, const std::vector<double>& from_below,
                          const std::vector<double>& from_above, double recycle, double* returned) {
  const int n = static_cast<int>(s.size());
  std::vector<double> amount(n), denominator(n), source(n), passed(n);
  double up = 0, q = 1, t = 1;
  for (int j = 0; j < n; ++j) {
    const double contact = 1 - s[j].bypass_up - s[j].bypass_draw;
    const double in = up + from_below[j];
    source[j] = contact * in + from_above[j];
    denominator[j] = s[j].up + s[j].draw + s[j].down * (1 - contact + contact * q);
    const double r = (s[j].up + s[j].bypass_up * (1 - q) * s[j].down) / denominator[j];
    passed[j] = t;
    up = r * source[j] + s[j].bypass_up * in;
    q = (s[j].draw + s[j].down * (s[j].bypass_draw + (1 - s[j].bypass_draw) * q)) / denominator[j];
    t *= r * contact + s[j].bypass_up;
  }
  const double loop = recycle > 0 ? recycle * up / (1 - recycle * t) : 0.0;
  *returned = loop;
  double down = 0;
  for (int j = n - 1; j >= 0; --j) {
    const double contact = 1 - s[j].bypass_up - s[j].bypass_draw;
    amount[j] = (source[j] + contact * passed[j] * loop + down) / denominator[j];
    down = s[j].down * amount[j];
  }
  return amount;
}

double Available(const Circuit& c, const Layout& l, const Draw& draw) {
  const int j = draw.stage;
  if (draw.phase == Phase::kAqueous) {
    return (1 - StageValue(c.aqueous_entrainment, j, 0.0)) * l.aqueous_volume[j];
  }
  const double missed = 1 - StageValue(c.efficiency, j, 1.0);
  return l.organic_volume[j] *
         (1 - StageValue(c.organic_entrainment, j, 0.0) + missed / (1 - missed));
}

std::string LayOut(const Circuit& c, Layout* l) {
  const int n = c.stages;
  if (n < 1) return "a circuit needs at least one stage";
  if (c.law == Law::kTable && c.table == nullptr) return "a circuit by a table has none";
  const std::vector<double> none(n, 0.0);
  *l = Layout();
  for (std::vector<double>* v : {&l->aqueous_in, &l->organic_in, &l->anions_in, &l->extractant_in,
                                 &l->acid_in, &l->aqueous_draw, &l->organic_draw}) {
    *v = none;
  }
  l->aqueous.resize(n);
  l->organic.resize(n);
  if (auto wrong = AddInlets(c, l); !wrong.empty()) return wrong;

  double unused = 0;  // the organic of a loop returns as an inlet
  bool fixed_flow = false;
  for (const Draw& d : c.draws) {
    if (d.stage < 0 || d.stage >= n) return "a draw leaves a stage that does not exist";
    fixed_flow |= d.flow > 0;
    (d.phase == Phase::kAqueous ? l->aqueous_draw : l->organic_draw)[d.stage] =
        d.flow > 0 ? 0.0 : d.share;
  }
  // A draw given as a flow is a share of what leaves the stage, which the other
  // draws decide: repeated until the shares stand still. Without entrainment
  // that takes one round per draw.
  const int rounds = fixed_flow ? 200 : 1;
  for (int round = 0; round < rounds; ++round) {
    SetShares(c, l);
    l->aqueous_volume = Carry(l->aqueous, none, l->aqueous_in, c.recycle, &l->aqueous_returned);
    l->organic_volume = Carry(l->organic, l->organic_in, none, 0.0, &unused);
    double change = 0;
    for (const Draw& d : c.draws) {
      if (!(d.flow > 0)) continue;
      double& share = (d.phase == Phase::kAqueous ? l->aqueous_draw : l->organic_draw)[d.stage];
      const double next = std::min(1.0, d.flow / Available(c, *l, d));
      change = std::max(change, std::abs(next - share));
      share = next;
    }
    if (change < 1e-15) break;
  }
  for (const Draw& d : c.draws) {
    if (d.flow > 0 &&
        (d.phase == Phase::kAqueous ? l->aqueous_draw : l->organic_draw)[d.stage] >= 1.0) {
      return "the draw at " + StageName(d.stage) + " asks for more than the phase that passes it";
    }
  }
  for (int j = 0; j < n; ++j) {
    if (!(l->aqueous_volume[j] > 0)) return StageName(j) + " has no aqueous phase";
    if (!(l->organic_volume[j] > 0)) return StageName(j) + " has no organic phase";
  }
  l->anions = Carry(l->aqueous, none, l->anions_in, c.recycle, &l->anions_returned);
  l->extractant = Carry(l->organic, l->extractant_in, none, 0.0, &unused);
  l->totals_returned.assign(l->totals_in.size(), 0.0);
  for (size_t k = 0; k < l->totals_in.size(); ++k) {
    const bool organic = CarrierOf(c.table->kind[k + 2]) == Phase::kOrganic;
    l->totals.push_back(
        organic ? Carry(l->organic, l->totals_in[k], none, 0.0, &unused)
                : Carry(l->aqueous, none, l->totals_in[k], c.recycle, &l->totals_returned[k]));
  }
  return "";
}

}  // namespace raffinate::kernels
