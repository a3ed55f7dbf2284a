#include "bench/flowsheet_file.h"

#include <cstdlib>
#include <iostream>

#include "raffinate/v1/flowsheet.pb.h"
#include "service/convert/flowsheet.h"
#include "service/file/reader.h"

namespace raffinate::bench {

optimizer::Flowsheet LoadFlowsheet(const std::string& name, const optimizer::Chemistry& chemistry,
                                   optimizer::Purpose purpose) {
  const std::string path = std::string(RAFFINATE_ROOT) + "/" + name + ".yaml";
  service::ReadOptions options;
  for (const auto& [symbol, element] : chemistry.elements) {
    options.elements[symbol] = {element.mass, element.oxide_mass};
  }
  v1::Flowsheet message;
  const service::ReadResult read = service::ReadFile(path, options, &message);
  bool good = read.ok();
  for (const auto& problem : read.problems) std::cerr << service::FormatProblem(problem) << "\n";
  optimizer::Flowsheet flowsheet;
  optimizer::Violations violations = service::FromProto(message, &flowsheet);
  if (violations.empty()) violations = optimizer::Validate(flowsheet, chemistry, purpose);
  for (const auto& v : violations) {
    std::cerr << path << ": " << v.field << ": " << v.description << "\n";
    good = false;
  }
  if (!good) std::exit(1);
  return flowsheet;
}

}  // namespace raffinate::bench
