// raffinate extractants, feeds
#include <grpcpp/client_context.h>

#include <iostream>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/errors.h"
#include "clients/cli/json.h"
#include "clients/cli/table.h"
#include "raffinate/v1/chemistry.grpc.pb.h"

namespace raffinate::cli {
namespace {

struct Options {
  EngineOptions engine;
  std::string name;
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
    Table table({{.group = "", .title = "name", .unit = ""},
                 {.group = "", .title = "law", .unit = "", .left = true},
                 {.group = "", .title = "pH", .unit = "", .left = true},
                 {.group = "", .title = "elements", .unit = "", .left = true}});
    for (const v1::ExtractantSystem& system : all.extractant_systems()) {
      const bool range = system.min_ph() != 0 || system.max_ph() != 0;
      const std::string elements = absl::StrJoin(
          system.constants(), " ", [](std::string* out, const v1::EquilibriumConstant& constant) {
            out->append(constant.element());
          });
      table.AddRow(
          {system.name(), absl::AsciiStrToLower(v1::ExtractantSystem::Law_Name(system.law())),
           range ? absl::StrFormat("%g to %g", system.min_ph(), system.max_ph()) : "-", elements});
    }
    std::cout << table.Print();
    return kOk;
  });
}

std::string Optional(bool has, double value) { return has ? FormatNumber(value, 6) : "-"; }

ExitCode ShowExtractant(const Options& options) {
  return WithChemistry(options, [&](auto* chemistry) {
    grpc::ClientContext context;
    v1::GetExtractantSystemRequest request;
    request.set_name(options.name);
    v1::ExtractantSystem system;
    const grpc::Status status = chemistry->GetExtractantSystem(&context, request, &system);
    if (!status.ok()) return ReportStatus(status);
    if (options.json) {
      std::cout << ToJson(system);
      return kOk;
    }
    std::cout << system.name() << ": " << system.description() << "\n"
              << "law: " << absl::AsciiStrToLower(v1::ExtractantSystem::Law_Name(system.law()))
              << "\n";
    if (system.min_ph() != 0 || system.max_ph() != 0) {
      std::cout << absl::StrFormat("fitted for pH %g to %g\n", system.min_ph(), system.max_ph());
    }
    if (system.max_loading() != 0) {
      std::cout << absl::StrFormat("loading up to %g %%\n", 100 * system.max_loading());
    }
    std::cout << "source: " << system.source() << "\n\n";
    Table table({{.group = "", .title = "element", .unit = ""},
                 {.group = "", .title = "log10 K", .unit = ""},
                 {.group = "", .title = "dimers", .unit = ""},
                 {.group = "", .title = "D", .unit = ""},
                 {.group = "", .title = "beta", .unit = ""},
                 {.group = "", .title = "class", .unit = "", .left = true},
                 {.group = "", .title = "source", .unit = "", .left = true}});
    for (const v1::EquilibriumConstant& constant : system.constants()) {
      std::string source = constant.source();
      if (source.size() > 44) source = source.substr(0, 41) + "...";
      table.AddRow(
          {constant.element(), Optional(constant.has_log10_k(), constant.log10_k()),
           Optional(constant.has_dimers(), constant.dimers()),
           Optional(constant.has_d(), constant.d()), Optional(constant.has_beta(), constant.beta()),
           absl::AsciiStrToLower(v1::EquilibriumConstant::Provenance_Name(constant.provenance())),
           source});
    }
    std::cout << table.Print();
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
  AddOne(extractants, chosen, "show", "Show one system with constants and sources", show_options,
         ShowExtractant)
      ->add_option("NAME", show_options->name, "Name of the system")
      ->required();

  CLI::App* feeds = app->add_subcommand("feeds", "Feed liquors with their sources");
  feeds->require_subcommand(1);
  AddOne(feeds, chosen, "list", "List the feeds", std::make_shared<Options>(), ListFeeds);
}

}  // namespace raffinate::cli
