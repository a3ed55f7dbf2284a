#include "optimizer/fit/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/optimizer/fit/flasks.h"

namespace raffinate::optimizer::fit {
namespace {

using ::testing::HasSubstr;

Constants Sodium() { return {{"Na", Truth().at("Na")}}; }

Options Everything() {
  Options options;
  options.slopes = Sharing::kPerElement;
  options.enthalpy = true;
  options.leave_one_source_out = false;
  return options;
}

const Parameter& Find(const FitResult& result, Quantity quantity, const std::string& element) {
  for (const Parameter& p : result.parameters) {
    if (p.quantity == quantity && p.elements.front() == element) return p;
  }
  ADD_FAILURE() << "no such parameter";
  return result.parameters.front();
}

// From flasks without noise, without any guess.
TEST(Fit, RecoversConstantsSlopesAndEnthalpies) {
  const auto result = Fit(Flasks(Truth(), 0, 1), Sodium(), Charges(), Everything());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->parameters.size(), 9u);
  EXPECT_LT(result->after.rms, 1e-7);
  EXPECT_FALSE(result->before.has_value());
  for (const char* element : {"La", "Nd", "Dy"}) {
    const MassAction truth = Truth().at(element);
    EXPECT_NEAR(result->constants.at(element).log10_k, truth.log10_k, 1e-4) << element;
    EXPECT_NEAR(result->constants.at(element).dimers, truth.dimers, 1e-4) << element;
    EXPECT_NEAR(result->constants.at(element).enthalpy_kj_per_mol, truth.enthalpy_kj_per_mol, 1e-2)
        << element;
  }
}

TEST(Fit, RecoversComplexes) {
  Constants truth = Truth();
  for (const char* element : {"La", "Nd", "Dy"}) truth[element].log10_beta = 0.35;
  Options options;
  options.leave_one_source_out = false;
  options.complexes = Sharing::kShared;
  Constants start = truth;
  for (auto& [element, law] : start) law.log10_beta.reset();
  const auto result = Fit(Flasks(truth, 0, 1), start, Charges(), options);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_LT(result->after.rms, 1e-7);
  const Parameter& beta = Find(*result, Quantity::kLog10Beta, "Dy");
  EXPECT_EQ(beta.elements.size(), 3u);
  EXPECT_NEAR(beta.value, 0.35, 1e-4);
  for (const char* element : {"La", "Nd", "Dy"}) {
    EXPECT_NEAR(result->constants.at(element).log10_k, truth.at(element).log10_k, 1e-4);
  }
  // Without them, the same flasks do not agree.
  options.complexes = Sharing::kFixed;
  const auto plain = Fit(Flasks(truth, 0, 1), start, Charges(), options);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_GT(plain->after.rms, 1e-3);
}

TEST(Fit, SharesOneSlopeAmongMetalsOfOneCharge) {
  Options options = Everything();
  options.slopes = Sharing::kShared;
  const auto result = Fit(Flasks(Truth(), 0, 1), Sodium(), Charges(), options);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->parameters.size(), 7u);
  const Parameter& slope = Find(*result, Quantity::kDimers, "Dy");
  EXPECT_EQ(slope.elements.size(), 3u);
  EXPECT_NEAR(slope.value, 2.7, 1e-4);
}

// Errors of known size: the truth lies within the intervals as often as they say.
TEST(Fit, IntervalsCoverTheTruth) {
  constexpr unsigned kSeed = 20261122;
  std::printf("seed %u\n", kSeed);
  int inside = 0, all = 0;
  double scatter = 0, stated = 0;
  Options options = Everything();
  options.slopes = Sharing::kShared;
  options.enthalpy = false;
  Constants truth = Truth();
  for (auto& [element, law] : truth) law.enthalpy_kj_per_mol = 0;
  for (unsigned i = 0; i < 40; ++i) {
    const auto result = Fit(Flasks(truth, 0.01, kSeed + i), Sodium(), Charges(), options);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_NEAR(result->residual_sd, 0.01, 0.004);
    for (const Parameter& p : result->parameters) {
      if (p.quantity != Quantity::kLog10K) continue;
      const double error = p.value - truth.at(p.elements.front()).log10_k;
      scatter += error * error;
      stated += *p.standard_error * *p.standard_error;
      ++all;
      if (std::fabs(error) <= *p.high - p.value) ++inside;
    }
  }
  EXPECT_GE(inside, 0.88 * all);
  EXPECT_NEAR(std::sqrt(scatter / stated), 1, 0.35);
}

TEST(Fit, AWildValueMovesARobustFitLess) {
  std::vector<Contact> contacts = Flasks(Truth(), 0.003, 7);
  contacts[4].metals[1].raffinate = contacts[4].metals[1].feed * 1.8;
  Options options = Everything();
  const auto squares = Fit(contacts, Sodium(), Charges(), options);
  ASSERT_TRUE(squares.ok());
  const auto error = [](const FitResult& result) {
    return std::fabs(result.constants.at("Nd").log10_k - Truth().at("Nd").log10_k);
  };
  for (const Loss loss : {Loss::kHuber, Loss::kSoftL1, Loss::kCauchy}) {
    options.loss = loss;
    options.loss_scale = 0.01;
    const auto robust = Fit(contacts, Sodium(), Charges(), options);
    ASSERT_TRUE(robust.ok());
    EXPECT_LT(error(*robust), error(*squares) / 3);
  }
}

