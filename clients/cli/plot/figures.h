// What the pictures of `raffinate plot` show; plain data in, pictures out.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/equilibria_csv.h"
#include "clients/cli/plot/gnuplot.h"
#include "raffinate/v1/chemistry.pb.h"
#include "raffinate/v1/simulation.pb.h"

namespace raffinate::cli {

/// Predicted against measured: aqueous molarity on logarithmic axes, and the share of
/// the feed left in the raffinate, which the rms is of; by element.
Picture Parity(const v1::FitExtractantSystemResponse& fit, const EquilibriaFile& data,
               const std::string& title);

/// States of one system at one free extractant, in the order of pH.
using Evaluations = std::vector<v1::EvaluateExtractantSystemResponse>;

/// Share extracted against pH at the phase ratio `organic_to_aqueous`, or with
/// `distribution` D on a logarithmic axis. Only `elements`, or all but Na and NH4 when empty.
Picture ExtractionCurves(const Evaluations& states, const std::vector<std::string>& elements,
                         double organic_to_aqueous, bool distribution, const std::string& title);

/// Organic against aqueous molarity of one element, one curve for each pH.
struct Isotherm {
  double ph = 0;
  std::vector<std::pair<double, double>> points;  ///< aqueous, organic [mol/L]
};
Picture Isotherms(const std::vector<Isotherm>& isotherms, double most_aqueous,
                  const std::string& element, const std::string& title);

/// x, y, pH and loading over the stages of a simulation.
Picture Profile(const v1::Simulation& simulation, const std::string& title);

/// Share of `element` among it and `other`, organic against aqueous: equilibrium of the
/// stages, the states between them, and the steps.
Picture McCabeThiele(const v1::Simulation& simulation, const std::string& element,
                     const std::string& other, const std::string& title);

}  // namespace raffinate::cli
