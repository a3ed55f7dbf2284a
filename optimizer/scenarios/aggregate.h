// Many scenarios of one design as the objectives and the violation of a search.
#pragma once

#include <cstddef>
#include <vector>

#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// A design in one scenario.
struct Outcome {
  bool solved = false;
  std::vector<double> objectives;  ///< Goals::Minimized
  std::vector<double> residuals;   ///< Goals::Residuals
  double violation = 0;            ///< Goals::Violation; that of an unsolved one where unsolved

  bool met() const { return solved && violation == 0; }
};

struct Aggregated {
  bool solved = false;  ///< in one scenario at least
  std::vector<double> objectives;
  double violation = 0;  ///< 0: the demands are met as the statistic asks
  /// Each demand by itself in that statistic, as Goals::Residuals; unsolved scenarios left out.
  std::vector<double> residuals;
};

/// How the outcomes of `count` scenarios count, by what `scenarios` says.
class Aggregation {
 public:
  Aggregation(const Scenarios& scenarios, std::size_t count);

  /// The scenarios that may miss a demand: of a quantile as many as leave the probability claimed
  /// with kConfidence, otherwise none.
  std::size_t allowed() const { return allowed_; }

  /// Whether the outcomes so far, of some of the scenarios, exclude that the demands are met.
  bool Hopeless(const std::vector<Outcome>& some) const;

  /// `nominal` where scenarios play no part. Of some of the scenarios only where Hopeless: the
  /// violation is then that of the same share of those, and not zero.
  Aggregated Join(const Outcome& nominal, const std::vector<Outcome>& outcomes) const;

 private:
  double Demands(const std::vector<Outcome>& outcomes) const;
  std::vector<double> Residuals(const std::vector<Outcome>& outcomes) const;
  double share() const { return 1 - static_cast<double>(allowed_) / static_cast<double>(count_); }

  Scenarios scenarios_;
  std::size_t count_;
  std::size_t allowed_;
};

}  // namespace raffinate::optimizer
