// raffinate plot parity, extraction, isotherm, profile, mccabe-thiele
#include <grpcpp/client_context.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/errors.h"
#include "clients/cli/fit_request.h"
#include "clients/cli/plot/figures.h"
#include "raffinate/v1/chemistry.grpc.pb.h"
#include "raffinate/v1/simulator.grpc.pb.h"

namespace raffinate::cli {
namespace {

struct Options {
  EngineOptions engine;
  std::string input;    // the data, the system or the flowsheet
  StartOptions start;   // of parity
  std::string file;     // whose system it is
  std::string circuit;  // of the flowsheet's several
  std::string output, title;
  std::vector<std::string> elements;
  std::vector<double> phs;
  std::optional<double> min_ph, max_ph, free_dimer;
  double organic_to_aqueous = 1;
  double extractant = 1;
  bool distribution = false;
};

constexpr int kPoints = 81;

ExitCode Draw(const Picture& picture, const std::string& output) {
  const ExitCode code = picture.Write(output);
  if (code == kOk) std::cerr << "wrote " << output << "\n";
  return code;
}

std::string Title(const Options& options, const std::string& otherwise) {
  return options.title.empty() ? otherwise : options.title;
}

ExitCode PlotParity(const Options& options) {
  const EquilibriaFile data = ReadEquilibria(options.input);
  if (!data.problems.empty()) {
    PrintProblems(data.problems);
    return kBadInput;
  }
  v1::FitExtractantSystemRequest request;
  if (const ExitCode code = SetStart(options.start, &request); code != kOk) return code;
  SetData(data, &request);
  request.set_medium("as in the data");
  const auto connection = Connection::Open(options.engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  grpc::ClientContext context;
  v1::FitExtractantSystemResponse fit;
  const grpc::Status status = v1::Chemistry::NewStub((*connection)->channel())
                                  ->FitExtractantSystem(&context, request, &fit);
  if (!status.ok()) return ReportStatus(status);
  const std::string title = absl::StrFormat(
      "%s against %s: rms %.3f of the feed, R2 %.3f, %d values", options.start.extractant,
      std::filesystem::path(options.input).filename().string(), fit.after().rms_of_feed(),
      fit.after().r_squared(), fit.after().values());
  return Draw(Parity(fit, data, Title(options, title)), options.output);
}

// Evaluates a system state by state.
class Evaluator {
 public:
  // Prints what is wrong and returns the code where that is not kOk.
  ExitCode Open(const Options& options) {
    request_.set_name(options.input);
    if (!options.file.empty()) {
      v1::FitExtractantSystemRequest own;
      const ExitCode code = SetStart({options.input, options.file}, &own);
      if (code != kOk) return code;
      *request_.mutable_extractant_system() = own.extractant_system();
    }
    auto connection = Connection::Open(options.engine);
    if (!connection.ok()) return ReportStatus(connection.status());
    connection_ = *std::move(connection);
    stub_ = v1::Chemistry::NewStub(connection_->channel());
    return kOk;
  }

  v1::EvaluateExtractantSystemRequest* request() { return &request_; }

  ExitCode Evaluate(v1::EvaluateExtractantSystemResponse* response) {
    grpc::ClientContext context;
    const grpc::Status status = stub_->EvaluateExtractantSystem(&context, request_, response);
    return status.ok() ? kOk : ReportStatus(status);
  }

 private:
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<v1::Chemistry::Stub> stub_;
  v1::EvaluateExtractantSystemRequest request_;
};

// Refuses elements that the system lacks.
ExitCode CheckElements(const v1::EvaluateExtractantSystemResponse& state,
                       const std::vector<std::string>& elements) {
  for (const std::string& element : elements) {
    const auto& known = state.elements();
    if (std::any_of(known.begin(), known.end(),
                    [&](const auto& each) { return each.element() == element; })) {
      continue;
    }
    PrintError(absl::StrCat("--elements: ", state.extractant_system().name(),
                            " has no constant for '", element, "'"));
    return kBadInput;
  }
  return kOk;
}

ExitCode PlotExtraction(const Options& options) {
  Evaluator evaluator;
  if (const ExitCode code = evaluator.Open(options); code != kOk) return code;
  v1::EvaluateExtractantSystemResponse middle;
  if (options.free_dimer) evaluator.request()->set_free_dimer_mol_per_l(*options.free_dimer);
  if (const ExitCode code = evaluator.Evaluate(&middle); code != kOk) return code;
  if (const ExitCode code = CheckElements(middle, options.elements); code != kOk) return code;
  const v1::Validity& range = middle.extractant_system().validity();
  const double least = options.min_ph.value_or(range.has_min_ph() ? range.min_ph() : 0);
  const double most = options.max_ph.value_or(range.has_max_ph() ? range.max_ph() : 4);
  if (!(least < most)) {
    PrintError(absl::StrFormat("--min-ph %g is not below --max-ph %g", least, most));
    return kBadInput;
  }
  Evaluations states;
  for (int i = 0; i < kPoints; ++i) {
    evaluator.request()->set_ph(least + (most - least) * i / (kPoints - 1));
    if (const ExitCode code = evaluator.Evaluate(&states.emplace_back()); code != kOk) return code;
  }
  const std::string title = absl::StrFormat(
      "%s, %.3g mol/L of free dimer%s", options.input, middle.free_dimer_mol_per_l(),
      options.distribution ? "" : absl::StrFormat(", O/A %g", options.organic_to_aqueous));
  return Draw(ExtractionCurves(states, options.elements, options.organic_to_aqueous,
                               options.distribution, Title(options, title)),
              options.output);
}

ExitCode PlotIsotherm(const Options& options) {
  Evaluator evaluator;
  if (const ExitCode code = evaluator.Open(options); code != kOk) return code;
  const std::string& element = options.elements.front();
  evaluator.request()->set_extractant_mol_per_l(options.extractant);
  std::vector<Isotherm> isotherms;
  // Up to nine tenths: at the last the aqueous grows without bound.
  constexpr double kMostLoading = 0.9;
  double most = 0;
  for (const double ph : options.phs) {
    evaluator.request()->set_ph(ph);
    Isotherm& isotherm = isotherms.emplace_back();
    isotherm.ph = ph;
    isotherm.points.emplace_back(0, 0);
    double before_log_d = 0, before_log_s = 0;
    for (int i = 0; i < kPoints; ++i) {
      const double loading = kMostLoading * i / (kPoints - 1);
      evaluator.request()->set_loading(loading);
      v1::EvaluateExtractantSystemResponse state;
      if (const ExitCode code = evaluator.Evaluate(&state); code != kOk) return code;
      if (const ExitCode code = CheckElements(state, {element}); code != kOk) return code;
      double d = 0;
      for (const auto& each : state.elements()) {
        if (each.element() == element) d = each.d();
      }
      const double log_d = std::log(d), log_s = std::log(state.free_dimer_mol_per_l());
      if (i > 0) {
        // What binds metal is m dimers, m the slope of log D in log S.
        const double dimers = (log_d - before_log_d) / (log_s - before_log_s);
        const double organic = loading * options.extractant / 2 / dimers;
        isotherm.points.emplace_back(organic / d, organic);
      }
      before_log_d = log_d;
      before_log_s = log_s;
    }
    // The frame ends where the steepest curve reaches half its loading.
    const double half = isotherm.points[kPoints / 2].first;
    most = most == 0 ? half : std::min(std::max(most, half), 10 * std::min(most, half));
  }
  const std::string title = absl::StrFormat("Isotherm of %s on %s, %g mol/L of extractant", element,
                                            options.input, options.extractant);
  return Draw(Isotherms(isotherms, most, element, Title(options, title)), options.output);
}

// Leaves the stages of one circuit: each has an organic of its own direction.
ExitCode ChooseCircuit(const Options& options, v1::Simulation* simulation) {
  std::vector<std::string> names;
  for (const v1::CircuitState& circuit : simulation->circuits()) names.push_back(circuit.circuit());
  if (names.empty() && options.circuit.empty()) return kOk;
  if (names.empty()) {
    PrintError(absl::StrCat("--circuit: ", options.input, " has one circuit; leave it out"));
    return kBadInput;
  }
  if (std::find(names.begin(), names.end(), options.circuit) == names.end()) {
    const std::string of = absl::StrJoin(names, ", ");
    PrintError(
        options.circuit.empty()
            ? absl::StrCat(options.input, ": has several circuits; say which with --circuit: ", of)
            : absl::StrCat("--circuit: there is no '", options.circuit, "' in ", options.input,
                           ", which has ", of));
    return kBadInput;
  }
  auto* stages = simulation->mutable_stages();
  stages->erase(std::remove_if(stages->begin(), stages->end(),
                               [&](const v1::StageState& stage) {
                                 return stage.circuit() != options.circuit;
                               }),
                stages->end());
  return kOk;
}

ExitCode Simulate(const Options& options, v1::Simulation* simulation) {
  const service::FlowsheetFile file =
      service::ReadFlowsheetFile(options.input, service::FilePurpose::kSimulate);
  if (!file.ok()) {
    PrintProblems(file.read.problems);
    return kBadInput;
  }
  const auto connection = Connection::Open(options.engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  grpc::ClientContext context;
  v1::SimulateRequest request;
  *request.mutable_flowsheet() = file.flowsheet;
  v1::SimulateResponse response;
  const grpc::Status status =
      v1::Simulator::NewStub((*connection)->channel())->Simulate(&context, request, &response);
  if (!status.ok()) return ReportStatus(status, file);
  *simulation = response.simulation();
  if (simulation->convergence().converged()) return ChooseCircuit(options, simulation);
  PrintError(options.input + ": did not converge: " + simulation->convergence().message());
  return kFailed;
}

// File and circuit, for titles.
std::string NameOf(const Options& options) {
  const std::string name = std::filesystem::path(options.input).filename().string();
  return options.circuit.empty() ? name : absl::StrCat(name, ", ", options.circuit);
}

ExitCode PlotProfile(const Options& options) {
  v1::Simulation simulation;
  if (const ExitCode code = Simulate(options, &simulation); code != kOk) return code;
  return Draw(Profile(simulation, Title(options, "Stages of " + NameOf(options))), options.output);
}

ExitCode PlotMcCabeThiele(const Options& options) {
  v1::Simulation simulation;
  if (const ExitCode code = Simulate(options, &simulation); code != kOk) return code;
  for (const std::string& element : options.elements) {
    const auto& metals = simulation.stages(0).metals();
    if (std::any_of(metals.begin(), metals.end(),
                    [&](const auto& metal) { return metal.element() == element; })) {
      continue;
    }
    PrintError(absl::StrCat("--elements: there is no ", element, " in ", options.input));
    return kBadInput;
  }
  return Draw(McCabeThiele(simulation, options.elements[0], options.elements[1],
                           Title(options, "McCabe-Thiele diagram of " + NameOf(options))),
              options.output);
}

using Action = ExitCode (*)(const Options&);

CLI::App* AddOne(CLI::App* parent, Command* chosen, const char* name, const char* help,
                 const char* input, const char* input_help, const std::shared_ptr<Options>& options,
                 Action action) {
  options->engine.device = "cpu";
  options->output = absl::StrCat(name, ".svg");
  CLI::App* command = parent->add_subcommand(name, help);
  command->add_option(input, options->input, input_help)->required();
  command->add_option("-o,--output", options->output, "Picture, .svg or .png")
      ->capture_default_str();
  command->add_option("--title", options->title, "Title; one that says what is shown by default");
  command
      ->add_option("--server", options->engine.server, "Ask this server instead of computing here")
      ->type_name("HOST:PORT");
  command->callback(
      [options, chosen, action] { *chosen = [options, action] { return action(*options); }; });
  return command;
}

void AddCircuit(CLI::App* command, Options* options) {
  command->add_option("--circuit", options->circuit, "Of this circuit, where FLOWSHEET has several")
      ->type_name("NAME");
}

void AddSystemFile(CLI::App* command, Options* options) {
  command
      ->add_option("--file", options->file,
                   "Take the system from the extractant_systems of this file")
      ->type_name("FILE");
}

}  // namespace

void AddPlot(CLI::App* app, Command* chosen) {
  CLI::App* plot = app->add_subcommand("plot", "Pictures, drawn by gnuplot");
  plot->require_subcommand(1);

  auto parity = std::make_shared<Options>();
  CLI::App* command =
      AddOne(plot, chosen, "parity", "Predicted against measured shake-flask equilibria", "DATA",
             "Table of equilibria, as for fit", parity, PlotParity);
  AddStartOptions(command, &parity->start);
  command->get_option("--extractant")->required()->description("Extractant system that predicts");

  auto extraction = std::make_shared<Options>();
  command = AddOne(plot, chosen, "extraction", "Extraction of every element against pH", "SYSTEM",
                   "Name of an extractant system", extraction, PlotExtraction);
  AddSystemFile(command, extraction.get());
  command->add_option("--elements", extraction->elements, "Only these")->delimiter(',');
  command->add_option("--min-ph", extraction->min_ph, "The measured range by default");
  command->add_option("--max-ph", extraction->max_ph, "The measured range by default");
  command
      ->add_option("--free-extractant", extraction->free_dimer,
                   "Free extractant as dimer, mol/L; the middle of the measured range by default")
      ->type_name("MOL/L");
  command->add_option("--organic-to-aqueous", extraction->organic_to_aqueous, "O/A by volume")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--distribution", extraction->distribution,
                    "Distribution coefficients in place of shares");

  auto isotherm = std::make_shared<Options>();
  isotherm->phs = {0.5, 1, 1.5};
  command = AddOne(plot, chosen, "isotherm", "Organic against aqueous molarity at constant pH",
                   "SYSTEM", "Name of an extractant system", isotherm, PlotIsotherm);
  AddSystemFile(command, isotherm.get());
  command->add_option("--element", isotherm->elements, "Of this element")->required()->expected(1);
  command->add_option("--ph", isotherm->phs, "pH at equilibrium, one for each curve")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--extractant", isotherm->extractant, "Total extractant as monomer, mol/L")
      ->type_name("MOL/L")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();

  auto profile = std::make_shared<Options>();
  command = AddOne(plot, chosen, "profile", "Molarities, pH and loading over the stages",
                   "FLOWSHEET", "File with only numbers", profile, PlotProfile);
  AddCircuit(command, profile.get());

  auto steps = std::make_shared<Options>();
  command = AddOne(plot, chosen, "mccabe-thiele",
                   "Equilibrium, operating line and steps of two "
                   "elements",
                   "FLOWSHEET", "File with only numbers", steps, PlotMcCabeThiele);
  AddCircuit(command, steps.get());
  command->add_option("--elements", steps->elements, "The more extracted one, and the other")
      ->delimiter(',')
      ->expected(2)
      ->required();
}

}  // namespace raffinate::cli
