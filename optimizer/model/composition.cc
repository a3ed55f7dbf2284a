#include "optimizer/model/composition.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

double ValueOr0(const std::optional<Number>& leaf) { return leaf ? Value(*leaf) : 0; }

void Add(const std::string& element, double mol_per_l, Composition* composition) {
  if (!(mol_per_l > 0)) return;
  for (auto& [cation, total] : composition->cations) {
    if (cation == element) {
      total += mol_per_l;
      return;
    }
  }
  composition->cations.emplace_back(element, mol_per_l);
}

/// Takes `residue` out. Its base leaves as many equivalents of its cation behind as the metals
/// had; without base their anions go with them.
void TakeOut(const Residue& residue, const Chemistry& chemistry, bool count_moles,
             Composition* composition) {
  ComposedResidue& out = composition->residues.emplace_back();
  out.name = residue.name;
  double equivalents = 0;
  for (const ResidueMetal& metal : residue.metals) {
    const auto found =
        std::find_if(composition->cations.begin(), composition->cations.end(),
                     [&](const auto& cation) { return cation.first == metal.element; });
    if (found == composition->cations.end()) continue;
    const double taken = metal.share * found->second;
    const Element& element = chemistry.elements.at(metal.element);
    out.metals.emplace_back(&element, taken);
    equivalents += taken * (count_moles ? 1 : element.charge);
    found->second -= taken;
    if (!(found->second > 0)) composition->cations.erase(found);
  }
  if (!residue.base) {
    composition->anions -= equivalents;
    return;
  }
  const bool sodium = *residue.base == Base::kNaOH;
  Add(sodium ? kSodium : kAmmonium, equivalents, composition);
  (sodium ? out.naoh : out.nh4oh) = equivalents;
}

}  // namespace

double ShareLeft(const Stream& stream, const std::string& element) {
  double left = 1;
  for (const Residue& residue : stream.residues) {
    for (const ResidueMetal& metal : residue.metals) {
      if (metal.element == element) left *= 1 - metal.share;
    }
  }
  return left;
}

std::vector<MetalConcentration> MetalsOf(const Stream& stream, const Chemistry& chemistry) {
  std::vector<MetalConcentration> metals;
  if (const auto feed = chemistry.feeds.find(stream.feed); feed != chemistry.feeds.end()) {
    for (const auto& [element, mol_per_l] : feed->second.mol_per_l) {
      metals.push_back({element, mol_per_l});
    }
  }
  const std::size_t from_library = metals.size();
  for (const MetalConcentration& own : stream.metals) {
    bool replaced = false;
    for (std::size_t i = 0; i < from_library && !replaced; ++i) {
      if (metals[i].element == own.element) {
        metals[i] = own;
        replaced = true;
      }
    }
    if (!replaced) metals.push_back(own);
  }
  return metals;
}

std::string Compose(const Stream& stream, const Chemistry& chemistry, bool count_moles,
                    Medium medium, Composition* composition) {
  Composition result;
  result.flow = Value(stream.flow);
  result.naoh = ValueOr0(stream.naoh);
  result.nh4oh = ValueOr0(stream.nh4oh);
  const auto add = [&result](const std::string& element, double mol_per_l) {
    Add(element, mol_per_l, &result);
  };
  double bound = 0;  // anions held by cations [eq/L]
  for (const MetalConcentration& metal : MetalsOf(stream, chemistry)) {
    const auto element = chemistry.elements.find(metal.element);
    if (element == chemistry.elements.end()) {
      return absl::StrCat("stream '", stream.name, "': unknown element '", metal.element, "'");
    }
    const double mol_per_l = Value(metal.mol_per_l);
    add(metal.element, mol_per_l);
    bound += mol_per_l * (count_moles ? 1 : element->second.charge);
    if (mol_per_l > 0 && !IsBaseCation(metal.element)) result.feed = true;
  }
  const MediumFields& fields = FieldsOf(medium);
  const double sodium_salt = fields.equivalents * ValueOr0(stream.*fields.sodium_salt_of);
  const double ammonium_salt = fields.equivalents * ValueOr0(stream.*fields.ammonium_salt_of);
  add(kSodium, sodium_salt + result.naoh);
  add(kAmmonium, ammonium_salt + result.nh4oh);
  bound += sodium_salt + ammonium_salt;
  for (const ComplexantConcentration& complexant : stream.complexants) {
    if (const double total = Value(complexant.mol_per_l); total > 0) {
      result.complexants.emplace_back(complexant.ligand, total);
    }
  }

  if (const auto& acid = stream.*fields.acid_of) {
    result.acid = fields.equivalents * Value(*acid);
  } else if (medium == Medium::kChloride && !stream.chloride) {
    const auto feed = chemistry.feeds.find(stream.feed);
    if (feed != chemistry.feeds.end()) result.acid = feed->second.hcl_mol_per_l;
  }
  if (stream.chloride) {
    const double chloride = Value(*stream.chloride);
    if (!stream.hcl) {
      // A closure of exactly zero acid may come out a rounding below zero.
      if (chloride < bound * (1 - 1e-9)) {
        return absl::StrCat("stream '", stream.name, "': chloride ", chloride,
                            " mol/L is less than the charge of its cations, ", bound, " eq/L");
      }
      result.acid = std::fmax(0.0, chloride - bound);
    } else if (std::fabs(chloride - bound - result.acid) > kChlorideTolerance * chloride) {
      return absl::StrCat("stream '", stream.name, "': chloride ", chloride,
                          " mol/L contradicts metals and acid, which sum to ", bound + result.acid,
                          " eq/L");
    }
  }
  result.anions = bound + result.acid;
  for (const Residue& residue : stream.residues) {
    TakeOut(residue, chemistry, count_moles, &result);
  }
  *composition = std::move(result);
  return "";
}

}  // namespace raffinate::optimizer
