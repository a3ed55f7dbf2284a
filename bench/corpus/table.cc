#include "bench/corpus/table.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace raffinate::bench {
namespace {

using kernels::Activity;
using kernels::Circuit;
using kernels::Equilibrium;
using kernels::EquilibriumTable;
using kernels::Inlet;
using kernels::Master;
using kernels::OrganicSpecies;
using kernels::Phase;

constexpr double kLn10 = 2.302585092994045684;

struct Draft {
  Circuit circuit;
  std::shared_ptr<EquilibriumTable> table = std::make_shared<EquilibriumTable>();
};

/// Trivalent metals, and a univalent cation as the last component: sodium, or the
/// proton where salts are extracted.
Draft Begin(Random& random, int stages, int components, double first, double spread, double last) {
  Draft draft;
  Circuit& c = draft.circuit;
  c.law = kernels::Law::kTable;
  c.stages = stages;
  for (int i = 0; i < components; ++i) {
    const bool univalent = i + 1 == components;
    c.components.push_back(
        {univalent ? last : first + random.Uniform(0.0, spread), univalent ? 1.0 : 3.0, 0.0});
    Equilibrium& e = draft.table->component[i];
    e.charge = c.components[i].charge;
    e.species = 1;
  }
  return draft;
}

std::vector<double> Metals(Random& random, int components, double total) {
  std::vector<double> x(components, 0.0);
  double sum = 0;
  for (int i = 0; i + 1 < components; ++i) {
    x[i] = random.Uniform(0, 1) < 0.25 ? random.LogUniform(1e-9, 1e-4) : random.Uniform(0.1, 1.0);
    sum += x[i];
  }
  for (double& v : x) v *= total / sum;
  return x;
}

/// `others`: equivalents that are not chloride of metals: acid, or ligands.
Inlet Aqueous(const Circuit& c, int stage, double flow, std::vector<double> x, double others,
              std::vector<double> totals) {
  Inlet in;
  in.stage = stage;
  in.flow = flow;
  in.anions = others;
  if (c.table->kind[0] == Master::kProton) {
    for (size_t i = 0; i < x.size(); ++i) in.anions += c.components[i].charge * x[i];
  }
  in.molarity = std::move(x);
  in.totals = std::move(totals);
  return in;
}

Inlet Organic(const Circuit& c, double flow, double dimer, double sodium,
              std::vector<double> totals) {
  Inlet in;
  in.phase = Phase::kOrganic;
  in.flow = flow;
  in.extractant_dimer_mol_per_l = dimer;
  in.molarity.assign(c.components.size(), 0.0);
  in.molarity.back() = sodium;
  in.totals = std::move(totals);
  return in;
}

/// Exponents and consumption of M + m (HA)2 = MA_z(HA)_(2m-z) + z H.
void CationExchange(double charge, double dimers, OrganicSpecies* s) {
  s->exponent[0] = -charge;
  s->exponent[1] = s->consumed[1] = dimers;
}

}  // namespace

// The form of the D2EHPA correlations of PrOMMiS, log10 D = (m0 + m1 C) pH + B0 +
// B1 log10 C with C in volume percent, about its coefficients.
Circuit CorrelationCircuit(Random& random, int stages, int components) {
  Draft draft = Begin(random, stages, components, 0, 0, 0);
  EquilibriumTable& t = *draft.table;
  Circuit& c = draft.circuit;
  t.masters = 3;
  t.kind[2] = Master::kLigand;
  t.ligand_charge[2] = 2;
  t.protons[2] = 1;
  t.ln_protonation[2][0] = 1.99 * kLn10;
  t.unit = 2 / 0.0302638;  // volume percent of monomer
  for (int i = 0; i < components; ++i) {
    Equilibrium& e = t.component[i];
    e.organic[0].consumed[1] = e.charge / 2;
    if (i + 1 == components) {
      c.components[i].log10_k = -4;
      CationExchange(1, 1, &e.organic[0]);
      continue;
    }
    e.terms = 4;
    e.term[0] = {random.Uniform(0.3, 1.7), 1, 0, 0, 0};
    e.term[1] = {random.Uniform(-0.02, 0.15), 1, 0, 1, 0};
    e.term[2] = {random.Uniform(-2.4, -1.5), 0, 0, 0, 0};
    e.term[3] = {random.Uniform(-0.4, 0.3), 0, 1, 0, 0};
    if (random.Uniform(0, 1) < 0.3) {
      e.terms = 5;
      e.term[4] = {random.Uniform(-1.0, 0.0), 0, 0, 0, 1};
    }
  }
  c.table = draft.table;
  // Correlations do not see the extractant run out: the metal fed stays below a tenth of
  // what the organic can hold.
  const double total = random.LogUniform(1e-5, 0.01), acid = random.LogUniform(0.003, 0.3);
  const double sulphate = 1.5 * total + acid;
  const double dimer = random.Uniform(0.04, 0.15);
  const double organic = random.LogUniform(1.0, 10.0) * std::max(0.3, 15 * total / dimer);
  const int feed = random.Integer(1, stages) - 1;
  c.inlets = {Aqueous(c, feed, 1.0, Metals(random, components, total), acid, {sulphate}),
              Organic(c, organic, dimer, 0.0, {0})};
  if (feed + 1 < stages) {
    const double scrub = random.LogUniform(0.05, 1.0);
    c.inlets.push_back(Aqueous(c, stages - 1, random.LogUniform(0.02, 0.5),
                               std::vector<double>(components, 0.0), scrub, {scrub}));
  }
  return c;
}

