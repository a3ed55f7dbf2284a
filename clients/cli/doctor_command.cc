// raffinate doctor
#include <iostream>

#include "absl/strings/str_format.h"
#include "clients/cli/commands.h"
#include "service/local/doctor.h"

namespace raffinate::cli {

void AddDoctor(CLI::App* app, Command* chosen) {
  CLI::App* command =
      app->add_subcommand("doctor", "Show versions, devices and data, and check the engine");
  command->callback([chosen] {
    *chosen = [] {
      bool ok = true;
      for (const service::DoctorLine& line : service::Examine()) {
        std::cout << absl::StrFormat("%-8s %-4s %s\n", line.topic, line.ok ? "ok" : "BAD",
                                     line.text);
        ok = ok && line.ok;
      }
      std::cout << (ok ? "all is well\n" : "something is wrong, see above\n");
      return ok ? kOk : kFailed;
    };
  });
}

}  // namespace raffinate::cli
