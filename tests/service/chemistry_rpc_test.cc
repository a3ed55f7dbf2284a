#include <cmath>

#include "tests/service/rpc_fixture.h"

namespace raffinate::service {
namespace {

using ChemistryRpc = RpcTest;
using ::testing::HasSubstr;

TEST_P(ChemistryRpc, ListsSystemsByNameInPages) {
  std::vector<std::string> names;
  std::string token;
  int pages = 0;
  do {
    grpc::ClientContext context;
    v1::ListExtractantSystemsRequest request;
    request.set_page_size(2);
    request.set_page_token(token);
    v1::ListExtractantSystemsResponse response;
    ASSERT_TRUE(chemistry_->ListExtractantSystems(&context, request, &response).ok());
    for (const auto& system : response.extractant_systems()) names.push_back(system.name());
    token = response.next_page_token();
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(pages, 2);
  EXPECT_EQ(names, (std::vector<std::string>{"Cyanex272-HCl", "D2EHPA-HCl", "P507-HCl"}));
}

TEST_P(ChemistryRpc, GetsASystemWithItsConstants) {
  grpc::ClientContext context;
  v1::GetExtractantSystemRequest request;
  request.set_name("P507-HCl");
  v1::ExtractantSystem system;
  ASSERT_TRUE(chemistry_->GetExtractantSystem(&context, request, &system).ok());
  ASSERT_EQ(system.constants_size(), 1);
  EXPECT_EQ(system.constants(0).log10_k(), 1.5);
  EXPECT_EQ(system.constants(0).provenance(), v1::EquilibriumConstant::MEASURED);
}

TEST_P(ChemistryRpc, NamesTheNearestSystem) {
  grpc::ClientContext context;
  v1::GetExtractantSystemRequest request;
  request.set_name("p570-hcl");
  v1::ExtractantSystem system;
  const grpc::Status status = chemistry_->GetExtractantSystem(&context, request, &system);
  ExpectError(status, grpc::StatusCode::NOT_FOUND, "EXTRACTANT_SYSTEM_NOT_FOUND");
  EXPECT_THAT(status.error_message(), HasSubstr("P507-HCl"));
}

TEST_P(ChemistryRpc, EvaluatesASystemOfTheClient) {
  v1::EvaluateExtractantSystemRequest request;
  auto* system = request.mutable_extractant_system();
  system->set_name("mine");
  system->set_law(v1::ExtractantSystem::CONSTANT_D);
  system->set_source("a test");
  for (const auto& [element, d] : {std::pair("Pr", 2.0), std::pair("Nd", 3.0)}) {
    auto* constant = system->add_constants();
    constant->set_element(element);
    constant->set_d(d);
    constant->set_source("a test");
  }
  {
    grpc::ClientContext context;
    v1::EvaluateExtractantSystemResponse response;
    const grpc::Status status = chemistry_->EvaluateExtractantSystem(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(response.elements_size(), 2);
    EXPECT_NEAR(response.elements(1).separation_factor(), 1.5, 1e-12);
    EXPECT_EQ(response.weakest_class(), v1::EquilibriumConstant::ASSUMED);
  }
  system->mutable_constants(1)->set_d(-3);
  grpc::ClientContext context;
  v1::EvaluateExtractantSystemResponse response;
  const grpc::Status status = chemistry_->EvaluateExtractantSystem(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto details = clients::DecodeErrorDetails(status);
  ASSERT_EQ(details.field_violations.size(), 1u);
  EXPECT_EQ(details.field_violations[0].field, "extractant_system.constants[1].d");
}

TEST_P(ChemistryRpc, EvaluatesNoSystemThatItDoesNotKnow) {
  grpc::ClientContext context;
  v1::EvaluateExtractantSystemRequest request;
  request.set_name("p570-hcl");
  v1::EvaluateExtractantSystemResponse response;
  ExpectError(chemistry_->EvaluateExtractantSystem(&context, request, &response),
              grpc::StatusCode::NOT_FOUND, "EXTRACTANT_SYSTEM_NOT_FOUND");
}

// Traces: free acid and free extractant stay what they were.
v1::FitExtractantSystemRequest TraceFlasks(double log10_k) {
  v1::FitExtractantSystemRequest request;
  request.set_source("a test");
  request.set_medium("chloride");
  request.set_log10_k(true);
  for (const double h : {0.1, 0.2, 0.3}) {
    v1::Contact* contact = request.add_contacts();
    contact->set_source("a test");
    contact->set_initial_h_mol_per_l(h);
    contact->set_extractant_mol_per_l(1);
    v1::ContactMetal* metal = contact->add_metals();
    metal->set_element("Nd");
    metal->set_feed_mol_per_l(1e-8);
    metal->set_raffinate_mol_per_l(1e-8 / (1 + std::pow(10, log10_k) * std::pow(0.5 / h, 3)));
  }
  return request;
}

TEST_P(ChemistryRpc, FitsASystem) {
  grpc::ClientContext context;
  v1::FitExtractantSystemResponse response;
  const grpc::Status status =
      chemistry_->FitExtractantSystem(&context, TraceFlasks(-1.7), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.parameters_size(), 1);
  EXPECT_EQ(response.parameters(0).name(), "Nd.log10_k");
  EXPECT_NEAR(response.parameters(0).value(), -1.7, 1e-5);
  EXPECT_EQ(response.residuals_size(), 3);
  const v1::ExtractantSystem& system = response.extractant_system();
  EXPECT_EQ(system.name(), "fitted");
  EXPECT_EQ(system.constants(0).provenance(), v1::EquilibriumConstant::FITTED);
  ASSERT_EQ(system.covariance_size(), 1);
  EXPECT_EQ(system.covariance(0).parameter(), "Nd.log10_k");

  // What it gives is good enough to be evaluated.
  v1::EvaluateExtractantSystemRequest evaluate;
  *evaluate.mutable_extractant_system() = system;
  grpc::ClientContext second;
  v1::EvaluateExtractantSystemResponse evaluation;
  const grpc::Status evaluated =
      chemistry_->EvaluateExtractantSystem(&second, evaluate, &evaluation);
  EXPECT_TRUE(evaluated.ok()) << evaluated.error_message();
}

TEST_P(ChemistryRpc, SaysWhatCannotBeFitted) {
  v1::FitExtractantSystemRequest request = TraceFlasks(-1.7);
  request.set_slopes(v1::FitExtractantSystemRequest::SLOPES_SHARED);
  v1::FitExtractantSystemResponse response;
  {
    grpc::ClientContext context;
    ExpectError(chemistry_->FitExtractantSystem(&context, request, &response),
                grpc::StatusCode::FAILED_PRECONDITION, "NOT_DETERMINED");
  }
  request.mutable_contacts(1)->mutable_metals(0)->set_feed_mol_per_l(-1);
  request.clear_medium();
  grpc::ClientContext context;
  const grpc::Status status = chemistry_->FitExtractantSystem(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto details = clients::DecodeErrorDetails(status);
  ASSERT_FALSE(details.field_violations.empty());
  EXPECT_EQ(details.field_violations[0].field, "medium");
}

TEST_P(ChemistryRpc, ListsFeeds) {
  grpc::ClientContext context;
  v1::ListFeedsResponse response;
  ASSERT_TRUE(chemistry_->ListFeeds(&context, {}, &response).ok());
  ASSERT_EQ(response.feeds_size(), 1);
  EXPECT_EQ(response.feeds(0).metals_size(), 2);
  EXPECT_EQ(response.next_page_token(), "");
}

TEST_P(ChemistryRpc, RefusesTokensOfOtherLists) {
  v1::ListExtractantSystemsResponse systems;
  {
    grpc::ClientContext context;
    v1::ListExtractantSystemsRequest request;
    request.set_page_size(1);
    ASSERT_TRUE(chemistry_->ListExtractantSystems(&context, request, &systems).ok());
  }
  for (const std::string& token : {systems.next_page_token(), std::string("nonsense")}) {
    grpc::ClientContext context;
    v1::ListFeedsRequest request;
    request.set_page_token(token);
    v1::ListFeedsResponse feeds;
    ExpectError(chemistry_->ListFeeds(&context, request, &feeds),
                grpc::StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN");
  }
}

RAFFINATE_ON_BOTH_TRANSPORTS(ChemistryRpc);

}  // namespace
}  // namespace raffinate::service
