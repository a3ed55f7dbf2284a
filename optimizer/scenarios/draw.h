// Scenarios: what is uncertain about a flowsheet, drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// One thing that is not known: an uncertain leaf, or a constant of an extractant system, by itself
/// or in a group that varies together.
struct UncertainNumber {
  std::string path;  ///< "streams[0].metals[3].mol_per_l", or "P507-HCl: Nd.log10_k"
  std::string unit;  ///< "" for shares and constants
  double value = 0;  ///< nominal
  double sd = 0;     ///< of the normal distribution; 0: uniform from low to high
  double low = 0;    ///< physical bounds of the normal, or the ends of the uniform
  double high = 0;
};

/// All that is uncertain about a flowsheet. Fixed by flowsheet and chemistry; the leaves that are
/// decided play no part, so that it is the same for all candidates of a search.
class Uncertainty {
 public:
  /// `flowsheet` is valid; what it says under `scenarios`, if anything, counts.
  Uncertainty(const Flowsheet& flowsheet, const Chemistry& chemistry);

  const std::vector<UncertainNumber>& numbers() const { return numbers_; }
  bool empty() const { return numbers_.empty() && assays_.empty(); }
  bool has_constants() const { return !constants_.empty(); }

  /// One value per number, then one index per list of assays.
  struct Draw {
    std::vector<double> values;
    std::vector<std::size_t> samples;
  };

  /// What is drawn in every scenario when it is what it is taken to be: numbers at their value,
  /// streams as written (an index past the end of the samples).
  Draw Nominal() const;

  /// `count` draws. `stratified`: every number has one value in each of `count` equally probable
  /// strata (Latin hypercube; McKay, Beckman and Conover, Technometrics 21 (1979) 239), and every
  /// assay is taken equally often. Otherwise all are independent.
  std::vector<Draw> Sample(std::size_t count, std::int64_t seed, bool stratified) const;

  /// Writes what is drawn of leaves and assays into `flowsheet`, a copy of the constructor's, with
  /// or without its decisions made.
  void Apply(const Draw& draw, Flowsheet* flowsheet) const;

  /// `chemistry` with the constants that are drawn; it holds the flowsheet's own systems.
  Chemistry With(const Draw& draw, const Chemistry& chemistry) const;

 private:
  struct LeafNumber {
    std::size_t leaf = 0;  ///< in the order of VisitLeaves
    std::size_t number = 0;
  };
  enum class Quantity { kLog10K, kD, kBeta, kDimers, kLog10Beta };
  struct ConstantNumber {
    std::string system, element;
    Quantity quantity = Quantity::kLog10K;
    std::size_t number = 0;
  };
  /// Numbers `first`... that vary together: deviation = factor * independent normals.
  struct Group {
    std::size_t first = 0;
    std::vector<std::vector<double>> factor;  ///< lower triangle
  };

  /// Those of `elements`, and all that a covariance names.
  void AddConstants(const ExtractantSystem& system, const Scenarios& scenarios,
                    const std::set<std::string>& elements);

  std::vector<UncertainNumber> numbers_;
  std::vector<LeafNumber> leaves_;
  std::vector<ConstantNumber> constants_;
  std::vector<Group> groups_;
  std::vector<char> grouped_;  ///< of every number
  std::vector<Assays> assays_;
};

}  // namespace raffinate::optimizer
