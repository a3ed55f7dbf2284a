// A Pareto set as a table for people and as CSV.
#pragma once

#include <string>

#include "raffinate/v1/optimizations.pb.h"

namespace raffinate::cli {

/// Purity and recovery of each product, reagents, wastewater and stages, and
/// what else the objectives of `question` name. Of more than
/// `max_rows` flowsheets that many are shown, evenly spaced; 0: all.
std::string ParetoTable(const v1::Flowsheet& question, const v1::ListFlowsheetsResponse& set,
                        int max_rows);

/// Every figure and every decision of every flowsheet, in full precision.
std::string ParetoCsv(const v1::Flowsheet& question, const v1::ListFlowsheetsResponse& set);

}  // namespace raffinate::cli
