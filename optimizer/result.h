// Figures and profiles of a simulated flowsheet. Meanings and units are those
// of proto/raffinate/v1/simulation.proto.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "optimizer/economics/report.h"
#include "optimizer/model/flowsheet.h"

namespace raffinate::optimizer {

struct ProductFigures {
  std::string product;
  double purity = 0;
  double recovery = 0;
  double impurity = 0;
  double reo_kg_per_h = 0;
  double total_reo_kg_per_h = 0;
};

/// Xu's optimum battery for the cut that was found, two groups taken as two elements; fluxes
/// [mol of metal per mol fed], stages as fractions.
struct XuDesign {
  double organic_mol_per_mol = 0;
  double scrub_mol_per_mol = 0;
  double extraction_stages = 0;
  double scrub_stages = 0;
};

/// The least that theory allows for the split that was found; see docs/theory.md.
/// Absent values have their reason beside them.
struct TheoreticalMinimum {
  std::string reason;  ///< why there is none; empty when there is one
  std::string cut;
  double separation_factor = 0;
  int separation_factor_stage = 0;  ///< 0: the same at every stage
  double organic_mol_per_mol = 0;
  double min_organic_mol_per_mol = 0;
  std::optional<double> scrub_mol_per_mol;  ///< absent of several circuits
  double min_scrub_mol_per_mol = 0;
  int stages = 0;
  std::optional<double> min_stages;
  std::optional<double> min_base_mol_per_mol;
  std::optional<double> min_base_kg_per_t_reo;
  double released_acid_kg_per_t_reo = 0;
  std::string base_reason;
  std::optional<double> min_acid_mol_per_mol;
  std::optional<double> min_acid_kg_per_t_reo;
  std::string acid_reason;
  std::optional<XuDesign> xu;
  std::string xu_reason;
};

struct Figures {
  std::vector<ProductFigures> products;
  double acid_kg_per_t_reo = 0;
  double base_kg_per_t_reo = 0;
  double reagents_kg_per_t_reo = 0;
  double wastewater_m3_per_t_reo = 0;
  double sodium_kg_per_t_reo = 0;
  double ammonium_nitrogen_kg_per_t_reo = 0;
  double chloride_kg_per_t_reo = 0;
  int stages = 0;
  double max_organic_to_aqueous = 0;
  double min_organic_to_aqueous = 0;
  double max_loading = 0;
  double min_ph = 0;
  double max_ph = 0;
  double organic_m3_per_h = 0;
  double stage_flow_m3_per_h = 0;
  double max_loading_share_of_limit = 0;
  double min_precipitation_margin = 0;
  double max_unstripped_share = 0;
  std::optional<double> organic_over_minimum;
  std::optional<double> base_over_minimum;
  std::optional<double> acid_over_minimum;
  TheoreticalMinimum minimum;  ///< filled by AddTheoreticalMinimum
  PlantFigures plant;          ///< filled from EvaluatePlant
};

struct Molarity {
  std::string element;
  double mol_per_l = 0;
};

struct StreamState {
  std::string name;
  std::string role;
  double flow_m3_per_h = 0;
  std::vector<Molarity> metals;
  double free_acid_mol_per_l = 0;
  double chloride_mol_per_l = 0;
  double nitrate_mol_per_l = 0;
  double sulphate_mol_per_l = 0;
  double free_dimer_mol_per_l = 0;
  std::string circuit = "";     ///< that it leaves, or enters from outside; empty for a lone one
  std::string to_circuit = "";  ///< of links: that it enters
};

struct StageMetal {
  std::string element;
  double aqueous_mol_per_l = 0;
  double organic_mol_per_l = 0;
  double d = 0;
};

struct StageState {
  int stage = 0;
  std::string section;
  double aqueous_m3_per_h = 0;
  double organic_m3_per_h = 0;
  double ph = 0;
  double free_dimer_mol_per_l = 0;
  double loading = 0;
  std::vector<StageMetal> metals;
  double loading_share_of_limit = 0;
  double precipitation_margin = 0;
  std::string least_soluble;
  double ionic_strength_mol_per_l = 0;
  double temperature_celsius = 0;
  std::string circuit = "";  ///< empty for a lone one
};

struct Flag {
  std::string code;
  std::string message;
  std::vector<int> stages;
  std::string section = "";
  std::optional<double> value = std::nullopt;
  std::optional<double> limit = std::nullopt;
  std::string circuit = "";  ///< of `stages`; empty for a lone one
};

enum class Origin { kBuiltIn, kFlowsheet, kFlowsheetReplacesBuiltIn };

struct ProductEvidence {
  std::string product;
  Provenance weakest = Provenance::kMeasured;
  std::vector<std::string> weakest_elements;
};

struct Evidence {
  std::string system;
  Origin origin = Origin::kBuiltIn;
  Provenance weakest = Provenance::kMeasured;
  std::vector<std::string> weakest_elements;
  std::vector<ProductEvidence> products;
};

/// How the steady state was found, or why it was not.
struct SolveReport {
  bool converged = false;
  int iterations = 0;
  double residual = 0;
  double balance_error = 0;
  std::string message;
  int recycle_iterations = 0;   ///< passes over the circuits of a recycle
  double recycle_residual = 0;  ///< what is left of it, relative to what is fed
};

/// One circuit of several.
struct CircuitState {
  std::string circuit;
  std::string system;
  int stages = 0;
  double organic_m3_per_h = 0;
  double max_organic_to_aqueous = 0;
  double min_organic_to_aqueous = 0;
  double max_loading = 0;
  double min_ph = 0;
  double max_ph = 0;
};

/// A real number of the flowsheet that can change by itself.
struct Lever {
  std::string path;  ///< "streams[1].flow_m3_per_h"
  double value = 0;
  std::string unit;  ///< UDUNITS, that of the field; "1" for shares
};

/// One figure with its derivatives.
struct Sensitivity {
  std::string figure;   ///< name of the figure table
  std::string product;  ///< empty for figures of the whole
  double value = 0;
  std::string unit;              ///< as in the figure table
  std::vector<double> by_lever;  ///< in the figure's unit per that of the lever
};

struct Sensitivities {
  std::vector<Lever> levers;
  std::vector<Sensitivity> figures;
};

/// One figure over scenarios; in the unit of the figure table.
struct FigureSpread {
  std::string figure;
  std::string product;  ///< empty for figures of the whole
  std::string unit;
  double nominal = 0;
  double mean = 0, sd = 0;
  double least = 0, p5 = 0, median = 0, p95 = 0, most = 0;
};

/// In how many scenarios one demand is met.
struct DemandShare {
  std::string figure;
  std::string product;
  bool at_least = false;
  double limit = 0;
  int met = 0;
};

/// How far one uncertain number can go alone, all others as they are taken to be, before a demand
/// is missed or a steady state.
struct Reach {
  std::string path;
  std::string unit;
  double value = 0;
  double sd = 0;  ///< 0: uniform
  double low = 0, high = 0;
  /// Whether it ends there; otherwise the ends are those of what was tried: 4 sd, or the uniform.
  bool low_ends = false, high_ends = false;
};

/// A design over scenarios that are independent draws of what is uncertain.
struct Robustness {
  int scenarios = 0;
  int solved = 0;
  int met = 0;  ///< with every demand at once
  /// One-sided bounds of the probability to meet every demand, each with 95 % confidence.
  double least_probability = 0, most_probability = 0;
  long long seed = 0;
  std::vector<DemandShare> demands;
  std::vector<FigureSpread> figures;
  std::vector<Reach> flexibility;  ///< the tightest first; empty where demands are missed anyway
};

struct SimulationResult {
  Flowsheet flowsheet;  ///< only numbers
  Figures figures;
  std::vector<StreamState> streams;
  std::vector<StageState> stages;
  std::vector<Flag> flags;
  SolveReport convergence;
  Evidence evidence;
  /// Where asked for and converged.
  std::optional<Sensitivities> sensitivities;
  /// Absent for constant-beta systems, without products and without data.
  std::optional<PlantReport> plant;
  std::vector<CircuitState> circuits;  ///< none for a lone one
  /// Where scenarios were asked for and it converged.
  std::optional<Robustness> robustness;
  std::vector<ElementExit> elements;  ///< where each element leaves
};

}  // namespace raffinate::optimizer
