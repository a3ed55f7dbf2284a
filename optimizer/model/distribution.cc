#include "optimizer/model/distribution.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

int Weakness(Provenance provenance) {
  switch (provenance) {
    case Provenance::kMeasured:
      return 0;
    case Provenance::kFitted:
      return 1;
    case Provenance::kReference:
      return 2;
    case Provenance::kInterpolated:
      return 3;
    case Provenance::kExtrapolated:
      return 4;
    case Provenance::kAssumed:
      return 5;
  }
  return 5;
}

}  // namespace

double Log10KOnDimers(const ExtractantSystem& system, const EquilibriumConstant& constant,
                      double charge) {
  const double m = DimersOf(constant, charge);
  double log10_k = constant.log10_k.value_or(0);
  if (system.basis == Basis::kMonomer) log10_k += m * std::log10(2.0);
  // The usual unit leaves the number as it is, bit for bit.
  if (system.unit_mol_per_l > 0 && system.unit_mol_per_l != 1) {
    log10_k += (charge - m) * std::log10(system.unit_mol_per_l);
  }
  return log10_k;
}

Provenance Weaker(Provenance a, Provenance b) { return Weakness(a) >= Weakness(b) ? a : b; }

Provenance WeakestClass(const ExtractantSystem& system) {
  Provenance weakest = Provenance::kMeasured;
  for (const EquilibriumConstant& constant : system.constants) {
    if (!IsBaseCation(constant.element)) weakest = Weaker(weakest, constant.provenance);
  }
  return weakest;
}

DistributionState MiddleState(const ExtractantSystem& system) {
  const Validity& range = system.validity;
  DistributionState state{1, 0.5};
  if (range.min_ph && range.max_ph) state.ph = (*range.min_ph + *range.max_ph) / 2;
  if (range.min_free_extractant && range.max_free_extractant) {
    state.free_dimer =
        (*range.min_free_extractant + *range.max_free_extractant) / 2 / InBasis(system, 1);
  }
  return state;
}

std::vector<ElementDistribution> Distribution(const ExtractantSystem& system,
                                              const Chemistry& chemistry,
                                              const DistributionState& state) {
  struct Entry {
    const EquilibriumConstant* constant;
    double m = 0, z = 0;
    double log10_d = 0;
    std::optional<double> log10_k;
  };
  std::vector<Entry> entries;
  for (const EquilibriumConstant& constant : system.constants) {
    Entry entry{&constant, 0, 0, 0, std::nullopt};
    switch (system.law) {
      case Law::kMassActionDimer: {
        const auto element = chemistry.elements.find(constant.element);
        entry.z = element == chemistry.elements.end() ? 0 : element->second.charge;
        entry.m = DimersOf(constant, entry.z);
        entry.log10_k = Log10KOnDimers(system, constant, entry.z);
        entry.log10_d =
            *entry.log10_k + entry.m * std::log10(state.free_dimer) + entry.z * state.ph;
        break;
      }
      case Law::kCorrelation: {
        const double c = InBasis(system, state.free_dimer) / system.unit_mol_per_l;
        entry.log10_d = constant.log10_k.value_or(0);
        for (const CorrelationTerm& term : constant.terms) {
          entry.log10_d += term.coefficient * std::pow(state.ph, term.ph) *
                           std::pow(std::log10(c), term.log_c) * std::pow(c, term.c) *
                           std::pow(state.loading, term.loading);
        }
        break;
      }
      case Law::kSolvation: {
        const auto element = chemistry.elements.find(constant.element);
        entry.z = constant.anions.value_or(
            element == chemistry.elements.end() ? 0 : element->second.charge);
        entry.m = constant.extractants.value_or(0);
        const double unit = system.unit_mol_per_l;
        entry.log10_d = constant.log10_k.value_or(0) +
                        entry.m * std::log10(InBasis(system, state.free_dimer) / unit) +
                        entry.z * std::log10(state.anion / unit);
        break;
      }
      case Law::kConstantD:
        entry.log10_d = std::log10(constant.d.value_or(1));
        break;
      case Law::kConstantBeta:
        entry.log10_d = std::log10(constant.beta.value_or(1));
        break;
    }
    entries.push_back(entry);
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.log10_d < b.log10_d; });
  std::vector<ElementDistribution> all;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    ElementDistribution one;
    one.element = entry.constant->element;
    one.log10_k_dimer = entry.log10_k;
    one.d = std::pow(10, entry.log10_d);
    one.separation_factor_class = entry.constant->provenance;
    if (i > 0) {
      const Entry& before = entries[i - 1];
      one.separation_factor = std::pow(10, entry.log10_d - before.log10_d);
      one.depends_on_state = entry.m != before.m || entry.z != before.z ||
                             !entry.constant->terms.empty() || !before.constant->terms.empty();
      one.separation_factor_class = Weaker(entry.constant->provenance, before.constant->provenance);
      const auto& a = entry.constant->log10_standard_error;
      const auto& b = before.constant->log10_standard_error;
      if (a && b) one.separation_factor_log10_standard_error = std::hypot(*a, *b);
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<std::string> NotesOn(const ExtractantSystem& system, const DistributionState& state) {
  std::vector<std::string> notes;
  if (!CountsExtractant(system.law)) return notes;
  const Validity& range = system.validity;
  const auto check = [&notes](const char* what, double value, const std::optional<double>& least,
                              const std::optional<double>& most, const char* unit) {
    if (!(least && value < *least) && !(most && value > *most)) return;
    notes.push_back(absl::StrFormat("%s %.4g%s is outside the measured range of %.4g to %.4g%s",
                                    what, value, unit, least.value_or(0), most.value_or(0), unit));
  };
  if (KnowsProton(system.law)) check("pH", state.ph, range.min_ph, range.max_ph, "");
  check(system.basis == Basis::kMonomer ? "free monomer" : "free dimer",
        InBasis(system, state.free_dimer), range.min_free_extractant, range.max_free_extractant,
        " mol/L");
  if (!system.ligands.empty() || system.activity != ActivityModel::kIdeal) {
    notes.emplace_back("D is that of the free ion: without complexes, activity coefficients 1");
  }
  if (!system.second_extractant.empty()) {
    notes.push_back(absl::StrFormat("D is that without %s", system.second_extractant));
  }
  if (system.law == Law::kSolvation) {
    notes.push_back(
        absl::StrFormat("at %.4g mol/L of free %s", state.anion, MediumName(system.medium)));
  }
  return notes;
}

}  // namespace raffinate::optimizer
