// The CUDA backend: a thread solves one cascade after the other in its own slot of
// device memory, with the same source as the CPU backend.
//
// Arrays of a slot are laid out with the slot index fastest, so that a warp reads
// neighbouring numbers. One launch works off a whole chunk of candidates: threads
// take the next one from a counter, so that nothing returns to the host between
// iterations and no thread waits for a slow candidate. Each device has several
// pipelines, each with a host thread, a stream, slots and staging of its own: while
// some compute, others copy, and the threads write and read the records of candidates.
// All pipelines of all devices take chunks from one counter, and are kept from batch to
// batch. That one thread alone handles records more slowly than a device solves them, and
// that pinned memory is slow to get, are expectations, never measured on a device.
#include <cuda_runtime.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kernels/cuda/array.h"
#include "kernels/cuda/backend.h"
#include "kernels/detail/slot.h"
#include "kernels/shape.h"

namespace raffinate::kernels::cuda {
namespace {

using detail::Control;
using detail::Limits;
using detail::Records;
using detail::Shape;
using detail::Space;
using detail::Worker;

constexpr int kThreads = 64;
constexpr int kBlocksPerProcessor = 4;
constexpr int kLeastPipelines = 2, kMostPipelines = 8;  ///< per device
constexpr long kLeastChunk = 4096;                      ///< candidates, where memory allows
constexpr double kRecordsShare = 0.1;                   ///< of the memory to be had, for records
/// Of it, for slots. The rest is for records however often they grow, and for what the driver sets
/// aside for the local arrays of all threads that can be there at once: 32 KB each in the largest
/// kernel, known from its compilation, never measured on a device.
constexpr double kSlotsShare = 0.6;
constexpr int kTurnsBetweenLooks = 16;  ///< at the host's wish to stop
/// Between looks whether a chunk is done, which takes milliseconds: the processor is for those
/// that read and write records.
constexpr std::chrono::microseconds kWait(20);

struct Launch {
  Shape shape;
  Limits limits;
  long stages = 0;  ///< of the longest candidate
  long slots = 0;
  double* memory = nullptr;  ///< of the slots
  Records records;
  int* next = nullptr;                 ///< first candidate that nobody has taken
  const volatile int* stop = nullptr;  ///< in host memory: not 0 when all should end
};

template <class Size>
__global__ void __launch_bounds__(kThreads, kBlocksPerProcessor) Work(const Launch launch) {
  const long slot = static_cast<long>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (slot >= launch.slots) return;
  Space w = detail::Lay(launch.shape, launch.stages, launch.memory, launch.slots, slot);
  Worker worker;
  const auto next = [&] { return atomicAdd(launch.next, 1); };
  for (long turn = 1;; ++turn) {
    if (!detail::Turn<Size>(launch.shape, launch.limits, launch.records, w, worker, next)) return;
    if (turn % kTurnsBetweenLooks == 0 && *launch.stop != 0) return;
  }
}

/// Starts the kernel made for the component count: a smaller bound keeps the
/// local arrays of a thread small.
void Start(const Launch& launch, cudaStream_t stream) {
  const unsigned blocks = static_cast<unsigned>((launch.slots + kThreads - 1) / kThreads);
  const int m = launch.shape.components;
  if (launch.shape.table != nullptr) {
    if (m <= 8) {
      Work<detail::Tabled<detail::AtMost<8>>><<<blocks, kThreads, 0, stream>>>(launch);
    } else {
      Work<detail::Tabled<detail::AtMost<detail::kMaxComponents>>>
          <<<blocks, kThreads, 0, stream>>>(launch);
    }
  } else if (!launch.shape.one_wave) {
    if (m <= 8) {
      Work<detail::AtMost<8>><<<blocks, kThreads, 0, stream>>>(launch);
    } else {
      Work<detail::AtMost<detail::kMaxComponents>><<<blocks, kThreads, 0, stream>>>(launch);
    }
  } else if (m <= 4) {
    Work<detail::OneWave<detail::AtMost<4>>><<<blocks, kThreads, 0, stream>>>(launch);
  } else if (m <= 8) {
    Work<detail::OneWave<detail::AtMost<8>>><<<blocks, kThreads, 0, stream>>>(launch);
  } else if (m <= 16) {
    Work<detail::OneWave<detail::AtMost<16>>><<<blocks, kThreads, 0, stream>>>(launch);
  } else {
    Work<detail::OneWave<detail::AtMost<detail::kMaxComponents>>>
        <<<blocks, kThreads, 0, stream>>>(launch);
  }
  Check(cudaGetLastError());
}

/// Host memory that the device copies from and to while it computes.
template <class T>
class Staging {
 public:
  ~Staging() { cudaFreeHost(data_); }
  T* Get(size_t size) {
    if (size > size_) {
      Check(cudaFreeHost(data_));
      data_ = nullptr, size_ = 0;
      Check(cudaMallocHost(&data_, size * sizeof(T)));
      size_ = size;
    }
    return data_;
  }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
};

/// Chunks of one group of tasks, taken by every pipeline.
struct Chunks {
  const ShapeGroup& group;
  std::span<const Task> tasks;
  const SolveOptions& options;
  std::span<Solution> solutions;
  long size = 1;
  std::atomic<long> next{0};

