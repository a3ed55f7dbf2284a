// Mixer-settlers: size, what they hold, what they cost.
#pragma once

#include <vector>

#include "optimizer/economics/balance.h"
#include "optimizer/economics/data.h"
#include "optimizer/economics/report.h"

namespace raffinate::optimizer {

/// What the stages of a section add up to.
template <class N>
struct SectionSizeOf {
  N mixer_m3 = 0;
  N settler_m2 = 0;
  N organic_m3 = 0;
  N reo_kg = 0;
  N reo_usd = 0;
  N installed_usd = 0;

  /// Calls f(number) for every one.
  template <class F>
  void ForEach(F&& f) {
    for (N* number : {&mixer_m3, &settler_m2, &organic_m3, &reo_kg, &reo_usd, &installed_usd}) {
      f(*number);
    }
  }
};

/// Sizes stages of a plant with `elements`. Of a stage with the flows A and O through it:
///   mixer volume = (A + O) `mixer_residence`, settler area = (A + O) / `settler_rate`,
///   settler volume = area x `settler_depth`;
///   phases are held in the proportion of their flows, at the compositions of the
///   stage; their rare earths are worth the price of mixed oxides, the organic that
///   of its extractant and diluent;
///   installed cost = `mixer_settler_cost` (V / `mixer_settler_volume`)^exponent x
///   `cost_index_now` / `cost_index_then` x `installation_factor`, V mixer and settler.
class StageSizes {
 public:
  StageSizes(const std::vector<PlantElement>& elements, Lookup* lookup);

  template <class N>
  void Add(const PlantStageOf<N>& stage, SectionSizeOf<N>* size) const;

 private:
  const std::vector<PlantElement>& elements_;
  std::vector<double> oxide_price_;  ///< [USD/kg]; 0 where an element is no rare earth
  double residence_, settler_rate_, settler_depth_, cost_, volume_, exponent_;
};

/// One per section.
std::vector<SectionSizeOf<double>> SizeSections(const PlantBalance& balance, Lookup* lookup);

/// One entry per section, from its size.
template <class N>
std::vector<SectionEquipmentOf<N>> ComputeEquipment(const PlantBalanceOf<N>& balance,
                                                    const std::vector<SectionSizeOf<N>>& sizes,
                                                    Lookup* lookup);

/// Extractant and diluent that fill all mixer-settlers once [USD].
template <class N>
N FirstFill(const PlantBalanceOf<N>& balance, const std::vector<SectionEquipmentOf<N>>& equipment,
            Lookup* lookup);

}  // namespace raffinate::optimizer
