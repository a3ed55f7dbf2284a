// Scalar, SIMD, threads and CUDA give the same answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "bench/corpus/corpus.h"
#include "kernels/cpu/lanes.h"
#include "kernels/cuda/backend.h"
#include "kernels/shape.h"
#include "tests/kernels/support.h"

namespace raffinate::kernels::testing {
namespace {

struct Mixed {
  std::vector<Circuit> circuits;
  std::vector<Cascade> cascades;
  std::vector<Task> tasks;
};

/// All kinds together, so that groups, lanes of unequal length and refill are
/// exercised.
Mixed MixedBatch(int per_kind) {
  Mixed b;
  bench::CorpusLimits limits;
  limits.max_stages = 60;
  limits.max_components = 7;
  for (int k = 0; k < per_kind; ++k) {
    for (int kind = 0; kind < bench::kKinds; ++kind) {
      b.circuits.push_back(RandomCircuit(static_cast<bench::Kind>(kind), Seed() + k, limits));
      b.cascades.emplace_back();
      EXPECT_EQ(Assemble(b.circuits.back(), &b.cascades.back()), "");
    }
  }
  for (const Cascade& c : b.cascades) b.tasks.push_back({&c, nullptr});
  return b;
}

std::vector<Solution> SolveAll(const Mixed& b, const Device& device) {
  std::vector<Solution> solutions(b.tasks.size());
  Solve(device, b.tasks, SolveOptions(), solutions);
  return solutions;
}

void ExpectSameOutlets(const Mixed& b, const std::vector<Solution>& left,
                       const std::vector<Solution>& right) {
  for (size_t t = 0; t < b.tasks.size(); ++t) {
    SCOPED_TRACE("task " + std::to_string(t) + ", seed " + std::to_string(Seed()));
    ASSERT_EQ(left[t].status, SolveStatus::kSolved);
    ASSERT_EQ(right[t].status, SolveStatus::kSolved);
    const auto a = Outflows(b.circuits[t], b.cascades[t], left[t]);
    const auto c = Outflows(b.circuits[t], b.cascades[t], right[t]);
    for (size_t r = 0; r < a.size(); ++r) {
      for (size_t i = 0; i < a[r].metals.size(); ++i) {
        EXPECT_NEAR(a[r].metals[i], c[r].metals[i], 1e-8 * std::max(a[r].metals[i], 1e-25));
      }
    }
  }
}

/// On one thread, with one of the CPU's instruction sets.
std::vector<Solution> SolveAll(const Mixed& b, const cpu::Backend& backend) {
  std::vector<Solution> solutions(b.tasks.size());
  for (const ShapeGroup& group : GroupByShape(b.tasks)) {
    for (const int t : group.order) {
      const Cascade& cascade = b.cascades[t];
      detail::SizeState(cascade, &solutions[t].state);
      const size_t m = cascade.size(), nm = cascade.stages() * m;
      solutions[t].x.resize(nm), solutions[t].y.resize(nm), solutions[t].recycled.resize(m);
    }
    detail::Queue queue;
    queue.tasks = b.tasks.data();
    queue.solutions = solutions.data();
    queue.order = group.order.data();
    queue.size = static_cast<int>(group.order.size());
    backend.run(group.shape, group.max_stages, queue, SolveOptions());
  }
  return solutions;
}

TEST(Backends, EveryInstructionSetAgrees) {
  const Mixed b = MixedBatch(2);
  const std::vector<Solution> plain = SolveAll(b, cpu::Usable().front());
  for (const cpu::Backend& backend : cpu::Usable()) {
    SCOPED_TRACE(backend.name);
    ExpectSameOutlets(b, plain, SolveAll(b, backend));
  }
}

TEST(Backends, SimdAgreesWithScalar) {
  const Mixed b = MixedBatch(12);
  ExpectSameOutlets(b, SolveAll(b, kScalar), SolveAll(b, Device{Device::Kind::kCpu, 0, 1}));
}

TEST(Backends, ThreadsAndCompanyInTheBatchChangeNoBit) {
  const Mixed b = MixedBatch(12);
  const auto one = SolveAll(b, Device{Device::Kind::kCpu, 0, 1});
  const auto three = SolveAll(b, Device{Device::Kind::kCpu, 0, 3});
  Mixed reversed = b;
  std::reverse(reversed.tasks.begin(), reversed.tasks.end());
  auto backwards = SolveAll(reversed, Device{Device::Kind::kCpu, 0, 2});
  std::reverse(backwards.begin(), backwards.end());
  for (size_t t = 0; t < b.tasks.size(); ++t) {
    EXPECT_EQ(one[t].x, three[t].x) << t;
    EXPECT_EQ(one[t].state.ln_h, three[t].state.ln_h) << t;
    EXPECT_EQ(one[t].x, backwards[t].x) << t;
    EXPECT_EQ(one[t].iterations, backwards[t].iterations) << t;
  }
}

TEST(Backends, ATaskAloneGivesTheBitsItGivesInABatch) {
  const Mixed b = MixedBatch(4);
  const auto together = SolveAll(b, Device{Device::Kind::kCpu, 0, 1});
  for (size_t t = 0; t < b.tasks.size(); ++t) {
    Solution alone;
    Solve(Device{Device::Kind::kCpu, 0, 1}, {&b.tasks[t], 1}, SolveOptions(), {&alone, 1});
    EXPECT_EQ(alone.x, together[t].x) << t;
  }
}

TEST(Backends, CudaAgreesWithScalar) {
  if (cuda::DeviceCount() == 0) {
    GTEST_SKIP() << (cuda::Built() ? "no CUDA device on this machine"
                                   : "built without the CUDA backend");
  }
  const Mixed b = MixedBatch(24);
  ExpectSameOutlets(b, SolveAll(b, kScalar), SolveAll(b, Device{Device::Kind::kCuda, 0, 0}));
}

// Memory of an earlier batch, of other sizes and shapes, is used again and changes no bit.
// A device that is not there is like one that fails: nothing is lost, the CPU solves it.
TEST(Backends, WhatNoDeviceSolvesTheCpuDoes) {
  const Mixed batch = MixedBatch(3);
  Device none{Device::Kind::kCuda, std::uint64_t{1} << 63, 1};
  const auto cpu = SolveAll(batch, Device{Device::Kind::kCpu, 0, 1});
  const auto left = SolveAll(batch, none);
  for (size_t t = 0; t < cpu.size(); ++t) {
    ASSERT_EQ(left[t].status, SolveStatus::kSolved) << t;
    EXPECT_EQ(left[t].x, cpu[t].x) << t;
  }
}

TEST(Backends, CudaGivesTheSameBitsWithWhatItKept) {
  Device device;
  if (!ParseDevice("cuda", &device).empty()) GTEST_SKIP() << "no CUDA device to be used";
  const Mixed large = MixedBatch(24), small = MixedBatch(3);
  const auto first = SolveAll(large, device);
  const auto between = SolveAll(small, device);
  const auto again = SolveAll(large, device);
  for (const auto* all : {&first, &between, &again}) {
    for (const Solution& s : *all) ASSERT_EQ(s.status, SolveStatus::kSolved);
  }
  for (size_t t = 0; t < first.size(); ++t) EXPECT_EQ(first[t].x, again[t].x) << t;
  const auto alone = SolveAll(small, Device{Device::Kind::kCuda, 0, 0});
  for (size_t t = 0; t < alone.size(); ++t) EXPECT_EQ(alone[t].x, between[t].x) << t;
}

TEST(Devices, AreNamedAndRefusedReadably) {
  Device d;
  EXPECT_EQ(ParseDevice("cpu", &d), "");
  EXPECT_EQ(d.kind, Device::Kind::kCpu);
  EXPECT_EQ(ParseDevice("auto", &d), "");
  EXPECT_NE(ParseDevice("gpu", &d).find("cuda:N,M"), std::string::npos);
  for (const char* wrong :
       {"cuda:x", "cuda:", "cuda:1,", "cuda:-1", "cuda:1x", "cuda1", "cuda:64"}) {
    EXPECT_NE(ParseDevice(wrong, &d).find("is none of"), std::string::npos) << wrong;
  }
  const std::string absent = ParseDevice("cuda:0,63", &d);
  EXPECT_NE(absent, "");
  EXPECT_EQ(absent.find("is none of"), std::string::npos) << absent;
  EXPECT_EQ(ParseDevice("cuda", &d).empty(), cuda::DeviceCount() > 0);
  EXPECT_GE(DescribeDevices().size(), 2u);
}

}  // namespace
}  // namespace raffinate::kernels::testing
