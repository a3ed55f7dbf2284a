// What a simulation knows of a plant, without its chemistry: everything that the
// environmental and economic figures are computed from. A plant may have any
// number of circuits; streams are those that cross its border.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "optimizer/economics/amount.h"

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
template <class N>
struct PlantResidueOf {
  std::string name;
  N naoh = 0;  ///< spent on it [kmol/h]
  N nh4oh = 0;
  std::vector<N> metals;  ///< [kmol/h]
};
using PlantResidue = PlantResidueOf<double>;

/// An aqueous stream that enters from outside. Vectors per element: PlantBalance::elements.
template <class N>
struct PlantInletOf {
  std::string name;
  bool feed = false;      ///< brings metals: its acid and water are not reagents
  N flow = 0;             ///< [m3/h]
  int medium = 0;         ///< of PlantBalance::media
  N acid = 0;             ///< free strong acid [keq/h]
  N naoh = 0;             ///< [kmol/h]
  N nh4oh = 0;            ///< [kmol/h]
  N heating = 0;          ///< to the temperature of its section, from 25 degC [MJ/h]
  std::vector<N> metals;  ///< cations, those of bases and salts too [kmol/h]
  std::vector<PlantResidueOf<N>> residues;  ///< beside `metals`, which are what is left
};
using PlantInlet = PlantInletOf<double>;

/// What leaves.
template <class N>
struct PlantOutletOf {
  std::string name;
  std::vector<int> products;      ///< of PlantBalance::products; empty: no product's
  bool aqueous = true;            ///< else an organic stream
  int circuit = 0;                ///< of PlantBalance::circuits
  N flow = 0;                     ///< aqueous part [m3/h]
  N organic = 0;                  ///< organic part: droplets of an aqueous outlet [m3/h]
  N free_acid = 0;                ///< of the aqueous; negative when it is alkaline [kmol/h]
  N anions = 0;                   ///< of the medium [keq/h]
  bool carried = false;           ///< organic, or beyond the feed: its metals came by the organic
  std::vector<N> metals;          ///< both phases [kmol/h]
  std::vector<N> aqueous_metals;  ///< [kmol/h]
};
using PlantOutlet = PlantOutletOf<double>;

template <class N>
struct PlantStageOf {
  N aqueous = 0;  ///< through the mixer [m3/h]
  N organic = 0;
  std::vector<N> x;  ///< per element [mol/L]; empty: none
  std::vector<N> y;
};
using PlantStage = PlantStageOf<double>;

template <class N>
struct PlantSectionOf {
  std::string name;
  std::vector<PlantStageOf<N>> stages;
};
using PlantSection = PlantSectionOf<double>;

template <class N>
struct PlantCircuitOf {
  std::string name;
  std::string system;          ///< extractant system
  N extractant_mol_per_l = 0;  ///< monomer
  N organic_flow = 0;          ///< [m3/h]
  int medium = 0;              ///< of PlantBalance::media
  N metered_naoh = 0;          ///< for saponification in the organic [kmol/h]
  N metered_nh4oh = 0;
  std::vector<N> organic_metals;  ///< that come with fresh organic [kmol/h]
  std::vector<PlantSectionOf<N>> sections;
};
using PlantCircuit = PlantCircuitOf<double>;

struct PlantProduct {
  std::string name;
  std::vector<bool> wanted;  ///< per element
  double purity = 0;         ///< relative, of the wanted [-]
};

template <class N>
struct PlantBalanceOf {
  std::vector<PlantElement> elements;
  std::vector<PlantMedium> media;
  std::vector<PlantInletOf<N>> inlets;
  std::vector<PlantOutletOf<N>> outlets;
  std::vector<PlantCircuitOf<N>> circuits;
  std::vector<PlantProduct> products;
};
using PlantBalance = PlantBalanceOf<double>;

/// Index of the element, or -1.
template <class N>
int FindElement(const PlantBalanceOf<N>& balance, const std::string& symbol);
/// The first product of the outlet that wants the element, or -1.
template <class N>
int WantedBy(const PlantBalanceOf<N>& balance, const PlantOutletOf<N>& outlet, std::size_t element);
/// Whether the outlet is (also) that product's.
template <class N>
bool IsOf(const PlantOutletOf<N>& outlet, int product);
/// Oxide mass of the wanted elements of one product [kg/h].
template <class N>
N ProductReo(const PlantBalanceOf<N>& balance, int product);
/// The same of all products.
template <class N>
N TotalReo(const PlantBalanceOf<N>& balance);

}  // namespace raffinate::optimizer
