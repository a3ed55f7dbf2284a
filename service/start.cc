// The server with the real engine, apart from the server itself so that tests
// with an engine of their own link neither optimizer nor data.
#include <utility>

#include "service/data/chemistry_data.h"
#include "service/jobs/optimizer_engine.h"
#include "service/server.h"

namespace raffinate::service {

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options) {
  auto chemistry = LoadEmbeddedChemistry();
  if (!chemistry.ok()) return chemistry.status();
  return Start(options, MakeOptimizerEngine(*std::move(chemistry), options.device));
}

}  // namespace raffinate::service
