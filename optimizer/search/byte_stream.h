// Numbers to bytes and back, for checkpoints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "optimizer/search/convergence.h"
#include "optimizer/search/problem.h"

namespace raffinate::optimizer {

/// 64-bit FNV-1a hash; any change of a single byte changes it.
std::uint64_t Fnv1a(std::string_view bytes);

/// `body` and its hash behind it.
std::string Sealed(std::string body);

/// The body of what Sealed made, a view of `bytes`; nothing where a byte has changed or is
/// missing.
std::optional<std::string_view> Unsealed(std::string_view bytes);

/// Appends values to a string: integers little-endian, doubles by their bits.
class ByteWriter {
 public:
  void Put(std::uint64_t value);
  void Put(double value);
  void Put(std::string_view text);
  void Put(const std::vector<double>& values);
  void Put(const Candidate& candidate);
  void Put(const std::vector<Candidate>& candidates);
  void Put(const Convergence::State& state);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads what a ByteWriter wrote. After the first value that does not fit into the
/// bytes that are left, `ok()` is false and every further value is empty; no length
/// that is read is trusted.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool finished() const { return ok_ && rest_.empty(); }

  std::uint64_t Unsigned();
  double Double();
  std::string Text();
  std::vector<double> Doubles();
  Candidate OneCandidate();
  std::vector<Candidate> Candidates();
  Convergence::State ConvergenceState();

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// Whether a candidate that was read could have come from a search over this many variables.
bool Plausible(const Candidate& candidate, std::size_t variables, std::size_t objectives);

/// Whether an archive of at most `most` that was read (its members and the one that misses the
/// demands least, if any) and what is kept of its convergence fit together. Says nothing of genes.
bool PlausibleArchive(std::span<const Candidate> members, std::span<const Candidate> least,
                      const Convergence::State& state, std::size_t most, std::size_t objectives);

}  // namespace raffinate::optimizer
