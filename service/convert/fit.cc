#include "service/convert/fit.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/convert/path.h"

namespace raffinate::service {
namespace {

namespace fit = optimizer::fit;
using Request = v1::FitExtractantSystemRequest;

constexpr int kMostContacts = 20000;

constexpr std::pair<Request::Loss, fit::Loss> kLosses[] = {
    {Request::LOSS_SQUARES, fit::Loss::kSquares},
    {Request::LOSS_HUBER, fit::Loss::kHuber},
    {Request::LOSS_SOFT_L1, fit::Loss::kSoftL1},
    {Request::LOSS_CAUCHY, fit::Loss::kCauchy},
};

constexpr std::pair<Request::Slopes, fit::Sharing> kSlopes[] = {
    {Request::SLOPES_FIXED, fit::Sharing::kFixed},
    {Request::SLOPES_SHARED, fit::Sharing::kShared},
    {Request::SLOPES_PER_ELEMENT, fit::Sharing::kPerElement},
};
constexpr std::pair<Request::Complexes, fit::Sharing> kComplexes[] = {
    {Request::COMPLEXES_FIXED, fit::Sharing::kFixed},
    {Request::COMPLEXES_SHARED, fit::Sharing::kShared},
    {Request::COMPLEXES_PER_ELEMENT, fit::Sharing::kPerElement},
};

template <class Table, class Wire, class Model>
void ReadEnum(const Table& table, Wire found, const char* field, const char* known, Model* model,
              optimizer::Violations* violations) {
  for (const auto& [wire, value] : table) {
    if (found != wire) continue;
    *model = value;
    return;
  }
  UnknownEnum(found, field, known, violations);
}

fit::Contact FromProto(const v1::Contact& proto) {
  fit::Contact out;
  out.source = proto.source();
  out.initial_h = proto.initial_h_mol_per_l();
  out.extractant_dimer = proto.extractant_mol_per_l() / 2;
  if (proto.has_aqueous_to_organic()) out.aqueous_to_organic = proto.aqueous_to_organic();
  if (proto.has_temperature_celsius()) out.celsius = proto.temperature_celsius();
  for (const v1::ContactMetal& metal : proto.metals()) {
    auto& to = out.metals.emplace_back();
    to.element = metal.element();
    to.feed = metal.feed_mol_per_l();
    if (metal.has_raffinate_mol_per_l()) to.raffinate = metal.raffinate_mol_per_l();
  }
  return out;
}

v1::Agreement ToProto(const fit::Agreement& model) {
  v1::Agreement out;
  out.set_values(model.values);
  out.set_rms_of_feed(model.rms);
  out.set_bias_of_feed(model.bias);
  out.set_largest_of_feed(model.largest);
  out.set_r_squared(model.r_squared);
  return out;
}

template <class Message>
void AddAgreement(const std::optional<fit::Agreement>& before, const fit::Agreement& after,
                  Message* out) {
  if (before) *out->mutable_before() = ToProto(*before);
  *out->mutable_after() = ToProto(after);
}

template <class Message, class Model>
void AddLeftOut(const Model& model, Message* out) {
  if (model.left_out) *out->mutable_left_out() = ToProto(*model.left_out);
  if (model.left_out_before) *out->mutable_left_out_before() = ToProto(*model.left_out_before);
}

std::string NameOf(const fit::Parameter& parameter) {
  switch (parameter.quantity) {
    case fit::Quantity::kLog10K:
      return parameter.elements.front() + ".log10_k";
    case fit::Quantity::kDimers:
      return parameter.elements.size() > 1 ? "dimers" : parameter.elements.front() + ".dimers";
    case fit::Quantity::kLog10Beta:
      return parameter.elements.size() > 1 ? "log10_beta"
                                           : parameter.elements.front() + ".log10_beta";
    case fit::Quantity::kEnthalpy:
      return parameter.elements.front() + ".enthalpy";
  }
  return "";
}

v1::FittedParameter ToProto(const fit::Parameter& model) {
  v1::FittedParameter out;
  out.set_name(NameOf(model));
  for (const std::string& element : model.elements) out.add_elements(element);
  out.set_start(model.start);
  out.set_value(model.value);
  if (model.standard_error) out.set_standard_error(*model.standard_error);
  if (model.low) out.set_low(*model.low);
  if (model.high) out.set_high(*model.high);
  out.set_lower_bound(model.lower);
  out.set_upper_bound(model.upper);
  out.set_at_bound(model.at_bound);
  return out;
}

}  // namespace

FitInput FromProto(const Request& proto, optimizer::Violations* violations) {
  FitInput out;
  if (proto.contacts_size() > kMostContacts) {
    violations->push_back({"contacts", absl::StrCat("found ", proto.contacts_size(), "; at most ",
                                                    kMostContacts, " are taken")});
    return out;
  }
  for (const v1::Contact& contact : proto.contacts()) out.contacts.push_back(FromProto(contact));
  fit::Options& options = out.options;
  options.log10_k = proto.log10_k();
  ReadEnum(kSlopes, proto.slopes(), "slopes", "SLOPES_FIXED, SLOPES_SHARED, SLOPES_PER_ELEMENT",
           &options.slopes, violations);
  ReadEnum(kComplexes, proto.complexes(), "complexes",
           "COMPLEXES_FIXED, COMPLEXES_SHARED, COMPLEXES_PER_ELEMENT", &options.complexes,
           violations);
  options.enthalpy = proto.enthalpy();
  options.elements.assign(proto.elements().begin(), proto.elements().end());
  ReadEnum(kLosses, proto.loss(), "loss", "LOSS_SQUARES, LOSS_HUBER, LOSS_SOFT_L1, LOSS_CAUCHY",
           &options.loss, violations);
  if (proto.has_loss_scale()) options.loss_scale = proto.loss_scale();
  if (proto.has_reference_temperature_celsius()) {
    options.reference_celsius = proto.reference_temperature_celsius();
  }
  out.text = {proto.system_name().empty() ? "fitted" : proto.system_name(), proto.source(),
              proto.doi(), proto.medium()};
  if (proto.source().empty()) {
    violations->push_back({"source", "is missing; say where the data come from"});
  }
  if (proto.medium().empty()) {
    violations->push_back({"medium", "is missing; say what the aqueous was, as in \"chloride\""});
  }
  return out;
}

v1::FitExtractantSystemResponse ToProto(const fit::FitResult& result,
                                        std::span<const fit::Contact> contacts) {
  v1::FitExtractantSystemResponse out;
  for (const fit::Parameter& parameter : result.parameters) {
    *out.add_parameters() = ToProto(parameter);
  }
  AddAgreement(result.before, result.after, &out);
  AddLeftOut(result, &out);
  for (const fit::SourceAgreement& source : result.sources) {
    v1::SourceAgreement* to = out.add_sources();
    to->set_source(source.source);
    to->set_contacts(source.contacts);
    AddAgreement(source.before, source.after, to);
    AddLeftOut(source, to);
    to->set_note(source.note);
  }
  for (const fit::ElementAgreement& element : result.elements) {
    v1::ElementAgreement* to = out.add_elements();
    to->set_element(element.element);
    AddAgreement(element.before, element.after, to);
  }
  for (std::size_t c = 0; c < contacts.size(); ++c) {
    const fit::Flask& flask = result.flasks[c];
    for (std::size_t i = 0; i < contacts[c].metals.size(); ++i) {
      const fit::ContactMetal& metal = contacts[c].metals[i];
      if (!metal.raffinate) continue;
      v1::FitResidual* to = out.add_residuals();
      to->set_contact(static_cast<int>(c));
      to->set_element(metal.element);
      to->set_measured_mol_per_l(*metal.raffinate);
      if (!result.flasks_before.empty() && result.flasks_before[c].solved) {
        to->set_before_mol_per_l(result.flasks_before[c].aqueous[i]);
      }
      to->set_fitted_mol_per_l(flask.aqueous[i]);
      to->set_error_of_feed((flask.aqueous[i] - *metal.raffinate) / metal.feed);
      to->set_ph(flask.ph);
      to->set_loading(flask.loading);
    }
  }
  out.set_degrees_of_freedom(result.degrees_of_freedom);
  out.set_effective_degrees_of_freedom(result.effective_degrees);
  out.set_residual_sd(result.residual_sd);
  out.set_intraclass_correlation(result.grouping.correlation);
  out.set_design_effect(result.grouping.design_effect);
  return out;
}

}  // namespace raffinate::service
