#include "clients/cli/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace raffinate::cli {
namespace {

using Lines = std::vector<std::string>;

// The log of a client that is told `told` when it watches again.
Lines Joined(Lines log, const Lines& told) {
  v1::WatchOptimizationResponse response;
  for (const std::string& line : told) response.add_log(line);
  JoinLog(response.log(), &log);
  return log;
}

TEST(Log, KeepsWhatTheServerKeepsNoMore) {
  EXPECT_EQ(Joined({}, {"a", "b"}), Lines({"a", "b"}));
  EXPECT_EQ(Joined({"a", "b", "c"}, {"b", "c", "d"}), Lines({"a", "b", "c", "d"}));
  EXPECT_EQ(Joined({"a", "b"}, {"d"}), Lines({"a", "b", "d"}));
  EXPECT_EQ(Joined({"a", "b"}, {}), Lines({"a", "b"}));
}

TEST(Log, WhatAKilledServerDidNotSaveGoes) {
  EXPECT_EQ(Joined({"a", "b", "c", "d"}, {"b", "resumed", "c"}), Lines({"a", "b", "resumed", "c"}));
}

TEST(Log, LinesMayBeAlike) {
  EXPECT_EQ(Joined({"saved", "a", "saved", "b"}, {"saved", "b", "c"}),
            Lines({"saved", "a", "saved", "b", "c"}));
}

}  // namespace
}  // namespace raffinate::cli
