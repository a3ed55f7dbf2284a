// Random numbers of the corpus, the same on every machine.
#pragma once

#include <cmath>
#include <cstdint>

namespace raffinate::bench {

/// SplitMix64: small, portable, and good enough to choose test cases.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 0x1234567ULL) {}
  double Uniform(double low, double high) { return low + (high - low) * Unit(); }
  double LogUniform(double low, double high) {
    return low * std::exp(std::log(high / low) * Unit());
  }
  int Integer(int low, int high) {
    return low + static_cast<int>(Unit() * (high - low + 1) * (1 - 1e-15));
  }

 private:
  double Unit() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1.0p-53;
  }
  std::uint64_t state_;
};

}  // namespace raffinate::bench
