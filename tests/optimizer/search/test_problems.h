// Problems with known answers from the literature of multi-objective search.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "optimizer/search/problem.h"
#include "optimizer/search/search.h"

namespace raffinate::optimizer::testing {

/// A problem made of a function from genes to a candidate's figures.
class FunctionProblem : public Problem {
 public:
  using Function = std::function<void(Candidate&)>;
  FunctionProblem(std::vector<Variable> variables, int objectives, Function function)
      : variables_(std::move(variables)), objectives_(objectives), function_(std::move(function)) {}

  const std::vector<Variable>& variables() const override { return variables_; }
  int objectives() const override { return objectives_; }
  std::vector<Requirement> requirements() const override { return requirements_; }
  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>&) override {
    batches.push_back(static_cast<int>(batch.size()));
    for (Candidate& c : batch) {
      c.solved = true;
      c.violation = 0;
      function_(c);
    }
  }

  /// The function fills the residuals of these.
  void Require(std::vector<Requirement> requirements) { requirements_ = std::move(requirements); }

  std::vector<int> batches;  ///< sizes of the batches evaluated so far

 private:
  std::vector<Variable> variables_;
  int objectives_;
  std::vector<Requirement> requirements_;
  Function function_;
};

Variable Real(double lower, double upper);
Variable Integer(double lower, double upper);
Variable Category(int choices);

/// Zitzler, Deb and Thiele 2000, doi:10.1162/106365600568202: number 1, 2, 3, 4 or 6,
/// with 30 variables (4 and 6: 10).
FunctionProblem Zdt(int number);
/// Largest hypervolume to (1.1, 1.1): that of the whole Pareto front.
double ZdtCeiling(int number);

/// Deb, Thiele, Laumanns and Zitzler 2005, doi:10.1007/1-84628-137-7_6: number 1 to 4
/// or 7, with 3 objectives and 12 variables (1: 7, 7: 22).
FunctionProblem Dtlz(int number);

/// Two objectives whose variables are linked by a rotation: ZDT1 with g a function of
/// a rotated, ill-conditioned quadratic; the best f2 is 1 - sqrt(f1).
FunctionProblem Rotated(int variables);

/// Binh and Korn 1997; Srinivas and Deb 1994 (doi:10.1162/evco.1994.2.3.221); Osyczka
/// and Kundu 1995 (doi:10.1007/BF01743536). Violations are scaled by the limits.
FunctionProblem BinhKorn();
FunctionProblem SrinivasDeb();
FunctionProblem OsyczkaKundu();

/// Runs to the end and returns the search.
std::unique_ptr<Search> RunToEnd(Problem& problem, const SearchOptions& options);

/// Hypervolume of the Pareto set to `reference`.
double ParetoHypervolume(const Search& search, const std::vector<double>& reference);

/// Median of an odd number of values.
double Median(std::vector<double> values);

}  // namespace raffinate::optimizer::testing
