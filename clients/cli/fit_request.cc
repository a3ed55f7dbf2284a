#include "clients/cli/fit_request.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/errors.h"

namespace raffinate::cli {

using Request = v1::FitExtractantSystemRequest;

void AddStartOptions(CLI::App* command, StartOptions* options) {
  CLI::Option* extractant = command
                                ->add_option("--extractant", options->extractant,
                                             "Extractant system to start from: its slopes, and "
                                             "constants of what is not fitted")
                                ->type_name("NAME");
  command->add_option("--file", options->file, "Take it from the extractant_systems of this file")
      ->type_name("FILE")
      ->needs(extractant);
}

ExitCode SetStart(const StartOptions& options, Request* request) {
  if (options.extractant.empty()) return kOk;
  if (options.file.empty()) {
    request->set_name(options.extractant);
    return kOk;
  }
  const service::FlowsheetFile file =
      service::ReadFlowsheetFile(options.file, service::FilePurpose::kSimulate);
  if (!file.ok()) {
    PrintProblems(file.read.problems);
    return kBadInput;
  }
  std::vector<std::string> names;
  for (const v1::ExtractantSystem& system : file.flowsheet.extractant_systems()) {
    names.push_back(system.name());
    if (system.name() != options.extractant) continue;
    *request->mutable_extractant_system() = system;
    return kOk;
  }
  PrintError(absl::StrCat(
      options.file, ": defines no extractant system '", options.extractant, "'; ",
      names.empty() ? "it has none of its own" : "it has " + absl::StrJoin(names, ", ")));
  return kBadInput;
}

std::string SetParameters(const std::vector<std::string>& words, Request* request) {
  for (const std::string& word : words) {
    if (word == "none" && words.size() == 1) return "";
    if (word == "log10_k") {
      request->set_log10_k(true);
    } else if (word == "dimers" || word == "dimers-per-element") {
      if (request->slopes() != Request::SLOPES_FIXED) {
        return "dimers and dimers-per-element exclude each other";
      }
      request->set_slopes(word == "dimers" ? Request::SLOPES_SHARED : Request::SLOPES_PER_ELEMENT);
    } else if (word == "complexes" || word == "complexes-per-element") {
      if (request->complexes() != Request::COMPLEXES_FIXED) {
        return "complexes and complexes-per-element exclude each other";
      }
      request->set_complexes(word == "complexes" ? Request::COMPLEXES_SHARED
                                                 : Request::COMPLEXES_PER_ELEMENT);
    } else if (word == "enthalpy") {
      request->set_enthalpy(true);
    } else {
      return absl::StrCat("found '", word,
                          "'; needed are some of log10_k, dimers, "
                          "dimers-per-element, complexes, complexes-per-element, enthalpy, or "
                          "none");
    }
  }
  return "";
}

void SetData(const EquilibriaFile& data, Request* request) {
  std::vector<std::string> sources;
  for (const v1::Contact& contact : data.contacts) {
    *request->add_contacts() = contact;
    if (std::find(sources.begin(), sources.end(), contact.source()) == sources.end()) {
      sources.push_back(contact.source());
    }
  }
  request->set_source(absl::StrCat("shake-flask equilibria of ",
                                   std::filesystem::path(data.path).filename().string(), ": ",
                                   absl::StrJoin(sources, ", ")));
}

}  // namespace raffinate::cli
