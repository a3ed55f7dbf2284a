// raffinate extractants, feeds
#include <grpcpp/client_context.h>

#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/errors.h"
#include "clients/cli/extractants.h"
#include "clients/cli/json.h"
#include "clients/cli/table.h"
#include "raffinate/v1/chemistry.grpc.pb.h"

namespace raffinate::cli {
namespace {

struct Options {
  EngineOptions engine;
  std::string name;
  std::string file;
  std::optional<double> ph, free_dimer, extractant, loading;
  bool json = false;
};

template <class Call>
ExitCode WithChemistry(const Options& options, const Call& call) {
  const absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(options.engine);
  if (!connection.ok()) return ReportStatus(connection.status());
  const auto chemistry = v1::Chemistry::NewStub((*connection)->channel());
  return call(chemistry.get());
}

ExitCode ListExtractants(const Options& options) {
  return WithChemistry(options, [&](auto* chemistry) {
    v1::ListExtractantSystemsResponse all;
    v1::ListExtractantSystemsRequest request;
    do {
      grpc::ClientContext context;
      v1::ListExtractantSystemsResponse page;
      const grpc::Status status = chemistry->ListExtractantSystems(&context, request, &page);
      if (!status.ok()) return ReportStatus(status);
      all.mutable_extractant_systems()->MergeFrom(page.extractant_systems());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    if (options.json) {
      std::cout << ToJson(all);
      return kOk;
    }
    std::cout << ListOf(all);
    return kOk;
  });
}

// The system NAME of the flowsheet in --file; -1 and a message when there is none.
int FindOwn(const Options& options, const service::FlowsheetFile& file) {
  std::vector<std::string> names;
  for (int i = 0; i < file.flowsheet.extractant_systems_size(); ++i) {
    names.push_back(file.flowsheet.extractant_systems(i).name());
    if (names.back() == options.name) return i;
  }
  PrintError(absl::StrCat(
      options.file, ": defines no extractant system '", options.name, "'; ",
      names.empty() ? "it has none of its own" : "it has " + absl::StrJoin(names, ", ")));
  return -1;
}

ExitCode ShowExtractant(const Options& options) {
  v1::EvaluateExtractantSystemRequest request;
  if (options.ph) request.set_ph(*options.ph);
  if (options.free_dimer) request.set_free_dimer_mol_per_l(*options.free_dimer);
  if (options.extractant) request.set_extractant_mol_per_l(*options.extractant);
  if (options.loading) request.set_loading(*options.loading);
  service::FlowsheetFile file;
  int own = -1;
  if (options.file.empty()) {
    request.set_name(options.name);
  } else {
    file = service::ReadFlowsheetFile(options.file, service::FilePurpose::kSimulate);
    if (!file.ok()) {
      PrintProblems(file.read.problems);
      return kBadInput;
    }
    own = FindOwn(options, file);
    if (own < 0) return kBadInput;
    *request.mutable_extractant_system() = file.flowsheet.extractant_systems(own);
  }
  return WithChemistry(options, [&](auto* chemistry) {
    grpc::ClientContext context;
    v1::EvaluateExtractantSystemResponse evaluation;
    const grpc::Status status = chemistry->EvaluateExtractantSystem(&context, request, &evaluation);
    if (!status.ok()) {
      return own < 0 ? ReportStatus(status)
                     : ReportStatus(status, file, "extractant_system.",
                                    absl::StrCat("extractant_systems[", own, "]."));
    }
    std::cout << (options.json ? ToJson(evaluation) : Describe(evaluation));
    return kOk;
  });
}

ExitCode ListFeeds(const Options& options) {
  return WithChemistry(options, [&](auto* chemistry) {
    v1::ListFeedsResponse all;
    v1::ListFeedsRequest request;
    do {
      grpc::ClientContext context;
      v1::ListFeedsResponse page;
      const grpc::Status status = chemistry->ListFeeds(&context, request, &page);
      if (!status.ok()) return ReportStatus(status);
      all.mutable_feeds()->MergeFrom(page.feeds());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    if (options.json) {
      std::cout << ToJson(all);
      return kOk;
    }
    for (const v1::Feed& feed : all.feeds()) {
      const std::string metals =
          absl::StrJoin(feed.metals(), ", ", [](std::string* out, const v1::FeedMetal& metal) {
            absl::StrAppend(out, metal.element(), " ", FormatNumber(metal.mol_per_l(), 3));
          });
      std::cout << feed.name() << ": " << feed.description() << "\n  mol/L: " << metals << ", HCl "
                << FormatNumber(feed.hcl_mol_per_l(), 3) << "\n  source: " << feed.source() << "\n";
    }
    return kOk;
  });
}

using Action = ExitCode (*)(const Options&);

CLI::App* AddOne(CLI::App* parent, Command* chosen, const char* name, const char* help,
                 const std::shared_ptr<Options>& options, Action action) {
  CLI::App* command = parent->add_subcommand(name, help);
  options->engine.device = "cpu";
  command
      ->add_option("--server", options->engine.server,
                   "Ask this server instead of what is built in")
      ->type_name("HOST:PORT");
  AddJsonOption(command, &options->json);
  command->callback(
      [options, chosen, action] { *chosen = [options, action] { return action(*options); }; });
  return command;
}

}  // namespace

void AddChemistry(CLI::App* app, Command* chosen) {
  CLI::App* extractants =
      app->add_subcommand("extractants", "Extractant systems and their constants");
  extractants->require_subcommand(1);
  AddOne(extractants, chosen, "list", "List the systems", std::make_shared<Options>(),
         ListExtractants);
  auto show_options = std::make_shared<Options>();
  CLI::App* show = AddOne(
      extractants, chosen, "show",
      "Show one system: constants with class and source, D and separation factors at a state",
      show_options, ShowExtractant);
  show->add_option("NAME", show_options->name, "Name of the system")->required();
  show->add_option("--file", show_options->file,
                   "Take the system from the extractant_systems of this flowsheet file");
  show->add_option("--ph", show_options->ph, "pH; the middle of the measured range by default");
  CLI::Option* free =
      show->add_option(
              "--free-extractant", show_options->free_dimer,
              "Free extractant as dimer, mol/L; the middle of the measured range by default")
          ->type_name("MOL/L");
  CLI::Option* total = show->add_option("--extractant", show_options->extractant,
                                        "In place of it the total extractant as monomer, mol/L")
                           ->type_name("MOL/L")
                           ->excludes(free);
  show->add_option("--loading", show_options->loading, "and the share of it that is bound, 0 to 1")
      ->type_name("SHARE")
      ->needs(total);

  CLI::App* feeds = app->add_subcommand("feeds", "Feed liquors with their sources");
  feeds->require_subcommand(1);
  AddOne(feeds, chosen, "list", "List the feeds", std::make_shared<Options>(), ListFeeds);
}

}  // namespace raffinate::cli
