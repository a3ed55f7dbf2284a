// Many candidates on few slots: a device thread solves one candidate after the
// other in its own slot of memory, so that none waits for a slow neighbour. Flat
// records carry the numbers of a candidate in and out. Plain code, so that tests
// run it on the CPU with the memory layout of the device.
#pragma once

#include "kernels/detail/advance.h"
#include "kernels/detail/input.h"

namespace raffinate::kernels::detail {

// ---- in: what a candidate is ----
//
// [stages, feeds up, feeds down, warm, recycle, k (M), flows (8 N), what closes the
// masters (N K), shifts of ln D (N M, tables only), the neighbour's masters (N K, warm
// only), its aqueous molarities (N M, where known), index and value of each feed]
//
// warm: 0 no, 1 yes, 2 with molarities.

template <class TaskType>
long InputSize(const TaskType& task) {
  const Cascade& cascade = *task.cascade;
  const bool warm = IsWarm(task);
  const long feeds = static_cast<long>(cascade.feed_up.size() + cascade.feed_down.size());
  const long per_stage = 8 + (warm ? 2L : 1L) * cascade.masters() +
                         (cascade.law == Law::kTable ? cascade.size() : 0) +
                         (warm && IsComposed(task) ? cascade.size() : 0);
  return 5 + cascade.size() + per_stage * cascade.stages() + 2 * feeds;
}

/// Writes InputSize numbers.
template <class TaskType>
void WriteInput(const TaskType& task, double* out) {
  const Cascade& cascade = *task.cascade;
  const long n = cascade.stages(), m = cascade.size();
  const bool warm = IsWarm(task);
  double* const head = out;
  // The arrays of a workspace, in the order of the record.
  Workspace<double, Dense> w;
  head[0] = static_cast<double>(n);
  head[3] = !warm ? 0 : IsComposed(task) ? 2 : 1;
  w.count.data = head;
  w.recycle.data = head + 4;
  w.k.data = head + 5;
  double* next = head + 5 + m;
  for (Dense<double>* array : {&w.aq_up, &w.aq_down, &w.aq_draw, &w.org_up, &w.org_down,
                               &w.org_draw, &w.bypass_up, &w.bypass_draw}) {
    array->data = next;
    next += n;
  }
  w.given.data = next;
  next += n * cascade.masters();
  if (cascade.law == Law::kTable) {
    w.shift.data = next;
    next += n * m;
  }
  const auto put = [](Dense<double>& array, long k, double v) { array[k] = v; };
  ForEachInput(cascade, w, put);
  if (warm) {
    ForEachMaster(*task.warm, cascade.masters(), [&](long k, double v) { next[k] = v; });
    next += n * cascade.masters();
    if (IsComposed(task)) next = std::copy(task.warm_x->begin(), task.warm_x->end(), next);
  }
  head[1] = static_cast<double>(cascade.feed_up.size());
  head[2] = static_cast<double>(cascade.feed_down.size());
  ForEachFeed(cascade, [&](bool, long k, double v) {
    *next++ = static_cast<double>(k);
    *next++ = v;
  });
}

/// Fills the slot with a candidate and readies its control. Returns its stages.
RAFFINATE_HD inline long LoadInput(const Shape& shape, const double* in, Space& w,
                                   Control& control) {
  const long n = static_cast<long>(in[0]), m = shape.components;
  const bool warm = in[3] != 0, composed = in[3] == 2;
  w.count[0] = in[0];
  w.recycle[0] = in[4];
  w.closed[0] = 0;
  for (long i = 0; i < m; ++i) w.k[i] = in[5 + i];
  const double* next = in + 5 + m;
  const auto copy = [&](Strided<double>& array, long size) {
    for (long k = 0; k < size; ++k) array[k] = next[k];
    next += size;
  };
  const long nk = n * shape.masters;
  copy(w.aq_up, n), copy(w.aq_down, n), copy(w.aq_draw, n), copy(w.org_up, n);
  copy(w.org_down, n), copy(w.org_draw, n), copy(w.bypass_up, n), copy(w.bypass_draw, n);
  copy(w.given, nk);
  if (shape.table != nullptr) copy(w.shift, n * m);
  // What the last candidate left, and what nothing else writes.
  for (long k = 0; k < n * m; ++k) w.feed_up[k] = w.feed_down[k] = w.old_amount[k] = 0;
  for (long k = 0; k < nk; ++k) w.ln[k] = w.old_ln[k] = w.value[k] = w.step[k] = 0;
  if (!shape.recycle) {
    for (long i = 0; i < m; ++i) w.recycled[i] = 0;
  }
  if (warm) {
    copy(w.ln, nk);
    for (long k = 0; k < nk; ++k) w.old_ln[k] = w.ln[k];
    // Without time steps nothing reads the level.
    if (composed) copy(w.old_amount, n * m);
  }
  for (const int up : {1, 0}) {
    const long feeds = static_cast<long>(in[up ? 1 : 2]);
    Strided<double>& feed = up ? w.feed_up : w.feed_down;
    for (long f = 0; f < feeds; ++f, next += 2) feed[static_cast<long>(next[0])] = next[1];
  }
  control.Begin(warm, shape.linear, composed);
  return n;
}

// ---- out: its solution ----
//
// [ln of masters (N*K), x (N*M), y (N*M), recycled (M)]; Control says the rest.

inline long OutputSize(const Cascade& cascade) {
  const long n = cascade.stages(), m = cascade.size();
  return n * cascade.masters() + 2 * n * m + m;
}

RAFFINATE_HD inline void StoreOutput(const Shape& shape, long n, const Space& w, double* out) {
  const long m = shape.components;
  for (long k = 0; k < n * shape.masters; ++k) *out++ = w.ln[k];
  for (long k = 0; k < n * m; ++k) *out++ = w.x[k];
  for (long k = 0; k < n * m; ++k) *out++ = w.x[k] * w.d[k];
  for (long i = 0; i < m; ++i) *out++ = w.recycled[i];
}

/// Reads what StoreOutput wrote, on the host. `s.status` is left to the caller.
inline void ReadOutput(const Cascade& cascade, const Control& control, const double* out,
                       Solution* s) {
  const long n = cascade.stages(), m = cascade.size();
  const auto take = [&](std::vector<double>* to, long size) {
    to->assign(out, out + size);
    out += size;
  };
  SizeState(cascade, &s->state);
  ForEachMaster(s->state, cascade.masters(), [&](long k, double& v) { v = out[k]; });
  out += n * cascade.masters();
  take(&s->x, n * m), take(&s->y, n * m), take(&s->recycled, m);
  s->iterations = control.iterations;
  s->residual = control.residual;
  s->worst_stage = control.worst_stage;
  s->cold = control.cold;
  s->rescued = control.rescued;
}

// ---- one thread ----

/// Candidates of one shape in flat records; `at` says where each begins.
struct Records {
  const double* in = nullptr;
  const long* in_at = nullptr;
  double* out = nullptr;
  const long* out_at = nullptr;
  Control* control = nullptr;  ///< one per candidate, idle until it has ended
  int count = 0;
};

/// What a thread is doing.
struct Worker {
  int candidate = -1;  ///< none
  long stages = 0;
  Control control;
};

/// One turn of a thread: takes the next candidate when it has none (`next()`
/// gives its number, `count` or more when there is none left), advances it by one
/// iteration, and hands it in when it has ended. False when nothing is left.
template <class Size, class Next>
RAFFINATE_HD bool Turn(const Shape& shape, const Limits& limits, const Records& records, Space& w,
                       Worker& worker, Next&& next) {
  if (worker.candidate < 0) {
    const int candidate = next();
    if (candidate >= records.count) return false;
    worker.candidate = candidate;
    worker.stages = LoadInput(shape, records.in + records.in_at[candidate], w, worker.control);
  }
  if (AdvanceCandidate<Size>(shape, limits, worker.stages, 1, w, worker.control)) {
    StoreOutput(shape, worker.stages, w, records.out + records.out_at[worker.candidate]);
    records.control[worker.candidate] = worker.control;
    worker.candidate = -1;
  }
  return true;
}

}  // namespace raffinate::kernels::detail