  bool Cancelled() const {
    return options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed);
  }
};

/// As many candidates at a time as a device has room for, shared by `pipelines`.
/// `owned`: bytes that this pipeline holds already.
long Slots(const ShapeGroup& group, int pipelines, double owned) {
  int device = 0, processors = 1;
  Check(cudaGetDevice(&device));
  Check(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, device));
  size_t free_bytes = 0, total_bytes = 0;
  Check(cudaMemGetInfo(&free_bytes, &total_bytes));
  const double bytes = 8.0 * detail::WorkspaceSize(group.shape, group.max_stages);
  // What it has it keeps.
  const double share = kSlotsShare * (static_cast<double>(free_bytes) / pipelines + owned);
  const long fits = static_cast<long>(std::max(owned, share) / bytes);
  return std::max(
      1L, std::min<long>(fits, static_cast<long>(processors) * kBlocksPerProcessor * kThreads));
}

/// Memory for one chunk after the other on one device, the present one.
class Pipeline {
 public:
  // The destructor runs also where one of these throws.
  Pipeline() : Pipeline(Empty()) {
    Check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking));
    Check(cudaEventCreateWithFlags(&done_, cudaEventDisableTiming));
    Check(cudaHostAlloc(&stop_, sizeof(int), cudaHostAllocMapped));
  }
  ~Pipeline() {
    // Nothing may still run in memory that goes away.
    if (stream_ != nullptr) cudaStreamSynchronize(stream_);
    cudaFreeHost(stop_);
    if (done_ != nullptr) cudaEventDestroy(done_);
    if (stream_ != nullptr) cudaStreamDestroy(stream_);
  }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// Bytes of the device for slots and records.
  double Held() const {
    return 8.0 * static_cast<double>(memory_.size() + in_.size() + out_.size());
  }

  /// Solves chunks until there are none left, beside `pipelines` - 1 others.
  void Run(Chunks& chunks, int pipelines) {
    const ShapeGroup& group = chunks.group;
    const long total = static_cast<long>(group.order.size());
    const long slots =
        std::min(chunks.size, Slots(group, pipelines, 8.0 * static_cast<double>(memory_.size())));
    Grow(&memory_, detail::WorkspaceSize(group.shape, group.max_stages) * slots);
    if (group.shape.table != nullptr) Upload(group.shape.table, 1, &table_);
    while (!chunks.Cancelled()) {
      const long begin = chunks.next.fetch_add(chunks.size);
      if (begin >= total) return;
      Solve(chunks, begin, std::min(total, begin + chunks.size), slots);
    }
  }

 private:
  struct Empty {};
  explicit Pipeline(Empty) {}

  void Solve(Chunks& chunks, long begin, long end, long slots) {
    const ShapeGroup& group = chunks.group;
    const int count = static_cast<int>(end - begin);
    in_at_.resize(count + 1), out_at_.resize(count + 1);
    in_at_[0] = out_at_[0] = 0;
    for (int c = 0; c < count; ++c) {
      const Task& task = chunks.tasks[group.order[begin + c]];
      in_at_[c + 1] = in_at_[c] + detail::InputSize(task);
      out_at_[c + 1] = out_at_[c] + detail::OutputSize(*task.cascade);
    }
    double* const in = host_in_.Get(in_at_[count]);
    for (int c = 0; c < count; ++c) {
      detail::WriteInput(chunks.tasks[group.order[begin + c]], in + in_at_[c]);
    }
    double* const out = host_out_.Get(out_at_[count]);
    Control* const control = host_control_.Get(count);
    Upload(in, in_at_[count], &in_);
    Upload(in_at_.data(), count + 1, &device_in_at_);
    Upload(out_at_.data(), count + 1, &device_out_at_);
    Grow(&out_, out_at_[count]);
    Grow(&control_, count);
    Grow(&next_, 1);
    Check(cudaMemsetAsync(next_.data(), 0, sizeof(int), stream_));
    for (int c = 0; c < count; ++c) control[c] = Control();
    Upload(control, count, &control_);
    *stop_ = 0;

    Launch launch;
    launch.shape = group.shape;
    if (group.shape.table != nullptr) launch.shape.table = table_.data();
    launch.limits.tolerance = chunks.options.tolerance;
    launch.limits.step_tolerance = chunks.options.step_tolerance;
    launch.limits.max_warm_iterations = chunks.options.max_warm_iterations;
    launch.limits.max_iterations = chunks.options.max_iterations;
    launch.stages = group.max_stages;
    launch.slots = std::min<long>(slots, count);
    launch.memory = memory_.data();
    launch.records = {in_.data(),      device_in_at_.data(),
                      out_.data(),     device_out_at_.data(),
                      control_.data(), count};
    launch.next = next_.data();
    int* stop = nullptr;
    Check(cudaHostGetDevicePointer(&stop, stop_, 0));
    launch.stop = stop;
    Start(launch, stream_);
    Check(cudaMemcpyAsync(out, out_.data(), out_at_[count] * sizeof(double), cudaMemcpyDeviceToHost,
                          stream_));
    Check(cudaMemcpyAsync(control, control_.data(), count * sizeof(Control), cudaMemcpyDeviceToHost,
                          stream_));
    Check(cudaEventRecord(done_, stream_));
    while (true) {
      const cudaError_t state = cudaEventQuery(done_);
      if (state == cudaSuccess) break;
      if (state != cudaErrorNotReady) Check(state);
      if (chunks.Cancelled()) *static_cast<volatile int*>(stop_) = 1;
      std::this_thread::sleep_for(kWait);
    }
    for (int c = 0; c < count; ++c) {
      // What was not handed in stays cancelled.
      if (!detail::Ended(control[c])) continue;
      const int t = group.order[begin + c];
      Solution& s = chunks.solutions[t];
      detail::ReadOutput(*chunks.tasks[t].cascade, control[c], out + out_at_[c], &s);
      s.status = control[c].phase == Control::Phase::kSolved ? SolveStatus::kSolved
                                                             : SolveStatus::kNotConverged;
    }
  }

  /// Memory only grows. What was in it is of no use, and need not be copied.
  template <class T>
  static void Grow(Array<T>* array, long size) {
    if (static_cast<long>(array->size()) >= size) return;
    *array = {};
    *array = Array<T>(size);
  }

  template <class T>
  void Upload(const T* from, long size, Array<T>* to) {
    Grow(to, size);
    Check(cudaMemcpyAsync(to->data(), from, size * sizeof(T), cudaMemcpyHostToDevice, stream_));
  }

  cudaStream_t stream_ = nullptr;
  cudaEvent_t done_ = nullptr;
  int* stop_ = nullptr;
  std::vector<long> in_at_, out_at_;
  Staging<double> host_in_, host_out_;
  Staging<Control> host_control_;
  Array<double> memory_, in_, out_;
  Array<long> device_in_at_, device_out_at_;
  Array<Control> control_;
  Array<int> next_;
  Array<EquilibriumTable> table_;
};

}  // namespace

