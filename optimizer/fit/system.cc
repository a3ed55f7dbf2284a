#include "optimizer/fit/system.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "optimizer/fit/least_squares.h"
#include "optimizer/model/distribution.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer::fit {
namespace {

/// The nearest number of few digits: six decimals of log10 K and m are more than
/// any fit is good for.
double Decimals(double value) {
  double out = value;
  return absl::SimpleAtod(absl::StrFormat("%.6f", value), &out) ? out : value;
}

/// To ten significant digits, so that a covariance stays what it is to the tolerance
/// of CheckCovariance.
double Significant(double value) {
  double out = value;
  return absl::SimpleAtod(absl::StrFormat("%.10g", value), &out) ? out : value;
}

std::string RangeOf(std::span<const Contact> contacts) {
  std::vector<std::string> sources;
  for (const Contact& contact : contacts) {
    if (std::find(sources.begin(), sources.end(), contact.source) == sources.end()) {
      sources.push_back(contact.source);
    }
  }
  return absl::StrJoin(sources, ", ");
}

const Parameter* Find(const FitResult& result, Quantity quantity, const std::string& element) {
  for (const Parameter& p : result.parameters) {
    if (p.quantity != quantity) continue;
    if (std::find(p.elements.begin(), p.elements.end(), element) != p.elements.end()) return &p;
  }
  return nullptr;
}

/// The complex of an element with the anion of the medium.
Complexes FittedComplex(const Parameter& beta, Medium medium) {
  Complexes out;
  out.ligand = MediumName(medium);
  out.log10_beta = {Decimals(beta.value)};
  out.provenance = Provenance::kFitted;
  out.source = "fitted with log10 K";
  if (beta.elements.size() > 1) {
    absl::StrAppend(&out.source, ", one for ", absl::StrJoin(beta.elements, ", "));
  }
  if (beta.standard_error) {
    absl::StrAppendFormat(&out.source, "; log10 beta +- %.2g", *beta.standard_error);
  }
  return out;
}

EquilibriumConstant FittedConstant(const FitResult& result, const std::string& element,
                                   std::span<const Contact> contacts, Medium medium) {
  std::set<std::string> sources;
  int values = 0;
  for (const Contact& contact : contacts) {
    for (const ContactMetal& metal : contact.metals) {
      if (metal.element != element || !metal.raffinate) continue;
      ++values;
      sources.insert(contact.source);
    }
  }
  EquilibriumConstant out;
  out.element = element;
  out.log10_k = Decimals(result.constants.at(element).log10_k);
  out.dimers = Decimals(result.constants.at(element).dimers);
  out.provenance = Provenance::kFitted;
  if (const Parameter* k = Find(result, Quantity::kLog10K, element); k && k->standard_error) {
    out.log10_standard_error = Significant(*k->standard_error);
  }
  out.source =
      absl::StrCat("fitted to ", values, values == 1 ? " raffinate of " : " raffinates of ",
                   absl::StrJoin(sources, ", "));
  const Parameter* m = Find(result, Quantity::kDimers, element);
  if (m != nullptr && m->standard_error) {
    absl::StrAppendFormat(&out.source, "; m +- %.2g", *m->standard_error);
  }
  const Parameter* enthalpy = Find(result, Quantity::kEnthalpy, element);
  if (enthalpy != nullptr && enthalpy->standard_error) {
    out.enthalpy_kj_per_mol = Decimals(enthalpy->value);
    absl::StrAppendFormat(&out.source, "; enthalpy of extraction %.3g +- %.2g kJ/mol",
                          enthalpy->value, *enthalpy->standard_error);
  }
  const Parameter* beta = Find(result, Quantity::kLog10Beta, element);
  if (beta != nullptr) out.complexes.push_back(FittedComplex(*beta, medium));
  return out;
}

void AddRange(const FitResult& result, std::span<const Contact> contacts, Validity* range) {
  double least_ph = INFINITY, most_ph = -INFINITY, least_s = INFINITY, most_s = 0, loading = 0;
  for (const Flask& flask : result.flasks) {
    least_ph = std::min(least_ph, flask.ph);
    most_ph = std::max(most_ph, flask.ph);
    least_s = std::min(least_s, flask.free_dimer);
    most_s = std::max(most_s, flask.free_dimer);
    loading = std::max(loading, flask.loading);
  }
  range->min_ph = std::floor(least_ph * 100) / 100;
  range->max_ph = std::ceil(most_ph * 100) / 100;
  range->min_free_extractant = std::floor(least_s * 1e4) / 1e4;
  range->max_free_extractant = std::ceil(most_s * 1e4) / 1e4;
  range->max_loading = std::min(1.0, std::ceil(loading * 1e3) / 1e3);
  std::set<double> temperatures;
  for (const Contact& contact : contacts) {
    if (contact.celsius) temperatures.insert(*contact.celsius);
  }
  if (!temperatures.empty()) {
    range->min_temperature = *temperatures.begin();
    range->max_temperature = *temperatures.rbegin();
  } else {
    range->not_stated.push_back(Validity::Quantity::kTemperature);
  }
}

/// Of the constants, out of that of the parameters: a shared one serves several.
Covariance CovarianceOf(const FitResult& result) {
  Covariance out;
  std::vector<std::size_t> of;
  const std::size_t size = result.parameters.size();
  for (std::size_t p = 0; p < size; ++p) {
    const Parameter& parameter = result.parameters[p];
    if (!parameter.standard_error || parameter.quantity == Quantity::kEnthalpy) continue;
    for (const std::string& element : parameter.elements) {
      out.parameters.push_back(
          absl::StrCat(element, parameter.quantity == Quantity::kDimers      ? ".dimers"
                                : parameter.quantity == Quantity::kLog10Beta ? ".log10_beta"
                                                                             : ".log10_k"));
      of.push_back(p);
    }
  }
  for (const std::size_t row : of) {
    auto& values = out.rows.emplace_back();
    for (const std::size_t column : of) {
      values.push_back(Significant(result.covariance[row * size + column]));
    }
  }
  return out;
}

}  // namespace

