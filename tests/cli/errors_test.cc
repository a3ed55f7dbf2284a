// How many problems there are where a server tells only the first.
#include "clients/cli/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "clients/common/error_details.h"
#include "service/rpc/errors.h"

namespace raffinate::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

template <class... Arguments>
std::string Told(const Arguments&... arguments) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(ReportStatus(arguments...), kBadInput);
  return testing::internal::GetCapturedStderr();
}

TEST(Errors, WhatTheServerLeftOutCounts) {
  optimizer::Violations violations;
  for (int i = 0; i < 200; ++i) {
    violations.push_back({absl::StrCat("flowsheet.streams[", i, "].name"), std::string(100, 'x')});
  }
  const grpc::Status status = service::InvalidArgument(violations);
  ASSERT_LT(clients::DecodeErrorDetails(status).field_violations.size(), violations.size());
  EXPECT_THAT(Told(status), AllOf(HasSubstr("more problems from here on"),
                                  HasSubstr("raffinate: 200 problems in the request\n")));
  service::FlowsheetFile file;
  file.path = "plant.yaml";
  EXPECT_THAT(Told(status, file), HasSubstr("raffinate: 200 problems in the input; "));
}

TEST(Errors, OneProblemIsOne) {
  const grpc::Status status = service::InvalidArgument({{"name", "is missing"}});
  EXPECT_THAT(Told(status), HasSubstr("raffinate: 1 problem in the request\n"));
  // Another server may say something else first.
  EXPECT_THAT(Told(grpc::Status(status.error_code(), "3rd is wrong", status.error_details())),
              HasSubstr("raffinate: 1 problem in the request\n"));
}

}  // namespace
}  // namespace raffinate::cli
