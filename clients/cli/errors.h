// Errors for people: on standard error, with the exit code that goes with them.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/exit_codes.h"
#include "service/file/reader.h"
#include "service/local/flowsheet_file.h"

namespace raffinate::cli {

/// Prints "raffinate: message".
void PrintError(const std::string& message);

/// Prints each problem on a line, then how many there are.
void PrintProblems(const std::vector<service::FileProblem>& problems);

/// The same where they are what `status` tells of; those that it leaves out count, too.
void PrintProblems(std::vector<service::FileProblem> problems, const grpc::Status& status);

/// Prints what went wrong and returns the exit code.
ExitCode ReportStatus(const absl::Status& status);
ExitCode ReportStatus(const grpc::Status& status);

/// The same for a request that held the flowsheet of `file`: violations are
/// shown at their place in the file, in the words of the file.
ExitCode ReportStatus(const grpc::Status& status, const service::FlowsheetFile& file);

/// The same for a request whose field `field` held the part `part` of the
/// flowsheet of `file`.
ExitCode ReportStatus(const grpc::Status& status, const service::FlowsheetFile& file,
                      const std::string& field, const std::string& part);

}  // namespace raffinate::cli
