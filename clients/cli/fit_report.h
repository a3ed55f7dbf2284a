// Fitted constants for people.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/equilibria_csv.h"
#include "raffinate/v1/chemistry.pb.h"

namespace raffinate::cli {

/// Parameters with errors and intervals, agreement before and after by element and
/// source, each source left out, the `rows` largest residuals, and notes.
std::string Report(const v1::FitExtractantSystemResponse& fit, const EquilibriaFile& data,
                   int rows);

/// Every residual with its line, source and state, as comma-separated values.
std::string ResidualsCsv(const v1::FitExtractantSystemResponse& fit, const EquilibriaFile& data);

}  // namespace raffinate::cli