/// Pipelines that nobody uses, by device.
class Pipelines {
 public:
  ~Pipelines() {
    for (Idle& idle : idle_) {
      // Memory goes back to the device it is on.
      cudaSetDevice(idle.device);
      idle.pipeline.reset();
    }
  }

  /// One of the present device, which is `device`; a new one where none is idle.
  std::unique_ptr<Pipeline> Take(int device) {
    {
      const std::lock_guard lock(mutex_);
      for (Idle& idle : idle_) {
        if (idle.device != device) continue;
        std::unique_ptr<Pipeline> pipeline = std::move(idle.pipeline);
        std::swap(idle, idle_.back());
        idle_.pop_back();
        return pipeline;
      }
    }
    return std::make_unique<Pipeline>();
  }

  /// Bytes that the idle ones hold on a device.
  double Held(int device) {
    const std::lock_guard lock(mutex_);
    double held = 0;
    for (const Idle& idle : idle_) held += idle.device == device ? idle.pipeline->Held() : 0;
    return held;
  }

  void Return(int device, std::unique_ptr<Pipeline> pipeline) {
    const std::lock_guard lock(mutex_);
    idle_.push_back({device, std::move(pipeline)});
  }

 private:
  struct Idle {
    int device = 0;
    std::unique_ptr<Pipeline> pipeline;
  };