TEST(Fit, StopsAtTheBoundOfTheSlope) {
  Constants truth = Truth();
  for (auto& [element, law] : truth) {
    if (law.charge == 3) law.dimers = 3.6;
  }
  Options options = Everything();
  options.slopes = Sharing::kShared;
  const auto result = Fit(Flasks(truth, 0, 1), Sodium(), Charges(), options);
  ASSERT_TRUE(result.ok()) << result.status();
  const Parameter& slope = Find(*result, Quantity::kDimers, "Dy");
  EXPECT_TRUE(slope.at_bound);
  EXPECT_NEAR(slope.value, 3, 1e-5);
  EXPECT_FALSE(slope.standard_error.has_value());
  EXPECT_TRUE(Find(*result, Quantity::kLog10K, "La").standard_error.has_value());
}

// Traces in one organic: K and m cannot be told apart.
TEST(Fit, NamesWhatTheDataDoNotDetermine) {
  std::vector<Contact> contacts;
  for (const double h : {0.05, 0.1, 0.2}) {
    Contact contact;
    contact.source = "one";
    contact.initial_h = h;
    contact.extractant_dimer = 0.25;
    contact.metals = {{"Nd", 1e-7, 0.0}};
    contacts.push_back(contact);
  }
  const auto flasks = Equilibrate(contacts, Truth(), 25, false, {});
  for (std::size_t c = 0; c < contacts.size(); ++c) {
    contacts[c].metals[0].raffinate = flasks[c].aqueous[0];
  }
  Options options;
  options.slopes = Sharing::kShared;
  const auto result = Fit(contacts, {}, Charges(), options);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("log10 K of Nd and m of Nd"));
}

// Two sources agree, the third is shifted: it is predicted badly, the fit with it looks
// better than that.
TEST(Fit, LeavingASourceOutShowsTheOneThatDisagrees) {
  std::vector<Contact> contacts = Flasks(Truth(), 0.002, 3);
  Constants other = Truth();
  for (auto& [element, law] : other) law.log10_k += 0.5;
  std::vector<Contact> shifted = Flasks(other, 0.002, 4);
  for (std::size_t c = 0; c < contacts.size(); ++c) {
    if (contacts[c].source == "source c") contacts[c] = shifted[c];
  }
  Options options;
  options.leave_one_source_out = true;
  const auto result = Fit(contacts, Truth(), Charges(), options);
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->sources.size(), 3u);
  for (const SourceAgreement& source : result->sources) {
    ASSERT_TRUE(source.left_out && source.left_out_before) << source.note;
    EXPECT_GE(source.left_out->rms, source.after.rms) << source.source;
    EXPECT_LE(source.left_out->rms, result->sources[2].left_out->rms + 1e-12);
  }
  EXPECT_EQ(result->sources[2].source, "source c");
  EXPECT_GT(result->left_out->rms, 1.2 * result->after.rms);
}

TEST(Fit, ComparesWithoutFittingAnything) {
  Options options;
  options.log10_k = false;
  const auto result = Fit(Flasks(Truth(), 0.01, 5), Truth(), Charges(), options);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->parameters.empty());
  EXPECT_EQ(result->before->rms, result->after.rms);
}

TEST(Fit, ChecksFlasksAndOptions) {
  std::vector<Contact> contacts = Flasks(Truth(), 0, 1);
  contacts[0].extractant_dimer = 0;
  contacts[1].metals[0].element = "Lq";
  contacts[2].metals[1].element = "La";
  contacts[3].source = "";
  for (Contact& contact : contacts) contact.celsius.reset();
  Options options = Everything();
  options.elements = {"La", "Nd"};
  options.loss_scale = 0;
  std::vector<std::string> fields;
  for (const Violation& v : Check(contacts, {}, Charges(), options)) fields.push_back(v.field);
  for (const char* field : {"contacts[0].extractant_mol_per_l", "contacts[1].metals[0].element",
                            "contacts[2].metals[1].element", "contacts[3].source", "enthalpy",
                            "loss_scale", "contacts[0].metals[3].element"}) {
    EXPECT_THAT(fields, testing::Contains(field));
  }
  EXPECT_TRUE(Check(Flasks(Truth(), 0, 1), Sodium(), Charges(), Everything()).empty());
}

TEST(Fit, CanBeCancelled) {
  const std::atomic<bool> cancel{true};
  Options options = Everything();
  options.cancel = &cancel;
  const auto result = Fit(Flasks(Truth(), 0.01, 1), Sodium(), Charges(), options);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace raffinate::optimizer::fit
