// Fronts of a profile in time. In a start-up, and after a change that tips a
// balance over, metals displace one another in fronts that cross many stages at
// constant speed, and a time step that moves one by more than a few stages has
// little hope from a start where it was. What the step before changed, moved on by as
// far as the front goes, is a start that Newton ends in one or two iterations.
//
// Where only the steady state is wanted, a front that travels without changing its
// speed need not be followed through stages that are all alike: it leaps to where they end.
#pragma once

#include "kernels/detail/pack.h"

namespace raffinate::kernels::detail {
inline namespace RAFFINATE_INSTRUCTIONS {

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
  /// Change of speed from one step to the next, as a share, up to which a front may leap.
  static constexpr double kCalm = 0.1;
  static constexpr int kLeaps = 8;       ///< most leaps of a solve
  static constexpr long kShortLeap = 4;  ///< [stages], below which none is worth the risk

  int count = 0;           ///< regions; more than kMost: none is followed
  double time = 0;         ///< length of the last step; 0: there is none
  double at[kMost] = {};   ///< where they are [stages]
  double way[kMost] = {};  ///< how far the next step of that length takes it; 0: no front
  double speed[kMost] = {};
  long begin[kMost] = {}, end[kMost] = {};  ///< stages of a region
  bool calm[kMost] = {};                    ///< keeps its speed well
  int leaps = 0;
  double leapt = 0;           ///< the last leap of the farthest front [stages], up > 0
  double longest_leap = 1e9;  ///< [stages]

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
      calm[s] = same && Abs(speed[s] - before.speed[s]) <= kCalm * Abs(speed[s]);
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

  /// Moves every front as far as it can go through alike stages in the time that the
  /// first to arrive needs, short of half its width; two that approach each other have
  /// half the way each. alike(j, state): whether stages j and j + 1 have the same flows
  /// and, with `state`, nearly the same state; move(first, last, by): stages [first, last),
  /// a front with its tails, are to be copied `by` stages further, with what is behind
  /// them drawn after. Nothing happens, and false is returned, where a front is not calm or
  /// has no room. Once one has come back, leaps are half as long: somewhere on the way
  /// is where it stays.
  template <class Alike, class Move>
  RAFFINATE_HD bool Leap(long stages, Alike&& alike, Move&& move) {
    if (count > kMost || leaps >= kLeaps) return false;
    long first[kMost], last[kMost];  // with tails that are too small to count as changed
    for (int s = 0; s < count; ++s) {
      const long tail = (end[s] - begin[s]) / 2 + 1;
      const long before = s > 0 ? end[s - 1] : 0, next = s + 1 < count ? begin[s + 1] : stages;
      first[s] = begin[s] - tail > before ? begin[s] - tail : before;
      last[s] = end[s] + tail < next ? end[s] + tail : next;
    }
    double steps = 1e9, far = 0;  // time to go in steps of the last length; longest way in it
    for (int s = 0; s < count; ++s) {
      if (way[s] == 0) continue;
      if (!calm[s]) return false;
      for (long j = first[s]; j + 1 < last[s]; ++j) {
        if (!alike(j, false)) return false;
      }
      const long width = last[s] - first[s];
      long room = -width / 2;
      if (way[s] > 0) {
        const bool met = s + 1 < count && way[s + 1] < 0;
        const long next = s + 1 < count ? first[s + 1] : stages;
        const long stop = met ? (last[s] + next) / 2 : next;
        for (long j = last[s]; j < stop && alike(j - 1, true); ++j) ++room;
      } else {
        const bool met = s > 0 && way[s - 1] > 0;
        const long next = s > 0 ? last[s - 1] : 0;
        const long stop = met ? (first[s] + next + 1) / 2 : next;
        for (long j = first[s]; j > stop && alike(j - 1, true); --j) ++room;
      }
      if (room < width) return false;
      steps = Min(steps, static_cast<double>(room) / Abs(way[s]));
      if (Abs(way[s]) > Abs(far)) far = way[s];
    }
    if (far == 0) return false;
    if (far * leapt < 0) longest_leap = 0.5 * Abs(leapt);
    steps = Min(steps, longest_leap / Abs(far));
    if (steps * Abs(far) < kShortLeap) return false;
    leapt = steps * far;
    ++leaps;
    for (int s = 0; s < count; ++s) {
      const long by = static_cast<long>(steps * way[s]);
      if (by == 0) continue;
      move(first[s], last[s], by);
      at[s] += static_cast<double>(by);
      begin[s] += by;
      end[s] += by;
    }
    return true;
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

}  // namespace RAFFINATE_INSTRUCTIONS
}  // namespace raffinate::kernels::detail
