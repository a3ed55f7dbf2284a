// A seed for random tests: fixed unless RAFFINATE_TEST_SEED says otherwise, always printed.
#pragma once

#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace raffinate::kernels::theory {

inline std::mt19937_64 SeededGenerator() {
  const char* chosen = std::getenv("RAFFINATE_TEST_SEED");
  const unsigned long long seed = chosen ? std::stoull(chosen) : 20250117ULL;
  std::cout << "RAFFINATE_TEST_SEED=" << seed << "\n";
  return std::mt19937_64(seed);
}

inline double Uniform(std::mt19937_64& generator, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(generator);
}

inline double LogUniform(std::mt19937_64& generator, double low, double high) {
  return std::exp(Uniform(generator, std::log(low), std::log(high)));
}

}  // namespace raffinate::kernels::theory
