// Curves of extractant systems.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/plot/figures.h"

namespace raffinate::cli {

Picture ExtractionCurves(const Evaluations& states, const std::vector<std::string>& elements,
                         double organic_to_aqueous, bool distribution, const std::string& title) {
  std::vector<Series> curves;
  // In the order of the middle state: neighbours in the legend are neighbours on the page.
  for (const v1::ElementDistribution& each : states[states.size() / 2].elements()) {
    const bool base = each.element() == "Na" || each.element() == "NH4";
    if (elements.empty()
            ? base
            : std::find(elements.begin(), elements.end(), each.element()) == elements.end()) {
      continue;
    }
    Series curve{each.element(), {}};
    for (const auto& state : states) {
      for (const v1::ElementDistribution& one : state.elements()) {
        if (one.element() != each.element()) continue;
        const double extracted = one.d() * organic_to_aqueous / (1 + one.d() * organic_to_aqueous);
        curve.points.emplace_back(state.ph(), distribution ? one.d() : 100 * extracted);
      }
    }
    curves.push_back(std::move(curve));
  }
  Picture picture(900, 560);
  picture.Add(absl::StrCat("set title ", Quoted(title)));
  picture.Add("set xlabel 'pH at equilibrium'");
  picture.Add("set key outside right center vertical");
  picture.Add(absl::StrFormat("set xrange [%g:%g]", states.front().ph(), states.back().ph()));
  if (distribution) {
    picture.Add("set ylabel 'D, organic over aqueous molarity'");
    picture.Add("set logscale y\nset format y '%.0e'\nset yrange [1e-4:1e4]");
  } else {
    picture.Add("set ylabel 'extracted [%]'\nset yrange [0:100]");
  }
  std::vector<std::string> plots;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    // The legend reads from the top as the curves do: the most extracted first.
    const Series& curve = curves[curves.size() - 1 - i];
    plots.push_back(absl::StrCat(picture.Data(curve), " with lines ",
                                 LineStyle(static_cast<int>(i)), " title ", Quoted(curve.title)));
  }
  picture.Add("plot " + absl::StrJoin(plots, ", "));
  return picture;
}

Picture Isotherms(const std::vector<Isotherm>& isotherms, double most_aqueous,
                  const std::string& element, const std::string& title) {
  Picture picture(900, 560);
  picture.Add(absl::StrCat("set title ", Quoted(title)));
  picture.Add(absl::StrCat("set xlabel ", Quoted(element + " in the aqueous [mol/L]")));
  picture.Add(absl::StrCat("set ylabel ", Quoted(element + " in the organic [mol/L]")));
  picture.Add("set key outside right center vertical");
  picture.Add(absl::StrFormat("set xrange [0:%g]\nset yrange [0:*]", most_aqueous));
  std::vector<std::string> plots;
  for (std::size_t i = 0; i < isotherms.size(); ++i) {
    plots.push_back(absl::StrCat(picture.Data({"", isotherms[i].points}), " with lines ",
                                 LineStyle(static_cast<int>(i)), " title ",
                                 Quoted(absl::StrFormat("pH %.3g", isotherms[i].ph))));
  }
  picture.Add("plot " + absl::StrJoin(plots, ", "));
  return picture;
}

}  // namespace raffinate::cli
