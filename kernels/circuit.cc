#include "kernels/circuit.h"

#include <algorithm>
#include <cmath>

#include "kernels/detail/table.h"
#include "kernels/layout.h"

namespace raffinate::kernels {

double BoundProtons(const Cascade& c, const State& state, int stage, double* by_ln) {
  // The one stage, as a workspace of its own.
  const int masters = c.masters();
  double ln[kMaxMasters], value[kMaxMasters], given[kMaxMasters];
  for (int k = 0; k < masters; ++k) {
    const long at = static_cast<long>(stage) * (masters - 2) + k - 2;
    ln[k] = k == 0 ? state.ln_h[stage] : k == 1 ? state.ln_s[stage] : state.ln_more[at];
    given[k] = k == 0 ? c.anions[stage] : k == 1 ? c.extractant[stage] : c.totals[at];
    value[k] = std::exp(ln[k]);
  }
  detail::Shape shape;
  shape.masters = masters;
  shape.table = c.table.get();
  detail::Workspace<double, detail::Dense> w;
  w.ln.data = ln, w.value.data = value, w.given.data = given;
  const detail::TableStage<double, detail::Dense> table(shape, 0, w);
  if (by_ln != nullptr) table.BoundProtonsSlopes(by_ln);
  return table.BoundProtons();
}

std::string Assemble(const Circuit& c, Cascade* cascade) {
  Layout layout;
  if (auto wrong = LayOut(c, &layout); !wrong.empty()) return wrong;
  const int n = c.stages;
  const int m = static_cast<int>(c.components.size());
  cascade->law = c.law;
  cascade->components = c.components;
  cascade->recycle = c.recycle;
  cascade->table = c.table;
  cascade->shift = c.shift;
  cascade->feed_up.clear();
  cascade->feed_down.clear();
  for (const Inlet& in : c.inlets) {
    Feeds* const feeds = in.phase == Phase::kAqueous ? &cascade->feed_down : &cascade->feed_up;
    for (size_t i = 0; i < in.molarity.size(); ++i) {
      AddFeed(static_cast<long>(in.stage) * m + static_cast<long>(i), in.flow * in.molarity[i],
              feeds);
    }
  }
  cascade->flows.assign(n, StageFlows());
  cascade->anions.assign(n, 0.0);
  cascade->extractant.assign(n, 0.0);
  const size_t more = layout.totals.size();
  cascade->totals.assign(n * more, 0.0);
  for (size_t k = 0; k < more; ++k) {
    const bool organic = CarrierOf(c.table->kind[k + 2]) == Phase::kOrganic;
    for (int j = 0; j < n; ++j) {
      cascade->totals[j * more + k] =
          layout.totals[k][j] / (organic ? layout.organic_volume : layout.aqueous_volume)[j];
    }
  }
  double acid = 0;
  for (int j = 0; j < n; ++j) {
    const Shares &aqueous = layout.aqueous[j], &organic = layout.organic[j];
    const double a = layout.aqueous_volume[j], o = layout.organic_volume[j];
    StageFlows& f = cascade->flows[j];
    f.aq_up = aqueous.up * a;
    f.aq_down = aqueous.down * a;
    f.aq_draw = aqueous.draw * a;
    f.org_up = organic.up * o;
    f.org_down = organic.down * o;
    f.org_draw = organic.draw * o;
    f.bypass_up = organic.bypass_up;
    f.bypass_draw = organic.bypass_draw;
    cascade->anions[j] = layout.anions[j] / a;
    double total = layout.extractant[j];
    if (c.law == Law::kConstantBeta) {
      // Acid takes the place of metal on the organic from the stage where it
      // enters: the loading that flows on is smaller by its amount.
      acid += layout.acid_in[j];
      total -= acid;
      if (!(total > 0)) {
        return "the acid entering up to stage " + std::to_string(j + 1) +
               " is more than the organic holds";
      }
    }
    cascade->extractant[j] = total / o;
  }
  return "";
}

namespace {

/// What a stage receives from below, by following the organic from stage 0.
struct Rising {
  double aqueous_flow = 0, organic_flow = 0, anions = 0, extractant = 0, acid = 0;
  std::vector<double> metals, aqueous_metals, totals;
};

/// h - OH of a stage with the protons that ligands bind [mol/L].
double FreeAcid(const Cascade& c, const Solution& s, int j) {
  if (!c.proton()) return 0.0;
  const double h = std::exp(s.state.ln_h[j]);
  double acid = h - detail::kWater / h;
  if (c.law == Law::kTable) acid += BoundProtons(c, s.state, j, nullptr);
  return acid;
}

}  // namespace

std::vector<Outflow> Outflows(const Circuit& circuit, const Cascade& c, const Solution& s) {
  const int n = c.stages(), m = c.size(), more = c.masters() - 2;
  const auto organic_total = [&](int k) {
    return CarrierOf(c.table->kind[k + 2]) == Phase::kOrganic;
  };
  const auto clear = [&](Outflow& row) {
    // Memory of an earlier use is kept.
    row.aqueous_flow = row.organic_flow = row.anions = row.free_acid = row.extractant_dimer = 0;
    row.metals.assign(m, 0.0);
    row.aqueous_metals.assign(m, 0.0);
    row.totals.assign(more, 0.0);
  };
  std::vector<Outflow> rows(circuit.draws.size() + 2);
  for (Outflow& row : rows) clear(row);
  const auto add = [&](Outflow& row, int j, double aq, double org) {
    row.aqueous_flow += aq;
    row.organic_flow += org;
    row.anions += aq * c.anions[j];
    if (aq != 0) row.free_acid += aq * FreeAcid(c, s, j);
    row.extractant_dimer += org * c.extractant[j];
    for (int i = 0; i < m; ++i) {
      const double in_aqueous = aq * s.x[static_cast<size_t>(j) * m + i];
      row.metals[i] += in_aqueous + org * s.y[static_cast<size_t>(j) * m + i];
      row.aqueous_metals[i] += in_aqueous;
    }
    for (int k = 0; k < more; ++k) {
      row.totals[k] += (organic_total(k) ? org : aq) * c.totals[static_cast<size_t>(j) * more + k];
    }
  };
  const auto add_share = [&](Outflow& row, const Rising& in, double share) {
    if (share == 0) return;
    row.aqueous_flow += share * in.aqueous_flow;
    row.organic_flow += share * in.organic_flow;
    row.anions += share * in.anions;
    row.free_acid += share * in.acid;
    row.extractant_dimer += share * in.extractant;
    for (int i = 0; i < m; ++i) {
      row.metals[i] += share * in.metals[i];
      row.aqueous_metals[i] += share * in.aqueous_metals[i];
    }
    for (int k = 0; k < more; ++k) row.totals[k] += share * in.totals[k];
  };

  std::vector<double> organic_in(n, 0.0), extractant_in(n, 0.0);
  std::vector<double> totals_in(static_cast<size_t>(n) * more, 0.0);
  for (const Inlet& in : circuit.inlets) {
    if (in.phase != Phase::kOrganic) continue;
    organic_in[in.stage] += in.flow;
    extractant_in[in.stage] += in.flow * in.extractant_dimer_mol_per_l;
    for (size_t k = 0; k < in.totals.size(); ++k) {
      if (organic_total(static_cast<int>(k)))
        totals_in[static_cast<size_t>(in.stage) * more + k] += in.flow * in.totals[k];
    }
  }
  // Whether what rises into a stage matters to anything beyond the stage itself.
  const auto passed_by = [&](int j) { return c.flows[j].bypass_up + c.flows[j].bypass_draw > 0; };
  // What rises past the last stage is what enters the first one again.
  Rising rising;
  rising.metals.assign(m, 0.0);
  rising.aqueous_metals.assign(m, 0.0);
  rising.totals.assign(more, 0.0);
  Outflow top;
  for (int pass = 0; pass < (c.recycle > 0 ? 2 : 1); ++pass) {
    if (pass == 1) {
      // The aqueous carried around the loop, from the first pass.
      rising.aqueous_flow = c.recycle * top.aqueous_flow;
      rising.anions = c.recycle * top.anions;
      rising.acid = c.recycle * top.free_acid;
      rising.organic_flow = rising.extractant = 0;
      for (int i = 0; i < m; ++i) rising.aqueous_metals[i] = c.recycle * top.aqueous_metals[i];
      for (int k = 0; k < more; ++k) {
        rising.totals[k] = organic_total(k) ? 0.0 : c.recycle * top.totals[k];
      }
    }
    for (int i = 0; i < m; ++i) rising.metals[i] = s.recycled.empty() ? 0.0 : s.recycled[i];
    for (Outflow& row : rows) clear(row);
    Rising in = rising;
    auto fed = c.feed_up.begin();
    for (int j = 0; j < n; ++j) {
      const StageFlows& f = c.flows[j];
      const long first = static_cast<long>(j) * m;
      if (passed_by(j)) {
        in = rising;
        in.organic_flow += organic_in[j];
        in.extractant += extractant_in[j];
        for (int k = 0; k < more; ++k) in.totals[k] += totals_in[static_cast<size_t>(j) * more + k];
      }
      for (; fed != c.feed_up.end() && fed->at < first + m; ++fed) {
        in.metals[fed->at - first] += fed->amount;
      }
      for (size_t d = 0; d < circuit.draws.size(); ++d) {
        if (circuit.draws[d].stage != j) continue;
        if (circuit.draws[d].phase == Phase::kAqueous) {
          add(rows[d], j, f.aq_draw, 0.0);
        } else {
          add(rows[d], j, 0.0, f.org_draw);
          add_share(rows[d], in, f.bypass_draw);
        }
      }
      if (j + 1 < n && !passed_by(j + 1)) continue;
      clear(top);
      add(top, j, f.aq_up, f.org_up);
      add_share(top, in, f.bypass_up);
      rising.aqueous_flow = top.aqueous_flow;
      rising.organic_flow = top.organic_flow;
      rising.anions = top.anions;
      rising.acid = top.free_acid;
      rising.extractant = top.extractant_dimer;
      rising.metals = top.metals;
      rising.totals = top.totals;
      rising.aqueous_metals = top.aqueous_metals;
    }
    add(rows[rows.size() - 2], 0, c.flows[0].aq_down, c.flows[0].org_down);
    rows.back() = top;
  }
  return rows;
}

double BalanceError(const Circuit& circuit, const Cascade& c, const Solution& s) {
  const int m = c.size();
  std::vector<double> in(m, 0.0), out(m, 0.0);
  const size_t more = c.masters() - 2;
  std::vector<double> totals_in(more, 0.0), totals_out(more, 0.0);
  const auto organic_total = [&](size_t k) {
    return CarrierOf(c.table->kind[k + 2]) == Phase::kOrganic;
  };
  double anions_in = 0, anions_out = 0, extractant_in = 0, extractant_out = 0;
  double acid_in = 0, acid_out = 0, charge_scale = 0;
  const auto organic_charge = [&](const std::vector<double>& metals,
                                  const std::vector<double>* aqueous) {
    double charge = 0;
    for (int i = 0; i < m; ++i) {
      charge += c.components[i].charge * (metals[i] - (aqueous != nullptr ? (*aqueous)[i] : 0.0));
    }
    return charge;
  };
  for (const Inlet& inlet : circuit.inlets) {
    std::vector<double> moles(m, 0.0);
    for (size_t i = 0; i < inlet.molarity.size(); ++i) moles[i] = inlet.flow * inlet.molarity[i];
    for (int i = 0; i < m; ++i) in[i] += moles[i];
    for (size_t k = 0; k < inlet.totals.size(); ++k) {
      const bool organic = inlet.phase == Phase::kOrganic;
      if (organic == organic_total(k)) totals_in[k] += inlet.flow * inlet.totals[k];
    }
    const double charge = organic_charge(moles, nullptr);
    if (inlet.phase == Phase::kAqueous) {
      anions_in += inlet.flow * inlet.anions;
      acid_in += inlet.flow * inlet.anions - charge;
      charge_scale += inlet.flow * std::abs(inlet.anions) + charge;
    } else {
      extractant_in += inlet.flow * inlet.extractant_dimer_mol_per_l;
      // Protons that a loaded organic has already given up.
      acid_in -= charge;
      charge_scale += charge;
    }
  }
  const std::vector<Outflow> rows = Outflows(circuit, c, s);
  for (size_t r = 0; r < rows.size(); ++r) {
    const double share = r + 1 == rows.size() ? 1.0 - c.recycle : 1.0;
    for (int i = 0; i < m; ++i) out[i] += share * rows[r].metals[i];
    anions_out += share * rows[r].anions;
    // The organic that returns is the inlet at stage 0: volume and extractant
    // are balanced over the open circuit.
    extractant_out += rows[r].extractant_dimer;
    for (size_t k = 0; k < more; ++k) {
      totals_out[k] += (organic_total(k) ? 1.0 : share) * rows[r].totals[k];
    }
    acid_out +=
        share * (rows[r].free_acid - organic_charge(rows[r].metals, &rows[r].aqueous_metals));
  }
  double worst = 0;
  const auto compare = [&](double a, double b, double scale) {
    if (scale > 0) worst = std::max(worst, std::abs(a - b) / scale);
  };
  for (int i = 0; i < m; ++i) compare(in[i], out[i], std::max(in[i], out[i]));
  compare(anions_in, anions_out, std::max(std::abs(anions_in), std::abs(anions_out)));
  if (c.law != Law::kConstantBeta) {
    compare(extractant_in, extractant_out, std::max(extractant_in, extractant_out));
  }
  for (size_t k = 0; k < more; ++k) {
    compare(totals_in[k], totals_out[k], std::max(totals_in[k], totals_out[k]));
  }
  if (c.proton()) compare(acid_in, acid_out, charge_scale);
  return worst;
}

}  // namespace raffinate::kernels
