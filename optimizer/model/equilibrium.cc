#include "optimizer/model/equilibrium.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include "kernels/equilibrium.h"
#include "optimizer/model/distribution.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/medium.h"

namespace raffinate::optimizer {
namespace {

using kernels::EquilibriumTable;
using kernels::Master;

constexpr double kLn10 = 2.302585092994045684;
constexpr double kGas = 8.314462618e-3;  ///< [kJ/mol/K], CODATA 2018
constexpr double kZeroCelsius = 273.15;
constexpr double kUsualReference = 25;  ///< [degC]

double Reference(const ExtractantSystem& system) {
  return system.reference_temperature.value_or(kUsualReference);
}

/// Whether free proton and free dimer are not all that the law needs.
bool NeedsTable(const Built& built) {
  const ExtractantSystem& system = *built.system;
  if (system.law == Law::kCorrelation || system.law == Law::kSolvation) return true;
  if (system.law != Law::kMassActionDimer) return false;
  if (!system.ligands.empty() || system.activity != ActivityModel::kIdeal ||
      !system.second_extractant.empty()) {
    return true;
  }
  const double reference = Reference(system);
  const bool warm =
      std::any_of(built.sections.begin(), built.sections.end(),
                  [&](const SectionSpan& section) { return section.temperature != reference; });
  return warm &&
         std::any_of(built.components.begin(), built.components.end(), [&](const Element* element) {
           const auto* constant = system.Find(element->symbol);
           return constant != nullptr && constant->enthalpy_kj_per_mol;
         });
}

/// Assembles a table and remembers where the system's ligands stand in it.
class Maker {
 public:
  Maker(const ExtractantSystem& system, Built* built)
      : system_(system), built_(*built), table_(std::make_shared<EquilibriumTable>()) {}

  void Make() {
    Masters();
    for (std::size_t i = 0; i < built_.components.size(); ++i) {
      const Element& element = *built_.components[i];
      AddComponent(element, *system_.Find(element.symbol), i);
    }
    built_.circuit.table = table_;
  }

  /// Of one inlet, beside metals and anions.
  std::vector<double> Totals(const Composition& stream) const {
    std::vector<double> totals(table_->masters - 2, 0.0);
    if (built_.medium_ligand >= 0) {
      totals[built_.medium_ligand] =
          stream.anions / table_->ligand_charge[built_.medium_ligand + 2];
    }
    for (const auto& [ligand, mol_per_l] : stream.complexants) {
      if (const int k = MasterOf(ligand); k >= 2) totals[k - 2] += mol_per_l;
    }
    // The anions of sulphuric acid are no monovalent ones.
    if (table_->ionic >= 0 && system_.medium != Medium::kSulphate) {
      totals[table_->ionic - 2] = stream.anions;
    }
    return totals;
  }

  std::vector<double> OrganicTotals(double second) const {
    std::vector<double> totals(table_->masters - 2, 0.0);
    for (int k = 2; k < table_->masters; ++k) {
      if (table_->kind[k] == Master::kExtractant) totals[k - 2] = second;
    }
    return totals;
  }

  /// What complexants, fed as acids, add to the anions of a stream [eq/L].
  double AnionsOf(const Composition& stream) const {
    double anions = 0;
    for (const auto& [ligand, mol_per_l] : stream.complexants) {
      if (const int k = MasterOf(ligand); k >= 2) anions += table_->ligand_charge[k] * mol_per_l;
    }
    return anions;
  }

 private:
  int MasterOf(const std::string& ligand) const {
    const auto found = std::find(ligands_.begin(), ligands_.end(), ligand);
    return found == ligands_.end() ? -1
                                   : static_cast<int>(found - ligands_.begin()) + first_ligand_;
  }

  void Masters() {
    EquilibriumTable& t = *table_;
    t.masters = 2;
    const bool salt = system_.law == Law::kSolvation;
    if (salt) t.kind[0] = Master::kSalt;
    t.unit = 1 / DimersPerUnit(system_) / system_.unit_mol_per_l;
    if (!system_.second_extractant.empty()) t.kind[t.masters++] = Master::kExtractant;
    first_ligand_ = t.masters;
    for (const Ligand& ligand : system_.ligands) {
      if (salt) break;  // the medium's anion is the first master
      if (ligand.name == MediumName(system_.medium)) built_.medium_ligand = t.masters - 2;
      const int k = t.masters++;
      t.kind[k] = Master::kLigand;
      t.ligand_charge[k] = ligand.charge;
      t.ligand_epsilon[k] = ligand.epsilon;
      t.protons[k] = static_cast<int>(ligand.log10_protonation.size());
      for (std::size_t p = 0; p < ligand.log10_protonation.size(); ++p) {
        t.ln_protonation[k][p] = kLn10 * ligand.log10_protonation[p];
      }
      ligands_.push_back(ligand.name);
    }
    if (system_.activity != ActivityModel::kIdeal) {
      t.activity = system_.activity == ActivityModel::kDavies ? kernels::Activity::kDavies
                                                              : kernels::Activity::kSit;
      t.proton_epsilon = system_.proton_epsilon;
      t.ionic = t.masters++;
      t.kind[t.ionic] = Master::kIonic;
      if (built_.medium_ligand >= 0) t.background = 0;
    }
  }

