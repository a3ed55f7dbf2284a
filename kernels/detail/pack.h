// The number types a kernel is instantiated over: double, and packs of doubles
// that the compiler maps onto SIMD registers, one candidate per lane.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__CUDACC__)
#define RAFFINATE_HD __host__ __device__
/// For what would need more registers inlined than there are.
#define RAFFINATE_HD_APART __host__ __device__ __noinline__
#else
#define RAFFINATE_HD
#define RAFFINATE_HD_APART
#endif

/// A namespace of what is no template but compiled for each set of instructions: under one name the
/// linker would put one in the place of all others.
#if !defined(RAFFINATE_INSTRUCTIONS)
#define RAFFINATE_INSTRUCTIONS plain
#endif

/// Before a loop over components, of which none depends on memory that another one writes but for
/// sums. Of single numbers the compiler then does several components at once; that it may is more
/// than it sees by itself with so many arrays.
#if defined(__GNUC__) && !defined(__clang__) && !defined(__CUDACC__)
#define RAFFINATE_INDEPENDENT _Pragma("GCC ivdep")
#else
#define RAFFINATE_INDEPENDENT
#endif

namespace raffinate::kernels::detail {

// ---- one candidate ---------------------------------------------------------

RAFFINATE_HD inline double Select(bool mask, double yes, double no) { return mask ? yes : no; }
RAFFINATE_HD inline double Max(double a, double b) { return a > b ? a : b; }
RAFFINATE_HD inline double Min(double a, double b) { return a < b ? a : b; }
RAFFINATE_HD inline double Abs(double a) { return a < 0 ? -a : a; }
RAFFINATE_HD inline bool Less(double a, double b) { return a < b; }
/// Whether a number that is not negative is zero, in all lanes.
RAFFINATE_HD inline bool AllZero(double a) { return a == 0; }
RAFFINATE_HD inline double Round(double a) {
  // Adding and removing 1.5 * 2^52 rounds to the nearest integer.
  constexpr double kShift = 6755399441055744.0;
  return (a + kShift) - kShift;
}
/// 2^n for a whole n within [-1022, 1023]. The sum has n in its last bits; conversions to
/// integers exist for single numbers alone before AVX-512.
RAFFINATE_HD inline double PowerOfTwo(double n) {
  constexpr double kShift = 6755399441055744.0;  // 1.5 * 2^52
  const double shifted = n + kShift;
  std::int64_t bits;
  memcpy(&bits, &shifted, sizeof(bits));
  bits = (bits + 1023) << 52;
  double result;
  memcpy(&result, &bits, sizeof(result));
  return result;
}

// ---- W candidates ----------------------------------------------------------

#if !defined(__CUDACC__)
// The attribute takes no size that depends on a template parameter.
template <int W>
struct PackVectors;
template <>
struct PackVectors<2> {
  typedef double Vector __attribute__((vector_size(16)));
  typedef std::int64_t Integers __attribute__((vector_size(16)));
};
template <>
struct PackVectors<4> {
  typedef double Vector __attribute__((vector_size(32)));
  typedef std::int64_t Integers __attribute__((vector_size(32)));
};
template <>
struct PackVectors<8> {
  typedef double Vector __attribute__((vector_size(64)));
  typedef std::int64_t Integers __attribute__((vector_size(64)));
};

/// W doubles in a SIMD register. Lanes never influence one another.
template <int W>
struct Pack {
  using Vector = typename PackVectors<W>::Vector;
  using Integers = typename PackVectors<W>::Integers;
  struct Mask {
    Integers v;
  };

  Vector v;

  Pack() = default;
  Pack(double scalar) : v(scalar - Vector{}) {}  // NOLINT(google-explicit-constructor)
  explicit Pack(Vector vector) : v(vector) {}

  double operator[](int lane) const { return v[lane]; }
  void Set(int lane, double value) { v[lane] = value; }

  Pack& operator+=(Pack b) { return v += b.v, *this; }
  Pack& operator-=(Pack b) { return v -= b.v, *this; }
  Pack& operator*=(Pack b) { return v *= b.v, *this; }
  friend Pack operator+(Pack a, Pack b) { return Pack(a.v + b.v); }
  friend Pack operator-(Pack a, Pack b) { return Pack(a.v - b.v); }
  friend Pack operator*(Pack a, Pack b) { return Pack(a.v * b.v); }
  friend Pack operator/(Pack a, Pack b) { return Pack(a.v / b.v); }
  friend Pack operator-(Pack a) { return Pack(-a.v); }
};

template <int W>
Pack<W> Select(typename Pack<W>::Mask mask, Pack<W> yes, Pack<W> no) {
  return Pack<W>(mask.v ? yes.v : no.v);
}
template <int W>
typename Pack<W>::Mask Less(Pack<W> a, Pack<W> b) {
  return {a.v < b.v};
}
template <int W>
Pack<W> Max(Pack<W> a, Pack<W> b) {
  return Pack<W>(a.v > b.v ? a.v : b.v);
}
template <int W>
Pack<W> Abs(Pack<W> a) {
  return Pack<W>(a.v < 0 ? -a.v : a.v);
}
template <int W>
bool AllZero(Pack<W> a) {
  const auto bits = reinterpret_cast<typename Pack<W>::Integers>(a.v);
  std::int64_t any = 0;
  for (int lane = 0; lane < W; ++lane) any |= bits[lane];
  return any == 0;
}
template <int W>
Pack<W> Round(Pack<W> a) {
  constexpr double kShift = 6755399441055744.0;
  return Pack<W>((a.v + kShift) - kShift);
}
template <int W>
Pack<W> PowerOfTwo(Pack<W> n) {
  constexpr double kShift = 6755399441055744.0;
  const auto i = reinterpret_cast<typename Pack<W>::Integers>(n.v + kShift);
  return Pack<W>(reinterpret_cast<typename Pack<W>::Vector>((i + 1023) << 52));
}
#endif

/// exp(x) to about 1 ulp for |x| <= 700; clamped beyond. The same polynomial
/// for every number type, so that backends agree to rounding.
template <class T>
RAFFINATE_HD inline T Exp(T x) {
  x = Select(Less(x, T(-700.0)), T(-700.0), x);
  x = Select(Less(T(700.0), x), T(700.0), x);
  const T n = Round(x * T(1.4426950408889634));
  const T r = (x - n * T(6.93147180369123816490e-01)) - n * T(1.90821492927058770002e-10);
  T p = T(1.0 / 479001600.0);
  p = p * r + T(1.0 / 39916800.0);
  p = p * r + T(1.0 / 3628800.0);
  p = p * r + T(1.0 / 362880.0);
  p = p * r + T(1.0 / 40320.0);
  p = p * r + T(1.0 / 5040.0);
  p = p * r + T(1.0 / 720.0);
  p = p * r + T(1.0 / 120.0);
  p = p * r + T(1.0 / 24.0);
  p = p * r + T(1.0 / 6.0);
  p = p * r + T(0.5);
  p = p * r + T(1.0);
  p = p * r + T(1.0);
  return p * PowerOfTwo(n);
}

}  // namespace raffinate::kernels::detail
