#include "clients/cli/minimum.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/table.h"

namespace raffinate::cli {
namespace {

std::string Times(double ratio) { return absl::StrFormat("%.2f x the theoretical minimum", ratio); }

std::string Flux(double value) { return FormatNumber(value, 3); }

}  // namespace

std::vector<std::string> DescribeMinimum(const v1::Figures& figures) {
  const v1::TheoreticalMinimum& minimum = figures.minimum();
  if (!minimum.reason().empty()) {
    return {absl::StrCat("no theoretical minimum: ", minimum.reason())};
  }
  if (minimum.cut().empty()) return {};
  const std::string source =
      absl::StrCat(" (Underwood S_min ", Flux(minimum.min_organic_mol_per_mol()), " mol/mol, cut ",
                   minimum.cut(), ")");
  std::vector<std::string> lines;
  const bool base = figures.has_base_over_minimum();
  lines.push_back(base ? absl::StrCat("base: ", Times(figures.base_over_minimum()), source)
                       : absl::StrCat("organic: ", Times(figures.organic_over_minimum()), source));
  if (base) {
    lines.push_back(absl::StrCat("base: ", FormatNumber(figures.base_kg_per_t_reo()), " fed + ",
                                 FormatNumber(minimum.released_acid_kg_per_t_reo()),
                                 " released as acid into the raffinate, at least ",
                                 FormatNumber(minimum.min_base_kg_per_t_reo()), " kg/t REO"));
  } else {
    lines.push_back(absl::StrCat("base: no theoretical minimum: ", minimum.base_reason()));
  }
  if (figures.has_acid_over_minimum()) {
    lines.push_back(absl::StrCat("acid: ", Times(figures.acid_over_minimum()), " of ",
                                 FormatNumber(minimum.min_acid_kg_per_t_reo()), " kg/t REO"));
  } else {
    lines.push_back(absl::StrCat("acid: no theoretical minimum: ", minimum.acid_reason()));
  }
  // Of several circuits there is no one scrub.
  const std::string scrub = minimum.has_scrub_mol_per_mol()
                                ? absl::StrCat(Flux(minimum.scrub_mol_per_mol()), ", at least ")
                                : "at least ";
  lines.push_back(absl::StrCat("fluxes: S ", Flux(minimum.organic_mol_per_mol()), ", ",
                               Times(figures.organic_over_minimum()), "; W ", scrub,
                               Flux(minimum.min_scrub_mol_per_mol()), " mol/mol"));
  const std::string where = minimum.separation_factor_stage() > 0
                                ? absl::StrCat(" as at stage ", minimum.separation_factor_stage())
                                : "";
  const std::string factor =
      absl::StrCat("separation factor ", FormatNumber(minimum.separation_factor(), 3), where);
  lines.push_back(minimum.has_min_stages()
                      ? absl::StrCat("stages: ", minimum.stages(), ", at least ",
                                     FormatNumber(minimum.min_stages(), 3),
                                     " at total reflux (Fenske, ", factor, ")")
                      : absl::StrCat("stages: ", minimum.stages(), ", ", factor));
  if (minimum.has_xu()) {
    const v1::XuDesign& xu = minimum.xu();
    lines.push_back(absl::StrCat("Xu's optimum for this split: S ", Flux(xu.organic_mol_per_mol()),
                                 ", W ", Flux(xu.scrub_mol_per_mol()), " mol/mol, ",
                                 Flux(xu.extraction_stages()), " extraction + ",
                                 Flux(xu.scrub_stages()), " scrub stages"));
  } else if (!minimum.xu_reason().empty()) {
    lines.push_back(absl::StrCat("Xu's optimum: none: ", minimum.xu_reason()));
  }
  return lines;
}

}  // namespace raffinate::cli
