// What a plant's balance counts in: plain numbers, or numbers that carry derivatives.
#pragma once

#include <Eigen/Core>
#include <unsupported/Eigen/AutoDiff>

namespace raffinate::optimizer {

/// A number with its derivatives in kSlopes directions. The economics are templates over the
/// number (`N`): what is reported is computed with double, its derivatives by the same code.
inline constexpr int kSlopes = 16;
using Sloped = Eigen::AutoDiffScalar<Eigen::Matrix<double, kSlopes, 1>>;

/// Whether it has a slope. What is nothing but about to become some must not be left out then.
inline bool Moves(double) { return false; }
inline bool Moves(const Sloped& amount) { return (amount.derivatives().array() != 0).any(); }
/// Whether there is none of it.
template <class N>
bool IsNone(const N& amount) {
  return !(amount > 0.0) && !(amount == 0.0 && Moves(amount));
}

}  // namespace raffinate::optimizer

/// Defines a function template for both numbers, at the end of the file that holds it.
#define RAFFINATE_FOR_AMOUNTS(declare) \
  declare(double);                     \
  declare(Sloped)
