// Prices, factors, limits and solvents of data/, and what a job makes of them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "optimizer/model/provenance.h"

namespace raffinate::optimizer {

/// A price, a factor or a limit; meanings as in Datum of proto/raffinate/v1/plant.proto.
struct Datum {
  double value = 0;
  std::string unit;
  std::string date;
  Provenance provenance = Provenance::kAssumed;
  std::string source;
  std::vector<std::string> elements = {};  ///< of a price of oxide, in any order
  double min_purity = 0;                   ///< of a price of oxide [-]
};

/// An extractant or the diluent.
struct Solvent {
  std::vector<std::string> systems;  ///< extractant systems that are made with it
  double molar_mass = 0;             ///< per monomer [g/mol]; 0 for the diluent
  double density = 0;                ///< [kg/m3]
  double carbon_share = 0;           ///< by mass [-]
  double solubility = 0;             ///< in the aqueous that leaves [mg/L]
  std::string price;                 ///< name of its price
  Provenance provenance = Provenance::kAssumed;
  std::string source;
};

/// Everything that is known, by name.
struct EconomicsData {
  std::map<std::string, Datum> prices;
  std::map<std::string, Datum> factors;
  std::map<std::string, Datum> limits;  ///< by substance of the effluent [mg/L]
  std::map<std::string, Solvent> solvents;

  bool empty() const { return factors.empty(); }
};

/// A datum that the figures need, with the unit in which they read it.
struct NeededDatum {
  const char* name;
  const char* unit;
};
/// Names without which the figures cannot be computed.
std::span<const NeededDatum> NeededPrices();
std::span<const NeededDatum> NeededFactors();
/// Solvents that have to be there: the one for unknown systems and the diluent.
inline constexpr char kAnyExtractant[] = "extractant";
inline constexpr char kDiluent[] = "kerosene";

enum class Treatment { kDischarge, kEvaporationCrystallization, kSprayRoasting };
enum class Neutralizer {
  kNone,
  kSodiumHydroxide,
  kAmmonia,
  kCalciumHydroxide,
  kMagnesiumOxide,
  kMagnesiumBicarbonate,
};
enum class Allocation { kByRevenue, kByMass };

/// Values of a job by name, in the order in which it gives them.
using Overrides = std::vector<std::pair<std::string, double>>;

/// The block `economics` of a flowsheet; meanings as in
/// proto/raffinate/v1/economics.proto.
struct EconomicsSettings {
  Treatment treatment = Treatment::kDischarge;
  Neutralizer neutralizer = Neutralizer::kNone;
  Allocation allocation = Allocation::kByRevenue;
  std::string extractant;  ///< name of a solvent; empty: by the extractant system
  Overrides prices;
  Overrides factors;
  Overrides limits;
  Overrides product_prices;  ///< [USD/kg], by product
};

/// A value that the figures used and where it is from.
struct UsedDatum {
  enum class Kind { kPrice, kFactor, kLimit, kSolvent };
  Kind kind = Kind::kPrice;
  std::string name;
  double value = 0;
  std::string unit;
  std::string date;
  Provenance provenance = Provenance::kAssumed;
  std::string source;
  bool overridden = false;  ///< the job's; date, class and source then mean nothing
};

/// Looks values up for one plant, the job's before those of data/, and remembers
/// which were used. A name that is not known has the value 0: NeededPrices and
/// NeededFactors are checked when the data are read.
class Lookup {
 public:
  /// Keeps references to both.
  Lookup(const EconomicsData& data, const EconomicsSettings& settings)
      : data_(data), settings_(settings) {}

  double Price(const std::string& name);
  double Factor(const std::string& name);
  /// Empty when neither the data nor the job limit the substance [mg/L].
  std::optional<double> Limit(const std::string& substance);
  /// The job's price of a product; null when it gives none [USD/kg].
  const double* ProductPrice(const std::string& product);
  /// The solvent of an extractant system: the job's, that which lists the system,
  /// or kAnyExtractant.
  std::string ExtractantOf(const std::string& system) const;
  const Solvent& SolventOf(const std::string& name);
  const EconomicsData& data() const { return data_; }

  /// In the order of first use.
  const std::vector<UsedDatum>& used() const { return used_; }

 private:
  UsedDatum& Use(UsedDatum::Kind kind, const std::string& name,
                 const std::map<std::string, Datum>& data, const Overrides& own);

  const EconomicsData& data_;
  const EconomicsSettings& settings_;
  std::vector<UsedDatum> used_;
  std::map<std::pair<UsedDatum::Kind, std::string>, std::size_t> index_;
};

}  // namespace raffinate::optimizer
