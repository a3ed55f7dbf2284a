#include "kernels/circuit.h"

#include <algorithm>
#include <cmath>

#include "kernels/detail/workspace.h"
#include "kernels/layout.h"

namespace raffinate::kernels {

std::string Assemble(const Circuit& c, Cascade* cascade) {
  Layout layout;
  if (auto wrong = LayOut(c, &layout); !wrong.empty()) return wrong;
  const int n = c.stages;
  const int m = static_cast<int>(c.components.size());
  cascade->law = c.law;
  cascade->components = c.components;
  cascade->recycle = c.recycle;
  cascade->feed_up.assign(static_cast<size_t>(n) * m, 0.0);
  cascade->feed_down.assign(static_cast<size_t>(n) * m, 0.0);
  for (const Inlet& in : c.inlets) {
    std::vector<double>& feed = in.phase == Phase::kAqueous ? cascade->feed_down : cascade->feed_up;
    for (size_t i = 0; i < in.molarity.size(); ++i) {
      feed[static_cast<size_t>(in.stage) * m + i] += in.flow * in.molarity[i];
    }
  }
  cascade->flows.assign(n, StageFlows());
  cascade->anions.assign(n, 0.0);
  cascade->extractant.assign(n, 0.0);
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
  std::vector<double> metals, aqueous_metals;
};

double FreeAcid(const Cascade& c, const Solution& s, int j) {
  if (c.law != Law::kMassAction) return 0.0;
  const double h = std::exp(s.state.ln_h[j]);
  return h - detail::kWater / h;
}

}  // namespace

std::vector<Outflow> Outflows(const Circuit& circuit, const Cascade& c, const Solution& s) {
  const int n = c.stages(), m = c.size();
  std::vector<Outflow> rows(circuit.draws.size() + 2);
  for (Outflow& row : rows) {
    row.metals.assign(m, 0.0);
    row.aqueous_metals.assign(m, 0.0);
  }
  const auto add = [&](Outflow& row, int j, double aq, double org) {
    row.aqueous_flow += aq;
    row.organic_flow += org;
    row.anions += aq * c.anions[j];
    row.free_acid += aq * FreeAcid(c, s, j);
    row.extractant_dimer += org * c.extractant[j];
    for (int i = 0; i < m; ++i) {
      const double in_aqueous = aq * s.x[static_cast<size_t>(j) * m + i];
      row.metals[i] += in_aqueous + org * s.y[static_cast<size_t>(j) * m + i];
      row.aqueous_metals[i] += in_aqueous;
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
  };

  std::vector<double> organic_in(n, 0.0), extractant_in(n, 0.0);
  for (const Inlet& in : circuit.inlets) {
    if (in.phase != Phase::kOrganic) continue;
    organic_in[in.stage] += in.flow;
    extractant_in[in.stage] += in.flow * in.extractant_dimer_mol_per_l;
  }
  // What rises past the last stage is what enters the first one again.
  Rising rising;
  rising.metals.assign(m, 0.0);
  rising.aqueous_metals.assign(m, 0.0);
  Outflow top;
  for (int pass = 0; pass < (c.recycle > 0 ? 2 : 1); ++pass) {
    if (pass == 1) {
      // The aqueous carried around the loop, from the first pass.
      rising.aqueous_flow = c.recycle * top.aqueous_flow;
      rising.anions = c.recycle * top.anions;
      rising.acid = c.recycle * top.free_acid;
      rising.organic_flow = rising.extractant = 0;
      for (int i = 0; i < m; ++i) rising.aqueous_metals[i] = c.recycle * top.aqueous_metals[i];
    }
    for (int i = 0; i < m; ++i) rising.metals[i] = s.recycled.empty() ? 0.0 : s.recycled[i];
    for (Outflow& row : rows) {
      row = Outflow();
      row.metals.assign(m, 0.0);
      row.aqueous_metals.assign(m, 0.0);
    }
    for (int j = 0; j < n; ++j) {
      const StageFlows& f = c.flows[j];
      Rising in = rising;
      in.organic_flow += organic_in[j];
      in.extractant += extractant_in[j];
      for (int i = 0; i < m; ++i) in.metals[i] += c.feed_up[static_cast<size_t>(j) * m + i];
      for (size_t d = 0; d < circuit.draws.size(); ++d) {
        if (circuit.draws[d].stage != j) continue;
        if (circuit.draws[d].phase == Phase::kAqueous) {
          add(rows[d], j, f.aq_draw, 0.0);
        } else {
          add(rows[d], j, 0.0, f.org_draw);
          add_share(rows[d], in, f.bypass_draw);
        }
      }
      Outflow up;
      up.metals.assign(m, 0.0);
      up.aqueous_metals.assign(m, 0.0);
      add(up, j, f.aq_up, f.org_up);
      add_share(up, in, f.bypass_up);
      rising.aqueous_flow = up.aqueous_flow;
      rising.organic_flow = up.organic_flow;
      rising.anions = up.anions;
      rising.acid = up.free_acid;
      rising.extractant = up.extractant_dimer;
      rising.metals = up.metals;
      rising.aqueous_metals = up.aqueous_metals;
      if (j == n - 1) top = up;
    }
    add(rows[rows.size() - 2], 0, c.flows[0].aq_down, c.flows[0].org_down);
    rows.back() = top;
  }
  return rows;
}

double BalanceError(const Circuit& circuit, const Cascade& c, const Solution& s) {
  const int m = c.size();
  std::vector<double> in(m, 0.0), out(m, 0.0);
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
  if (c.law == Law::kMassAction) compare(acid_in, acid_out, charge_scale);
  return worst;
}

}  // namespace raffinate::kernels
