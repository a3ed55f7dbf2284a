#include "optimizer/economics/treatment.h"

#include <algorithm>
#include <cstddef>

#include "optimizer/economics/masses.h"

namespace raffinate::optimizer {
namespace {

constexpr double kWater = 1000;  ///< [kg/m3]

/// A cation with its salts of Cl, NO3 and SO4.
template <class N>
struct Cation {
  N (*amount)(const PlantBalanceOf<N>&, const EffluentOf<N>&);
  double charge;
  double mass;
  const char* chloride;
  const char* nitrate;
  const char* sulphate;
};
template <class N>
constexpr Cation<N> kCations[] = {
    {Sodium<N>, 1, mass::kSodium, "NaCl", "NaNO3", "Na2SO4"},
    {Ammonium<N>, 1, mass::kAmmonium, "NH4Cl", "NH4NO3", "(NH4)2SO4"},
    {Calcium<N>, 2, mass::kCalcium, "CaCl2", "Ca(NO3)2", "CaSO4"},
    {Magnesium<N>, 2, mass::kMagnesium, "MgCl2", "Mg(NO3)2", "MgSO4"},
};

template <class N>
const char* SaltOf(const Cation<N>& cation, const std::string& anion) {
  return anion == "Cl" ? cation.chloride : anion == "NO3" ? cation.nitrate : cation.sulphate;
}

}  // namespace

template <class N>
TreatmentResultOf<N> Treat(const PlantBalanceOf<N>& balance,
                           const std::vector<EffluentOf<N>>& effluents, Treatment treatment,
                           Lookup* lookup) {
  TreatmentResultOf<N> result;
  if (treatment == Treatment::kDischarge) return result;
  const auto recover = [&result](const std::string& name, const N& kg_per_h) {
    if (IsNone(kg_per_h)) return;
    for (RecoveredStreamOf<N>& stream : result.recovered) {
      if (stream.name != name) continue;
      stream.kg_per_h += kg_per_h;
      return;
    }
    result.recovered.push_back({name, kg_per_h, 0});
  };
  const double saturation = lookup->Factor("brine_saturation");
  N evaporated = 0, crystallized_brine = 0, fuel = 0, left = 0;
  bool roasted = false;
  for (std::size_t m = 0; m < effluents.size(); ++m) {
    const EffluentOf<N>& effluent = effluents[m];
    const PlantMedium& medium = balance.media[m];
    N anions = effluent.anions, salts = 0, roast_salt = 0;
    for (const Cation<N>& cation : kCations<N>) {
      const N kmol = cation.amount(balance, effluent);
      const N paired = std::min<N>(kmol, std::max<N>(0.0, anions) / cation.charge);
      anions -= paired * cation.charge;
      const N kg = paired * (cation.mass + cation.charge * medium.anion_mass);
      salts += kg;
      const bool roast = treatment == Treatment::kSprayRoasting && cation.amount == Magnesium<N> &&
                         medium.anion == "Cl";
      if (!roast) {
        recover(SaltOf(cation, medium.anion), kg);
        continue;
      }
      roast_salt = kg;
      recover("HCl", 2 * paired * mass::kHydrochloricAcid);
      recover("MgO", paired * mass::kMagnesiumOxide);
      fuel += paired * lookup->Factor("roasting_reaction");
      roasted |= paired > 0;
    }
    left += std::max<N>(0.0, anions);
    const double water_per_salt = (1 - saturation) / saturation;
    const N total = effluent.flow * kWater;
    const N brine_water = std::min<N>(total, salts * water_per_salt);
    N roast_water = 0;
    if (salts > 0) roast_water = brine_water * roast_salt / salts;
    evaporated += total - brine_water;
    crystallized_brine += salts - roast_salt + brine_water - roast_water;
    fuel += roast_water * lookup->Factor("roasting_steam");
    recover("water", total - roast_water);
  }
  result.energy.push_back({"evaporation", evaporated / kWater * lookup->Factor("evaporation"), 0});
  result.energy.push_back(
      {"crystallization", crystallized_brine / 1000 * lookup->Factor("crystallization"), 0});
  if (treatment == Treatment::kSprayRoasting) {
    if (roasted) {
      result.energy.push_back({"spray roasting", 0, fuel / lookup->Factor("roasting_efficiency")});
    } else {
      result.notes.push_back(
          "nothing to roast: the effluent holds no magnesium chloride; neutralize with "
          "MAGNESIUM_OXIDE or MAGNESIUM_BICARBONATE");
    }
  }
  if (left > 0) {
    result.notes.push_back(
        "anions bound to rare earths, other metals or acid are not crystallized and stay in the "
        "mother liquor");
  }
  result.notes.push_back(
      "evaporator, crystallizer and roaster are not in the installed cost: no correlation with a "
      "source was found");
  return result;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type
#define RAFFINATE_DEFINE(N)                                                                        \
  template TreatmentResultOf<N> Treat(const PlantBalanceOf<N>&, const std::vector<EffluentOf<N>>&, \
                                      Treatment, Lookup*)
// NOLINTEND(bugprone-macro-parentheses)
RAFFINATE_FOR_AMOUNTS(RAFFINATE_DEFINE);

}  // namespace raffinate::optimizer
