#include "optimizer/model/medium.h"

#include "optimizer/model/build.h"

namespace raffinate::optimizer {
namespace {

bool Salt(const kernels::Circuit& circuit) {
  return circuit.law == kernels::Law::kTable && circuit.table->kind[0] == kernels::Master::kSalt;
}

}  // namespace

const char* MediumName(Medium medium) {
  switch (medium) {
    case Medium::kChloride:
      return "chloride";
    case Medium::kNitrate:
      return "nitrate";
    case Medium::kSulphate:
      return "sulphate";
  }
  return "";
}

double AcidMass(Medium medium) {
  switch (medium) {
    case Medium::kChloride:
      return 36.461;
    case Medium::kNitrate:
      return 63.013;
    case Medium::kSulphate:
      return 98.072 / 2;
  }
  return 0;
}

const MediumFields& FieldsOf(Medium medium) {
  static const MediumFields kChloride{"hcl",         "nacl",         "nh4cl", &Stream::hcl,
                                      &Stream::nacl, &Stream::nh4cl, 1};
  static const MediumFields kNitrate{"hno3",         "nano3",         "nh4no3", &Stream::hno3,
                                     &Stream::nano3, &Stream::nh4no3, 1};
  static const MediumFields kSulphate{
      "h2so4", "na2so4", "nh4_2so4", &Stream::h2so4, &Stream::na2so4, &Stream::nh4_2so4, 2};
  return medium == Medium::kChloride  ? kChloride
         : medium == Medium::kNitrate ? kNitrate
                                      : kSulphate;
}

double MediumEquivalents(const Built& built, const kernels::Outflow& out) {
  const kernels::Circuit& circuit = built.circuit;
  double sum = out.anions;
  if (Salt(circuit)) {
    for (std::size_t i = 0; i < circuit.components.size(); ++i) {
      sum += circuit.components[i].charge * out.aqueous_metals[i];
    }
    return sum;
  }
  for (std::size_t k = 0; k < out.totals.size(); ++k) {
    if (built.medium_ligand == static_cast<int>(k)) continue;
    sum -= circuit.table->ligand_charge[k + 2] * out.totals[k];
  }
  return sum;
}

void AddMediumEquivalents(const Built& built, double weight, kernels::OutflowSeed* seed) {
  const kernels::Circuit& circuit = built.circuit;
  seed->anions += weight;
  if (Salt(circuit)) {
    seed->aqueous_metals.resize(circuit.components.size());
    for (std::size_t i = 0; i < circuit.components.size(); ++i) {
      seed->aqueous_metals[i] += weight * circuit.components[i].charge;
    }
    return;
  }
  if (circuit.table == nullptr) return;
  seed->totals.resize(circuit.table->masters - 2);
  for (std::size_t k = 0; k < seed->totals.size(); ++k) {
    if (built.medium_ligand == static_cast<int>(k)) continue;
    seed->totals[k] -= weight * circuit.table->ligand_charge[k + 2];
  }
}

}  // namespace raffinate::optimizer
