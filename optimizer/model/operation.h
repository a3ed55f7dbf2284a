// What an operator sets, put into flowsheets and circuits.
#pragma once

#include <string>
#include <vector>

#include "optimizer/model/build.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// Whether the operation sets nothing at all.
bool IsEmpty(const Operation& operation);

/// Puts `operation` into `flowsheet`. Fields given replace, metals one by one; a
/// feed replaces the whole composition, and of hcl and chloride the one given
/// replaces the other. Names that are not known are passed over. Flows and shares
/// may then be 0, which no other flowsheet has.
void Apply(const Operation& operation, Flowsheet* flowsheet);

/// The flowsheet as it is run at the start, then after every change of its
/// `dynamics`, which it must have.
std::vector<Flowsheet> OperatingPoints(const Flowsheet& flowsheet);

/// Lays out flowsheets of one plant over the components of all of them, so that
/// their circuits differ in numbers alone: inlets and draws correspond. Inlets may
/// have no flow (see WithoutIdle). Returns an empty string, or what is wrong with
/// the flowsheet at `*failed`. `flowsheets` must outlive `built`.
std::string BuildAll(const std::vector<Flowsheet>& flowsheets, const Chemistry& chemistry,
                     std::vector<Built>* built, std::size_t* failed);

/// The circuit without inlets that have no flow, which kernels refuse.
kernels::Circuit WithoutIdle(kernels::Circuit circuit);

/// A circuit on the straight line from `a` (part 0) to `b` (part 1): flows,
/// molarities, anions, extractant and draws of `circuit` are set, idle inlets
/// left out. `a` and `b` as from BuildAll.
void Between(const kernels::Circuit& a, const kernels::Circuit& b, double part,
             kernels::Circuit* circuit);

}  // namespace raffinate::optimizer