std::map<std::string, double> ChargesOf(const Chemistry& chemistry) {
  std::map<std::string, double> out;
  for (const auto& [symbol, element] : chemistry.elements) out[symbol] = element.charge;
  return out;
}

Constants ConstantsOf(const ExtractantSystem& system,
                      const std::map<std::string, double>& charges) {
  Constants out;
  for (const EquilibriumConstant& constant : system.constants) {
    const double z = charges.at(constant.element);
    MassAction& law = out[constant.element];
    law = {Log10KOnDimers(system, constant, z), DimersOf(constant, z), z};
    if (!constant.complexes.empty()) law.log10_beta = constant.complexes.front().log10_beta.front();
  }
  return out;
}

Violations CheckStart(const ExtractantSystem& system) {
  Violations out;
  const auto refuse = [&out](const char* field, const char* what) {
    out.push_back({field, absl::StrCat(what,
                                       "; a fit starts from mass action of one extractant "
                                       "with concentrations for activities and at most 1:1 "
                                       "complexes with chloride or nitrate")});
  };
  const auto simple = [&](const Ligand& ligand) {
    return ligand.name == MediumName(system.medium) && ligand.charge == 1 &&
           ligand.log10_protonation.empty();
  };
  if (system.law != Law::kMassActionDimer) refuse("law", "the system has another law");
  if (system.activity != ActivityModel::kIdeal) refuse("activity", "has activity coefficients");
  if (!system.second_extractant.empty()) refuse("second_extractant", "has a second extractant");
  for (const EquilibriumConstant& constant : system.constants) {
    if (constant.complexes.empty()) continue;
    const Complexes& first = constant.complexes.front();
    if (constant.complexes.size() == 1 && first.log10_beta.size() == 1 &&
        std::all_of(system.ligands.begin(), system.ligands.end(), simple)) {
      continue;
    }
    refuse("constants", "has other aqueous complexes");
    break;
  }
  return out;
}

