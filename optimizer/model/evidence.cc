#include "optimizer/model/evidence.h"

#include <algorithm>
#include <string>
#include <vector>

#include "optimizer/model/distribution.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {
namespace {

/// The weakest class of some elements so far, and those of that class.
class Weakest {
 public:
  void Add(const ExtractantSystem& system, const std::string& element) {
    const EquilibriumConstant* constant = system.Find(element);
    if (constant == nullptr) return;
    if (!elements_.empty() && Weaker(provenance_, constant->provenance) == provenance_) {
      if (provenance_ == constant->provenance) elements_.push_back(element);
      return;
    }
    provenance_ = constant->provenance;
    elements_ = {element};
  }

  Provenance provenance() const { return provenance_; }
  const std::vector<std::string>& elements() const { return elements_; }

 private:
  Provenance provenance_ = Provenance::kMeasured;
  std::vector<std::string> elements_;
};

ProductEvidence OfProduct(const Product& product, const Built& built,
                          const kernels::Outflow* stream) {
  const auto wanted = [&](const Element& element) {
    return std::find(product.elements.begin(), product.elements.end(), element.symbol) !=
           product.elements.end();
  };
  std::vector<double> kg(built.components.size());
  double impurities = 0;
  for (std::size_t i = 0; i < kg.size(); ++i) {
    const Element& element = *built.components[i];
    if (stream == nullptr || IsBaseCation(element.symbol)) continue;
    kg[i] = stream->metals[i] * QuotedMass(element);
    if (!wanted(element)) impurities += kg[i];
  }
  Weakest weakest;
  for (std::size_t i = 0; i < kg.size(); ++i) {
    const Element& element = *built.components[i];
    const bool matters = kg[i] > 0 && kg[i] >= kLeastShareOfImpurities * impurities;
    if (!IsBaseCation(element.symbol) && (wanted(element) || matters)) {
      weakest.Add(*built.system, element.symbol);
    }
  }
  return {product.name, weakest.provenance(), weakest.elements()};
}

}  // namespace

Evidence ComputeEvidence(const Flowsheet& flowsheet, const Solved& solved) {
  const Built& built = solved.built;
  Evidence evidence;
  evidence.system = built.system->name;
  evidence.origin = built.replaces_built_in ? Origin::kFlowsheetReplacesBuiltIn
                    : built.own_system      ? Origin::kFlowsheet
                                            : Origin::kBuiltIn;
  Weakest weakest;
  for (const Element* element : built.components) weakest.Add(*built.system, element->symbol);
  evidence.weakest = weakest.provenance();
  evidence.weakest_elements = weakest.elements();
  const std::vector<kernels::Outflow> outflows =
      kernels::Outflows(built.circuit, solved.cascade, solved.solution);
  for (const Product& product : flowsheet.products) {
    const auto leaving =
        std::find_if(built.leaving.begin(), built.leaving.end(),
                     [&](const Leaving& stream) { return stream.name == product.stream; });
    evidence.products.push_back(OfProduct(
        product, built, leaving == built.leaving.end() ? nullptr : &outflows[leaving->row]));
  }
  return evidence;
}

}  // namespace raffinate::optimizer
