#include <cstddef>
#include <set>

#include "absl/strings/str_cat.h"
#include "optimizer/model/check_system.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {

void CheckSystems(Examination* examination) {
  std::set<std::string> names;
  const auto& systems = examination->flowsheet.extractant_systems;
  for (std::size_t i = 0; i < systems.size(); ++i) {
    const ExtractantSystem& system = systems[i];
    const std::string path = absl::StrCat("extractant_systems[", i, "]");
    if (system.name.empty()) {
      examination->Add(path + ".name", "missing; a system needs a name");
    } else if (!names.insert(system.name).second) {
      examination->Add(path + ".name",
                       absl::StrCat("'", system.name, "' is defined twice; names must differ"));
    }
    CheckSystem(system, examination->chemistry.elements, path, &examination->violations);
  }
}

}  // namespace raffinate::optimizer