  void AddComponent(const Element& element, const EquilibriumConstant& constant, std::size_t i) {
    kernels::Equilibrium& e = table_->component[i];
    kernels::Component& component = built_.circuit.components[i];
    e.charge = component.charge = element.charge;
    e.epsilon = constant.epsilon;
    e.species = 1;
    const double per_unit = DimersPerUnit(system_);
    kernels::OrganicSpecies& main = e.organic[0];
    switch (system_.law) {
      case Law::kSolvation:
        main.exponent[0] = constant.anions.value_or(element.charge);
        main.exponent[1] = constant.extractants.value_or(0);
        main.consumed[1] = main.exponent[1] * per_unit;
        break;
      case Law::kCorrelation:
        main.consumed[1] = constant.extractants.value_or(0) * per_unit;
        for (const CorrelationTerm& term : constant.terms) {
          e.term[e.terms++] = {term.coefficient, term.ph, term.log_c, term.c, term.loading};
        }
        break;
      default:
        main.exponent[0] = -element.charge;
        main.exponent[1] = main.consumed[1] = DimersOf(constant, element.charge);
    }
    component.dimers = main.consumed[1];
    for (const MixedSpecies& mixed : constant.species) {
      kernels::OrganicSpecies& s = e.organic[e.species++];
      const double units = std::log10(per_unit);
      s.ln_k = kLn10 * (mixed.log10_k - mixed.dimers * units +
                        (element.charge - mixed.dimers - mixed.second) *
                            std::log10(system_.unit_mol_per_l) -
                        component.log10_k);
      s.exponent[0] = -element.charge;
      s.exponent[1] = s.consumed[1] = mixed.dimers;
      s.exponent[2] = s.consumed[2] = mixed.second;
    }
    for (const Complexes& complexes : constant.complexes) {
      const bool salt = system_.law == Law::kSolvation;
      const int k = salt ? 0 : MasterOf(complexes.ligand);
      const double charge = salt ? 1 : table_->ligand_charge[k];
      for (std::size_t n = 0; n < complexes.log10_beta.size(); ++n) {
        const double bound = static_cast<double>(n) + 1;
        e.complex[e.complexes++] = {k, bound, kLn10 * complexes.log10_beta[n],
                                    element.charge - bound * charge, 0};
      }
    }
  }

  const ExtractantSystem& system_;
  Built& built_;
  std::shared_ptr<EquilibriumTable> table_;
  std::vector<std::string> ligands_;
  int first_ligand_ = 2;
};

/// van 't Hoff: d ln K = -H / R (1 / T - 1 / T0).
void AddShifts(Built* built) {
  const ExtractantSystem& system = *built->system;
  const double reference = Reference(system) + kZeroCelsius;
  const std::size_t m = built->components.size();
  std::vector<double> shift;
  bool any = false;
  for (const SectionSpan& section : built->sections) {
    const double by_temperature = 1 / (section.temperature + kZeroCelsius) - 1 / reference;
    for (int j = 0; j < section.count; ++j) {
      for (std::size_t i = 0; i < m; ++i) {
        const auto* constant = system.Find(built->components[i]->symbol);
        const double enthalpy = constant->enthalpy_kj_per_mol.value_or(0);
        shift.push_back(-enthalpy / kGas * by_temperature);
        any = any || shift.back() != 0;
      }
    }
  }
  if (any) built->circuit.shift = std::move(shift);
}

}  // namespace

double DimersPerUnit(const ExtractantSystem& system) {
  return system.basis == Basis::kMonomer ? 0.5 : 1.0;
}

double KernelLog10K(const ExtractantSystem& system, const EquilibriumConstant& constant,
                    double charge) {
  switch (system.law) {
    case Law::kMassActionDimer:
      return Log10KOnDimers(system, constant, charge);
    case Law::kSolvation: {
      const double p = constant.extractants.value_or(0), n = constant.anions.value_or(charge);
      return constant.log10_k.value_or(0) - p * std::log10(DimersPerUnit(system)) -
             (n + p) * std::log10(system.unit_mol_per_l);
    }
    case Law::kCorrelation:
      return constant.log10_k.value_or(0);
    case Law::kConstantD:
      return std::log10(constant.d.value_or(1));
    case Law::kConstantBeta:
      return std::log10(constant.beta.value_or(1));
  }
  return 0;
}

void SetLaw(const Circuit& circuit, Built* built) {
  const ExtractantSystem& system = *built->system;
  kernels::Circuit& out = built->circuit;
  out.law = system.law == Law::kConstantD      ? kernels::Law::kConstantD
            : system.law == Law::kConstantBeta ? kernels::Law::kConstantBeta
                                               : kernels::Law::kMassAction;
  out.components.clear();
  for (const Element* element : built->components) {
    const EquilibriumConstant& constant = *system.Find(element->symbol);
    kernels::Component component;
    component.log10_k = KernelLog10K(system, constant, element->charge);
    if (system.law == Law::kMassActionDimer) {
      component.charge = element->charge;
      component.dimers = DimersOf(constant, element->charge);
    }
    if (system.law == Law::kConstantBeta) component.dimers = 1;
    out.components.push_back(component);
  }
  if (!NeedsTable(*built)) return;
  out.law = kernels::Law::kTable;
  Maker maker(system, built);
  maker.Make();
  const double second =
      circuit.second_extractant_mol_per_l ? Value(*circuit.second_extractant_mol_per_l) : 0;
  for (std::size_t k = 0; k < out.inlets.size(); ++k) {
    kernels::Inlet& inlet = out.inlets[k];
    if (inlet.phase == kernels::Phase::kOrganic) {
      inlet.totals = maker.OrganicTotals(second);
      continue;
    }
    const Composition& stream = built->streams[built->stream_of_inlet[k]];
    inlet.totals = maker.Totals(stream);
    inlet.anions += maker.AnionsOf(stream);
    if (system.law != Law::kSolvation) continue;
    // Acid is a component like the metals; nothing else balances the anions.
    inlet.anions = 0;
    if (stream.acid > 0) inlet.molarity[built->Component("H")] = stream.acid;
  }
  AddShifts(built);
}

}  // namespace raffinate::optimizer
