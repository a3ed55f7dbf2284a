#include "clients/cli/plant_report.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/extractant_constants.h"
#include "clients/cli/table.h"

namespace raffinate::cli {
namespace {

// Streams per table, so that lines stay within 100 characters.
constexpr std::size_t kStreamsAcross = 5;

Table::Column Number(std::string title, std::string unit, std::string group = "") {
  return {.group = std::move(group), .title = std::move(title), .unit = std::move(unit)};
}

Table::Column Text(std::string title) {
  return {.group = "", .title = std::move(title), .unit = "", .left = true};
}

std::string Share(double share) {
  if (share == 0) return "-";
  const double percent = 100 * share;
  if (std::abs(percent) < 1e-6) return "<1e-6";
  if (std::abs(percent) >= 99.995) return absl::StrFormat("%.4f", percent);
  return FormatNumber(percent, 3);
}

// Smallest and largest of a number over the stages of a section.
struct Span {
  double low = 0, high = 0;
  bool any = false;
  void Add(double value) {
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
  std::string Print(int decimals) const {
    if (!any) return "-";
    const std::string a = absl::StrFormat("%.*f", decimals, low);
    const std::string b = absl::StrFormat("%.*f", decimals, high);
    return a == b ? a : a + " to " + b;
  }
};

}  // namespace

std::string CircuitSummary(const v1::Simulation& simulation) {
  Table flows({Text("circuit"), Text("section"), Number("stages", ""), Number("aqueous", "m3/h"),
               Number("organic", "m3/h"), Number("O/A", ""), Number("pH", ""),
               Number("loading", "%")});
  Table sizes({Text("circuit"), Text("section"), Number("mixers", "m3"), Number("settlers", "m2"),
               Number("organic", "m3"), Number("held", "kg REO"), Number("held", "USD"),
               Number("mixing", "kW"), Number("installed", "USD")});
  std::size_t next = 0;
  for (const v1::SectionEquipment& section : simulation.plant().equipment()) {
    Span aqueous, organic, ratio, ph, loading;
    for (int j = 0;
         j < section.stages() && next < static_cast<std::size_t>(simulation.stages_size()); ++j) {
      const v1::StageState& stage = simulation.stages(static_cast<int>(next++));
      aqueous.Add(stage.aqueous_m3_per_h());
      organic.Add(stage.organic_m3_per_h());
      ratio.Add(stage.organic_m3_per_h() / stage.aqueous_m3_per_h());
      ph.Add(stage.ph());
      loading.Add(100 * stage.loading());
    }
    flows.AddRow({section.circuit(), section.section(), absl::StrCat(section.stages()),
                  aqueous.Print(3), organic.Print(3), ratio.Print(2), ph.Print(2),
                  loading.Print(0)});
    sizes.AddRow({section.circuit(), section.section(), FormatNumber(section.mixer_m3(), 3),
                  FormatNumber(section.settler_m2(), 3), FormatNumber(section.organic_m3(), 3),
                  FormatNumber(section.reo_kg(), 3), FormatNumber(section.inventory_usd(), 3),
                  FormatNumber(section.mixing_kw(), 3), FormatNumber(section.installed_usd(), 3)});
  }
  return absl::StrCat("Circuits\n", flows.Print(), "\n", sizes.Print(), "\n");
}

namespace {

using Exits = google::protobuf::RepeatedPtrField<v1::ElementExit>;

void AddOnce(const std::string& name, std::vector<std::string>* names) {
  if (std::find(names->begin(), names->end(), name) == names->end()) names->push_back(name);
}

std::vector<std::string> Elements(const Exits& exits) {
  std::vector<std::string> elements;
  for (const v1::ElementExit& exit : exits) AddOnce(exit.element(), &elements);
  return elements;
}

// What leaves of one element, and its share of what enters; of some exits, or of all.
struct Amount {
  double kg_per_h = 0;
  double share = 0;
  bool wanted = false;
  // What enters [kg/h].
  double entering() const { return share > 0 ? kg_per_h / share : 0; }
};

template <class Of>
Amount Sum(const Exits& exits, const std::string& element, const Of& of) {
  Amount amount;
  for (const v1::ElementExit& exit : exits) {
    if (exit.element() != element || !of(exit)) continue;
    amount.kg_per_h += exit.kg_per_h();
    amount.share += exit.share();
    amount.wanted |= exit.kind() == v1::ElementExit::PRODUCT;
  }
  return amount;
}

Amount Sum(const Exits& exits, const std::string& element) {
  return Sum(exits, element, [](const v1::ElementExit&) { return true; });
}

// Where a stream goes: the product that it is, or what else becomes of it.
std::string Destination(const Exits& exits, const std::string& stream) {
  for (const v1::ElementExit& exit : exits) {
    if (exit.stream() != stream) continue;
    if (!exit.product().empty()) return exit.product();
    if (exit.kind() == v1::ElementExit::RESIDUE) return "residue";
    if (exit.kind() == v1::ElementExit::ORGANIC) return "organic";
  }
  return "effluent";
}

// One table per few streams; `cell` prints an amount.
template <class Cell>
std::string ByStream(const Exits& exits, const char* unit, const Cell& cell) {
  std::vector<std::string> streams;
  for (const v1::ElementExit& exit : exits) AddOnce(exit.stream(), &streams);
  std::string out;
  for (std::size_t first = 0; first < streams.size(); first += kStreamsAcross) {
    const std::size_t end = std::min(streams.size(), first + kStreamsAcross);
    const bool last = end == streams.size();
    std::vector<Table::Column> columns = {Text("element")};
    for (std::size_t s = first; s < end; ++s) {
      columns.push_back(Number(streams[s], Destination(exits, streams[s])));
    }
    if (last) columns.push_back(Number("sum", unit));
    Table table(std::move(columns));
    for (const std::string& element : Elements(exits)) {
      std::vector<std::string> cells = {element};
      for (std::size_t s = first; s < end; ++s) {
        const Amount amount = Sum(exits, element, [&](const v1::ElementExit& exit) {
          return exit.stream() == streams[s];
        });
        cells.push_back(cell(amount) + (amount.wanted ? "*" : " "));
      }
      if (last) {
        const Amount all = Sum(exits, element);
        cells.push_back(*unit == '%' ? absl::StrFormat("%.7f", 100 * all.share)
                                     : FormatNumber(all.kg_per_h));
      }
      table.AddRow(std::move(cells));
    }
    absl::StrAppend(&out, table.Print(), "\n");
  }
  return out;
}

}  // namespace

std::string ElementSummary(const v1::Simulation& simulation) {
  const Exits& exits = simulation.elements();
  if (exits.empty()) return "";
  using Kind = v1::ElementExit;
  const std::pair<Kind::Kind, const char*> kinds[] = {
      {Kind::PRODUCT, "wanted"},   {Kind::IMPURITY, "impurity"},  {Kind::LOSS, "effluent"},
      {Kind::RESIDUE, "residues"}, {Kind::ENTRAINED, "droplets"}, {Kind::ORGANIC, "organic"}};
  std::vector<std::pair<Kind::Kind, const char*>> shown;
  std::vector<Table::Column> columns = {Text("element"), Number("enters", "kg/h")};
  for (const auto& kind : kinds) {
    if (std::none_of(exits.begin(), exits.end(),
                     [&](const Kind& exit) { return exit.kind() == kind.first; })) {
      continue;
    }
    shown.push_back(kind);
    columns.push_back(Number(kind.second, "%"));
  }
  columns.push_back(Number("sum", "%"));
  Table table(std::move(columns));
  for (const std::string& element : Elements(exits)) {
    const Amount all = Sum(exits, element);
    std::vector<std::string> cells = {element, FormatNumber(all.entering())};
    for (const auto& [kind, title] : shown) {
      const auto of = [kind = kind](const Kind& exit) { return exit.kind() == kind; };
      cells.push_back(Share(Sum(exits, element, of).share));
    }
    cells.push_back(absl::StrFormat("%.7f", 100 * all.share));
    table.AddRow(std::move(cells));
  }
  return table.Print() + "\n";
}

std::string ElementBalance(const v1::Simulation& simulation) {
  const Exits& exits = simulation.elements();
  if (exits.empty()) return "";
  return absl::StrCat(
      "Element balance, kg/h of the element; * wanted in a product of the stream\n",
      ByStream(exits, "kg/h",
               [](const Amount& amount) {
                 if (amount.kg_per_h == 0) return std::string("-");
                 return std::abs(amount.kg_per_h) < 1e-9 ? "<1e-9"
                                                         : FormatNumber(amount.kg_per_h, 3);
               }),
      "Element balance, % of what enters\n",
      ByStream(exits, "%", [](const Amount& amount) { return Share(amount.share); }));
}

std::string ReagentsAndEffluent(const v1::Simulation& simulation) {
  const v1::PlantReport& plant = simulation.plant();
  Table reagents({Text("reagent"), Text("for"), Number("use", "kg/h"), Number("use", "kg/t REO")});
  for (const v1::ReagentUse& use : plant.reagents()) {
    reagents.AddRow({use.name(), use.purpose(), FormatNumber(use.kg_per_h()),
                     FormatNumber(use.kg_per_t_reo())});
  }
  std::string out = absl::StrCat("Reagents\n", reagents.Print());
  const v1::Figures& figures = simulation.figures();
  if (figures.has_base_over_floor()) {
    absl::StrAppend(
        &out, Wrap(absl::StrCat("Stoichiometric floor of one transfer: NaOH ",
                                FormatNumber(plant.base_floor_kg_per_t_reo()), " kg/t REO, used ",
                                FormatNumber(figures.base_over_floor(), 3), " times as much"),
                   2));
  }
  if (figures.has_acid_over_floor()) {
    absl::StrAppend(
        &out, Wrap(absl::StrCat("Stoichiometric floor of one transfer: HCl ",
                                FormatNumber(plant.acid_floor_kg_per_t_reo()), " kg/t REO, used ",
                                FormatNumber(figures.acid_over_floor(), 3), " times as much"),
                   2));
  }
  Table effluent({Text("effluent"), Number("load", "kg/h"), Number("load", "kg/t REO"),
                  Number("content", "mg/L"), Number("limit", "mg/L"), Number("times", "limit")});
  for (const v1::EffluentSpecies& species : plant.effluent()) {
    if (species.kg_per_h() == 0 && !species.has_limit_mg_per_l()) continue;
    effluent.AddRow({species.name(), FormatNumber(species.kg_per_h()),
                     FormatNumber(species.kg_per_t_reo()), FormatNumber(species.mg_per_l()),
                     species.has_limit_mg_per_l() ? FormatNumber(species.limit_mg_per_l()) : "-",
                     species.has_over_limit() ? absl::StrCat(FormatNumber(species.over_limit(), 3),
                                                             species.over_limit() > 1 ? " !" : "")
                                              : "-"});
  }
  absl::StrAppend(&out, "\nEffluent, ", FormatNumber(plant.effluent_m3_per_h()), " m3/h\n",
                  effluent.Print());
  if (!plant.recovered().empty()) {
    Table recovered({Text("recovered"), Number("amount", "kg/h"), Number("amount", "kg/t REO")});
    for (const v1::RecoveredStream& stream : plant.recovered()) {
      recovered.AddRow(
          {stream.name(), FormatNumber(stream.kg_per_h()), FormatNumber(stream.kg_per_t_reo())});
    }
    absl::StrAppend(&out, "\n", recovered.Print());
  }
  return out + "\n";
}

std::string MoneyAndCarbon(const v1::PlantReport& plant) {
  Table energy({Text("energy"), Number("electricity", "kW"), Number("heat", "MJ/h")});
  for (const v1::EnergyUse& use : plant.energy()) {
    energy.AddRow(
        {use.name(), FormatNumber(use.electricity_kw()), FormatNumber(use.heat_mj_per_h())});
  }
  double per_hour = 0, per_kg = 0;
  for (const v1::CostLine& line : plant.costs()) {
    per_hour += line.usd_per_h();
    per_kg += line.usd_per_kg_reo();
  }
  Table costs({Text("cost"), Text("group"), Number("cost", "USD/h"), Number("cost", "USD/kg REO"),
               Number("share", "%")});
  for (const v1::CostLine& line : plant.costs()) {
    costs.AddRow({line.name(), line.group(), FormatNumber(line.usd_per_h()),
                  FormatNumber(line.usd_per_kg_reo()),
                  FormatNumber(per_hour != 0 ? 100 * line.usd_per_h() / per_hour : 0, 3)});
  }
  costs.AddRow({"total", "", FormatNumber(per_hour), FormatNumber(per_kg), "100"});
  Table carbon({Text("carbon"), Number("CO2e", "kg/h"), Number("CO2e", "kg/kg REO")});
  double co2e_per_hour = 0, co2e_per_kg = 0;
  for (const v1::CarbonLine& line : plant.carbon()) {
    co2e_per_hour += line.kg_co2e_per_h();
    co2e_per_kg += line.kg_co2e_per_kg_reo();
    carbon.AddRow(
        {line.name(), FormatNumber(line.kg_co2e_per_h()), FormatNumber(line.kg_co2e_per_kg_reo())});
  }
  carbon.AddRow({"total", FormatNumber(co2e_per_hour), FormatNumber(co2e_per_kg)});
  Table products({Text("product"), Number("made", "kg REO/h"), Number("price", "USD/kg"),
                  Text("sold as"), Number("revenue", "USD/h"), Number("share", "%"),
                  Number("cost", "USD/kg"), Number("CO2e", "kg/kg")});
  for (const v1::ProductEconomics& product : plant.products()) {
    products.AddRow(
        {product.product(), FormatNumber(product.reo_kg_per_h()),
         FormatNumber(product.price_usd_per_kg()), product.price_basis(),
         FormatNumber(product.revenue_usd_per_h()), FormatNumber(100 * product.allocation(), 3),
         FormatNumber(product.cost_usd_per_kg()), FormatNumber(product.co2e_kg_per_kg())});
  }
  return absl::StrCat(energy.Print(), "\n", costs.Print(), "\n", carbon.Print(), "\n",
                      products.Print(), "\n");
}

std::string DataUsed(const v1::PlantReport& plant) {
  std::string out;
  for (const std::string& note : plant.notes()) absl::StrAppend(&out, Wrap("Note: " + note, 2));
  absl::StrAppend(&out, "\nPrices, factors and limits used; weakest class: ",
                  ClassName(plant.weakest_class()), "\n");
  for (const v1::UsedDatum& datum : plant.data()) {
    std::string line =
        absl::StrCat(datum.name(), ": ", FormatNumber(datum.value()),
                     datum.unit() == "1" ? "" : " ", datum.unit() == "1" ? "" : datum.unit());
    if (datum.overridden()) {
      absl::StrAppend(&line, ", given by the job");
    } else {
      absl::StrAppend(&line, datum.date().empty() ? "" : absl::StrCat(" (", datum.date(), ")"),
                      ", ", ClassName(datum.provenance()), ": ", datum.source());
    }
    absl::StrAppend(&out, Wrap(line, 4));
  }
  return out;
}

}  // namespace raffinate::cli
