// What each lane does next: Newton from a warm start, or a pseudo-transient
// that follows the start-up of the plant and ends in Newton. Plain scalar code,
// the same for a SIMD lane and a CUDA thread.
//
// The pseudo-transient takes implicit Euler steps in units of the residence
// time of a stage. A step is accepted when its own Newton iteration has brought
// the closures to StepResidual; the time step then grows the more, the fewer
// iterations it took to come near, and from a start that lets fronts go on moving
// (detail/fronts.h). A step that does not get there is taken back and tried with a
// shorter time, and longer ones are then approached in small steps.
#pragma once

#include "kernels/detail/fronts.h"
#include "kernels/detail/pack.h"

namespace raffinate::kernels::detail {
inline namespace RAFFINATE_INSTRUCTIONS {

struct Limits {
  double tolerance = 1e-9;
  double step_tolerance = 1e-8;
  int max_warm_iterations = 25;
  int max_iterations = 5000;
};

struct Control {
  enum class Phase : int {
    kIdle,
    kWarm,
    kReturn,
    kStart,
    kTransient,
    kPolish,
    kSharpen,
    kSolved,
    kFailed
  };

  static constexpr double kFirstRate = 1.0;    ///< 1 / first time step
  static constexpr double kRescueRate = 5e-4;  ///< the same after a warm start failed
  static constexpr double kSteadyRate = 1e-6;  ///< from here on, no change is a steady state
  static constexpr double kLastRate = 1e-14;   ///< all but Newton's step
  /// Of a step with exact closures: a time so long that it brings all but 1e-5 of what is
  /// missing where one ten millionth is impurity, and too short for the noise of Newton's step.
  static constexpr double kSharpRate = 1e-12;
  static constexpr double kSharpStep = 1e-3;     ///< |d ln| above which it is no correction
  static constexpr double kSlowestRate = 1e12;   ///< above it, the transient has failed
  static constexpr double kStepResidual = 0.1;   ///< closures at the end of a short time step
  static constexpr double kLongResidual = 1e-3;  ///< the same of a long one
  static constexpr double kShortStep = 1000;     ///< time that ends the short ones
  static constexpr double kLargestStep = 2.0;    ///< |d ln| of one Newton step
  static constexpr double kDiverging = 100;      ///< |d ln| that no iteration comes back from
  static constexpr double kSettling = 0.1;       ///< |d ln| from which steps only shrink
  static constexpr int kStepIterations = 24;     ///< Newton iterations of one time step
  static constexpr double kShorter = 2.5;   ///< rate after a time step failed, over that before
  static constexpr int kWarySteps = 6;      ///< time steps after that, which grow by
  static constexpr double kWary = 0.9;      ///< this at most (as a rate)
  static constexpr double kFollowed = 0.3;  ///< the same where a front was told in advance

  Phase phase = Phase::kIdle;
  Phase before_polish = Phase::kIdle;
  double rate = 0;         ///< 1 / time step; 0 is Newton
  double polish_rate = 0;  ///< that of the step before the last look
  double tail_step = 0;    ///< last_step of the time step before, near the steady state
  double last_step = 0;    ///< largest entry of the last Newton step; 0 at the start
  int shrinking = 0;       ///< Newton steps, one after the other, that were smaller than the last
  double residual = 0;
  int worst_stage = 0;
  int iterations = 0;     ///< over everything
  int inner = 0;          ///< within the present time step or warm start
  int came_near = 0;      ///< `inner` when the time step came to kStepResidual; 0 before
  int wary = 0;           ///< steps to go since a time step failed
  Fronts fronts;          ///< at the present time level
  double level_time = 0;  ///< length of the step that has just led to a time level; 0: none
  bool returned = false;  ///< went back to a shorter time near the steady state
  bool drifting = false;  ///< what remains is followed to the longest time
  bool cold = false;
  bool rescued = false;  ///< Newton from the warm start failed
  bool linear = false;
  bool straight = false;   ///< begun again, without leaps
  bool composed = false;   ///< the neighbour's molarities are known
  bool composing = false;  ///< they are to become the time level
  bool sharpened = false;  ///< went on from a solution with exact closures (detail/sharpen.h)

  enum class Action : int {
    kStep,       ///< go on with the Newton step
    kAccept,     ///< keep the present state as the new time level, then evaluate again
    kTakeBack,   ///< return to the last time level, then evaluate again
    kColdStart,  ///< forget everything, fill the cascade, then evaluate again
    kDone,       ///< leave the lane
  };

  /// `composed`: a warm start whose neighbour's aqueous molarities are known.
  RAFFINATE_HD void Begin(bool warm, bool linear, bool composed = false) {
    *this = Control();
    this->composed = composed;
    this->linear = linear;
    phase = linear ? Phase::kPolish : warm ? Phase::kWarm : Phase::kStart;
    rate = warm || linear ? 0.0 : kSlowestRate;
    cold = !warm;
  }

  RAFFINATE_HD void BeginTransient(double first_rate) {
    phase = Phase::kTransient;
    rate = first_rate;
    inner = came_near = 0;
  }

  /// Closures at which a time step ends. What they are off by is amount that the
  /// step has moved to the wrong place, in proportion to its length. In a long one
  /// that displaces fronts by stages, and the next one starts by taking them back.
  RAFFINATE_HD double StepResidual() const {
    return Min(kStepResidual, Max(kStepResidual * kShortStep * rate, kLongResidual));
  }

  /// Whether the neighbour's molarities are the time level to be kept now.
  RAFFINATE_HD bool TakesComposition() {
    const bool now = composing;
    composing = false;
    return now;
  }

  /// Whether a longer time near the steady state has brought a larger change.
  RAFFINATE_HD bool Grew() const { return tail_step > 0 && last_step > tail_step; }

  /// The time to go on with when the closures are met and yet a longer time has
  /// brought a larger change. As a rule that is rounding noise, of which a shorter
  /// time lets in less. If the shorter time does not settle it either, the change
  /// is a drift too slow for it, as where the place of a front hangs on what few
  /// metal passes a long cascade: on to its end, or to where only Newton's step,
  /// all noise, is left.
  RAFFINATE_HD void LookAgain() {
    if (drifting) {
      rate = kSteadyRate;
      drifting = returned = false;
    } else if (returned) {
      rate = Max(0.1 * rate, kLastRate);
      drifting = true;
    } else {
      rate = Min(100 * rate, kSteadyRate);
      returned = true;
    }
  }

  /// Without leaps, if some led here.
  RAFFINATE_HD void BeginCold() {
    const bool leapt = fronts.leaps > 0;
    fronts = Fronts();
    if (leapt) fronts.leaps = Fronts::kLeaps;
    straight = leapt;
    phase = Phase::kStart;
    cold = true;
    rate = kSlowestRate;
    inner = came_near = wary = 0;
    last_step = tail_step = level_time = 0;
    returned = drifting = false;
  }

  RAFFINATE_HD bool MaySharpen() const { return phase == Phase::kSolved && !sharpened; }

  /// Goes on from a solution, which has become the time level, with a step whose closures
  /// are exact.
  RAFFINATE_HD void Sharpen() {
    phase = Phase::kSharpen;
    rate = kSharpRate;
    sharpened = true;
    composed = false;
  }

  /// Whether leaps may be what a solution is not found for.
  RAFFINATE_HD bool LeapsInVain() const { return fronts.leaps > 0 && !straight; }

  /// Decides after an evaluation of the closures.
  RAFFINATE_HD Action AfterResidual(double value, int stage, const Limits& limits) {
    residual = value;
    worst_stage = stage;
    const bool broken = !(value < 1e299);
    switch (phase) {
      case Phase::kPolish:
        if (value <= limits.tolerance || linear) {
          phase = value <= limits.tolerance ? Phase::kSolved : Phase::kFailed;
          return Action::kDone;
        }
        // Not yet: one more step of the same kind.
        phase = before_polish;
        rate = polish_rate;
        inner = 0;
        return phase == Phase::kWarm ? AfterResidual(value, stage, limits) : Action::kAccept;
      case Phase::kWarm:
        if (broken || inner >= limits.max_warm_iterations) {
          phase = Phase::kReturn;
          rescued = true;
          inner = 0;
          return Action::kTakeBack;
        }
        break;
      case Phase::kReturn:
        // Back at the neighbour's state, and time goes on from there. What the plant holds
        // is the neighbour's composition where that is known. Else it is what it would be
        // in a steady state of these flows, which over many stages can be far from it.
        if (broken) {
          BeginCold();
          return Action::kColdStart;
        }
        BeginTransient(kRescueRate);
        composing = composed;
        return Action::kAccept;
      case Phase::kStart:
        // The fill is equilibrated stage by stage before time starts.
        if (value <= kStepResidual || inner >= 60) {
          BeginTransient(kFirstRate);
          return Action::kAccept;
        }
        break;
      case Phase::kTransient:
        if (came_near == 0 && value <= kStepResidual) came_near = inner;
        if (value <= StepResidual() && inner > 0) {
          level_time = 1 / rate;
          if (value <= limits.tolerance && Grew() && (!drifting || rate <= kLastRate)) {
            LookAgain();
          } else {
            const double longer = came_near <= 1   ? 0.1
                                  : came_near <= 2 ? 0.2
                                  : came_near <= 4 ? 0.4
                                                   : 0.8;
            rate = Max(rate * (wary > 0 ? Max(longer, kWary) : longer), kLastRate);
            if (wary > 0) --wary;
          }
          tail_step = rate <= kSteadyRate ? last_step : 0;
          inner = came_near = 0;
          return Action::kAccept;
        }
        if (broken || inner >= kStepIterations) {
          rate *= kShorter;
          wary = kWarySteps;
          inner = came_near = 0;
          if (!cold && rate > kFirstRate) {
            // The neighbour's state is no state of these flows.
            BeginCold();
            return Action::kColdStart;
          }
          if (rate > kSlowestRate) {
            if (LeapsInVain()) {
              BeginCold();
              return Action::kColdStart;
            }
            phase = Phase::kFailed;
            return Action::kDone;
          }
          return Action::kTakeBack;
        }
        break;
      case Phase::kSharpen:
        return Action::kStep;
      default:
        return Action::kDone;
    }
    if (LeapsInVain() && iterations >= limits.max_iterations / 2) {
      BeginCold();
      return Action::kColdStart;
    }
    if (iterations >= limits.max_iterations) {
      phase = Phase::kFailed;
      return Action::kDone;
    }
    return Action::kStep;
  }

  /// What to cut every entry of the Newton step to, given its largest entry; 0
  /// when there is no step.
  RAFFINATE_HD double AfterStep(double largest, const Limits& limits) {
    ++iterations;
    if (phase == Phase::kSharpen) {
      phase = Phase::kPolish;
      rate = 0;
      return largest <= kSharpStep ? kLargestStep : 0;
    }
    ++inner;
    if (!(largest < 1e299) || (rate < 1 && inner > 2 && largest > kDiverging)) {
      residual = 1e300;
      inner = 1000000;
      return 0;
    }
    const double last = last_step;
    last_step = largest;
    shrinking = inner > 1 && largest < last ? shrinking + 1 : 0;
    bool settled = false;
    if (phase == Phase::kWarm) {
      // The change that the next step would make, were convergence only linear
      // at the rate of the last two full steps. Newton's is quadratic.
      const double next = last > 0 && last <= kSettling ? largest * (largest / last) : largest;
      settled = largest <= limits.step_tolerance || 10 * next <= limits.step_tolerance;
    } else if (phase == Phase::kTransient) {
      // Nothing has changed over a time that nothing in a plant takes.
      settled = rate <= kSteadyRate && inner == 1 && largest <= limits.step_tolerance;
    }
    if (settled) {
      before_polish = phase;
      phase = Phase::kPolish;
      polish_rate = rate;
      rate = 0;
      return kLargestStep;
    }
    // Full steps can circle between two points around a titration front; shorter
    // ones settle. Iterations that converge at all rarely need the short ones, nor do
    // those that only have far to go, as to where all acid is neutralized.
    return kLargestStep * (inner <= 6 || shrinking >= 4 ? 1.0 : inner <= 12 ? 0.35 : 0.1);
  }
};

}  // namespace RAFFINATE_INSTRUCTIONS
}  // namespace raffinate::kernels::detail
