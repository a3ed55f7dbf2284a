#include "optimizer/fit/fit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "optimizer/fit/least_squares.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer::fit {
namespace {

using Charges = std::map<std::string, double>;

constexpr double kLargestLog10K = 30;
constexpr double kLargestLog10Beta = 3;   // [L/mol]
constexpr double kLargestEnthalpy = 200;  // [kJ/mol]

std::set<std::string> Analysed(std::span<const Contact> contacts) {
  std::set<std::string> out;
  for (const Contact& contact : contacts) {
    for (const ContactMetal& metal : contact.metals) {
      if (metal.raffinate) out.insert(metal.element);
    }
  }
  return out;
}

/// log10 K of each element as single flasks give it: D from the amounts, h and S
/// by balance, at slopes m = z. Only for elements without a constant.
void StartFromBalances(std::span<const Contact> contacts, const Charges& charges,
                       Constants* constants) {
  std::map<std::string, std::vector<double>> found;
  for (const Contact& contact : contacts) {
    double h = contact.initial_h, free_dimer = contact.extractant_dimer;
    for (const ContactMetal& metal : contact.metals) {
      const double z = charges.at(metal.element);
      const double gone = metal.feed - metal.raffinate.value_or(metal.feed);
      h += z * gone;
      free_dimer -= z * gone * contact.aqueous_to_organic;
    }
    h = std::max(h, 1e-6);
    free_dimer = std::max(free_dimer, 0.01 * contact.extractant_dimer);
    for (const ContactMetal& metal : contact.metals) {
      if (!metal.raffinate) continue;
      const double z = charges.at(metal.element);
      // What is lost in the errors of an assay says only that there is little.
      const double left = std::clamp(*metal.raffinate / metal.feed, 0.01, 0.99);
      const double d = (1 - left) / left * contact.aqueous_to_organic;
      found[metal.element].push_back(std::log10(d) + z * std::log10(h) -
                                     z * std::log10(free_dimer));
    }
  }
  for (auto& [element, values] : found) {
    if (constants->contains(element)) continue;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    const double z = charges.at(element);
    (*constants)[element] = {*middle, z, z};
  }
}

/// Elements that share a parameter.
std::vector<std::vector<std::string>> Groups(const std::vector<std::string>& elements,
                                             const Constants& constants, Sharing sharing) {
  std::vector<std::vector<std::string>> groups;
  if (sharing == Sharing::kFixed) return groups;
  std::map<double, std::size_t> by_charge;
  for (const std::string& element : elements) {
    const double z = constants.at(element).charge;
    if (sharing == Sharing::kShared && by_charge.contains(z)) {
      groups[by_charge[z]].push_back(element);
      continue;
    }
    by_charge[z] = groups.size();
    groups.push_back({element});
  }
  return groups;
}

std::vector<Parameter> MakeParameters(std::span<const Contact> contacts, const Constants& constants,
                                      const Options& options) {
  const std::set<std::string> analysed = Analysed(contacts);
  std::vector<std::string> elements;
  for (const std::string& element : analysed) {
    if (options.elements.empty() || std::find(options.elements.begin(), options.elements.end(),
                                              element) != options.elements.end()) {
      elements.push_back(element);
    }
  }
  std::vector<Parameter> out;
  const auto add = [&out](Quantity quantity, std::vector<std::string> of, double lower,
                          double upper, double start) {
    Parameter parameter;
    parameter.quantity = quantity;
    parameter.elements = std::move(of);
    parameter.lower = lower;
    parameter.upper = upper;
    parameter.start = std::clamp(start, lower, upper);
    out.push_back(std::move(parameter));
  };
  if (options.log10_k) {
    for (const std::string& element : elements) {
      add(Quantity::kLog10K, {element}, -kLargestLog10K, kLargestLog10K,
          constants.at(element).log10_k);
    }
  }
  for (const auto& group : Groups(elements, constants, options.slopes)) {
    const MassAction& law = constants.at(group.front());
    add(Quantity::kDimers, group, law.charge / 2, law.charge, law.dimers);
  }
  std::vector<std::string> metals = elements;
  std::erase_if(metals, IsBaseCation);
  for (const auto& group : Groups(metals, constants, options.complexes)) {
    add(Quantity::kLog10Beta, group, -kLargestLog10Beta, kLargestLog10Beta,
        constants.at(group.front()).log10_beta.value_or(0));
  }
  if (options.enthalpy) {
    for (const std::string& element : elements) {
      add(Quantity::kEnthalpy, {element}, -kLargestEnthalpy, kLargestEnthalpy,
          constants.at(element).enthalpy_kj_per_mol);
    }
  }
  return out;
}

void AddErrors(const LeastSquares& fitted, std::span<const Comparison> comparisons,
               FitResult* out) {
  const std::size_t p = fitted.parameters.size();
  out->grouping = GroupResiduals(comparisons);
  out->covariance = fitted.covariance;
  for (double& c : out->covariance) c *= out->grouping.design_effect;
  const auto free = static_cast<double>(
      std::count_if(fitted.parameters.begin(), fitted.parameters.end(),
                    [](const Parameter& parameter) { return !parameter.at_bound; }));
  const auto n = static_cast<double>(comparisons.size());
  out->degrees_of_freedom = n - free;
  out->effective_degrees = n / out->grouping.design_effect - free;
  if (n > free) out->residual_sd = out->after.rms * std::sqrt(n / (n - free));
  const std::optional<double> quantile = StudentQuantile(out->effective_degrees);
  for (std::size_t i = 0; i < p; ++i) {
    Parameter& parameter = out->parameters[i];
    if (parameter.at_bound) continue;
    const double error = std::sqrt(out->covariance[i * p + i]);
    parameter.standard_error = error;
    if (!quantile) continue;
    parameter.low = parameter.value - *quantile * error;
    parameter.high = parameter.value + *quantile * error;
  }
}

template <class Key>
std::vector<Comparison> Of(std::span<const Comparison> all, const Key& key,
                           const std::string& value) {
  std::vector<Comparison> out;
  for (const Comparison& c : all) {
    if (key(c) == value) out.push_back(c);
  }
  return out;
}

/// Predicts the flasks of `source` by what the others give.
absl::Status LeaveOut(std::span<const Contact> contacts, const Constants& start,
                      const Charges& charges, const Options& options, SourceAgreement* source,
                      std::vector<Comparison>* before, std::vector<Comparison>* after) {
  std::vector<Contact> others, own;
  for (const Contact& contact : contacts) {
    (contact.source == source->source ? own : others).push_back(contact);
  }
  if (others.empty()) {
    source->note = "the only source";
    return absl::OkStatus();
  }
  Constants constants = start;
  StartFromBalances(others, charges, &constants);
  for (const Contact& contact : own) {
    for (const ContactMetal& metal : contact.metals) {
      if (constants.contains(metal.element)) continue;
      source->note = absl::StrCat("no other source has ", metal.element);
      return absl::OkStatus();
    }
  }
  const absl::StatusOr<LeastSquares> fitted =
      Minimize(others, constants, MakeParameters(others, constants, options), options, false);
  if (!fitted.ok()) return fitted.status();
  // Of metals that no other source has, there is nothing to test.
  const std::set<std::string> elsewhere = Analysed(others);
  std::set<std::string> untested;
  for (Contact& contact : own) {
    for (ContactMetal& metal : contact.metals) {
      if (!metal.raffinate || elsewhere.contains(metal.element)) continue;
      untested.insert(metal.element);
      metal.raffinate.reset();
    }
  }
  if (!untested.empty()) {
    source->note =
        absl::StrCat("without ", absl::StrJoin(untested, ", "), ", which no other source has");
  }
  const auto compare = [&](const Constants& with) {
    return Compare(own, Equilibrate(own, with, options.reference_celsius, false, options.device));
  };
  const std::vector<Comparison> comparisons = compare(Apply(constants, fitted->parameters));
  if (comparisons.empty()) return absl::OkStatus();
  source->left_out = Agree(comparisons);
  after->insert(after->end(), comparisons.begin(), comparisons.end());
  if (!source->before) return absl::OkStatus();
  const std::vector<Comparison> with_start = compare(start);
  source->left_out_before = Agree(with_start);
  before->insert(before->end(), with_start.begin(), with_start.end());
  return absl::OkStatus();
}

void AddAgreement(std::span<const Contact> contacts, std::span<const Comparison> before,
                  std::span<const Comparison> after, FitResult* out) {
  const auto both = [&](auto key, const std::string& name, std::optional<Agreement>* was,
                        Agreement* is) {
    if (!before.empty()) *was = Agree(Of(before, key, name));
    *is = Agree(Of(after, key, name));
  };
  std::vector<std::string> sources;
  for (const Contact& contact : contacts) {
    if (std::find(sources.begin(), sources.end(), contact.source) == sources.end()) {
      sources.push_back(contact.source);
    }
  }
  for (const std::string& name : sources) {
    SourceAgreement& source = out->sources.emplace_back();
    source.source = name;
    source.contacts = static_cast<int>(std::count_if(
        contacts.begin(), contacts.end(), [&](const Contact& c) { return c.source == name; }));
    both([](const Comparison& c) { return c.source; }, name, &source.before, &source.after);
  }
  for (const std::string& name : Analysed(contacts)) {
    ElementAgreement& element = out->elements.emplace_back();
    element.element = name;
    both([](const Comparison& c) { return c.element; }, name, &element.before, &element.after);
  }
}

}  // namespace

