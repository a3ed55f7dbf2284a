// A deterministic engine without physics, whose pace a test sets.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "raffinate/v1/flowsheet.pb.h"
#include "service/jobs/engine.h"

namespace raffinate::service {

/// What it makes of a flowsheet:
///  - Validate wants a name, and a product for kOptimize.
///  - Simulate copies the flowsheet into its result, with `stages` = the sum of
///    the closed stage counts, and the sensitivities of one figure by one lever
///    where they are asked for.
///  - A run evaluates 10 candidates a generation until `max_evaluations` (100
///    when zero). Its Pareto set depends on seed and generation alone: after
///    generation g it has min(g, 8) members.
///  - SimulateDynamic shows a state of nothing but its time for every output, each
///    a step of the pace.
///  - The name "fail" makes CreateRun fail, "throw" makes Step throw.
class FakeEngine final : public Engine {
 public:
  static constexpr int kPopulation = 10;

  /// How far steps and simulations may go, shared by test and engine.
  class Pace {
   public:
    /// Lets `count` more steps begin.
    void AllowSteps(int count);
    void AllowAllSteps();
    /// Holds simulations back, or lets them go on.
    void HoldSimulations(bool hold);
    /// Waits until `count` steps have ended since the start.
    void AwaitSteps(int count);
    /// Waits until `count` simulations are held back at a time.
    void AwaitHeldSimulations(int count);
    /// Sizes of the batches that Simulate was given.
    std::vector<std::size_t> batches() const;

   private:
    friend class FakeEngine;
    friend class FakeRun;
    // False when cancelled.
    bool EnterStep(const std::atomic<bool>& cancel);
    void LeaveStep();
    void EnterSimulation(std::size_t size);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    int allowed_ = 0;
    int ended_ = 0;
    bool hold_simulations_ = false;
    int held_simulations_ = 0;
    std::vector<std::size_t> batches_;
  };

  explicit FakeEngine(std::shared_ptr<Pace> pace);

  const optimizer::Chemistry& chemistry() const override { return chemistry_; }
  optimizer::Violations Validate(const optimizer::Flowsheet& flowsheet,
                                 optimizer::Purpose purpose) const override;
  std::vector<optimizer::SimulationResult> Simulate(
      const std::vector<optimizer::SimulationRequest>& requests) const override;
  optimizer::DynamicSummary SimulateDynamic(
      const optimizer::Flowsheet& flowsheet, const optimizer::DynamicOptions& options,
      const std::function<void(const optimizer::DynamicState&)>& seen) const override;
  absl::StatusOr<std::unique_ptr<optimizer::OptimizationRun>> CreateRun(
      const optimizer::Flowsheet& flowsheet) const override;

 private:
  std::shared_ptr<Pace> pace_;
  optimizer::Chemistry chemistry_;
};

/// A flowsheet message that FakeEngine accepts for both purposes.
v1::Flowsheet FakeFlowsheet(const std::string& name, std::int64_t evaluations,
                            std::int64_t seed = 1);

}  // namespace raffinate::service
