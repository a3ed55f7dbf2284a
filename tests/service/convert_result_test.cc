// Conversion of results to messages: no field may be forgotten.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "service/convert/chemistry.h"
#include "service/convert/dynamics.h"
#include "service/convert/sensitivity.h"
#include "service/convert/simulation.h"

namespace raffinate::service {
namespace {

using google::protobuf::Message;
using google::protobuf::Reflection;

// Fields of a message that nobody has set, at any depth.
void CollectUnset(const Message& message, const std::string& path, std::set<std::string>* unset) {
  const auto* descriptor = message.GetDescriptor();
  const Reflection* r = message.GetReflection();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    const std::string at = path + "." + field->name();
    const bool set =
        field->is_repeated() ? r->FieldSize(message, field) > 0 : r->HasField(message, field);
    if (!set) {
      unset->insert(at);
    } else if (field->message_type() && field->name() != "flowsheet") {
      CollectUnset(field->is_repeated() ? r->GetRepeatedMessage(message, field, 0)
                                        : r->GetMessage(message, field),
                   at, unset);
    }
  }
}

TEST(Convert, EveryFieldOfAResultIsFilled) {
  optimizer::SimulationResult result;
  result.flowsheet.name = "named";
  double next = 1;
  const auto number = [&] { return next += 0.25; };
  auto& figures = result.figures;
  figures.products.push_back({"Nd", number(), number(), number(), number(), number()});
  for (double* field :
       {&figures.acid_kg_per_t_reo, &figures.base_kg_per_t_reo, &figures.reagents_kg_per_t_reo,
        &figures.wastewater_m3_per_t_reo, &figures.sodium_kg_per_t_reo,
        &figures.ammonium_nitrogen_kg_per_t_reo, &figures.chloride_kg_per_t_reo,
        &figures.max_organic_to_aqueous, &figures.min_organic_to_aqueous, &figures.max_loading,
        &figures.min_ph, &figures.max_ph, &figures.organic_m3_per_h, &figures.stage_flow_m3_per_h,
        &figures.max_loading_share_of_limit, &figures.min_precipitation_margin,
        &figures.max_unstripped_share}) {
    *field = number();
  }
  figures.stages = 40;
  figures.organic_over_minimum = number();
  figures.base_over_minimum = number();
  figures.acid_over_minimum = number();
  figures.minimum = {"reason", "Pr | Nd", number(), 18,       number(), number(), number(),
                     number(), 60,        number(), number(), number(), number(), "base",
                     number(), number(),  "acid",   {},       {}};
  figures.minimum.xu = {number(), number(), number(), number()};
  figures.minimum.xu_reason = "xu";
  result.streams.push_back({"raffinate",
                            "outlet",
                            number(),
                            {{"Nd", number()}},
                            number(),
                            number(),
                            number(),
                            number(),
                            number()});
  result.stages.push_back({3,
                           "scrub",
                           number(),
                           number(),
                           number(),
                           number(),
                           number(),
                           {{"Nd", number(), number(), number()}},
                           number(),
                           number(),
                           "Nd",
                           number(),
                           number()});
  result.flags.push_back({"PH_OUT_OF_RANGE", "message", {1, 2}, "scrub", number(), number()});
  result.evidence = {"P507",
                     optimizer::Origin::kFlowsheetReplacesBuiltIn,
                     optimizer::Provenance::kAssumed,
                     {"Na"},
                     {{"Nd", optimizer::Provenance::kFitted, {"Nd"}}}};
  result.convergence = {true, 17, number(), number(), "message", 5, number()};
  result.streams[0].circuit = result.stages[0].circuit = result.flags[0].circuit = "heavy";
  result.streams[0].to_circuit = "light";
  result.circuits.push_back(
      {"heavy", "P507", 40, number(), number(), number(), number(), number(), number()});
  result.sensitivities = {{{"streams[0].flow_m3_per_h", number(), "m3/h"}},
                          {{"purity", "Nd", number(), "1", {number()}}}};
  optimizer::Robustness& robustness = result.robustness.emplace();
  robustness.scenarios = 100;
  robustness.solved = 99;
  robustness.met = 95;
  robustness.least_probability = number();
  robustness.most_probability = number();
  robustness.seed = 7;
  robustness.demands = {{"purity", "Nd", true, number(), 96}};
  robustness.figures = {{"purity", "Nd", "1", number(), number(), number(), number(), number(),
                         number(), number(), number()}};
  robustness.flexibility = {
      {"streams[0].flow_m3_per_h", "m3/h", number(), number(), number(), number(), true, true}};
  auto& plant = figures.plant;
  for (std::optional<double>* field : {&plant.water_m3_per_t_reo,
                                       &plant.extractant_loss_kg_per_t_reo,
                                       &plant.diluent_loss_kg_per_t_reo,
                                       &plant.organic_carbon_kg_per_t_reo,
                                       &plant.magnesium_kg_per_t_reo,
                                       &plant.calcium_kg_per_t_reo,
                                       &plant.effluent_over_limit,
                                       &plant.electricity_kwh_per_t_reo,
                                       &plant.heat_gj_per_t_reo,
                                       &plant.co2e_kg_per_kg_reo,
                                       &plant.settler_area_m2,
                                       &plant.reo_inventory_kg,
                                       &plant.organic_inventory_m3,
                                       &plant.inventory_value_usd,
                                       &plant.installed_cost_usd,
                                       &plant.operating_cost_usd_per_kg_reo,
                                       &plant.cost_usd_per_kg_reo,
                                       &plant.revenue_usd_per_kg_reo,
                                       &plant.margin_usd_per_kg_reo,
                                       &plant.base_over_floor,
                                       &plant.acid_over_floor}) {
    *field = number();
  }
  auto& report = result.plant.emplace();
  report.reagents.push_back({"HCl", "streams", number(), number()});
  report.effluent.push_back({"Cl", number(), number(), number(), "Cl", number(), number()});
  result.elements.push_back({"Nd", "strip liquor", optimizer::ElementExit::Kind::kImpurity, "heavy",
                             number(), number(), number()});
  report.equipment.push_back(
      {"one", "strip", 4, number(), number(), number(), number(), number(), number(), number()});
  report.energy.push_back({"mixing", number(), number()});
  report.costs.push_back({"HCl", true, number(), number()});
  report.carbon.push_back({"HCl", number(), number()});
  report.products.push_back(
      {"heavy", number(), number(), "basis", number(), number(), number(), number()});
  report.recovered.push_back({"NaCl", number(), number()});
  report.data.push_back({optimizer::UsedDatum::Kind::kLimit, "Cl", number(), "mg/L", "2011",
                         optimizer::Provenance::kReference, "a source"});
  report.notes = {"note"};
  report.base_floor_kg_per_t_reo = number();
  report.acid_floor_kg_per_t_reo = number();
  report.weakest = optimizer::Provenance::kAssumed;
  report.effluent_m3_per_h = number();
  const v1::Simulation proto = ToProto(result);
  std::set<std::string> unset;
  CollectUnset(proto, "", &unset);
  // The one that belongs to values without date, class and source.
  EXPECT_EQ(unset.erase(".plant.data.overridden"), 1u);
  EXPECT_EQ(unset, std::set<std::string>{});
  EXPECT_EQ(proto.figures().products(0).impurity(), figures.products[0].impurity);
  EXPECT_EQ(proto.figures().chloride_kg_per_t_reo(), figures.chloride_kg_per_t_reo);
  EXPECT_EQ(proto.figures().base_over_minimum(), *figures.base_over_minimum);
  EXPECT_EQ(proto.figures().minimum().min_scrub_mol_per_mol(),
            figures.minimum.min_scrub_mol_per_mol);
  EXPECT_EQ(proto.figures().minimum().min_stages(), *figures.minimum.min_stages);
  EXPECT_EQ(proto.figures().minimum().min_acid_kg_per_t_reo(),
            *figures.minimum.min_acid_kg_per_t_reo);
  EXPECT_EQ(proto.figures().minimum().xu().scrub_stages(), figures.minimum.xu->scrub_stages);
  EXPECT_FALSE(ToProto(optimizer::SimulationResult()).figures().has_base_over_minimum());
  EXPECT_EQ(proto.streams(0).free_dimer_mol_per_l(), result.streams[0].free_dimer_mol_per_l);
  EXPECT_EQ(proto.stages(0).metals(0).d(), result.stages[0].metals[0].d);
  EXPECT_EQ(proto.stages(0).ph(), result.stages[0].ph);
  EXPECT_EQ(proto.flags(0).limit(), result.flags[0].limit);
  EXPECT_EQ(proto.figures().margin_usd_per_kg_reo(), *plant.margin_usd_per_kg_reo);
  EXPECT_FALSE(ToProto(optimizer::SimulationResult()).has_plant());
  EXPECT_EQ(proto.plant().costs(0).group(), "capital");
  EXPECT_EQ(proto.elements(0).kind(), v1::ElementExit::IMPURITY);
  EXPECT_EQ(proto.elements(0).kg_per_h(), result.elements[0].kg_per_h);
  EXPECT_EQ(proto.plant().data(0).kind(), v1::UsedDatum::LIMIT);
  EXPECT_EQ(proto.evidence().origin(), v1::Evidence::FLOWSHEET_REPLACES_BUILT_IN);
  EXPECT_EQ(proto.evidence().products(0).weakest_class(), v1::EquilibriumConstant::FITTED);
}

TEST(Convert, ElasticitiesAreDerivativesByLogarithms) {
  // p = a^2 b^-1 at a = 3, b = 2; a figure that is zero; a lever that is zero.
  const optimizer::Sensitivities model = {
      {{"a", 3, "m3/h"}, {"b", 2, "mol/L"}, {"zero", 0, "1"}},
      {{"reagents", "", 4.5, "kg/t", {3, -2.25, 7}}, {"acid", "", 0, "kg/t", {0, 0, 1}}}};
  const v1::Sensitivities proto = ToProto(model);
  ASSERT_EQ(proto.levers_size(), 3);
  EXPECT_EQ(proto.levers(1).field(), "b");
  EXPECT_EQ(proto.levers(1).value(), 2);
  EXPECT_EQ(proto.levers(1).unit(), "mol/L");
  ASSERT_EQ(proto.figures(0).elasticities_size(), 3);
  EXPECT_DOUBLE_EQ(proto.figures(0).elasticities(0), 2);
  EXPECT_DOUBLE_EQ(proto.figures(0).elasticities(1), -1);
  EXPECT_EQ(proto.figures(0).elasticities(2), 0);
  EXPECT_EQ(proto.figures(0).derivatives(2), 7);
  EXPECT_EQ(proto.figures(1).elasticities_size(), 0);
  EXPECT_EQ(proto.figures(1).derivatives_size(), 3);
}

TEST(Convert, EveryFieldOfATransientIsFilled) {
  optimizer::DynamicState state;
  double next = 1;
  const auto number = [&] { return next += 0.25; };
  state.time_h = number();
  state.streams.push_back({"raffinate",
                           "outlet",
                           number(),
                           {{"Nd", number()}},
                           number(),
                           number(),
                           number(),
                           number(),
                           number()});
  state.products.push_back({{"Nd", number(), number(), number(), number(), number()},
                            true,
                            number(),
                            number(),
                            number()});
  state.inventory.push_back({"Nd", number()});
  state.first_stage_ph = number();
  state.last_stage_ph = number();
  state.stages.push_back({3,
                          "scrub",
                          number(),
                          number(),
                          number(),
                          number(),
                          number(),
                          {{"Nd", number(), number(), number()}},
                          number(),
                          number(),
                          "Nd",
                          number(),
                          number()});
  // Transients know no circuits; what they share with results has fields for them.
  state.streams[0].circuit = state.stages[0].circuit = "heavy";
  state.streams[0].to_circuit = "light";
  const v1::DynamicState proto = ToProto(state);
  std::set<std::string> unset;
  CollectUnset(proto, "", &unset);
  EXPECT_EQ(unset, std::set<std::string>{});
  EXPECT_EQ(proto.products(0).collected_reo_kg(), state.products[0].collected_reo_kg);
  EXPECT_EQ(proto.products(0).reo_kg_per_h(), state.products[0].now.reo_kg_per_h);
  EXPECT_EQ(proto.last_stage_ph(), state.last_stage_ph);

  optimizer::DynamicSummary summary;
  summary.flowsheet.name = "named";
  summary.complete = true;
  summary.message = "message";
  summary.end_time_h = number();
  summary.products = {{"Nd", number()}, {"Pr", std::nullopt}};
  summary.steps = 17;
  summary.iterations = 40;
  summary.balance_error = number();
  optimizer::Flag flag;
  flag.code = "PH_OUT_OF_RANGE";
  flag.message = "message";
  flag.stages = {1, 2};
  flag.section = "strip";
  flag.circuit = "heavy";
  flag.value = number();
  flag.limit = number();
  summary.flags.push_back(flag);
  const v1::DynamicSummary end = ToProto(summary);
  CollectUnset(end, "", &unset);
  EXPECT_EQ(unset, std::set<std::string>{});
  EXPECT_FALSE(end.products(1).has_on_specification_h());
}

}  // namespace
}  // namespace raffinate::service
