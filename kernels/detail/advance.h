// The whole solution of one candidate by one thread: what a device thread does
// between two looks of the host. Plain code over a strided workspace, so that
// tests run it on the CPU with the memory layout of the device.
#pragma once

#include "kernels/detail/control.h"
#include "kernels/detail/level.h"
#include "kernels/detail/newton.h"
#include "kernels/detail/sharpen.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

using Space = Workspace<double, Strided>;

/// Points every array of the workspace at the numbers of candidate `index` in a
/// block of memory that holds `batch` candidates of up to `stages` stages.
RAFFINATE_HD inline Space Lay(const Shape& shape, long stages, double* memory, long batch,
                              long index) {
  Space w;
  long offset = 0;
  w.ForEach(shape, stages, [&](Strided<double>& array, long size) {
    array.data = memory + offset * batch + index;
    array.stride = batch;
    offset += size;
  });
  return w;
}

/// Whether the candidate needs no more work.
RAFFINATE_HD inline bool Ended(const Control& control) {
  return control.phase == Control::Phase::kSolved || control.phase == Control::Phase::kFailed;
}

/// Up to `iterations` Newton iterations of a candidate with `n` stages. Returns
/// whether it has ended, solved or not.
template <class Size>
RAFFINATE_HD bool AdvanceCandidate(const Shape& shape, const Limits& limits, long n, int iterations,
                                   Space& w, Control& control) {
  Lane<double, Strided> lane(shape, w, n, 0);
  if (control.phase == Control::Phase::kStart && control.iterations == 0) lane.Fill();
  for (int k = 0; k < iterations; ++k) {
    w.rate[0] = control.rate;
    const Residual<double> residual = Evaluate<Size, double, Strided>(shape, n, w);
    const Control::Action action =
        control.AfterResidual(residual.value, static_cast<int>(residual.stage), limits);
    if (action == Control::Action::kDone) {
      if (!Sharpen(shape, w, n, 0, control)) return true;
      continue;
    }
    if (action != Control::Action::kStep) {
      lane.Change(action, control);
      continue;
    }
    double largest = 0;
    const long unknowns = n * Size::Masters(shape);
    for (long k = 0; k < unknowns; ++k) {
      const double a = Abs(w.step[k]);
      if (!(a < 1e300)) {
        largest = 1e300;
        break;
      }
      largest = Max(largest, a);
    }
    const double limit = control.AfterStep(largest, limits);
    w.closed[0] = 0;
    for (long k = 0; k < unknowns; ++k) w.ln[k] += Cut(w.step[k], limit);
  }
  return false;
}

}  // namespace raffinate::kernels::detail
