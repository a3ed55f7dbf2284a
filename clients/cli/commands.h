// The commands of `raffinate`. Each adds itself to the application and, when it
// is the one on the command line, puts what it does into `chosen`.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "clients/cli/exit_codes.h"

namespace raffinate::cli {

using Command = std::function<ExitCode()>;

void AddOptimize(CLI::App* app, Command* chosen);
void AddSimulate(CLI::App* app, Command* chosen);
void AddDynamics(CLI::App* app, Command* chosen);
void AddShow(CLI::App* app, Command* chosen);
void AddReport(CLI::App* app, Command* chosen);
void AddServe(CLI::App* app, Command* chosen);
/// submit, watch, list, get, cancel, delete.
void AddJobs(CLI::App* app, Command* chosen);
/// extractants, feeds.
void AddChemistry(CLI::App* app, Command* chosen);
/// register, list, get, delete, advise, track, update, reset, demo.
void AddSetpoints(CLI::App* app, Command* chosen);
void AddFit(CLI::App* app, Command* chosen);
/// parity, extraction, isotherm, profile, mccabe-thiele.
void AddPlot(CLI::App* app, Command* chosen);
void AddDoctor(CLI::App* app, Command* chosen);
void AddCompletion(CLI::App* app, Command* chosen);

}  // namespace raffinate::cli
