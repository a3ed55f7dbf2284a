#include "service/convert/sensitivity.h"

#include <cstddef>

namespace raffinate::service {

v1::Sensitivities ToProto(const optimizer::Sensitivities& sensitivities) {
  v1::Sensitivities out;
  for (const optimizer::Lever& lever : sensitivities.levers) {
    auto* l = out.add_levers();
    l->set_field(lever.path);
    l->set_value(lever.value);
    l->set_unit(lever.unit);
  }
  for (const optimizer::Sensitivity& sensitivity : sensitivities.figures) {
    auto* f = out.add_figures();
    f->set_figure(sensitivity.figure);
    f->set_product(sensitivity.product);
    f->set_value(sensitivity.value);
    f->set_unit(sensitivity.unit);
    for (std::size_t l = 0; l < sensitivity.by_lever.size(); ++l) {
      const double derivative = sensitivity.by_lever[l] + 0.0;  // no -0
      f->add_derivatives(derivative);
      if (sensitivity.value == 0) continue;
      f->add_elasticities(derivative * sensitivities.levers[l].value / sensitivity.value);
    }
  }
  return out;
}

}  // namespace raffinate::service