absl::StatusOr<FitResult> Fit(std::span<const Contact> contacts, const Constants& start,
                              const std::map<std::string, double>& charges,
                              const Options& options) {
  Constants constants = start;
  StartFromBalances(contacts, charges, &constants);
  // A start is "before" only where every constant was given.
  const bool given = constants.size() == start.size();
  const absl::StatusOr<LeastSquares> fitted =
      Minimize(contacts, constants, MakeParameters(contacts, constants, options), options, true);
  if (!fitted.ok()) return fitted.status();

  FitResult out;
  out.parameters = fitted->parameters;
  out.constants = Apply(constants, out.parameters);
  out.iterations = fitted->iterations;
  const auto solve = [&](const Constants& with) {
    return Equilibrate(contacts, with, options.reference_celsius, false, options.device);
  };
  out.flasks = solve(out.constants);
  const std::vector<Comparison> after = Compare(contacts, out.flasks);
  out.after = Agree(after);
  std::vector<Comparison> before;
  if (given) {
    out.flasks_before = solve(start);
    before = Compare(contacts, out.flasks_before);
    out.before = Agree(before);
  }
  AddErrors(*fitted, after, &out);
  AddAgreement(contacts, before, after, &out);
  if (!options.leave_one_source_out || out.parameters.empty()) return out;
  std::vector<Comparison> left_out_before, left_out;
  for (SourceAgreement& source : out.sources) {
    if (const absl::Status status =
            LeaveOut(contacts, start, charges, options, &source, &left_out_before, &left_out);
        !status.ok()) {
      return status;
    }
  }
  if (!left_out.empty()) out.left_out = Agree(left_out);
  if (!left_out_before.empty()) out.left_out_before = Agree(left_out_before);
  return out;
}

}  // namespace raffinate::optimizer::fit