  std::mutex mutex_;
  std::vector<Idle> idle_;
};

std::shared_ptr<Pipelines> MakePipelines() { return std::make_shared<Pipelines>(); }

bool Built() { return true; }

int DeviceCount() {
  int count = 0;
  // No driver and no device are answers, not failures.
  if (cudaGetDeviceCount(&count) != cudaSuccess) {
    cudaGetLastError();
    return 0;
  }
  return count;
}

std::string DeviceName(int index) {
  cudaDeviceProp properties;
  if (cudaGetDeviceProperties(&properties, index) != cudaSuccess) return "";
  return std::string(properties.name) + ", sm_" + std::to_string(properties.major) +
         std::to_string(properties.minor) + ", " + std::to_string(properties.totalGlobalMem >> 30) +
         " GiB";
}

namespace {

/// As many candidates as `pipelines` on each device have room for the records of, with what those
/// that are kept hold.
long RecordsFit(Pipelines& kept, const ShapeGroup& group, std::span<const Task> tasks,
                std::span<const int> devices, int pipelines) {
  double largest = 1;
  for (const int t : group.order) {
    const long numbers = detail::InputSize(tasks[t]) + detail::OutputSize(*tasks[t].cascade);
    largest = std::max(largest, 8.0 * static_cast<double>(numbers));
  }
  long most = std::numeric_limits<long>::max();
  for (const int device : devices) {
    size_t free_bytes = 0, total_bytes = 0;
    if (cudaSetDevice(device) != cudaSuccess ||
        cudaMemGetInfo(&free_bytes, &total_bytes) != cudaSuccess) {
      // It says so itself when it is used.
      cudaGetLastError();
      continue;
    }
    const double room = static_cast<double>(free_bytes) + kept.Held(device);
    most = std::min(most, static_cast<long>(kRecordsShare * room / (pipelines * largest)));
  }
  return std::max(1L, most);
}

}  // namespace

void Solve(Pipelines& pipelines, std::span<const int> devices, std::span<const ShapeGroup> groups,
           std::span<const Task> tasks, const SolveOptions& options,
           std::span<Solution> solutions) {
  const int threads = static_cast<int>(std::thread::hardware_concurrency());
  const int per_device =
      std::clamp(threads / static_cast<int>(devices.size()), kLeastPipelines, kMostPipelines);
  for (const ShapeGroup& group : groups) {
    const long total = static_cast<long>(group.order.size());
    const long workers = static_cast<long>(devices.size()) * per_device;
    Chunks chunks{group, tasks, options, solutions};
    // A few chunks per pipeline, so that copies hide and no device waits for the
    // last one; not so small that copies cost more than they carry.
    chunks.size = std::min(std::max(kLeastChunk, (total + 3 * workers - 1) / (3 * workers)),
                           RecordsFit(pipelines, group, tasks, devices, per_device));
    const auto work = [&](int device) {
      try {
        Check(cudaSetDevice(device));
        std::unique_ptr<Pipeline> pipeline = pipelines.Take(device);
        pipeline->Run(chunks, per_device);
        pipelines.Return(device, std::move(pipeline));
      } catch (const std::exception& error) {
        // What failed is not used again.
        std::fprintf(stderr, "raffinate: CUDA device %d failed: %s\n", device, error.what());
      }
    };
    std::vector<std::thread> pool;
    const long needed = std::min(workers, (total + chunks.size - 1) / chunks.size);
    for (long k = 0; k < needed; ++k) pool.emplace_back(work, devices[k % devices.size()]);
    for (std::thread& thread : pool) thread.join();
  }
}

}  // namespace raffinate::kernels::cuda
