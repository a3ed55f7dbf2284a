#include "service/local/doctor.h"

#include <google/protobuf/stubs/common.h>
#include <grpcpp/grpcpp.h>

#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kernels/solve.h"
#include "optimizer/run.h"
#include "service/convert/flowsheet.h"
#include "service/data/chemistry_data.h"
#include "service/file/reader.h"
#include "service/file/units.h"
#include "service/local/version.h"

namespace raffinate::service {
namespace {

// Constant D of 2 at equal flows over four stages: by Kremser (1930) the share
// that stays in the raffinate is (E - 1) / (E^5 - 1) = 1/31 with E = 2.
constexpr char kKremser[] = R"(
name: self check
extractant_systems:
  check:
    law: constant_d
    source: self check
    constants: {Nd: {d: 2, class: assumed, source: self check}}
streams:
  feed: {flow: 1 m3/h, metals: {Nd: 0.01 mol/L}, hcl: 0.01 mol/L}
circuits:
  main:
    extractant: {system: check, concentration: 1 mol/L}
    organic: {flow: 1 m3/h, loop: open}
    sections:
      extraction: {stages: 4, inlets: [feed], outlet: raffinate}
products:
  left: {stream: raffinate, elements: [Nd]}
)";
constexpr double kKremserRecovery = 1.0 / 31;

DoctorLine CheckKremser(const std::string& device_name, const kernels::Device& device,
                        const optimizer::Chemistry& chemistry) {
  DoctorLine line{.topic = "check", .text = "", .ok = false};
  const std::string what = absl::StrCat("four stages at constant D on ", device_name);
  v1::Flowsheet message;
  const ReadResult read = ReadText(kKremser, "self check", FileFormat::kYaml, {}, &message);
  if (!read.ok()) {
    line.text = absl::StrCat(what, ": ", FormatProblem(read.problems.front()));
    return line;
  }
  optimizer::Flowsheet flowsheet;
  optimizer::Violations violations = FromProto(message, &flowsheet);
  violations = Merge(violations, Validate(flowsheet, chemistry, optimizer::Purpose::kSimulate));
  if (!violations.empty()) {
    line.text = absl::StrCat(what, ": ", violations[0].field, ": ", violations[0].description);
    return line;
  }
  const std::vector<optimizer::SimulationResult> results =
      optimizer::Simulate({{flowsheet}}, chemistry, device);
  const optimizer::SimulationResult& result = results.at(0);
  if (!result.convergence.converged || result.figures.products.empty()) {
    line.text = absl::StrCat(what, ": not solved, ", result.convergence.message);
    return line;
  }
  const double error = std::abs(result.figures.products[0].recovery / kKremserRecovery - 1);
  line.ok = error < 1e-9;
  line.text = absl::StrFormat("%s: recovery %.12f, by Kremser %.12f%s", what,
                              result.figures.products[0].recovery, kKremserRecovery,
                              line.ok ? "" : ", too far apart");
  return line;
}

}  // namespace

std::vector<DoctorLine> Examine() {
  std::vector<DoctorLine> lines;
  lines.push_back({"version", absl::StrCat("raffinate ", Version(), ", compiler ", __VERSION__)});
  lines.push_back({"version", absl::StrCat("gRPC ", grpc::Version(), ", Protobuf ",
                                           google::protobuf::internal::VersionString(
                                               GOOGLE_PROTOBUF_VERSION))});
  for (const std::string& device : kernels::DescribeDevices()) {
    lines.push_back({"device", device});
  }

  const Conversion flow = ConvertUnit(60, "L/min", "m3/h");
  const bool units = flow.match == UnitMatch::kConverted && std::abs(flow.value - 3.6) < 1e-12;
  lines.push_back(
      {"data",
       units ? "units database of UDUNITS-2" : "no units database: install libudunits2-data",
       units});
  const absl::StatusOr<optimizer::Chemistry> chemistry = LoadEmbeddedChemistry();
  if (!chemistry.ok()) {
    lines.push_back({"data", std::string(chemistry.status().message()), false});
    return lines;
  }
  lines.push_back(
      {"data", absl::StrCat(chemistry->elements.size(), " elements, ", chemistry->systems.size(),
                            " extractant systems, ", chemistry->feeds.size(), " feeds")});

  for (const char* name : {"cpu", "cpu-scalar", "cuda"}) {
    kernels::Device device;
    // A device that is not there has said so above.
    if (!kernels::ParseDevice(name, &device).empty()) continue;
    lines.push_back(CheckKremser(name, device, *chemistry));
  }
  return lines;
}

}  // namespace raffinate::service
