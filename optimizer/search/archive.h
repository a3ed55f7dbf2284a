// The best candidates a search has seen.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kernels/solve.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// Feasible candidates none of which dominates another, at most `capacity` of them,
/// and the candidate of least violation. Where more would fit the archive keeps
/// those that spread best, always with the best one of every objective. Of
/// candidates with equal objectives the first seen stays.
class ParetoArchive {
 public:
  /// `device` is where dominance is found; it changes nothing in the members.
  ParetoArchive(std::size_t capacity, int objectives, const kernels::Device& device = {})
      : capacity_(capacity), objectives_(objectives), device_(device) {}

  /// Takes in a generation. Returns whether the members changed.
  bool Insert(std::span<const Candidate> batch);

  /// By the first objective, then the next ones, then the genes.
  const std::vector<Candidate>& members() const { return members_; }

  /// Objectives of the members, row-major.
  std::vector<double> Objectives() const;

  /// The candidate nearest to feasible of all seen; nullptr before the first batch.
  /// Of equals the first seen.
  const Candidate* least_violated() const {
    return least_violated_.empty() ? nullptr : &least_violated_.front();
  }

  /// Takes over what a checkpoint held.
  void Assign(std::vector<Candidate> members, std::vector<Candidate> least_violated) {
    members_ = std::move(members);
    least_violated_ = std::move(least_violated);
  }

 private:
  std::size_t capacity_;
  int objectives_;
  kernels::Device device_;
  std::vector<Candidate> members_;
  std::vector<Candidate> least_violated_;  // none or one
};

}  // namespace raffinate::optimizer
