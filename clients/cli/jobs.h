// Calls to Optimizations that several commands make.
#pragma once

#include <google/protobuf/repeated_field.h>
#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "clients/cli/patience.h"
#include "clients/cli/progress.h"
#include "raffinate/v1/optimizations.grpc.pb.h"

namespace raffinate::cli {

using OptimizationsStub = v1::Optimizations::Stub;

/// "optimizations/{id}", also where only the id was given.
std::string FullName(const std::string& name);

bool Ended(const v1::Optimization& optimization);

/// Puts `told`, the newest lines that a server keeps and with which every watch begins, into a
/// log that may have them already. Lines of the log before them stay; those that a killed server
/// did not save go.
void JoinLog(const google::protobuf::RepeatedPtrField<std::string>& told,
             std::vector<std::string>* log);

/// Watches until the job ends: its progress to `progress` (may be null), its
/// log lines to `log` (may be null). `last` is the last state seen. Goes on after a loss of the
/// server as long as `patience` does.
grpc::Status Follow(OptimizationsStub* stub, const std::string& name, Patience* patience,
                    ProgressLine* progress, std::vector<std::string>* log, v1::Optimization* last);

/// The whole Pareto set on one page.
grpc::Status FetchFlowsheets(OptimizationsStub* stub, const std::string& name,
                             v1::ListFlowsheetsRequest::View view, v1::ListFlowsheetsResponse* all);

}  // namespace raffinate::cli
