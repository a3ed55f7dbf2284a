// Numbers below 2.2e-308 taken as zero while a lane group runs.
//
// What the stages return of a wave fades from stage to stage, in long cascades until it
// falls below the smallest normal number. Processors compute with what is left in
// microcode, a hundred times slower, and nothing that anybody asks for depends on it: no
// molarity below kTrace enters a Jacobian.
#pragma once

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace raffinate::kernels::detail {

/// Sets the mode of the calling thread, and the former one at its end. Processors without
/// such a mode compute subnormal numbers as ever.
class FlushSubnormals {
 public:
#if defined(__SSE2__)
  FlushSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | kResults | kOperands); }
  ~FlushSubnormals() { _mm_setcsr(before_); }

 private:
  static constexpr unsigned kResults = 0x8000, kOperands = 0x0040;
  unsigned before_;

 public:
#else
  FlushSubnormals() = default;
#endif
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;
};

}  // namespace raffinate::kernels::detail
