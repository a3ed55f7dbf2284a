// What makes contacts and options of a fit good or bad.
#include <cmath>
#include <set>

#include "absl/strings/str_cat.h"
#include "optimizer/fit/fit.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer::fit {
namespace {

constexpr double kAbsoluteZero = -273.15;

class Examination {
 public:
  Examination(const Constants& start, const std::map<std::string, double>& charges)
      : start_(start), charges_(charges) {
    for (const auto& [element, charge] : charges) known_.push_back(element);
  }

  void Add(std::string field, std::string description) {
    violations_.push_back({std::move(field), std::move(description)});
  }

  void Positive(double value, const std::string& field, bool zero) {
    if (std::isfinite(value) && (value > 0 || (zero && value == 0))) return;
    Add(field, absl::StrCat("found ", value, "; it must be ", zero ? "0 or more" : "above 0"));
  }

  void Metal(const ContactMetal& metal, const std::string& at) {
    if (!charges_.contains(metal.element)) {
      Add(at + ".element", Unknown("element", metal.element, known_));
      return;
    }
    Positive(metal.feed, at + ".feed_mol_per_l", false);
    if (metal.raffinate) Positive(*metal.raffinate, at + ".raffinate_mol_per_l", true);
    if (!fitted.contains(metal.element) && !start_.contains(metal.element)) {
      Add(at + ".element",
          absl::StrCat(
              "the fit does not give log10 K of ", metal.element,
              ", and no constants of it are given; name an extractant system that has it"));
    }
  }

  void One(const Contact& contact, const std::string& at) {
    Positive(contact.initial_h, at + ".initial_h_mol_per_l", true);
    Positive(contact.extractant_dimer, at + ".extractant_mol_per_l", false);
    Positive(contact.aqueous_to_organic, at + ".aqueous_to_organic", false);
    if (contact.celsius && !(std::isfinite(*contact.celsius) && *contact.celsius > kAbsoluteZero)) {
      Add(at + ".temperature_celsius",
          absl::StrCat("found ", *contact.celsius, "; it must be above ", kAbsoluteZero));
    }
    if (contact.source.empty()) {
      Add(at + ".source", "missing; say whose measurement it is: errors are shared by source");
    }
    if (contact.metals.empty()) Add(at + ".metals", "none found; a flask needs at least one metal");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < contact.metals.size(); ++i) {
      const std::string metal = absl::StrCat(at, ".metals[", i, "]");
      if (!seen.insert(contact.metals[i].element).second) {
        Add(metal + ".element", absl::StrCat("'", contact.metals[i].element, "' is given twice"));
      }
      Metal(contact.metals[i], metal);
    }
  }

  void OfOptions(const Options& options, bool temperatures) {
    if (!(options.loss_scale > 0 && std::isfinite(options.loss_scale))) {
      Add("loss_scale", absl::StrCat("found ", options.loss_scale, "; it must be above 0"));
    }
    if (!(options.reference_celsius > kAbsoluteZero && std::isfinite(options.reference_celsius))) {
      Add("reference_temperature_celsius",
          absl::StrCat("found ", options.reference_celsius, "; it must be above ", kAbsoluteZero));
    }
    if (options.enthalpy && !temperatures) {
      Add("enthalpy",
          "asked for, but the contacts do not have two temperatures; give temperature_celsius");
    }
    for (std::size_t i = 0; i < options.elements.size(); ++i) {
      if (analysed.contains(options.elements[i])) continue;
      Add(absl::StrCat("elements[", i, "]"),
          Unknown("analysed element", options.elements[i], {analysed.begin(), analysed.end()}));
    }
  }

  std::set<std::string> analysed;  ///< in any flask
  std::set<std::string> fitted;    ///< whose log10 K the fit gives

  Violations Take() { return std::move(violations_); }

 private:
  const Constants& start_;
  const std::map<std::string, double>& charges_;
  std::vector<std::string> known_;
  Violations violations_;
};

}  // namespace

Violations Check(std::span<const Contact> contacts, const Constants& start,
                 const std::map<std::string, double>& charges, const Options& options) {
  Examination examination(start, charges);
  std::set<double> temperatures;
  for (const Contact& contact : contacts) {
    if (contact.celsius) temperatures.insert(*contact.celsius);
    for (const ContactMetal& metal : contact.metals) {
      if (metal.raffinate) examination.analysed.insert(metal.element);
    }
  }
  if (options.log10_k) {
    examination.fitted = options.elements.empty()
                             ? examination.analysed
                             : std::set(options.elements.begin(), options.elements.end());
  }
  if (contacts.empty()) examination.Add("contacts", "none found; a fit needs flasks");
  for (std::size_t c = 0; c < contacts.size(); ++c) {
    examination.One(contacts[c], absl::StrCat("contacts[", c, "]"));
  }
  examination.OfOptions(options, temperatures.size() > 1);
  return examination.Take();
}

}  // namespace raffinate::optimizer::fit
