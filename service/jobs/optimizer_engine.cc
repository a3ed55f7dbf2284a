#include "service/jobs/optimizer_engine.h"

#include <utility>

namespace raffinate::service {
namespace {

class OptimizerEngine final : public Engine {
 public:
  OptimizerEngine(optimizer::Chemistry chemistry, const kernels::Device& device)
      : chemistry_(std::move(chemistry)), device_(device) {}

  const optimizer::Chemistry& chemistry() const override { return chemistry_; }

  optimizer::Violations Validate(const optimizer::Flowsheet& flowsheet,
                                 optimizer::Purpose purpose) const override {
    return optimizer::Validate(flowsheet, chemistry_, purpose);
  }

  std::vector<optimizer::SimulationResult> Simulate(
      const std::vector<optimizer::SimulationRequest>& requests) const override {
    return optimizer::Simulate(requests, chemistry_, device_);
  }

  optimizer::DynamicSummary SimulateDynamic(
      const optimizer::Flowsheet& flowsheet, const optimizer::DynamicOptions& options,
      const std::function<void(const optimizer::DynamicState&)>& seen) const override {
    return optimizer::SimulateDynamic(flowsheet, chemistry_, options, seen);
  }

  absl::StatusOr<std::unique_ptr<optimizer::OptimizationRun>> CreateRun(
      const optimizer::Flowsheet& flowsheet) const override {
    return optimizer::OptimizationRun::Create(flowsheet, chemistry_, device_);
  }

 private:
  const optimizer::Chemistry chemistry_;
  const kernels::Device device_;
};

}  // namespace

std::unique_ptr<Engine> MakeOptimizerEngine(optimizer::Chemistry chemistry,
                                            const kernels::Device& device) {
  return std::make_unique<OptimizerEngine>(std::move(chemistry), device);
}

}  // namespace raffinate::service
