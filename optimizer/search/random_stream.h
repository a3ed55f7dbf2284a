// Random numbers addressed by what they are for, not by when they are drawn.
#pragma once

#include <array>
#include <cstdint>

#include "optimizer/search/philox.h"

namespace raffinate::optimizer {

/// The random numbers of one purpose, generation and candidate. Two streams with
/// the same four keys give the same numbers whatever else was drawn before, so a
/// search needs no generator state in its checkpoints. Distributions are written
/// out here because those of the standard library differ between vendors.
class RandomStream {
 public:
  enum class Purpose : std::uint32_t {
    kSample = 0,
    kCrossover = 1,
    kMutation = 2,
    kPolish = 3,
    kScenario = 4
  };

  RandomStream(std::int64_t seed, Purpose purpose, std::uint32_t generation, std::uint32_t index)
      : key_{static_cast<std::uint32_t>(static_cast<std::uint64_t>(seed)),
             static_cast<std::uint32_t>(static_cast<std::uint64_t>(seed) >> 32)},
        counter_{0, index, generation, static_cast<std::uint32_t>(purpose)} {}

  std::uint32_t Bits() {
    if (used_ == 4) {
      block_ = Philox4x32(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return block_[used_++];
  }

  /// Uniform in [0, 1), 53 bits.
  double Uniform() {
    const std::uint64_t high = Bits() >> 5;
    const std::uint64_t low = Bits() >> 6;
    return static_cast<double>((high << 26) | low) * 0x1.0p-53;
  }

  /// True with probability `p`.
  bool Chance(double p) { return Uniform() < p; }

  /// Uniform in [0, n), n >= 1, without bias (Lemire, doi:10.1145/3230636).
  std::uint32_t Below(std::uint32_t n) {
    std::uint64_t product = std::uint64_t{Bits()} * n;
    if (static_cast<std::uint32_t>(product) < n) {
      const std::uint32_t threshold = (0u - n) % n;
      while (static_cast<std::uint32_t>(product) < threshold) product = std::uint64_t{Bits()} * n;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
};

}  // namespace raffinate::optimizer
