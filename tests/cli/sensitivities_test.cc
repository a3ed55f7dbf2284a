// raffinate simulate --sensitivities, run as people run it.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "raffinate/v1/simulator.pb.h"
#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Magnet() {
  std::ifstream file(std::string(RAFFINATE_EXAMPLES) + "/magnet-simulate.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

v1::Simulation SimulateToJson(const Folder& folder, const std::string& text,
                              const std::vector<std::string>& options) {
  folder.Write("design.yaml", text);
  std::vector<std::string> arguments = {"simulate", "design.yaml", "--json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Outcome outcome = folder.Run(arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  v1::SimulateResponse response;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(outcome.out, &response).ok());
  return response.simulation();
}

/// Rows of the first table: the numbers of each, with 0 for "-".
std::vector<std::vector<double>> Rows(const std::string& out) {
  std::vector<std::vector<double>> rows;
  std::istringstream lines(out.substr(out.find("Sensitivities:")));
  std::string line;
  while (std::getline(lines, line) && line.rfind("---", 0) != 0) {
  }
  while (std::getline(lines, line) && line.find("  ") != std::string::npos) {
    std::vector<double> row;
    // Names hold single blanks only.
    const std::string numbers = line.substr(line.find("  "));
    for (const auto cell : absl::StrSplit(numbers, ' ', absl::SkipEmpty())) {
      double value = 0;
      EXPECT_TRUE(cell == "-" || absl::SimpleAtod(cell, &value)) << line;
      row.push_back(value);
    }
    rows.push_back(row);
  }
  return rows;
}

TEST(Sensitivities, AreThereOnlyWhenAsked) {
  const Folder folder;
  folder.Write("design.yaml", SmallDesign());
  const Outcome without = folder.Run({"simulate", "design.yaml"});
  EXPECT_THAT(without.out, Not(HasSubstr("ensitivit")));
  const Outcome with = folder.Run({"simulate", "design.yaml", "--sensitivities"});
  EXPECT_EQ(with.code, 0) << with.err;
  // What is printed without is printed with them, too.
  EXPECT_EQ(with.out.rfind(without.out.substr(0, without.out.size() - 1), 0), 0u);
  EXPECT_FALSE(SimulateToJson(folder, SmallDesign(), {}).has_sensitivities());
  EXPECT_TRUE(SimulateToJson(folder, SmallDesign(), {"--sensitivities"}).has_sensitivities());
}

TEST(Sensitivities, OfAnExtractionAreKremsers) {
  const Folder folder;
  folder.Write("design.yaml", SmallDesign());
  const Outcome outcome = folder.Run({"simulate", "design.yaml", "--sensitivities"});
  // The share of Nd left is (E - 1) / (E^5 - 1), E = 2 O/A: d ln share / d ln O is
  // E / (E - 1) - 5 E^5 / (E^5 - 1) = 2 - 160/31 = -3.161.
  std::istringstream lines(outcome.out.substr(outcome.out.find("Sensitivities:")));
  std::string line;
  while (std::getline(lines, line) && line.rfind("circuits.main.organic.flow", 0) != 0) {
  }
  EXPECT_THAT(line, HasSubstr(" -3.16"));
}

TEST(Sensitivities, ComeStrongestFirstAndFitTheTerminal) {
  const Folder folder;
  folder.Write("design.yaml", Magnet());
  const Outcome outcome = folder.Run({"simulate", "design.yaml", "--sensitivities"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::istringstream lines(outcome.out.substr(outcome.out.find("Sensitivities:")));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  for (const char* name : {"streams.scrub acid.flow", "circuits.heavy.organic.flow",
                           "circuits.heavy.sections.scrub.aqueous_entrainment"}) {
    EXPECT_THAT(outcome.out, HasSubstr(name));
  }
  const auto rows = Rows(outcome.out);
  ASSERT_GE(rows.size(), 6u);
  double before = 1e300;
  for (const auto& row : rows) {
    double strongest = 0;
    for (const double value : row) strongest = std::max(strongest, std::abs(value));
    EXPECT_LE(strongest, before * 1.001);
    EXPECT_GE(strongest, 0.0005);
    before = strongest;
  }
}

TEST(Sensitivities, AgreeWithTwoSimulations) {
  const Folder folder;
  const v1::Simulation middle = SimulateToJson(folder, Magnet(), {"--sensitivities"});
  int lever = -1;
  for (int l = 0; l < middle.sensitivities().levers_size(); ++l) {
    if (middle.sensitivities().levers(l).field() == "streams[2].flow_m3_per_h") lever = l;
  }
  ASSERT_GE(lever, 0);
  EXPECT_EQ(middle.sensitivities().levers(lever).value(), 0.062);
  EXPECT_EQ(middle.sensitivities().levers(lever).unit(), "m3/h");
  const auto with = [&](const char* flow) {
    const std::string text = absl::StrReplaceAll(Magnet(), {{"flow: 0.062 m3/h", flow}});
    EXPECT_NE(text, Magnet());
    return SimulateToJson(folder, text, {}).figures();
  };
  const v1::Figures more = with("flow: 0.06200062 m3/h"), less = with("flow: 0.06199938 m3/h");
  int compared = 0;
  for (const v1::FigureSensitivity& figure : middle.sensitivities().figures()) {
    for (int p = 0; p < more.products_size(); ++p) {
      if (figure.figure() != "impurity" || figure.product() != more.products(p).product()) continue;
      const double change =
          std::log(more.products(p).impurity() / less.products(p).impurity()) / 2e-5;
      EXPECT_NEAR(figure.elasticities(lever), change, 1e-3 * std::abs(change)) << figure.product();
      EXPECT_DOUBLE_EQ(figure.elasticities(lever),
                       figure.derivatives(lever) * 0.062 / figure.value());
      ++compared;
    }
    if (figure.figure() == "wastewater") {
      const double change =
          (more.wastewater_m3_per_t_reo() - less.wastewater_m3_per_t_reo()) / 1.24e-6;
      EXPECT_NEAR(figure.derivatives(lever), change, 1e-3 * std::abs(change));
      EXPECT_EQ(figure.unit(), "m3/t");
      ++compared;
    }
  }
  EXPECT_EQ(compared, 3);
}

}  // namespace
}  // namespace raffinate::cli
