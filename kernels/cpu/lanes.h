// The CPU backends: the same solver compiled for several instruction sets.
#pragma once

#include <vector>

#include "kernels/detail/adjoint_lanes.h"
#include "kernels/detail/lanes.h"

namespace raffinate::kernels::cpu {

/// Runs a queue of tasks of one shape on one thread.
using RunQueue = void (*)(const detail::Shape& shape, int max_stages, detail::Queue& queue,
                          const SolveOptions& options);

void RunScalar(const detail::Shape&, int max_stages, detail::Queue&, const SolveOptions&);
void RunScalarAvx2(const detail::Shape&, int max_stages, detail::Queue&, const SolveOptions&);
void RunBaseline(const detail::Shape&, int max_stages, detail::Queue&, const SolveOptions&);
void RunAvx2(const detail::Shape&, int max_stages, detail::Queue&, const SolveOptions&);
void RunAvx512(const detail::Shape&, int max_stages, detail::Queue&, const SolveOptions&);

/// Differentiates a queue of solved tasks of one shape on one thread.
using Differentiate = void (*)(const detail::Shape& shape, int max_stages,
                               const detail::AdjointQueue& queue);

void DifferentiateScalar(const detail::Shape&, int max_stages, const detail::AdjointQueue&);
void DifferentiateScalarAvx2(const detail::Shape&, int max_stages, const detail::AdjointQueue&);
void DifferentiateBaseline(const detail::Shape&, int max_stages, const detail::AdjointQueue&);
void DifferentiateAvx2(const detail::Shape&, int max_stages, const detail::AdjointQueue&);
void DifferentiateAvx512(const detail::Shape&, int max_stages, const detail::AdjointQueue&);

struct Backend {
  const char* name;
  int lanes;
  RunQueue run;
  Differentiate differentiate;
};

/// All that this processor can run, from the plainest to the widest.
const std::vector<Backend>& Usable();

/// One candidate at a time, with what instructions there are: a candidate alone is done soonest.
Backend Scalar();

/// The widest.
Backend Best();

}  // namespace raffinate::kernels::cpu
