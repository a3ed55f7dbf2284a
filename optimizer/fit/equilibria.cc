#include "optimizer/fit/equilibria.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>

#include "kernels/circuit.h"
#include "kernels/equilibrium.h"
#include "kernels/gradient.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer::fit {
namespace {

constexpr double kGasConstant = 8.314462618e-3;  // [kJ/mol/K], CODATA 2018
constexpr double kKelvin = 273.15;

constexpr double kLn10 = 2.302585092994045684;

/// The law with complexes: free proton, free dimer and free anion.
std::shared_ptr<const kernels::EquilibriumTable> TableOf(const Contact& contact,
                                                         const Constants& constants) {
  constexpr int kProton = 0, kDimer = 1, kAnion = 2;
  auto table = std::make_shared<kernels::EquilibriumTable>();
  table->masters = 3;
  table->kind[kAnion] = kernels::Master::kLigand;
  table->ligand_charge[kAnion] = 1;
  for (std::size_t i = 0; i < contact.metals.size(); ++i) {
    const MassAction& law = constants.at(contact.metals[i].element);
    kernels::Equilibrium& e = table->component[i];
    e.charge = law.charge;
    e.species = 1;
    e.organic[0].exponent[kProton] = -law.charge;
    e.organic[0].exponent[kDimer] = e.organic[0].consumed[kDimer] = law.dimers;
    if (!law.log10_beta) continue;
    e.complexes = 1;
    e.complex[0].ligand = kAnion;
    e.complex[0].ln_beta = kLn10 * *law.log10_beta;
    e.complex[0].charge = law.charge - 1;
  }
  return table;
}

kernels::Circuit ToCircuit(const Contact& contact, const Constants& constants,
                           double reference_celsius) {
  kernels::Circuit circuit;
  circuit.stages = 1;
  kernels::Inlet aqueous;
  aqueous.flow = contact.aqueous_to_organic;
  aqueous.anions = contact.initial_h;
  const double slope = contact.celsius ? VantHoffSlope(*contact.celsius, reference_celsius) : 0.0;
  for (const ContactMetal& metal : contact.metals) {
    const MassAction& law = constants.at(metal.element);
    circuit.components.push_back(
        {law.log10_k + slope * law.enthalpy_kj_per_mol, law.charge, law.dimers});
    aqueous.molarity.push_back(metal.feed);
    aqueous.anions += law.charge * metal.feed;
  }
  kernels::Inlet organic;
  organic.phase = kernels::Phase::kOrganic;
  organic.flow = 1;
  organic.extractant_dimer_mol_per_l = contact.extractant_dimer;
  if (std::any_of(contact.metals.begin(), contact.metals.end(), [&](const ContactMetal& metal) {
        return constants.at(metal.element).log10_beta.has_value();
      })) {
    circuit.law = kernels::Law::kTable;
    circuit.table = TableOf(contact, constants);
    aqueous.totals = {aqueous.anions};
    organic.totals = {0};
  }
  circuit.inlets = {aqueous, organic};
  return circuit;
}

void AddDerivatives(const Contact& contact, const Constants& constants,
                    const kernels::Solution& solution,
                    const std::vector<kernels::CascadeGradient>& gradients, Flask* flask) {
  const std::size_t size = flask->aqueous.size();
  const double log10_s = std::log10(flask->free_dimer);
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      const double by_log10_k = gradients[row].log10_k[column];
      flask->by_log10_k.push_back(by_log10_k);
      // m is in D = K S^m / h^z as log10 S is, and in S + sum m y = C as -y of the
      // total is.
      flask->by_dimers.push_back(log10_s * by_log10_k -
                                 solution.y[column] * gradients[row].extractant[0]);
      const auto& log10_beta = constants.at(contact.metals[column].element).log10_beta;
      if (!log10_beta) {
        flask->by_log10_beta.push_back(0);
        continue;
      }
      // beta L is in D = alpha K ..., and in L + sum bound = total as -bound of the
      // total is.
      const double ratio = std::exp(kLn10 * *log10_beta + solution.state.ln_more[0]);
      const double bound = ratio / (1 + ratio);
      flask->by_log10_beta.push_back(-kLn10 * bound *
                                     (gradients[row].shift[column] +
                                      (1 - bound) * solution.x[column] * gradients[row].totals[0]));
    }
  }
}

}  // namespace

double VantHoffSlope(double celsius, double reference_celsius) {
  return -1 / (kGasConstant * std::log(10.0)) *
         (1 / (celsius + kKelvin) - 1 / (reference_celsius + kKelvin));
}

std::vector<Flask> Equilibrate(std::span<const Contact> contacts, const Constants& constants,
                               double reference_celsius, bool derivatives,
                               const kernels::Device& device) {
  const std::size_t count = contacts.size();
  std::vector<Flask> flasks(count);
  std::vector<kernels::Cascade> cascades(count);
  std::vector<kernels::Task> tasks(count);
  for (std::size_t c = 0; c < count; ++c) {
    // What cannot be laid out stays empty, and the solver says that it is invalid.
    if (!kernels::Assemble(ToCircuit(contacts[c], constants, reference_celsius), &cascades[c])
             .empty()) {
      cascades[c] = kernels::Cascade();
    }
    tasks[c].cascade = &cascades[c];
  }
  std::vector<kernels::Solution> solutions(count);
  // Sums of squares are compared between steps: closer than figures need.
  kernels::SolveOptions options;
  options.tolerance = 1e-12;
  options.step_tolerance = 1e-10;
  kernels::Solve(device, tasks, options, solutions);

  std::vector<std::vector<kernels::SolutionSeed>> seeds(count);
  std::vector<kernels::GradientTask> gradient_tasks(count);
  for (std::size_t c = 0; c < count; ++c) {
    const kernels::Solution& solution = solutions[c];
    Flask& flask = flasks[c];
    flask.solved = solution.status == kernels::SolveStatus::kSolved;
    if (!flask.solved) continue;
    flask.ph = -solution.state.ln_h[0] / std::log(10.0);
    flask.free_dimer = std::exp(solution.state.ln_s[0]);
    flask.aqueous = solution.x;
    const std::vector<ContactMetal>& metals = contacts[c].metals;
    for (std::size_t i = 0; i < metals.size(); ++i) {
      if (IsBaseCation(metals[i].element)) continue;
      flask.loading += constants.at(metals[i].element).dimers * solution.y[i];
    }
    flask.loading /= contacts[c].extractant_dimer;
    if (!derivatives) continue;
    for (std::size_t row = 0; row < metals.size(); ++row) {
      kernels::SolutionSeed seed;
      seed.x.assign(metals.size(), 0.0);
      seed.x[row] = 1;
      seeds[c].push_back(seed);
    }
    gradient_tasks[c] = {&cascades[c], &solution, seeds[c]};
  }
  if (!derivatives) return flasks;
  // Without a solution there is nothing to differentiate.
  std::vector<kernels::GradientTask> solved;
  std::vector<std::size_t> of;
  for (std::size_t c = 0; c < count; ++c) {
    if (!flasks[c].solved) continue;
    solved.push_back(gradient_tasks[c]);
    of.push_back(c);
  }
  std::vector<std::vector<kernels::CascadeGradient>> gradients(solved.size());
  kernels::Differentiate(device, solved, gradients);
  for (std::size_t k = 0; k < of.size(); ++k) {
    AddDerivatives(contacts[of[k]], constants, solutions[of[k]], gradients[k], &flasks[of[k]]);
  }
  return flasks;
}

}  // namespace raffinate::optimizer::fit