Circuit ComplexedCircuit(Random& random, int stages, int components) {
  Draft draft = Begin(random, stages, components, -3.0, 3.0, random.Uniform(-4.5, -3.5));
  EquilibriumTable& t = *draft.table;
  Circuit& c = draft.circuit;
  // Chloride; a weak acid like lactic, log10 K 3.8; ionic strength.
  const bool real = random.Uniform(0, 1) < 0.7;
  t.masters = real ? 5 : 4;
  t.kind[2] = t.kind[3] = Master::kLigand;
  t.ligand_charge[2] = t.ligand_charge[3] = 1;
  t.protons[3] = 1;
  t.ln_protonation[3][0] = kLn10 * random.Uniform(3.0, 4.5);
  if (real) {
    t.kind[4] = Master::kIonic;
    t.ionic = 4;
    t.activity = random.Uniform(0, 1) < 0.5 ? Activity::kDavies : Activity::kSit;
    t.proton_epsilon = 0.12;
    t.ligand_epsilon[2] = 0.03;
    t.background = 0;  // chloride is the first ligand
  }
  for (int i = 0; i < components; ++i) {
    Equilibrium& e = t.component[i];
    CationExchange(e.charge, e.charge, &e.organic[0]);
    if (i + 1 == components) continue;
    e.epsilon = random.Uniform(0.2, 0.3);
    e.complexes = 3;
    e.complex[0] = {2, 1, kLn10 * random.Uniform(-0.2, 0.4), 2, 0.1};
    e.complex[1] = {3, 1, kLn10 * random.Uniform(1.5, 2.8), 2, 0.1};
    e.complex[2] = {3, 2, kLn10 * random.Uniform(2.8, 4.6), 1, 0.05};
  }
  c.table = draft.table;
  const double total = random.LogUniform(0.01, 0.3), acid = random.LogUniform(1e-3, 0.1);
  const double weak = random.LogUniform(0.02, 0.5), dimer = random.Uniform(0.2, 0.7);
  const auto totals = [&](double strong, double ligand) {
    std::vector<double> list = {strong, ligand};
    if (real) list.push_back(strong);
    return list;
  };
  const double degree = random.Uniform(0.1, 0.4), carried = random.Uniform(0.3, 2.0);
  const double organic = 3 * carried * total / (degree * 2 * dimer);
  const int feed = random.Integer(1, stages) - 1;
  c.inlets = {Aqueous(c, feed, 1.0, Metals(random, components, total), acid + weak,
                      totals(3 * total + acid, weak)),
              Organic(c, organic, dimer, degree * 2 * dimer, totals(0, 0))};
  if (feed + 1 < stages) {
    const double strength = random.Uniform(0.5, 2.0);
    const double moles = 3 * total * carried * random.Uniform(0.05, 0.9);
    c.inlets.push_back(Aqueous(c, stages - 1, moles / strength,
                               std::vector<double>(components, 0.0), strength + weak,
                               totals(strength, weak)));
  }
  return c;
}

