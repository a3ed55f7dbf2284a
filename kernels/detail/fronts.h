// Fronts of a profile in time. In a start-up, and after a change that tips a
// balance over, metals displace one another in fronts that cross many stages at
// constant speed, and a time step that moves one by more than a few stages has
// little hope from a start where it was. What the step before changed, moved on by as
// far as the front goes, is a start that Newton ends in one or two iterations.
#pragma once

#include "kernels/detail/pack.h"

namespace raffinate::kernels::detail {

/// What the last time steps changed. Part of what a lane remembers.
struct Fronts {
  static constexpr int kMost = 6;
  static constexpr double kLeast = 0.01;  ///< change of ln that counts
  static constexpr double kShare = 0.1;   ///< the same as a share of the largest
  static constexpr int kGap = 1;          ///< unchanged stages within one region
  /// Change of speed from one step to the next at which a region is no front.
  static constexpr double kSteady = 0.5;
  static constexpr double kShortest = 0.5;  ///< way of a front that is worth a prediction [stages]
  static constexpr double kLongest = 0.4;   ///< the longest, as a share of all stages

  int count = 0;           ///< regions; more than kMost: none is followed
  double time = 0;         ///< length of the last step; 0: there is none
  double at[kMost] = {};   ///< where they are [stages]
  double way[kMost] = {};  ///< how far the next step of that length takes it; 0: no front
  double speed[kMost] = {};
  long begin[kMost] = {}, end[kMost] = {};  ///< stages of a region

  /// After a step of length `step` (0: no step of time) that changed stage j, of
  /// `stages`, by change(j) >= 0, at most `largest`.
  template <class Change>
  RAFFINATE_HD void Follow(long stages, double step, double largest, Change&& change) {
    const Fronts before = *this;
    time = step;
    Find(stages, Max(kLeast, kShare * largest), change);
    const bool same = step > 0 && before.time > 0 && count == before.count && count <= kMost;
    for (int s = 0; s < count && s < kMost; ++s) {
      // From the middle of one step to the middle of the next.
      speed[s] = same ? 2 * (at[s] - before.at[s]) / (step + before.time) : 0;
      const bool steady = Abs(speed[s] - before.speed[s]) <= kSteady * Abs(speed[s]);
      const double far = Abs(speed[s]) * step;
      way[s] = steady && far >= kShortest && far <= kLongest * stages ? speed[s] * step : 0;
    }
  }

  /// Whether any region can be told in advance.
  RAFFINATE_HD bool Any() const {
    for (int s = 0; s < count && s < kMost; ++s) {
      if (way[s] != 0) return true;
    }
    return false;
  }

 private:
  template <class Change>
  RAFFINATE_HD void Find(long stages, double least, Change&& change) {
    count = 0;
    double sum = 0, moment = 0;
    long first = -1, last = -1;  // of the region that is being read
    for (long j = 0; j <= stages; ++j) {
      const double size = j < stages ? change(j) : 0;
      if (size > least) {
        if (first < 0) first = j, sum = moment = 0;
        last = j;
        sum += size, moment += size * static_cast<double>(j);
      } else if (first >= 0 && (j - last > kGap || j == stages)) {
        if (count < kMost) at[count] = moment / sum, begin[count] = first, end[count] = last + 1;
        ++count;
        first = -1;
      }
    }
  }
};

}  // namespace raffinate::kernels::detail
