// Extractant systems, media and temperatures as they are written in files.
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>

#include "raffinate/v1/flowsheet.pb.h"
#include "service/file/reader.h"
#include "service/file/writer.h"
#include "tests/file/sample.h"

namespace raffinate::service {
namespace {

const char kText[] = R"(extractant_systems:
  mixed:
    law: mass_action_dimer
    medium: sulphate
    activity: davies
    proton_epsilon: 0.12
    second_extractant: TBP
    reference_temperature: 298.15 K
    ligands:
      sulphate: {charge: 2, log10_protonation: [1.98], class: reference, source: a book}
      lactate: {charge: 1, log10_protonation: 3.67, epsilon: -0.1}
    constants:
      Nd:
        log10_k: -2.2
        enthalpy: -4300 J/mol
        epsilon: 0.23
        species:
          - {log10_k: -1, dimers: 2.5, second: 1}
        complexes:
          sulphate: {log10_beta: [3.6, 5.1], class: measured, source: a paper, doi: 10.1/x}
          lactate: {log10_beta: 2.5}
      Pr:
        log10_k: 1
        extractants: 3
        anions: 2
        terms:
          - {coefficient: 0.54, ph: 1}
          - {coefficient: -0.02, ph: 1, c: 1}
          - {coefficient: 0.3, log_c: 2, loading: 3}
streams:
  feed:
    flow: 1 m3/h
    h2so4: 500 mmol/L
    na2so4: 0.1 mol/L
    nh4_2so4: 0.2 mol/L
    hno3: {min: 0.1 mol/L, max: 1 mol/L}
    nano3: 1 mol/L
    nh4no3: 2 mol/L
    complexants: {lactate: 0.5 mol/L, edta: {choices: [1 mmol/L, 2 mmol/L]}}
circuits:
  main:
    extractant: {system: mixed, concentration: 1 mol/L, second_concentration: 200 mol/m3}
    organic:
      flow: 1 m3/h
      loop: open
      metals: {Nd: 144.242 mg/L, Pr: {min: 0 mol/L, max: 1 mmol/L}}
    sections:
      extraction: {stages: 3, inlets: [feed], outlet: raffinate, temperature: 40 degC}
      scrub: {stages: 2, temperature: 104 degF}
)";

v1::Flowsheet Read() {
  v1::Flowsheet flowsheet;
  const ReadResult read = ReadText(kText, "f", FileFormat::kYaml, SampleOptions(), &flowsheet);
  for (const FileProblem& problem : read.problems) ADD_FAILURE() << FormatProblem(problem);
  return flowsheet;
}

TEST(ExtractantFile, ReadsSystems) {
  const v1::Flowsheet flowsheet = Read();
  ASSERT_EQ(flowsheet.extractant_systems_size(), 1);
  const v1::ExtractantSystem& system = flowsheet.extractant_systems(0);
  EXPECT_EQ(system.medium(), v1::ExtractantSystem::SULPHATE);
  EXPECT_EQ(system.activity(), v1::ExtractantSystem::DAVIES);
  EXPECT_EQ(system.second_extractant(), "TBP");
  EXPECT_NEAR(system.reference_temperature_celsius(), 25, 1e-9);
  ASSERT_EQ(system.ligands_size(), 2);
  EXPECT_EQ(system.ligands(0).name(), "sulphate");
  EXPECT_EQ(system.ligands(0).charge(), 2);
  EXPECT_EQ(system.ligands(0).provenance(), v1::EquilibriumConstant::REFERENCE);
  ASSERT_EQ(system.ligands(1).log10_protonation_size(), 1);
  EXPECT_EQ(system.ligands(1).log10_protonation(0), 3.67);
  EXPECT_EQ(system.ligands(1).epsilon(), -0.1);
  const v1::EquilibriumConstant& nd = system.constants(0);
  EXPECT_EQ(nd.enthalpy_kj_per_mol(), -4.3);
  ASSERT_EQ(nd.species_size(), 1);
  EXPECT_EQ(nd.species(0).second(), 1);
  ASSERT_EQ(nd.complexes_size(), 2);
  EXPECT_EQ(nd.complexes(0).ligand(), "sulphate");
  EXPECT_EQ(nd.complexes(0).log10_beta(1), 5.1);
  EXPECT_EQ(nd.complexes(0).doi(), "10.1/x");
  EXPECT_EQ(nd.complexes(1).log10_beta(0), 2.5);
  const v1::EquilibriumConstant& pr = system.constants(1);
  EXPECT_EQ(pr.extractants(), 3);
  EXPECT_EQ(pr.anions(), 2);
  ASSERT_EQ(pr.terms_size(), 3);
  EXPECT_EQ(pr.terms(1).coefficient(), -0.02);
  EXPECT_EQ(pr.terms(1).c(), 1);
  EXPECT_EQ(pr.terms(2).log_c(), 2);
  EXPECT_EQ(pr.terms(2).loading(), 3);
}

TEST(ExtractantFile, ReadsMediaComplexantsAndTemperatures) {
  const v1::Flowsheet flowsheet = Read();
  const v1::Stream& feed = flowsheet.streams(0);
  EXPECT_EQ(feed.h2so4_mol_per_l().value(), 0.5);
  EXPECT_EQ(feed.na2so4_mol_per_l().value(), 0.1);
  EXPECT_EQ(feed.nh4_2so4_mol_per_l().value(), 0.2);
  EXPECT_EQ(feed.hno3_mol_per_l().range().max(), 1);
  EXPECT_EQ(feed.nano3_mol_per_l().value(), 1);
  EXPECT_EQ(feed.nh4no3_mol_per_l().value(), 2);
  ASSERT_EQ(feed.complexants_size(), 2);
  EXPECT_EQ(feed.complexants(0).ligand(), "lactate");
  EXPECT_EQ(feed.complexants(0).mol_per_l().value(), 0.5);
  EXPECT_EQ(feed.complexants(1).mol_per_l().choices().values(1), 0.002);
  const v1::Circuit& circuit = flowsheet.circuits(0);
  EXPECT_EQ(circuit.extractant().second_concentration_mol_per_l().value(), 0.2);
  ASSERT_EQ(circuit.organic().metals_size(), 2);
  EXPECT_NEAR(circuit.organic().metals(0).mol_per_l().value(), 1e-3, 1e-15);
  EXPECT_EQ(circuit.organic().metals(1).mol_per_l().range().max(), 1e-3);
  EXPECT_EQ(circuit.sections(0).temperature_celsius(), 40);
  EXPECT_NEAR(circuit.sections(1).temperature_celsius(), 40, 1e-9);
}

TEST(ExtractantFile, IsWrittenAsItReads) {
  const v1::Flowsheet before = Read();
  const std::string written = WriteYaml(before);
  v1::Flowsheet after;
  const ReadResult read = ReadText(written, "f", FileFormat::kYaml, SampleOptions(), &after);
  ASSERT_TRUE(read.ok()) << written;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(before, after)) << written;
  for (const char* line :
       {"complexants:\n      lactate: 0.5 mol/L", "temperature: 40 degC", "enthalpy: -4.3 kJ/mol",
        "- {coefficient: 0.54, ph: 1}", "- {log10_k: -1, dimers: 2.5, second: 1}"}) {
    EXPECT_NE(written.find(line), std::string::npos) << line << "\nin\n" << written;
  }
}

