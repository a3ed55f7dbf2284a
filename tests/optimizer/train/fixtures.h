// Trains that the tests of this folder start from.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "optimizer/run.h"
#include "optimizer/train/layout.h"
#include "optimizer/train/task.h"
#include "tests/optimizer/model/fixtures.h"

namespace raffinate::optimizer::testing {

inline constexpr const char* kByBeta[] = {"Dy", "Nd", "Pr", "Ce", "La", "Zn"};

/// Seeded with RAFFINATE_TEST_SEED or a fixed number, which it prints.
inline std::mt19937_64 Generator() {
  const char* text = std::getenv("RAFFINATE_TEST_SEED");
  const unsigned long seed = text != nullptr ? std::strtoul(text, nullptr, 10) : 20261123;
  std::cout << "RAFFINATE_TEST_SEED=" << seed << "\n";
  return std::mt19937_64(seed);
}

inline double Uniform(std::mt19937_64& generator, double lower, double upper) {
  return std::uniform_real_distribution<double>(lower, upper)(generator);
}

/// SmallChemistry with elements of one mass, so that purities by mass are those by mole.
inline Chemistry BetaChemistry() {
  Chemistry chemistry = SmallChemistry();
  for (const char* element : kByBeta) {
    chemistry.elements[element] = {element, 3, 140, 328, std::string(element) + "2O3", true};
  }
  return chemistry;
}

/// A train of constant separation factors: 1 m3/h with `shares` [mol/L] of elements with `beta`,
/// falling, a product of each. Its organic holds up to 2 mol/L of extractant.
inline Flowsheet BetaTrain(const std::vector<double>& beta, const std::vector<double>& shares,
                           double purity) {
  Flowsheet flowsheet;
  flowsheet.name = "train";
  ExtractantSystem system;
  system.name = "factors";
  system.law = Law::kConstantBeta;
  system.source = "a test";
  Stream feed;
  feed.name = "feed";
  feed.flow = 1.0;
  for (std::size_t i = 0; i < beta.size(); ++i) {
    EquilibriumConstant constant;
    constant.element = kByBeta[i];
    constant.beta = beta[i];
    constant.source = "a test";
    system.constants.push_back(constant);
    feed.metals.push_back({kByBeta[i], shares[i]});
    Product product;
    product.name = kByBeta[i];
    product.elements = {kByBeta[i]};
    product.min_purity = purity;
    flowsheet.products.push_back(product);
  }
  flowsheet.extractant_systems = {system};
  flowsheet.streams = {feed};
  flowsheet.objectives = {{Direction::kMinimize, "organic", ""},
                          {Direction::kMinimize, "stages", ""}};
  flowsheet.search.max_evaluations = 200;
  flowsheet.search.population = 24;
  flowsheet.search.seed = 3;
  Train train;
  train.feed = "feed";
  train.system = "factors";
  train.concentration = 2;
  train.scrub_hcl = 1.0;
  flowsheet.train = train;
  return flowsheet;
}

/// La, Pr and Nd with P507: the small plant's liquor, saponified with NaOH.
inline Flowsheet AcidTrain() {
  Flowsheet flowsheet = BetaTrain({1, 1, 1}, {0.1, 0.1, 0.1}, 0.99);
  flowsheet.extractant_systems.clear();
  flowsheet.streams[0].hcl = 0.01;
  const char* elements[] = {"Nd", "Pr", "La"};
  const double mol_per_l[] = {0.2, 0.1, 0.4};
  for (std::size_t i = 0; i < 3; ++i) {
    flowsheet.streams[0].metals[i] = {elements[i], mol_per_l[i]};
    flowsheet.products[i].name = elements[i];
    flowsheet.products[i].elements = {elements[i]};
  }
  flowsheet.objectives[0].figure = "base";
  Train& train = *flowsheet.train;
  train.system = "P507";
  train.concentration = 1.5;
  train.naoh = 4;
  train.scrub_hcl = 4.0;
  train.strip_hcl = 5.0;
  return flowsheet;
}

/// AcidTrain with a choice of "heavy", which tells Nd from Pr, and "light", of another slope, which
/// tells Pr from La; the other pair either tells by 1.26 only.
inline Flowsheet TwoSystems() {
  Flowsheet flowsheet = AcidTrain();
  ExtractantSystem heavy = SmallChemistry().systems.at("P507");
  heavy.name = "heavy";
  heavy.built_in = false;
  ExtractantSystem light = heavy;
  light.name = "light";
  heavy.constants = {MassAction("La", -2.9), MassAction("Pr", -2.8), MassAction("Nd", -2.0),
                     MassAction("Na", -3.5)};
  light.constants = {MassAction("La", -3.1), MassAction("Pr", -2.1), MassAction("Nd", -2.0),
                     MassAction("Na", -3.5)};
  for (std::size_t i = 0; i < 3; ++i) light.constants[i].dimers = 2.5;
  flowsheet.extractant_systems = {heavy, light};
  flowsheet.train->system.clear();
  flowsheet.train->systems = {"heavy", "light"};
  return flowsheet;
}

inline TrainTask TaskOf(const Flowsheet& flowsheet, const Chemistry& chemistry) {
  TrainTask task;
  for (const Violation& v : MakeTrainTask(flowsheet, chemistry, &task)) {
    ADD_FAILURE() << v.field << ": " << v.description;
  }
  return task;
}

/// Products of one to two components each, separation factors 1.4 to 4.
inline TrainMixture RandomMixture(std::mt19937_64& generator, std::size_t products) {
  TrainMixture mixture;
  double log_beta = 0;
  for (std::size_t p = 0; p < products; ++p) {
    if (p > 0) mixture.cuts.push_back(mixture.elements.size());
    const std::size_t components = 1 + generator() % 2;
    for (std::size_t c = 0; c < components; ++c) {
      mixture.elements.push_back("element " + std::to_string(mixture.elements.size()));
      mixture.feed.beta.push_back(std::exp(-log_beta));
      mixture.feed.moles.push_back(Uniform(generator, 0.02, 1));
      log_beta += std::log(Uniform(generator, 1.4, 4));
    }
  }
  for (double& beta : mixture.feed.beta) beta *= std::exp(log_beta);
  return mixture;
}

}  // namespace raffinate::optimizer::testing
