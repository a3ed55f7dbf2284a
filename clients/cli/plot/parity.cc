#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/plot/figures.h"

namespace raffinate::cli {

Picture Parity(const v1::FitExtractantSystemResponse& fit, const EquilibriaFile& data,
               const std::string& title) {
  std::map<std::string, Series> molarities, shares;
  double most = 1e-3;
  // Less than this is below what was analysed, and would stretch the axes.
  constexpr double kLeast = 1e-6;
  for (const v1::FitResidual& r : fit.residuals()) {
    const v1::Contact& contact = data.contacts[static_cast<std::size_t>(r.contact())];
    for (const v1::ContactMetal& metal : contact.metals()) {
      if (metal.element() != r.element()) continue;
      const double feed = metal.feed_mol_per_l();
      most = std::max({most, r.measured_mol_per_l(), r.fitted_mol_per_l()});
      if (r.measured_mol_per_l() >= kLeast && r.fitted_mol_per_l() >= kLeast) {
        molarities[r.element()].points.emplace_back(r.measured_mol_per_l(), r.fitted_mol_per_l());
      }
      shares[r.element()].points.emplace_back(r.measured_mol_per_l() / feed,
                                              r.fitted_mol_per_l() / feed);
    }
  }
  Picture picture(1160, 570);
  std::vector<std::string> left, right;
  int i = 0;
  for (const auto& [element, series] : shares) {
    const std::string style = PointStyle(i++);
    left.push_back(
        absl::StrCat(picture.Data(molarities[element]), " with points ", style, " notitle"));
    right.push_back(
        absl::StrCat(picture.Data(series), " with points ", style, " title ", Quoted(element)));
  }
  const double top = std::pow(10, std::ceil(std::log10(most)));
  picture.Add(absl::StrCat("set multiplot layout 1,2 title ", Quoted(title)));
  // The legend is beside both, where it hides no point.
  picture.Add("set lmargin at screen 0.075\nset rmargin at screen 0.455");
  picture.Add("set bmargin at screen 0.12\nset tmargin at screen 0.9");
  picture.Add("set logscale xy\nset format '%.0e'");
  picture.Add(absl::StrFormat("set xrange [1e-5:%g]\nset yrange [1e-5:%g]", top, top));
  picture.Add("set xlabel 'measured in the raffinate [mol/L]'");
  picture.Add("set ylabel 'predicted [mol/L]'");
  picture.Add(absl::StrCat("plot x with lines linecolor rgb '#404040' linewidth 1 notitle, ",
                           absl::StrJoin(left, ", ")));
  picture.Add("unset logscale\nset format '%g'\nset xrange [0:1.1]\nset yrange [0:1.1]");
  picture.Add("set xlabel 'measured share of the feed left in the raffinate'");
  picture.Add("set ylabel 'predicted share'");
  picture.Add("set lmargin at screen 0.525\nset rmargin at screen 0.905");
  picture.Add("set key at screen 0.995, screen 0.9 right top vertical");
  picture.Add(absl::StrCat("plot x with lines linecolor rgb '#404040' linewidth 1 notitle, ",
                           "x + 0.1 with lines linecolor rgb '#909090' dashtype 2 notitle, ",
                           "x - 0.1 with lines linecolor rgb '#909090' dashtype 2 title '0.1', ",
                           absl::StrJoin(right, ", ")));
  picture.Add("unset multiplot");
  return picture;
}

}  // namespace raffinate::cli
