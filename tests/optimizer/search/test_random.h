// Random numbers of tests: fixed seed, or RAFFINATE_TEST_SEED; printed on failure.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

namespace raffinate::optimizer::testing {

inline std::uint64_t TestSeed() {
  const char* given = std::getenv("RAFFINATE_TEST_SEED");
  const std::uint64_t seed = given ? std::stoull(given) : 20240607;
  std::cout << "RAFFINATE_TEST_SEED=" << seed << "\n";
  return seed;
}

}  // namespace raffinate::optimizer::testing
