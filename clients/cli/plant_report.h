// Environmental and economic figures of one flowsheet for people.
#pragma once

#include <string>

#include "raffinate/v1/simulation.pb.h"

namespace raffinate::cli {

/// Sections of the circuit: flows, pH, loading, and the size, content and cost of
/// their mixer-settlers.
std::string CircuitSummary(const v1::Simulation& simulation);

/// Element by element what enters, and the share of it that leaves as product, impurity,
/// in effluent, residues, droplets and organic.
std::string ElementSummary(const v1::Simulation& simulation);

/// Element by element what leaves with each stream, in kg/h and as a share.
std::string ElementBalance(const v1::Simulation& simulation);

/// Reagents with their floor, effluent against limits, what a treatment recovers.
std::string ReagentsAndEffluent(const v1::Simulation& simulation);

/// Energy, cost, products and carbon.
std::string MoneyAndCarbon(const v1::PlantReport& plant);

/// Notes, and each price, factor and limit with date, class and source.
std::string DataUsed(const v1::PlantReport& plant);

}  // namespace raffinate::cli
