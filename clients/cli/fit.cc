// raffinate fit DATA.csv
#include <grpcpp/client_context.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/equilibria_csv.h"
#include "clients/cli/errors.h"
#include "clients/cli/fit_report.h"
#include "clients/cli/fit_request.h"
#include "clients/cli/json.h"
#include "clients/common/error_details.h"
#include "raffinate/v1/chemistry.grpc.pb.h"
#include "service/file/writer.h"

namespace raffinate::cli {
namespace {

using Request = v1::FitExtractantSystemRequest;

constexpr std::pair<const char*, Request::Loss> kLosses[] = {
    {"squares", Request::LOSS_SQUARES},
    {"huber", Request::LOSS_HUBER},
    {"soft-l1", Request::LOSS_SOFT_L1},
    {"cauchy", Request::LOSS_CAUCHY},
};

struct Options {
  EngineOptions engine;
  StartOptions start;
  std::string data;
  std::vector<std::string> parameters = {"log10_k", "dimers"};
  std::vector<std::string> elements;
  std::string loss = "squares";
  double loss_scale = 0.1;
  double temperature = 25;
  std::string name, doi, output, residuals;
  std::string medium = "chloride";
  int rows = 10;
  bool json = false;
};

bool WriteFile(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  out.close();
  if (!out) PrintError(path + ": cannot be written");
  return static_cast<bool>(out);
}

// What is to be asked; or the exit code.
ExitCode MakeRequest(const Options& options, const EquilibriaFile& data, Request* request) {
  if (const std::string wrong = SetParameters(options.parameters, request); !wrong.empty()) {
    PrintError("--parameters: " + wrong);
    return kBadInput;
  }
  if (const ExitCode code = SetStart(options.start, request); code != kOk) return code;
  SetData(data, request);
  for (const std::string& element : options.elements) request->add_elements(element);
  for (const auto& [name, loss] : kLosses) {
    if (options.loss == name) request->set_loss(loss);
  }
  request->set_loss_scale(options.loss_scale);
  request->set_reference_temperature_celsius(options.temperature);
  request->set_system_name(options.name);
  request->set_doi(options.doi);
  request->set_medium(options.medium);
  return kOk;
}

ExitCode ReportFit(const grpc::Status& status, const EquilibriaFile& data) {
  std::vector<service::FileProblem> problems;
  for (const auto& violation : clients::DecodeErrorDetails(status).field_violations) {
    problems.push_back(data.At(violation.field, violation.description));
  }
  if (problems.empty()) return ReportStatus(status);
  PrintProblems(std::move(problems), status);
  return kBadInput;
}

ExitCode Fit(Options options) {
  const std::string stem = std::filesystem::path(options.data).stem().string();
  if (options.name.empty()) options.name = stem + "-fitted";
  if (options.output.empty()) options.output = options.name + ".yaml";
  const EquilibriaFile data = ReadEquilibria(options.data);
  if (!data.problems.empty()) {
    PrintProblems(data.problems);
    return kBadInput;
  }
  Request request;
  if (const ExitCode code = MakeRequest(options, data, &request); code != kOk) return code;
  const absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(options.engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  grpc::ClientContext context;
  v1::FitExtractantSystemResponse fit;
  const grpc::Status status = v1::Chemistry::NewStub((*connection)->channel())
                                  ->FitExtractantSystem(&context, request, &fit);
  if (!status.ok()) return ReportFit(status, data);
  std::cout << (options.json ? ToJson(fit) : Report(fit, data, options.rows));
  if (!options.residuals.empty() && !WriteFile(options.residuals, ResidualsCsv(fit, data))) {
    return kFailed;
  }
  // Without a fitted number there is no new system.
  if (fit.parameters().empty()) return kOk;
  v1::Flowsheet file;
  *file.add_extractant_systems() = fit.extractant_system();
  if (!WriteFile(options.output, service::WriteYaml(file))) return kFailed;
  std::cerr << "wrote " << options.output << ": extractant system " << options.name << "\n";
  return kOk;
}

}  // namespace

void AddFit(CLI::App* app, Command* chosen) {
  auto options = std::make_shared<Options>();
  options->engine.device = "cpu";
  CLI::App* command = app->add_subcommand(
      "fit", "Fit an extractant system to shake-flask data; docs/fit.md describes DATA.csv");
  command->add_option("DATA", options->data, "Table of equilibria (comma-separated values)")
      ->required();
  AddStartOptions(command, &options->start);
  command
      ->add_option("--parameters", options->parameters,
                   "What is fitted, of log10_k, dimers (one slope m for all metals of a charge), "
                   "dimers-per-element, complexes (1:1 with the anion of the medium, one constant "
                   "for all metals of a charge), complexes-per-element, enthalpy; or none, to "
                   "compare alone")
      ->delimiter(',')
      ->capture_default_str();
  command
      ->add_option("--elements", options->elements,
                   "Whose parameters are fitted; of all that were analysed by default")
      ->delimiter(',');
  command
      ->add_option("--loss", options->loss,
                   "squares, or huber, soft-l1, cauchy: what large residuals count less in")
      ->check(CLI::IsMember({"squares", "huber", "soft-l1", "cauchy"}))
      ->capture_default_str();
  command
      ->add_option("--loss-scale", options->loss_scale,
                   "Residual, as a share of the feed, that counts as large")
      ->capture_default_str();
  command
      ->add_option("--temperature", options->temperature,
                   "At which the fitted constants hold, degC, where enthalpies are fitted")
      ->capture_default_str();
  command->add_option("--name", options->name, "Of the fitted system; DATA-fitted by default");
  command->add_option("--doi", options->doi, "Of the data");
  command->add_option("--medium", options->medium, "The aqueous of the data")
      ->capture_default_str();
  command->add_option("-o,--output", options->output,
                      "File of the fitted system; its name with .yaml by default");
  command->add_option("--residuals", options->residuals,
                      "Also write every residual into this file (comma-separated values)");
  command->add_option("--rows", options->rows, "Residuals to print, the largest first")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--server", options->engine.server, "Ask this server instead of fitting here")
      ->type_name("HOST:PORT");
  AddJsonOption(command, &options->json);
  command->callback([options, chosen] { *chosen = [options] { return Fit(*options); }; });
}

}  // namespace raffinate::cli
