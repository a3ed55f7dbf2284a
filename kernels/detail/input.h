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
  }
  const long masters = cascade.masters();
  for (long j = 0; j < n; ++j) {
    put(w.given, j * masters, cascade.anions[j]);
    put(w.given, j * masters + 1, cascade.extractant[j]);
    for (long k = 2; k < masters; ++k) {
      const double total = cascade.totals[j * (masters - 2) + k - 2];
      // Where none comes, so little of a ligand that it does nothing.
      const bool ligand = cascade.table->kind[k] == Master::kLigand;
      put(w.given, j * masters + k, ligand ? std::fmax(total, kNoLigand) : total);
    }
  }
  if (cascade.law != Law::kTable) return;
  for (long k = 0; k < n * m; ++k) {
    put(w.shift, k, cascade.shift.empty() ? 0.0 : cascade.shift[k]);
  }
}

/// Calls put(up, index, value) for every feed.
template <class Put>
void ForEachFeed(const Cascade& cascade, Put&& put) {
  for (const Feed& feed : cascade.feed_up) put(true, feed.at, feed.amount);
  for (const Feed& feed : cascade.feed_down) put(false, feed.at, feed.amount);
}

/// Whether the task brings a state that fits its cascade.
template <class TaskType>
bool IsWarm(const TaskType& task) {
  const size_t n = task.cascade->flows.size();
  return task.warm != nullptr && task.warm->ln_h.size() == n && task.warm->ln_s.size() == n &&
         task.warm->ln_more.size() == n * (task.cascade->masters() - 2);
}

/// Whether a warm task brings molarities that fit its cascade.
template <class TaskType>
bool IsComposed(const TaskType& task) {
  return task.warm_x != nullptr &&
         task.warm_x->size() == task.cascade->flows.size() * task.cascade->components.size();
}

/// Gives a state the sizes for a cascade.
inline void SizeState(const Cascade& cascade, State* state) {
  const size_t n = cascade.flows.size();
  state->ln_h.resize(n);
  state->ln_s.resize(n);
  state->ln_more.resize(n * (cascade.masters() - 2));
}

/// The masters of a state in the order of a workspace: f(index, number).
template <class StateType, class F>
void ForEachMaster(StateType& state, int masters, F&& f) {
  const long n = static_cast<long>(state.ln_h.size());
  for (long j = 0; j < n; ++j) {
    f(j * masters, state.ln_h[j]);
    f(j * masters + 1, state.ln_s[j]);
    for (long k = 2; k < masters; ++k) f(j * masters + k, state.ln_more[j * (masters - 2) + k - 2]);
  }
}

/// Calls put(array, index, value) for the neighbour's state of a warm task. It is
/// also the level that a failed warm start returns to.
template <class TaskType, class Space, class Put>
void ForEachStart(const TaskType& task, Space& w, Put&& put) {
  ForEachMaster(*task.warm, task.cascade->masters(), [&](long k, double v) {
    put(w.ln, k, v);
    put(w.old_ln, k, v);
  });
}

}  // namespace raffinate::kernels::detail
