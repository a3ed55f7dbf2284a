// A problem that passes everything on to a flowsheet's own, for benchmarks that look at what a
// search asks for.
#pragma once

#include <span>
#include <vector>

#include "optimizer/flowsheet_problem.h"

namespace raffinate::bench {

class WrappedProblem : public optimizer::Problem {
 public:
  explicit WrappedProblem(optimizer::FlowsheetProblem* problem) : problem_(*problem) {}

  const std::vector<optimizer::Variable>& variables() const override {
    return problem_.variables();
  }
  int objectives() const override { return problem_.objectives(); }
  std::vector<optimizer::Requirement> requirements() const override {
    return problem_.requirements();
  }
  void Evaluate(std::span<optimizer::Candidate> batch, const std::atomic<bool>& cancel) override {
    problem_.Evaluate(batch, cancel);
  }
  bool foresees() const override { return problem_.foresees(); }
  void Foresee(std::span<const optimizer::Candidate> batch,
               std::span<optimizer::Foreseen> foreseen) override {
    problem_.Foresee(batch, foreseen);
  }
  bool smooth() const override { return problem_.smooth(); }
  bool differentiable() const override { return problem_.differentiable(); }
  void Differentiate(std::span<const optimizer::Candidate> batch,
                     std::span<optimizer::Slopes> slopes,
                     const std::atomic<bool>& cancel) override {
    problem_.Differentiate(batch, slopes, cancel);
  }

 protected:
  optimizer::FlowsheetProblem& problem() { return problem_; }

 private:
  optimizer::FlowsheetProblem& problem_;
};

}  // namespace raffinate::bench
