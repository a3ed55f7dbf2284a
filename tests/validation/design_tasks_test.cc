// Design tasks with a published answer, solved by the product from the files of
// examples/ with fewer evaluations than they allow.
#include <atomic>

#include "tests/validation/example.h"

namespace raffinate::validation {
namespace {

using optimizer::SimulationResult;

std::vector<SimulationResult> Optimize(const std::string& name, long long evaluations) {
  optimizer::Flowsheet flowsheet = Load(name, optimizer::Purpose::kOptimize);
  flowsheet.search.max_evaluations = evaluations;
  auto run = optimizer::OptimizationRun::Create(flowsheet, KnownChemistry(), kernels::Device());
  EXPECT_TRUE(run.ok()) << run.status();
  const std::atomic<bool> never{false};
  while ((*run)->Step(never)) {
  }
  return (*run)->Finish();
}

bool MeetsDemands(const SimulationResult& result) {
  for (const auto& flag : result.flags) {
    if (flag.code == "DEMANDS_NOT_MET") return false;
  }
  return true;
}

// The textbook's optimum over S alone is Phi = S (n + m) = 114.
TEST(DesignTasks, ThreeOutletCascadeNeedsNoMoreThanThePublishedInventory) {
  const auto set = Optimize("gd-eu-sm-optimize.yaml", 60000);
  ASSERT_FALSE(set.empty());
  ASSERT_TRUE(MeetsDemands(set.front()));
  RecordProperty("phi", std::to_string(set.front().figures.stage_flow_m3_per_h));
  EXPECT_LE(set.front().figures.stage_flow_m3_per_h, 114.0);
}

// A public screening code found no such design in 16,000 samples.
TEST(DesignTasks, DiluteNeodymiumReaches95PercentPurityAt80PercentRecovery) {
  const auto set = Optimize("nd-pr-dilute-optimize.yaml", 6000);
  ASSERT_FALSE(set.empty());
  ASSERT_TRUE(MeetsDemands(set.front()));
  for (const SimulationResult& r : set) {
    EXPECT_GE(r.figures.products[0].purity, 0.95);
    EXPECT_GE(r.figures.products[0].recovery, 0.80);
  }
}

}  // namespace
}  // namespace raffinate::validation
