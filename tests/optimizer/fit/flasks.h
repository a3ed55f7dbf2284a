// Flasks with a known answer.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "optimizer/fit/equilibria.h"
#include "optimizer/fit/fit.h"

namespace raffinate::optimizer::fit {

inline std::map<std::string, double> Charges() {
  return {{"La", 3}, {"Nd", 3}, {"Dy", 3}, {"Zn", 2}, {"Na", 1}};
}

inline Constants Truth() {
  return {{"La", {-3.1, 2.7, 3, -12}},
          {"Nd", {-2.0, 2.7, 3, -18}},
          {"Dy", {0.4, 2.7, 3, -25}},
          {"Na", {-4.1, 1, 1, 0}}};
}

/// Flasks over acids and extractant concentrations, at two temperatures, of three
/// sources; `noise` is the standard deviation of the analysis as a share of the feed.
inline std::vector<Contact> Flasks(const Constants& truth, double noise, unsigned seed) {
  std::vector<Contact> out;
  int number = 0;
  for (const double h : {0.02, 0.1, 0.3}) {
    for (const double dimer : {0.05, 0.25, 0.7}) {
      for (const double celsius : {25.0, 45.0}) {
        Contact contact;
        contact.source = std::string("source ") + "abc"[number++ % 3];
        contact.initial_h = h;
        contact.extractant_dimer = dimer;
        contact.aqueous_to_organic = number % 2 == 0 ? 1 : 2;
        contact.celsius = celsius;
        contact.metals = {
            {"La", 0.05, 0.0}, {"Nd", 0.03, 0.0}, {"Dy", 0.004, 0.0}, {"Na", 0.02, std::nullopt}};
        out.push_back(contact);
      }
    }
  }
  std::mt19937 random(seed);
  std::normal_distribution<double> error(0, 1);
  const auto flasks = Equilibrate(out, truth, 25, false, {});
  for (std::size_t c = 0; c < out.size(); ++c) {
    for (std::size_t i = 0; i < out[c].metals.size(); ++i) {
      ContactMetal& metal = out[c].metals[i];
      if (!metal.raffinate) continue;
      metal.raffinate = std::max(0.0, flasks[c].aqueous[i] + noise * metal.feed * error(random));
    }
  }
  return out;
}

}  // namespace raffinate::optimizer::fit
