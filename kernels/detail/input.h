// The way of a cascade's numbers into a workspace, the same for every backend.
#pragma once

#include <cmath>

#include "kernels/cascade.h"
#include "kernels/detail/workspace.h"

namespace raffinate::kernels::detail {

/// Calls put(array, index, value) for every input number of the cascade but the
/// feeds.
template <class Space, class Put>
void ForEachInput(const Cascade& cascade, Space& w, Put&& put) {
  const long n = cascade.stages(), m = cascade.size();
  put(w.count, 0L, static_cast<double>(n));
  put(w.recycle, 0L, cascade.recycle);
  for (long i = 0; i < m; ++i) {
    put(w.k, i, std::exp(cascade.components[i].log10_k * 2.302585092994045684));
  }
  for (long j = 0; j < n; ++j) {
    const StageFlows& f = cascade.flows[j];
    put(w.aq_up, j, f.aq_up);
    put(w.aq_down, j, f.aq_down);
    put(w.aq_draw, j, f.aq_draw);
    put(w.org_up, j, f.org_up);
    put(w.org_down, j, f.org_down);
    put(w.org_draw, j, f.org_draw);
    put(w.bypass_up, j, f.bypass_up);
    put(w.bypass_draw, j, f.bypass_draw);
    put(w.anions, j, cascade.anions[j]);
    put(w.extractant, j, cascade.extractant[j]);
  }
}

/// Calls put(up, index, value) for every feed that is not zero: few of N*M are.
template <class Put>
void ForEachFeed(const Cascade& cascade, Put&& put) {
  const long size = static_cast<long>(cascade.feed_up.size());
  for (long k = 0; k < size; ++k) {
    if (cascade.feed_up[k] != 0) put(true, k, cascade.feed_up[k]);
    if (cascade.feed_down[k] != 0) put(false, k, cascade.feed_down[k]);
  }
}

/// Whether the task brings a state that fits its cascade.
template <class TaskType>
bool IsWarm(const TaskType& task) {
  const size_t n = task.cascade->flows.size();
  return task.warm != nullptr && task.warm->ln_h.size() == n && task.warm->ln_s.size() == n;
}

/// Calls put(array, index, value) for the neighbour's state of a warm task. It is
/// also the level that a failed warm start returns to.
template <class TaskType, class Space, class Put>
void ForEachStart(const TaskType& task, Space& w, Put&& put) {
  const long n = task.cascade->stages();
  for (long j = 0; j < n; ++j) {
    put(w.ln_h, j, task.warm->ln_h[j]);
    put(w.ln_s, j, task.warm->ln_s[j]);
    put(w.old_ln_h, j, task.warm->ln_h[j]);
    put(w.old_ln_s, j, task.warm->ln_s[j]);
  }
}

}  // namespace raffinate::kernels::detail
