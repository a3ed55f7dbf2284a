// Every figure that an objective or a constraint may name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "optimizer/model/flowsheet.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

/// How the search sees a figure. Shares near one are told apart in the
/// logarithm of what is missing, so that 3N to 4N is one unit of distance.
enum class Scale { kLinear, kLogMissing, kLog };

/// Which way a figure is better; `kEither` where that depends on the task.
enum class Better { kHigher, kLower, kEither };

/// What is known of a figure before anything is solved (foresight.h).
enum class Foresight { kNone, kAtLeast, kExactly };

struct FigureInfo {
  const char* name;   ///< in flowsheet files: "acid"
  const char* field;  ///< in the Figures or ProductFigures message: "acid_kg_per_t_reo"
  const char* unit;   ///< UDUNITS; "1" for shares and counts
  const char* description;
  Better better;
  Scale scale;
  /// Null for figures of a product; NaN where the figure has no value.
  double (*of_flowsheet)(const Figures&);
  double (*of_product)(const ProductFigures&);  ///< null for figures of the flowsheet
  /// Scale::kLogMissing: 1 - value, without cancellation where it is known.
  double (*missing)(const ProductFigures&);
  bool of_minimum;  ///< needs AddTheoreticalMinimum
  bool of_plant;    ///< needs EvaluatePlant
  Foresight foresight = Foresight::kNone;

  bool per_product() const { return of_product != nullptr; }
};

/// In the order in which they are listed to people.
std::span<const FigureInfo> FigureTable();

/// By `name` or by `field`; null when there is none.
const FigureInfo* FindFigure(std::string_view name);

/// All names, for messages.
std::vector<std::string> FigureNames();

/// The objectives a flowsheet has: its own, or by default the best purity, the
/// least reagents and the least wastewater.
std::vector<Objective> ObjectivesOf(const Flowsheet& flowsheet);

}  // namespace raffinate::optimizer
