// From the constants of an extractant system to the kernels' law.
#pragma once

#include <string>

#include "optimizer/model/build.h"

namespace raffinate::optimizer {

/// log10 K of a constant with the free extractant in the kernels' dimers and all in
/// mol/L; charge z of the element. For correlations and constant D as it is.
double KernelLog10K(const ExtractantSystem& system, const EquilibriumConstant& constant,
                    double charge);

/// Dimers of the kernels per unit in which the system counts its extractant.
double DimersPerUnit(const ExtractantSystem& system);

/// The law of the circuit, with its components (of Built::components), and, where it
/// takes a table, the table, shifts by temperature and totals of the inlets. To be
/// called when components, sections and inlets are there. `circuit`: the flowsheet's.
void SetLaw(const Circuit& circuit, Built* built);

}  // namespace raffinate::optimizer
