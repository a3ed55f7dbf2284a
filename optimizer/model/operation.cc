#include "optimizer/model/operation.h"

#include <algorithm>
#include <cstddef>
#include <set>

namespace raffinate::optimizer {
namespace {

template <class List>
auto Named(List& list, const std::string& name) {
  return std::find_if(list.begin(), list.end(),
                      [&](const auto& each) { return each.name == name; });
}

template <class Leaf>
void Set(const std::optional<Leaf>& given, std::optional<Leaf>* leaf) {
  if (given) *leaf = given;
}

template <class Leaf>
void Set(const std::optional<Leaf>& given, Leaf* leaf) {
  if (given) *leaf = *given;
}

void Apply(const StreamOperation& operation, Stream* stream) {
  Set(operation.flow, &stream->flow);
  if (!operation.feed.empty()) {
    stream->feed = operation.feed;
    stream->metals.clear();
    for (std::optional<Number> Stream::*leaf : {&Stream::hcl, &Stream::naoh, &Stream::nh4oh,
                                                &Stream::nacl, &Stream::nh4cl, &Stream::chloride}) {
      (stream->*leaf).reset();
    }
  }
  for (const MetalConcentration& metal : operation.metals) {
    const auto own = std::find_if(
        stream->metals.begin(), stream->metals.end(),
        [&](const MetalConcentration& before) { return before.element == metal.element; });
    if (own == stream->metals.end()) {
      stream->metals.push_back(metal);
    } else {
      *own = metal;
    }
  }
  // The one not given would contradict the other.
  if (operation.hcl && !operation.chloride) stream->chloride = std::nullopt;
  if (operation.chloride && !operation.hcl) stream->hcl = std::nullopt;
  Set(operation.hcl, &stream->hcl);
  Set(operation.naoh, &stream->naoh);
  Set(operation.nh4oh, &stream->nh4oh);
  Set(operation.nacl, &stream->nacl);
  Set(operation.nh4cl, &stream->nh4cl);
  Set(operation.chloride, &stream->chloride);
}

void Apply(const SectionOperation& operation, Section* section) {
  Set(operation.outlet_share, &section->outlet_share);
  for (const DrawOperation& set : operation.draws) {
    const auto draw = Named(section->draws, set.name);
    if (draw == section->draws.end()) continue;
    Set(set.share, &draw->share);
    Set(set.flow, &draw->flow);
  }
}

}  // namespace

bool IsEmpty(const Operation& operation) {
  return operation.streams.empty() && operation.sections.empty() && !operation.organic.flow &&
         !operation.organic.saponification;
}

void Apply(const Operation& operation, Flowsheet* flowsheet) {
  for (const StreamOperation& set : operation.streams) {
    const auto stream = Named(flowsheet->streams, set.name);
    if (stream != flowsheet->streams.end()) Apply(set, &*stream);
  }
  for (Circuit& circuit : flowsheet->circuits) {
    Set(operation.organic.flow, &circuit.organic.flow);
    Set(operation.organic.saponification, &circuit.organic.saponification);
    for (const SectionOperation& set : operation.sections) {
      const auto section = Named(circuit.sections, set.name);
      if (section != circuit.sections.end()) Apply(set, &*section);
    }
  }
}

std::vector<Flowsheet> OperatingPoints(const Flowsheet& flowsheet) {
  std::vector<Flowsheet> points = {flowsheet};
  points[0].dynamics.reset();
  Apply(flowsheet.dynamics->initially, &points[0]);
  for (const Change& change : flowsheet.dynamics->changes) {
    points.push_back(points.back());
    Apply(change.sets, &points.back());
  }
  return points;
}

std::string BuildAll(const std::vector<Flowsheet>& flowsheets, const Chemistry& chemistry,
                     std::vector<Built>* built, std::size_t* failed) {
  built->assign(flowsheets.size(), Built());
  std::set<std::string> elements;
  for (*failed = 0; *failed < flowsheets.size(); ++*failed) {
    Built& each = (*built)[*failed];
    if (auto wrong = Build(flowsheets[*failed], chemistry, &each); !wrong.empty()) return wrong;
    for (const Element* element : each.components) elements.insert(element->symbol);
  }
  for (*failed = 0; *failed < flowsheets.size(); ++*failed) {
    Built& each = (*built)[*failed];
    if (each.components.size() == elements.size()) continue;
    if (auto wrong = Build(flowsheets[*failed], chemistry, &each, elements); !wrong.empty()) {
      return wrong;
    }
  }
  return "";
}

kernels::Circuit WithoutIdle(kernels::Circuit circuit) {
  std::erase_if(circuit.inlets, [](const kernels::Inlet& inlet) { return !(inlet.flow > 0); });
  return circuit;
}

void Between(const kernels::Circuit& a, const kernels::Circuit& b, double part,
             kernels::Circuit* circuit) {
  // Exact at both ends, and nothing that is not negative at both becomes so.
  const auto between = [part](double from, double to) { return (1 - part) * from + part * to; };
  circuit->inlets.resize(a.inlets.size());
  for (std::size_t k = 0; k < a.inlets.size(); ++k) {
    const kernels::Inlet &from = a.inlets[k], &to = b.inlets[k];
    kernels::Inlet& inlet = circuit->inlets[k];
    inlet.stage = from.stage;
    inlet.phase = from.phase;
    inlet.flow = between(from.flow, to.flow);
    inlet.anions = between(from.anions, to.anions);
    inlet.totals.resize(from.totals.size());
    for (std::size_t t = 0; t < from.totals.size(); ++t) {
      inlet.totals[t] = between(from.totals[t], to.totals[t]);
    }
    inlet.extractant_dimer_mol_per_l =
        between(from.extractant_dimer_mol_per_l, to.extractant_dimer_mol_per_l);
    const std::size_t components = a.components.size();
    inlet.molarity.assign(components, 0.0);
    for (std::size_t i = 0; i < components; ++i) {
      inlet.molarity[i] = between(from.molarity.empty() ? 0.0 : from.molarity[i],
                                  to.molarity.empty() ? 0.0 : to.molarity[i]);
    }
  }
  for (std::size_t d = 0; d < a.draws.size(); ++d) {
    circuit->draws[d].share = between(a.draws[d].share, b.draws[d].share);
    circuit->draws[d].flow = between(a.draws[d].flow, b.draws[d].flow);
  }
  std::erase_if(circuit->inlets, [](const kernels::Inlet& inlet) { return !(inlet.flow > 0); });
}

}  // namespace raffinate::optimizer