ExtractantSystem MakeSystem(const FitResult& result, std::span<const Contact> contacts,
                            const ExtractantSystem* start, const SystemText& text,
                            const Options& options) {
  ExtractantSystem out;
  out.name = text.name;
  out.source = text.source;
  out.doi = text.doi;
  out.basis = Basis::kDimer;
  out.unit = "mol/L";
  out.unit_mol_per_l = 1;
  out.description = absl::StrFormat(
      "Fitted by raffinate fit to %d analysed raffinates of %d flasks (%s): rms %.3f of the feed, "
      "R2 %.4f on aqueous molarity.%s",
      result.after.values, contacts.size(), RangeOf(contacts), result.after.rms,
      result.after.r_squared,
      start == nullptr ? "" : absl::StrCat(" Started from ", start->name, "."));
  if (start != nullptr) out.medium = start->medium;
  std::set<std::string> present;
  for (const Contact& contact : contacts) {
    for (const ContactMetal& metal : contact.metals) present.insert(metal.element);
  }
  // In the order of the start, which is that of the series; others after it.
  std::vector<std::string> order;
  if (start != nullptr) {
    for (const EquilibriumConstant& constant : start->constants) order.push_back(constant.element);
  }
  for (const std::string& element : present) {
    if (std::find(order.begin(), order.end(), element) == order.end()) order.push_back(element);
  }
  for (const std::string& element : order) {
    const bool fitted =
        std::any_of(result.parameters.begin(), result.parameters.end(), [&](const Parameter& p) {
          return std::find(p.elements.begin(), p.elements.end(), element) != p.elements.end();
        });
    if (fitted) {
      out.constants.push_back(FittedConstant(result, element, contacts, out.medium));
      const auto* given = start == nullptr ? nullptr : start->Find(element);
      if (given != nullptr && out.constants.back().complexes.empty()) {
        out.constants.back().complexes = given->complexes;
      }
    } else if (present.contains(element) || IsBaseCation(element)) {
      EquilibriumConstant constant = *start->Find(element);
      const MassAction& law = result.constants.at(element);
      constant.log10_k = law.log10_k;
      constant.dimers = law.dimers;
      out.constants.push_back(std::move(constant));
    }
  }
  if (std::any_of(out.constants.begin(), out.constants.end(),
                  [](const EquilibriumConstant& c) { return !c.complexes.empty(); })) {
    Ligand anion;
    anion.name = MediumName(out.medium);
    anion.provenance = Provenance::kFitted;
    anion.source = "the anion of the flasks";
    out.ligands.push_back(std::move(anion));
  }
  if (options.enthalpy) out.reference_temperature = options.reference_celsius;
  out.validity.medium = text.medium;
  AddRange(result, contacts, &out.validity);
  if (start != nullptr) out.loading_limit = start->loading_limit;
  out.covariance = CovarianceOf(result);
  return out;
}

std::vector<std::string> NotesOn(const FitResult& result, const ExtractantSystem& fitted,
                                 const ExtractantSystem* start) {
  std::vector<std::string> notes;
  for (const Parameter& p : result.parameters) {
    if (!p.at_bound) continue;
    notes.push_back(absl::StrFormat(
        "%s lies at its bound %.4g: the data ask for a value that is not physical; it has no error",
        Describe(p), p.value));
  }
  const auto& before = result.left_out_before;
  if (result.left_out && before && result.left_out->rms >= before->rms) {
    notes.push_back(absl::StrFormat(
        "left out one by one, the sources are predicted with an rms of %.3f of the feed, no better "
        "than with the starting constants (%.3f): they disagree among themselves, and the fit "
        "describes these sources rather than the next one",
        result.left_out->rms, before->rms));
  }
  if (!result.parameters.empty() && result.grouping.design_effect > 2) {
    notes.push_back(absl::StrFormat(
        "residuals of one element in one source correlate (%.2f): the %d values are worth %.0f "
        "independent ones, and the standard errors are wider for it",
        result.grouping.correlation, result.after.values,
        result.after.values / result.grouping.design_effect));
  }
  std::vector<std::string> left_out;
  if (start != nullptr) {
    for (const EquilibriumConstant& constant : start->constants) {
      if (fitted.Find(constant.element) == nullptr) left_out.push_back(constant.element);
    }
  }
  if (!left_out.empty()) {
    notes.push_back(absl::StrCat("not in the data, hence not in the fitted system: ",
                                 absl::StrJoin(left_out, ", ")));
  }
  return notes;
}

}  // namespace raffinate::optimizer::fit
