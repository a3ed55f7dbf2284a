// Pictures of a simulated cascade.
#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/plot/figures.h"

namespace raffinate::cli {
namespace {

using Stages = google::protobuf::RepeatedPtrField<v1::StageState>;

// Boundaries between sections, and their names above the frame.
void AddSections(const Stages& stages, bool names, Picture* picture) {
  picture->Add("unset arrow\nunset label");
  int first = 0, section = 0;
  for (int j = 1; j <= stages.size(); ++j) {
    const bool end = j == stages.size() || stages[j].section() != stages[first].section();
    if (!end) continue;
    if (j < stages.size()) {
      picture->Add(
          absl::StrFormat("set arrow from %g, graph 0 to %g, graph 1 nohead linecolor "
                          "rgb '#909090' dashtype 3",
                          stages[j].stage() - 0.5, stages[j].stage() - 0.5));
    }
    if (names) {
      // On two heights: sections of one stage are narrower than their names.
      picture->Add(absl::StrFormat(
          "set label %s at %g, graph %g center", Quoted(stages[first].section()),
          (stages[first].stage() + stages[j - 1].stage()) / 2.0, section++ % 2 == 0 ? 1.05 : 1.12));
    }
    first = j;
  }
}

std::string Curve(Picture* picture, const Series& series, int i) {
  return absl::StrCat(picture->Data(series), " with linespoints ", PointStyle(i), " linewidth 1.5 ",
                      series.title.empty() ? "notitle" : "title " + Quoted(series.title));
}

// Two elements over the stages.
struct Binary {
  std::vector<std::pair<double, double>> stages;  ///< aqueous, organic share
  double least_factor = INFINITY, most_factor = 0;
};

Binary Read(const Stages& stages, const std::string& element, const std::string& other) {
  Binary out;
  for (const v1::StageState& stage : stages) {
    double x = 0, y = 0, x_other = 0, y_other = 0;
    for (const v1::StageMetal& metal : stage.metals()) {
      if (metal.element() == element) {
        x = metal.aqueous_mol_per_l();
        y = metal.organic_mol_per_l();
      } else if (metal.element() == other) {
        x_other = metal.aqueous_mol_per_l();
        y_other = metal.organic_mol_per_l();
      }
    }
    if (!(x + x_other > 0 && y + y_other > 0)) continue;
    out.stages.emplace_back(x / (x + x_other), y / (y + y_other));
    if (x > 0 && x_other > 0 && y_other > 0) {
      const double factor = y / x * x_other / y_other;
      out.least_factor = std::min(out.least_factor, factor);
      out.most_factor = std::max(out.most_factor, factor);
    }
  }
  return out;
}

}  // namespace

Picture Profile(const v1::Simulation& simulation, const std::string& title) {
  const Stages& stages = simulation.stages();
  std::map<std::string, Series> aqueous, organic;
  Series ph, loading;
  std::vector<std::string> order;
  for (const v1::StageState& stage : stages) {
    ph.points.emplace_back(stage.stage(), stage.ph());
    loading.points.emplace_back(stage.stage(), 100 * stage.loading());
    for (const v1::StageMetal& metal : stage.metals()) {
      if (!aqueous.contains(metal.element())) order.push_back(metal.element());
      aqueous[metal.element()].points.emplace_back(stage.stage(), metal.aqueous_mol_per_l());
      organic[metal.element()].title = metal.element();
      organic[metal.element()].points.emplace_back(stage.stage(), metal.organic_mol_per_l());
    }
  }
  Picture picture(1120, 800);
  picture.Add(absl::StrCat("set multiplot title ", Quoted(title)));
  // The frames stand at fixed places, so that the legend is beside all and the same
  // stage is above itself.
  const auto place = [&picture](double left, double right, double bottom, double top) {
    picture.Add(
        absl::StrFormat("set lmargin at screen %g\nset rmargin at screen %g\n"
                        "set bmargin at screen %g\nset tmargin at screen %g",
                        left, right, bottom, top));
  };
  picture.Add(absl::StrFormat("set xrange [0.5:%g]", stages.size() + 0.5));
  picture.Add("set xlabel 'stage, in the direction of the organic'");
  const auto metals = [&](std::map<std::string, Series>& of, const char* label) {
    std::vector<std::string> plots;
    for (std::size_t i = 0; i < order.size(); ++i) {
      plots.push_back(Curve(&picture, of[order[i]], static_cast<int>(i)));
    }
    AddSections(stages, true, &picture);
    picture.Add(absl::StrCat("set ylabel ", Quoted(label)));
    picture.Add("set logscale y\nset format y '%.0e'");
    picture.Add("plot " + absl::StrJoin(plots, ", "));
  };
  place(0.085, 0.45, 0.57, 0.88);
  picture.Add("set yrange [1e-6:*]\nunset key");
  metals(aqueous, "aqueous [mol/L]");
  place(0.54, 0.905, 0.57, 0.88);
  picture.Add("set key at screen 0.995, screen 0.88 right top vertical");
  metals(organic, "organic [mol/L]");
  picture.Add("unset key\nunset logscale y\nset format y '%g'\nset yrange [*:*]");
  const auto single = [&](const Series& series, const char* label) {
    const std::string plot = Curve(&picture, series, 6);
    AddSections(stages, false, &picture);
    picture.Add(absl::StrCat("set ylabel ", Quoted(label)));
    picture.Add("plot " + plot);
  };
  place(0.085, 0.45, 0.09, 0.45);
  single(ph, "pH");
  place(0.54, 0.905, 0.09, 0.45);
  picture.Add("set yrange [0:*]");
  single(loading, "loading of the extractant [%]");
  picture.Add("unset multiplot");
  return picture;
}

Picture McCabeThiele(const v1::Simulation& simulation, const std::string& element,
                     const std::string& other, const std::string& title) {
  const Binary binary = Read(simulation.stages(), element, other);
  Series steps, equilibrium, operating;
  for (std::size_t j = 0; j < binary.stages.size(); ++j) {
    const auto& [x, y] = binary.stages[j];
    equilibrium.points.emplace_back(x, y);
    if (j > 0) {
      // Between two stages the organic of the one meets the aqueous of the other.
      operating.points.emplace_back(x, binary.stages[j - 1].second);
      steps.points.emplace_back(x, binary.stages[j - 1].second);
    }
    steps.points.emplace_back(x, y);
  }
  Picture picture(820, 720);
  picture.Add(absl::StrCat("set title ", Quoted(title)));
  picture.Add("set size square\nset xrange [0:1]\nset yrange [0:1]\nset key right bottom");
  picture.Add(absl::StrFormat("set xlabel %s\nset ylabel %s",
                              Quoted(absl::StrCat("mole fraction of ", element, " in ", element,
                                                  " + ", other, ", aqueous")),
                              Quoted("the same, organic")));
  std::vector<std::string> plots = {"x with lines linecolor rgb '#909090' linewidth 1 notitle"};
  // One curve stands for all stages only where the factor is one number.
  if (binary.most_factor < 1.001 * binary.least_factor) {
    plots.push_back(absl::StrFormat(
        "%.6g * x / (1 + %.6g * x) with lines %s title %s", binary.most_factor,
        binary.most_factor - 1, LineStyle(0),
        Quoted(absl::StrFormat("equilibrium, separation factor %.3g", binary.most_factor))));
  }
  plots.push_back(absl::StrCat(picture.Data(steps),
                               " with lines linecolor rgb '#404040' linewidth 1 title 'steps'"));
  plots.push_back(
      absl::StrCat(picture.Data(equilibrium), " with points ", PointStyle(0), " title 'stages'"));
  plots.push_back(absl::StrCat(picture.Data(operating), " with points ", PointStyle(5),
                               " title 'between stages (operating line)'"));
  picture.Add("set samples 400");
  picture.Add("plot " + absl::StrJoin(plots, ", "));
  return picture;
}

}  // namespace raffinate::cli