// M + z NO3 + p TBP, with nitric acid as the last component and nitrates that are not
// extracted; scrubbed with acid and stripped with water.
Circuit SolvationCircuit(Random& random, int stages, int components) {
  Draft draft = Begin(random, stages, components, -2.0, 3.0, random.Uniform(-1.2, -0.4));
  EquilibriumTable& t = *draft.table;
  Circuit& c = draft.circuit;
  t.kind[0] = Master::kSalt;
  for (int i = 0; i < components; ++i) {
    Equilibrium& e = t.component[i];
    e.organic[0].exponent[0] = e.charge;
    e.organic[0].exponent[1] = e.organic[0].consumed[1] = e.charge;
    if (i + 1 < components && random.Uniform(0, 1) < 0.4) {
      e.complexes = 1;
      e.complex[0] = {0, 1, kLn10 * random.Uniform(-0.3, 0.5), 2, 0};
    }
  }
  c.table = draft.table;
  std::vector<double> x = Metals(random, components, random.LogUniform(0.02, 0.8));
  x.back() = random.LogUniform(0.05, 3.0);
  const double salt = random.LogUniform(0.01, 3.0);
  const int strip = stages > 3 ? std::max(1, stages / 4) : 0;
  const int rest = stages - strip;
  const int feed = random.Integer(1, rest) - 1;
  c.inlets = {Aqueous(c, feed, 1.0, x, salt, {}),
              Organic(c, random.LogUniform(0.5, 4.0), random.Uniform(0.7, 2.0), 0.0, {})};
  std::vector<double> acid(components, 0.0);
  if (feed + 1 < rest) {
    acid.back() = random.LogUniform(0.1, 3.0);
    c.inlets.push_back(Aqueous(c, rest - 1, random.LogUniform(0.05, 0.5), acid, 0.0, {}));
  }
  if (strip > 0) {
    c.draws.push_back({rest, Phase::kAqueous, 1.0, 0});
    acid.back() = random.LogUniform(0.01, 0.1);
    c.inlets.push_back(Aqueous(c, stages - 1, random.LogUniform(0.3, 2.0), acid, 0.0, {}));
  }
  return c;
}

Circuit SynergismCircuit(Random& random, int stages, int components) {
  Draft draft = Begin(random, stages, components, 0, 0, random.Uniform(-4.5, -3.5));
  EquilibriumTable& t = *draft.table;
  Circuit& c = draft.circuit;
  t.masters = 3;
  t.kind[2] = Master::kExtractant;
  for (int i = 0; i < components; ++i) {
    Equilibrium& e = t.component[i];
    CationExchange(e.charge, e.charge, &e.organic[0]);
    if (i + 1 == components) continue;
    e.species = 3;
    const double strong = random.Uniform(-3.5, -0.5);
    e.organic[0].ln_k = kLn10 * strong;
    e.organic[1].ln_k = kLn10 * (strong - random.Uniform(0.5, 2.5));
    e.organic[1].exponent[0] = -3;
    e.organic[1].exponent[2] = e.organic[1].consumed[2] = 3;
    e.organic[2].ln_k = kLn10 * (strong + random.Uniform(-0.5, 1.0));
    e.organic[2].exponent[0] = -3;
    e.organic[2].exponent[1] = e.organic[2].consumed[1] = 2;
    e.organic[2].exponent[2] = e.organic[2].consumed[2] = 1;
  }
  c.table = draft.table;
  // The last third is warmer.
  for (int j = 0; j < stages; ++j) {
    for (int i = 0; i < components; ++i) {
      c.shift.push_back(3 * j < 2 * stages ? 0.0 : -0.1 - 0.3 * i / components);
    }
  }
  const double total = random.LogUniform(0.02, 0.8), acid = random.LogUniform(1e-3, 0.2);
  const double dimer = random.Uniform(0.1, 0.5), second = random.Uniform(0.05, 0.4);
  const double degree = random.Uniform(0.1, 0.4), carried = random.Uniform(0.3, 2.0);
  const double organic = 3 * carried * total / (degree * 2 * dimer);
  const int feed = random.Integer(1, stages) - 1;
  c.inlets = {Aqueous(c, feed, 1.0, Metals(random, components, total), acid, {0}),
              Organic(c, organic, dimer, degree * 2 * dimer, {second})};
  if (feed + 1 < stages) {
    const double strength = random.Uniform(1.0, 5.0);
    const double moles = 3 * total * carried * random.Uniform(0.05, 0.9);
    c.inlets.push_back(Aqueous(c, stages - 1, moles / strength,
                               std::vector<double>(components, 0.0), strength, {0}));
  }
  return c;
}

}  // namespace raffinate::bench
