#include "kernels/population/population.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <exception>

#include "kernels/population/backend.h"

namespace raffinate::kernels {
namespace {

// Smaller populations are expected to be ordered on the host before a device has its first step
// under way; not measured.
constexpr std::size_t kLeastOnCuda = 16384;
// Every rank takes the device some launches, whatever its size. What makes more ranks than
// this is a chain more than a population, and the host goes on from there.
constexpr int kMostRanksOnCuda = 4096;

bool OnCuda(const Device& device, std::size_t rows) {
  return device.kind == Device::Kind::kCuda && rows >= kLeastOnCuda;
}

int FirstDevice(const Device& device) {
  return device.devices == 0 ? 0 : std::countr_zero(device.devices);
}

// The host gives the same, so that a device which fails takes nothing away.
void Report(const std::exception& failure) {
  std::fprintf(stderr, "population on CUDA: %s; the host takes over\n", failure.what());
}

// Ranks of those that have none yet, all dominated by rows of the ranks so far.
void RankRest(const Device& device, const Columns& values, std::size_t enough,
              std::vector<int>* ranks) {
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < values.rows; ++i) {
    if ((*ranks)[i] == kUnranked) rest.push_back(i);
  }
  const std::size_t ranked = values.rows - rest.size();
  if (rest.empty() || ranked >= enough) return;
  const int offset = 1 + *std::max_element(ranks->begin(), ranks->end());
  std::vector<double> left;
  left.reserve(rest.size() * static_cast<std::size_t>(values.columns));
  for (int j = 0; j < values.columns; ++j) {
    for (const std::size_t i : rest) {
      left.push_back(values.values[static_cast<std::size_t>(j) * values.rows + i]);
    }
  }
  std::vector<int> own(rest.size());
  population::RankOnHost(device.threads, {left, rest.size(), values.columns}, enough - ranked, own);
  for (std::size_t n = 0; n < rest.size(); ++n) {
    if (own[n] != kUnranked) (*ranks)[rest[n]] = offset + own[n];
  }
}

}  // namespace

std::vector<int> Ranks(const Device& device, const Columns& values, std::size_t enough) {
  std::vector<int> ranks(values.rows, kUnranked);
  if (OnCuda(device, values.rows)) {
    try {
      population::RankOnCuda(FirstDevice(device), values, enough, kMostRanksOnCuda, ranks);
    } catch (const std::exception& failure) {
      Report(failure);
      std::fill(ranks.begin(), ranks.end(), kUnranked);
    }
    RankRest(device, values, enough, &ranks);
  } else {
    population::RankOnHost(device.threads, values, enough, ranks);
  }
  return ranks;
}

std::vector<double> Crowding(const Device& device, const Columns& values,
                             std::span<const int> front) {
  std::vector<double> crowding(values.rows);
  if (OnCuda(device, values.rows)) {
    try {
      population::CrowdOnCuda(FirstDevice(device), values, front, crowding);
      return crowding;
    } catch (const std::exception& failure) {
      Report(failure);
    }
  }
  population::CrowdOnHost(device.threads, values, front, crowding);
  return crowding;
}

}  // namespace raffinate::kernels
