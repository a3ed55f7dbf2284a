// A solved circuit as cascade theory sees it: one battery of extraction and scrub.
#pragma once

#include <string>
#include <vector>

#include "kernels/circuit.h"
#include "optimizer/model/figures.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

/// A stream with less than this share of the metals fed is a loss, not one side
/// of a cut, unless a product is taken from it.
inline constexpr double kLeastCutShare = 1e-3;

/// A place where a phase leaves; rising along the organic, the aqueous of a
/// stage before its organic.
inline int Place(int stage, kernels::Phase phase) {
  return 2 * stage + (phase == kernels::Phase::kOrganic ? 1 : 0);
}

/// A stream that leaves with metals.
struct Exit {
  int place = 0;
  bool counts = false;         ///< can be one side of a cut
  std::vector<double> metals;  ///< per metal of Battery [kmol/h]
};

/// The circuit as cascade theory sees it.
struct Battery {
  std::vector<int> metals;  ///< kernel components that are fed and are no base, by rising beta
  std::vector<double> beta;
  std::vector<double> fed;   ///< per metal [kmol/h]
  double total = 0;          ///< sum of `fed`
  double organic_share = 0;  ///< of the metals fed
  double acid = 0;           ///< metal that the feed's free acid strips, per mol fed
  int feed_stage = 0;        ///< from 0
  int beta_stage = 0;        ///< from 1; 0: beta is the same at every stage
  double charge = 1;         ///< mol of base or acid per mol of metal
  double feed_aqueous = 0;   ///< [m3/h]
  double feed_acid = 0;      ///< free acid of the feed [kmol/h]
  std::vector<Exit> exits;

  /// By how much the metal flux of the organic rises at the feed stage, per mol fed.
  double organic_step() const { return organic_share - acid; }
};

/// Element of a kernel component.
const std::string& Symbol(const Built& built, int component);

/// Whether metals exchange for protons with separation factors that follow from the constants
/// alone: mass action, also beside ligands that bind protons and no metal (bisulphate).
bool ExchangesProtons(const Built& built);

/// Free acid in the aqueous of a stage (from 0), with the protons that ligands
/// bind [mol/L]; 0 where base is free and where the law knows no protons.
double FreeAcid(const Solved& solved, int stage);

/// Fills `battery`. Returns an empty string, or why cascade theory knows no such
/// battery: no product, constant D, fewer than two metals, metals that enter at
/// two stages or have unlike charges, one stream only, no scrub.
std::string MakeBattery(const Flowsheet& flowsheet, const Solved& solved,
                        const std::vector<kernels::Outflow>& outflows, Battery* battery);

}  // namespace raffinate::optimizer
