#include "bench/machine.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>

namespace raffinate::bench {
namespace {

#if defined(__x86_64__)
typedef double Wide __attribute__((vector_size(64)));
typedef double Half __attribute__((vector_size(32)));

/// Ten chains keep two multiply-add units of latency four or five busy. The
/// result is returned so that nothing is optimized away.
template <class V>
__attribute__((always_inline)) inline double Chains(long rounds) {
  const V factor = V{} + 0.999, add = V{} + 1e-3;
  V a = V{}, b = a + 1, c = a + 2, d = a + 3, e = a + 4, f = a + 5, g = a + 6, h = a + 7, i = a + 8,
    j = a + 9;
  for (long k = 0; k < rounds; ++k) {
    a = a * factor + add, b = b * factor + add, c = c * factor + add, d = d * factor + add;
    e = e * factor + add, f = f * factor + add, g = g * factor + add, h = h * factor + add;
    i = i * factor + add, j = j * factor + add;
  }
  const V sum = a + b + c + d + e + f + g + h + i + j;
  return sum[0];
}

__attribute__((target("avx2,fma"), noinline)) double ChainsAvx2(long rounds) {
  return Chains<Half>(rounds);
}
__attribute__((target("avx512f,fma,prefer-vector-width=512"), noinline)) double ChainsAvx512(
    long rounds) {
  return Chains<Wide>(rounds);
}
#endif

volatile double kept;

}  // namespace

double PeakGflops() {
#if defined(__x86_64__)
  double (*chains)(long) = nullptr;
  int width = 0;
  if (__builtin_cpu_supports("avx512f")) {
    chains = ChainsAvx512, width = 8;
  } else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    chains = ChainsAvx2, width = 4;
  }
  if (chains == nullptr) return 0;
  const long rounds = 20000000;
  double best = 0;
  for (int k = 0; k < 3; ++k) {
    const double begin = Now();
    kept = chains(rounds);
    best = std::max(best, 2e-9 * 10 * width * rounds / (Now() - begin));
  }
  return best;
#else
  return 0;
#endif
}

double CopyGigabytesPerSecond() {
  const size_t bytes = size_t{256} << 20;
  std::vector<char> from(bytes, 1), to(bytes, 2);
  double best = 0;
  for (int k = 0; k < 3; ++k) {
    const double begin = Now();
    std::memcpy(to.data(), from.data(), bytes);
    kept = to[bytes / 2];
    best = std::max(best, 2e-9 * bytes / (Now() - begin));
  }
  return best;
}

std::string ProcessorName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

std::string Today() {
  char text[32];
  const std::time_t now = std::time(nullptr);
  std::strftime(text, sizeof(text), "%Y-%m-%d", std::gmtime(&now));
  return text;
}

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t k = static_cast<size_t>(share * static_cast<double>(values.size()));
  return values[std::min(values.size() - 1, k)];
}

}  // namespace raffinate::bench
