// What a simulation knows of a plant, without its chemistry: everything that the
// environmental and economic figures are computed from. A plant may have any
// number of circuits; streams are those that cross its border.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace raffinate::optimizer {

/// What the figures know of an element.
struct PlantElement {
  std::string symbol;
  double charge = 0;
  double mass = 0;         ///< [g/mol]
  double quoted_mass = 0;  ///< of the oxide per mole, or its own where it has none [g/mol]
  std::string oxide;       ///< "Nd2O3"; empty where it has none
  bool rare_earth = false;
  bool base_cation = false;  ///< Na, NH4, H: reagents, never metal
};

/// The strong acid of a circuit's aqueous.
struct PlantMedium {
  std::string acid;       ///< "HCl", "HNO3", "H2SO4"
  double acid_mass = 0;   ///< per equivalent [g/mol]
  std::string anion;      ///< "Cl", "NO3", "SO4"
  double anion_mass = 0;  ///< per equivalent [g/mol]
};

/// What the preparation of an inlet left behind.
struct PlantResidue {
  std::string name;
  double naoh = 0;  ///< spent on it [kmol/h]
  double nh4oh = 0;
  std::vector<double> metals;  ///< [kmol/h]
};

/// An aqueous stream that enters from outside. Vectors per element: PlantBalance::elements.
struct PlantInlet {
  std::string name;
  bool feed = false;                   ///< brings metals: its acid and water are not reagents
  double flow = 0;                     ///< [m3/h]
  int medium = 0;                      ///< of PlantBalance::media
  double acid = 0;                     ///< free strong acid [keq/h]
  double naoh = 0;                     ///< [kmol/h]
  double nh4oh = 0;                    ///< [kmol/h]
  double heating = 0;                  ///< to the temperature of its section, from 25 degC [MJ/h]
  std::vector<double> metals;          ///< cations, those of bases and salts too [kmol/h]
  std::vector<PlantResidue> residues;  ///< beside `metals`, which are what is left
};

/// What leaves.
struct PlantOutlet {
  std::string name;
  std::vector<int> products;   ///< of PlantBalance::products; empty: no product's
  bool aqueous = true;         ///< else an organic stream
  int circuit = 0;             ///< of PlantBalance::circuits
  double flow = 0;             ///< aqueous part [m3/h]
  double organic = 0;          ///< organic part: droplets of an aqueous outlet [m3/h]
  double free_acid = 0;        ///< of the aqueous; negative when it is alkaline [kmol/h]
  double anions = 0;           ///< of the medium [keq/h]
  bool carried = false;        ///< organic, or beyond the feed: its metals came by the organic
  std::vector<double> metals;  ///< both phases [kmol/h]
  std::vector<double> aqueous_metals;  ///< [kmol/h]
};

struct PlantStage {
  double aqueous = 0;  ///< through the mixer [m3/h]
  double organic = 0;
  std::vector<double> x;  ///< per element [mol/L]; empty: none
  std::vector<double> y;
};

struct PlantSection {
  std::string name;
  std::vector<PlantStage> stages;
};

struct PlantCircuit {
  std::string name;
  std::string system;               ///< extractant system
  double extractant_mol_per_l = 0;  ///< monomer
  double organic_flow = 0;          ///< [m3/h]
  int medium = 0;                   ///< of PlantBalance::media
  double metered_naoh = 0;          ///< for saponification in the organic [kmol/h]
  double metered_nh4oh = 0;
  std::vector<double> organic_metals;  ///< that come with fresh organic [kmol/h]
  std::vector<PlantSection> sections;
};

struct PlantProduct {
  std::string name;
  std::vector<bool> wanted;  ///< per element
  double purity = 0;         ///< relative, of the wanted [-]
};

struct PlantBalance {
  std::vector<PlantElement> elements;
  std::vector<PlantMedium> media;
  std::vector<PlantInlet> inlets;
  std::vector<PlantOutlet> outlets;
  std::vector<PlantCircuit> circuits;
  std::vector<PlantProduct> products;
};

/// Index of the element, or -1.
int FindElement(const PlantBalance& balance, const std::string& symbol);
/// The first product of the outlet that wants the element, or -1.
int WantedBy(const PlantBalance& balance, const PlantOutlet& outlet, std::size_t element);
/// Whether the outlet is (also) that product's.
bool IsOf(const PlantOutlet& outlet, int product);
/// Oxide mass of the wanted elements of one product [kg/h].
double ProductReo(const PlantBalance& balance, int product);
/// The same of all products.
double TotalReo(const PlantBalance& balance);

}  // namespace raffinate::optimizer
