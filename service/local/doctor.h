// Examines the installation.
#pragma once

#include <string>
#include <vector>

namespace raffinate::service {

struct DoctorLine {
  std::string topic;  ///< "version", "device", "data", "check"
  std::string text;
  bool ok = true;
};

/// Versions, devices, the built-in data, and cases with known answers solved on
/// every device that is there. Takes well under a second.
std::vector<DoctorLine> Examine();

}  // namespace raffinate::service
