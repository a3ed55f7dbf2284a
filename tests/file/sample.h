// A flowsheet file that uses every form of the format, for the tests.
#pragma once

#include <string>

#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"

namespace raffinate::service {

inline ReadOptions SampleOptions() {
  ReadOptions options;
  options.elements = {{"Nd", {.mass = 144.242, .oxide_mass = 168.2405}},
                      {"Pr", {.mass = 140.90766, .oxide_mass = 170.23916}},
                      {"Dy", {.mass = 162.5, .oxide_mass = 186.4985}},
                      {"Na", {.mass = 22.98977, .oxide_mass = 0}}};
  return options;
}

inline const std::string& SampleYaml() {
  static const std::string text = R"(name: Nd/Pr split
description: A sample.
streams:
  feed:
    flow: 10 m3/h
    metals:
      Nd: 25 g/L REO
      Pr: {min: 1 g/L, max: 2 g/L}
      Dy: {choices: [1 mmol/L, 2 mmol/L]}
    hcl: 0.1 mol/L
  scrub:
    flow: {min: 8, max: 60, start: 10, step: 2, log: true}
    hcl: 4.5 mol/L
circuits:
  main:
    extractant: {system: P507-HCl, concentration: 1.5 mol/L}
    organic:
      flow: {min: 8 m3/h, max: 60 m3/h, start: 10 m3/h, step: 2 m3/h, log: true}
      loop: open
      saponification: 35 %
      base: naoh
    sections:
      extraction:
        stages: {min: 8, max: 60}
        inlets: [feed]
        outlet: raffinate
      scrub:
        stages: 10
        inlets: [{stream: scrub, stage: 10}]
        draws:
          mid: {phase: aqueous, stage: {choices: [2, 4]}, share: 0.1}
products:
  heavy:
    stream: loaded organic
    elements: [Nd, Dy]
    purity: ">= 99.9 %"
    recovery: ">= 0.95"
objectives:
  - {maximize: purity, product: heavy}
  - {minimize: acid_kg_per_t_reo}
  - {direction: minimize, figure: stages}
constraints:
  - {figure: stages, max: 60}
search:
  evaluations: 1000
  wall_time: 5 min
  seed: 7
)";
  return text;
}

/// SampleYaml() as it has to be written: `scrub.flow` with units.
inline std::string GoodYaml() {
  std::string text = SampleYaml();
  const std::string wrong = "flow: {min: 8, max: 60, start: 10, step: 2, log: true}";
  text.replace(text.find(wrong), wrong.size(), "flow: 2 m3/h");
  return text;
}

}  // namespace raffinate::service
