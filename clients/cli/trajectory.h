// A transient as tables for people and as CSV.
#pragma once

#include <string>
#include <vector>

#include "raffinate/v1/dynamics.pb.h"

namespace raffinate::cli {

struct Trajectory {
  v1::Flowsheet question;
  std::vector<v1::DynamicState> states;
};

/// Purity of each product now and of what was collected, pH at both ends, what
/// the plant holds and what leaves. Of more than `max_rows` states that many are
/// shown, evenly spaced; 0: all.
std::string TrajectoryTables(const Trajectory& trajectory, int max_rows);

/// How it ended: when products met their demands, steps, balance, flags.
std::string DescribeEnd(const v1::DynamicSummary& summary);

/// Everything of every state but the profiles, in full precision.
std::string TrajectoryCsv(const Trajectory& trajectory);

}  // namespace raffinate::cli
