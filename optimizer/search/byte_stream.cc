#include "optimizer/search/byte_stream.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace raffinate::optimizer {

std::uint64_t Fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  }
  return hash;
}

std::string Sealed(std::string body) {
  ByteWriter hash;
  hash.Put(Fnv1a(body));
  return std::move(body) + hash.bytes();
}

std::optional<std::string_view> Unsealed(std::string_view bytes) {
  constexpr std::size_t kHashBytes = 8;
  if (bytes.size() < kHashBytes) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - kHashBytes);
  if (ByteReader(bytes.substr(body.size())).Unsigned() != Fnv1a(body)) return std::nullopt;
  return body;
}

void ByteWriter::Put(std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<char>(value >> shift));
}

void ByteWriter::Put(double value) { Put(std::bit_cast<std::uint64_t>(value)); }

void ByteWriter::Put(std::string_view text) {
  Put(std::uint64_t{text.size()});
  bytes_.append(text);
}

void ByteWriter::Put(const std::vector<double>& values) {
  Put(std::uint64_t{values.size()});
  for (const double v : values) Put(v);
}

void ByteWriter::Put(const Candidate& candidate) {
  Put(candidate.genes);
  Put(candidate.state);
  Put(candidate.objectives);
  Put(candidate.violation);
  Put(std::uint64_t{candidate.solved});
}

void ByteWriter::Put(const std::vector<Candidate>& candidates) {
  Put(std::uint64_t{candidates.size()});
  for (const Candidate& c : candidates) Put(c);
}

void ByteWriter::Put(const Convergence::State& state) {
  Put(state.center);
  Put(state.scale);
  Put(state.anchor);
  Put(state.anchor_violation);
  Put(state.hypervolume);
  Put(static_cast<std::uint64_t>(state.quiet_generations));
}

std::uint64_t ByteReader::Unsigned() {
  if (rest_.size() < 8) ok_ = false;
  if (!ok_) return 0;
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) {
    value = value << 8 | static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)]);
  }
  rest_.remove_prefix(8);
  return value;
}

double ByteReader::Double() { return std::bit_cast<double>(Unsigned()); }

std::string ByteReader::Text() {
  const std::uint64_t size = Unsigned();
  if (size > rest_.size()) ok_ = false;
  if (!ok_) return {};
  std::string text(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return text;
}

std::vector<double> ByteReader::Doubles() {
  const std::uint64_t size = Unsigned();
  if (size > rest_.size() / 8) ok_ = false;
  if (!ok_) return {};
  std::vector<double> values(size);
  for (double& v : values) v = Double();
  return values;
}

Candidate ByteReader::OneCandidate() {
  Candidate c;
  c.genes = Doubles();
  c.state = Doubles();
  c.objectives = Doubles();
  c.violation = Double();
  const std::uint64_t solved = Unsigned();
  if (solved > 1) ok_ = false;
  c.solved = solved == 1;
  return c;
}

std::vector<Candidate> ByteReader::Candidates() {
  const std::uint64_t size = Unsigned();
  if (size > rest_.size() / 40) ok_ = false;  // a candidate takes 40 bytes at least
  std::vector<Candidate> candidates;
  for (std::uint64_t i = 0; ok_ && i < size; ++i) candidates.push_back(OneCandidate());
  return candidates;
}

Convergence::State ByteReader::ConvergenceState() {
  Convergence::State state;
  state.center = Doubles();
  state.scale = Doubles();
  state.anchor = Doubles();
  state.anchor_violation = Double();
  state.hypervolume = Double();
  const std::uint64_t quiet = Unsigned();
  if (quiet > std::numeric_limits<int>::max()) ok_ = false;
  state.quiet_generations = ok_ ? static_cast<int>(quiet) : 0;
  return state;
}

bool Plausible(const Candidate& c, std::size_t variables, std::size_t objectives) {
  if (c.genes.size() != variables) return false;
  for (const double g : c.genes) {
    if (!std::isfinite(g)) return false;
  }
  if (!c.solved) return true;
  if (c.objectives.size() != objectives || std::isnan(c.violation)) return false;
  for (const double f : c.objectives) {
    if (!std::isfinite(f)) return false;
  }
  return true;
}

bool PlausibleArchive(std::span<const Candidate> members, std::span<const Candidate> least,
                      const Convergence::State& state, std::size_t most, std::size_t objectives) {
  return members.size() <= most && least.size() <= 1 &&
         (state.center.empty() || state.center.size() == objectives) &&
         state.scale.size() == state.center.size() && state.anchor.size() % objectives == 0 &&
         members.empty() == state.center.empty() &&
         std::all_of(members.begin(), members.end(), [](const Candidate& c) { return c.solved; });
}

}  // namespace raffinate::optimizer
