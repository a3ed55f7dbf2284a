// The flowsheet as the optimizer sees it: the public message without its wire
// format. Field meanings, units and ranges are those of
// proto/raffinate/v1/flowsheet.proto.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "optimizer/economics/data.h"
#include "optimizer/model/chemistry.h"
#include "optimizer/model/leaf.h"

namespace raffinate::optimizer {

struct MetalConcentration {
  std::string element;
  Number mol_per_l = 0.0;
};

/// Total of a ligand of the extractant system, brought as its acid.
struct ComplexantConcentration {
  std::string ligand;
  Number mol_per_l = 0.0;
};

enum class Base { kNaOH, kNH4OH };

struct ResidueMetal {
  std::string element;
  double share = 0;  ///< of what is left of it in the liquor [-]
};

/// A by-product of the preparation of a liquor.
struct Residue {
  std::string name;
  std::vector<ResidueMetal> metals;
  std::optional<Base> base;  ///< precipitates them; absent: they leave with their anions
};

/// An aqueous stream from outside. Absent concentrations are zero.
struct Stream {
  std::string name;
  Number flow = 0.0;  ///< [m3/h]
  std::string feed;   ///< name in the feed library, or empty
  std::vector<MetalConcentration> metals;
  std::optional<Number> hcl;       ///< free strong acid [mol/L]
  std::optional<Number> naoh;      ///< [mol/L]
  std::optional<Number> nh4oh;     ///< [mol/L]
  std::optional<Number> nacl;      ///< [mol/L]
  std::optional<Number> nh4cl;     ///< [mol/L]
  std::optional<Number> chloride;  ///< total chloride [mol/L]
  // Of the other media [mol/L]; two equivalents each for the sulphates.
  std::optional<Number> hno3, nano3, nh4no3;
  std::optional<Number> h2so4, na2so4, nh4_2so4;
  std::vector<ComplexantConcentration> complexants;
  std::vector<Residue> residues;  ///< taken out before it enters, in this order
};

struct Inlet {
  std::string stream;          ///< from outside, or one that leaves a circuit, or a part of either
  std::optional<Count> stage;  ///< of the section, from 1; when absent the last for an aqueous,
                               ///< the first for an organic
};

enum class DrawPhase { kAqueous, kOrganic };

struct Draw {
  std::string name;
  DrawPhase phase = DrawPhase::kAqueous;
  Count stage = 1;              ///< of the section, from 1
  std::optional<Number> share;  ///< exactly one of share [-] and flow [m3/h]
  std::optional<Number> flow;
};

struct Section {
  std::string name;
  Count stages = 1;
  std::vector<Inlet> inlets;
  std::string outlet;  ///< empty: aqueous flows on into the section before
  Number outlet_share = 1.0;
  std::vector<Draw> draws;
  Number efficiency = 1.0;
  Number aqueous_entrainment = 0.0;
  Number organic_entrainment = 0.0;
  std::optional<double> temperature;  ///< [degC]; the system's reference when absent
};

enum class Loop { kClosed, kOpen };

struct Organic {
  Number flow = 0.0;  ///< [m3/h]; 0 with `from`: what that stream brings
  Loop loop = Loop::kClosed;
  Number saponification = 0.0;  ///< share of monomers [-]
  Base base = Base::kNaOH;
  std::vector<MetalConcentration> metals;  ///< entering with the organic of an open loop
  std::string from;               ///< organic stream of a circuit that enters; may be empty
  std::optional<Number> make_up;  ///< fresh organic that joins `from` [m3/h]
  std::string outlet;             ///< name of the loaded organic; empty: the usual one
};

struct Circuit {
  std::string name;
  Name system;
  Number extractant_mol_per_l = 0.0;  ///< monomer total [mol/L]
  std::optional<Number> second_extractant_mol_per_l;
  Organic organic;
  std::vector<Section> sections;
};

/// A share of a stream. One part of a split may leave its share out: the rest.
struct SplitPart {
  std::string name;
  std::optional<Number> share;  ///< [-]
};

/// A stream, or a part of one, that is divided.
struct Split {
  std::string stream;
  std::vector<SplitPart> parts;
};

struct Product {
  std::string name;
  std::string stream;
  std::vector<std::string> elements;
  std::optional<double> min_purity;    ///< [-]
  std::optional<double> min_recovery;  ///< [-]
};

enum class Direction { kMaximize, kMinimize };

struct Objective {
  Direction direction = Direction::kMinimize;
  std::string figure;
  std::string product;  ///< empty: the worst of all products
};

struct Constraint {
  std::string figure;
  std::string product;
  std::optional<double> min;
  std::optional<double> max;
};

struct SearchSettings {
  long long max_evaluations = 0;  ///< 0: no limit given
  double max_wall_time_s = 0;     ///< 0: no limit given
  int stagnation_generations = 0;
  long long seed = 1;
  int population = 0;  ///< 0: chosen from the number of decisions
  int islands = 1;     ///< populations side by side
};

/// What an operator sets of a stream. What is absent stays as it was.
struct StreamOperation {
  std::string name;
  std::optional<Number> flow;  ///< [m3/h]; 0 shuts the stream off
  std::string feed;            ///< replaces the whole composition
  std::vector<MetalConcentration> metals;
  std::optional<Number> hcl;  ///< [mol/L], like those below
  std::optional<Number> naoh;
  std::optional<Number> nh4oh;
  std::optional<Number> nacl;
  std::optional<Number> nh4cl;
  std::optional<Number> chloride;
};

struct OrganicOperation {
  std::optional<Number> flow;            ///< [m3/h]
  std::optional<Number> saponification;  ///< share of monomers [-]
};

struct DrawOperation {
  std::string name;
  std::optional<Number> share;  ///< [-], or flow [m3/h], as the draw is written
  std::optional<Number> flow;
};

struct SectionOperation {
  std::string name;
  std::optional<Number> outlet_share;  ///< [-], 0 returns everything
  std::vector<DrawOperation> draws;
};

struct Operation {
  std::vector<StreamOperation> streams;
  OrganicOperation organic;
  std::vector<SectionOperation> sections;
};

struct Change {
  double at = 0;    ///< [h]
  double over = 0;  ///< time in which it goes over in a straight line [h]
  Operation sets;
};

/// Residence times of each phase at the flows of the flowsheet.
struct SectionResidence {
  std::string name;
  std::optional<double> mixer;    ///< [h]
  std::optional<double> settler;  ///< [h]
};

enum class Start { kSteady, kBarren };

/// A transient: holdups, start, and what changes in time.
struct Dynamics {
  double mixer = 0;    ///< residence time [h]
  double settler = 0;  ///< [h]
  std::vector<SectionResidence> sections;
  Start start = Start::kSteady;
  Operation initially;
  double until = 0;  ///< [h]
  double every = 0;  ///< [h]
  std::vector<Change> changes;
};

enum class Linkage { kAny, kRequired, kForbidden };

/// A train of circuits that is yet to be designed.
struct Train {
  std::string feed;
  std::string system;                          ///< of all circuits; empty with `systems`
  std::vector<std::string> systems;            ///< to choose from for each set of linked circuits
  double concentration = 0;                    ///< of the extractant, monomer [mol/L]
  double naoh = 0, nh4oh = 0;                  ///< [mol/L]
  std::optional<Number> scrub_hcl, strip_hcl;  ///< [mol/L]; numbers or ranges
  Linkage linkage = Linkage::kAny;
  int max_linked_products = 0;     ///< 0: kUsualLinked
  int max_structures = 0;          ///< 0: kUsualStructures
  int max_stages_per_section = 0;  ///< 0: kUsualSectionStages
  /// Sets of linked circuits, "{Nd | Pr + Ce}" (optimizer/train/pattern.h).
  std::vector<std::string> required, forbidden;
};
inline constexpr int kUsualLinked = 5;
inline constexpr int kUsualStructures = 6;
inline constexpr int kUsualSectionStages = 120;

enum class Statistic { kMean, kQuantile, kWorst, kNominal };

/// A measured composition; what it has replaces that of its stream.
struct Assay {
  std::vector<MetalConcentration> metals;  ///< only numbers
  std::optional<Number> hcl;               ///< a number [mol/L]
};

struct Assays {
  std::string stream;
  std::vector<Assay> samples;
};

/// What designs must hold for.
struct Scenarios {
  int count = 0;  ///< 0: kUsualScenarios
  Statistic demands = Statistic::kQuantile;
  Statistic objectives = Statistic::kMean;
  double probability = 0.95;  ///< of kQuantile
  bool constants = false;     ///< equilibrium constants vary too
  double log10_error = 0;     ///< of those that state none
  long long seed = 0;         ///< 0: that of the search
  std::vector<Assays> assays;
};
inline constexpr int kUsualScenarios = 100;

struct Flowsheet {
  std::string name;
  std::string description;
  std::vector<ExtractantSystem> extractant_systems;  ///< in addition to the library
  std::vector<Stream> streams;
  std::vector<Circuit> circuits;
  std::vector<Split> splits;
  std::vector<Product> products;
  std::vector<Objective> objectives;
  std::vector<Constraint> constraints;
  SearchSettings search;
  std::optional<Dynamics> dynamics;
  EconomicsSettings economics;
  std::optional<Train> train;  ///< in place of circuits
  std::optional<Scenarios> scenarios;
};

}  // namespace raffinate::optimizer
