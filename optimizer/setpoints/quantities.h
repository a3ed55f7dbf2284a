// Every number of a plant that can be set or measured, by its name.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "optimizer/model/build.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/model/leaves.h"

namespace raffinate::optimizer {

struct Quantity {
  enum class Kind {
    kInput,        ///< a number of the flowsheet
    kStreamFlow,   ///< of an aqueous that leaves
    kStreamMetal,  ///< total molarity in an aqueous that leaves
    kStagePh,      ///< -log10 of the free proton molarity
  };
  std::string name;  ///< as in a flowsheet file: "streams.scrub acid.flow"
  std::string unit;  ///< UDUNITS; "1" for shares and pH
  Kind kind = Kind::kInput;
  std::string element;    ///< of metals
  std::size_t leaf = 0;   ///< inputs: in the order of VisitLeaves
  std::string path;       ///< inputs: of the message, "streams[1].flow_m3_per_h"
  Bounds bounds;          ///< inputs: physical
  bool setpoint = false;  ///< inputs: a range in the flowsheet
  Range range;            ///< setpoints: operating limits
  double registered = 0;  ///< inputs: the flowsheet's number, or where the range starts
  int row = -1;           ///< of kernels::Outflows, of what leaves
  int stage = -1;         ///< from 0, of a pH
};

/// "streams.scrub acid.flow" for "streams[1].flow_m3_per_h".
std::string QuantityName(const Flowsheet& flowsheet, const std::string& path);

/// The real numbers of `flowsheet`, whose ranges are setpoints, in the order of
/// VisitLeaves, then what can be measured of `built`, which was made of it.
std::vector<Quantity> ListQuantities(const Flowsheet& flowsheet, const Built& built);

/// Index, or -1.
int FindQuantity(const std::vector<Quantity>& quantities, const std::string& name);

}  // namespace raffinate::optimizer
