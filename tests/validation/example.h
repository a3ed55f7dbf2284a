// Loads the files of examples/ the way the product does.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "optimizer/run.h"
#include "raffinate/v1/flowsheet.pb.h"
#include "service/convert/flowsheet.h"
#include "service/data/chemistry_data.h"
#include "service/file/reader.h"

namespace raffinate::validation {

inline const optimizer::Chemistry& KnownChemistry() {
  static const optimizer::Chemistry* const chemistry =
      new optimizer::Chemistry(*service::LoadEmbeddedChemistry());
  return *chemistry;
}

/// The flowsheet of a file; fails the test when it is not valid.
inline optimizer::Flowsheet LoadFile(const std::string& path, optimizer::Purpose purpose) {
  service::ReadOptions options;
  for (const auto& [symbol, element] : KnownChemistry().elements) {
    options.elements[symbol] = {element.mass, element.oxide_mass};
  }
  v1::Flowsheet message;
  const service::ReadResult read = service::ReadFile(path, options, &message);
  for (const auto& problem : read.problems) ADD_FAILURE() << service::FormatProblem(problem);
  optimizer::Flowsheet flowsheet;
  for (const auto& v : service::FromProto(message, &flowsheet)) {
    ADD_FAILURE() << path << ": " << v.field << ": " << v.description;
  }
  for (const auto& v : optimizer::Validate(flowsheet, KnownChemistry(), purpose)) {
    ADD_FAILURE() << path << ": " << v.field << ": " << v.description;
  }
  return flowsheet;
}

/// The same of an example.
inline optimizer::Flowsheet Load(const std::string& name, optimizer::Purpose purpose) {
  return LoadFile(std::string(RAFFINATE_EXAMPLES) + "/" + name, purpose);
}

}  // namespace raffinate::validation