struct Bad {
  const char* name;
  const char* from;
  const char* to;
  const char* path;
  const char* says;
};

class BadExtractantFile : public testing::TestWithParam<Bad> {};

TEST_P(BadExtractantFile, IsRefusedAtItsPlace) {
  std::string text = kText;
  const std::size_t at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, std::string(GetParam().from).size(), GetParam().to);
  v1::Flowsheet flowsheet;
  const ReadResult read = ReadText(text, "f", FileFormat::kYaml, SampleOptions(), &flowsheet);
  ASSERT_EQ(read.problems.size(), 1u);
  EXPECT_EQ(read.problems[0].path, GetParam().path);
  EXPECT_NE(read.problems[0].message.find(GetParam().says), std::string::npos)
      << read.problems[0].message;
}

INSTANTIATE_TEST_SUITE_P(
    File, BadExtractantFile,
    testing::Values(Bad{"Medium", "medium: sulphate", "medium: sulfate",
                        "extractant_systems.mixed.medium", "did you mean \"sulphate\"?"},
                    Bad{"Activity", "activity: davies", "activity: pitzer",
                        "extractant_systems.mixed.activity", "ideal, davies, sit"},
                    Bad{"Temperature", "40 degC", "40 mol/L",
                        "circuits.main.sections.extraction.temperature", "degC"},
                    Bad{"Enthalpy", "-4300 J/mol", "-4300 J",
                        "extractant_systems.mixed.constants.Nd.enthalpy", "kJ/mol"},
                    Bad{"Complexant", "lactate: 0.5 mol/L", "lactate: 0.5 g/L",
                        "streams.feed.complexants.lactate", "mol/L"},
                    Bad{"Power", "ph: 1, c: 1", "ph: 0.5, c: 1",
                        "extractant_systems.mixed.constants.Pr.terms[1].ph", "0.5"},
                    Bad{"Term", "log_c: 2", "lg_c: 2",
                        "extractant_systems.mixed.constants.Pr.terms[2].lg_c",
                        "did you mean \"log_c\"?"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace raffinate::service
