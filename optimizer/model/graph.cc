#include "optimizer/model/graph.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"

namespace raffinate::optimizer {

Graph::Graph(const Flowsheet& flowsheet) {
  AddOrigins(flowsheet);
  AddEdges(flowsheet);
  AddGroups(static_cast<int>(flowsheet.circuits.size()));
  alone_ = flowsheet.circuits.size() == 1 && edges_.empty() && flowsheet.splits.empty();
}

void Graph::AddOrigins(const Flowsheet& flowsheet) {
  const auto add = [this](const std::string& name, int stream, int circuit, kernels::Phase phase) {
    if (!name.empty()) origins_.try_emplace(name, StreamOrigin{stream, circuit, name, phase, {}});
  };
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    add(flowsheet.streams[i].name, static_cast<int>(i), -1, kernels::Phase::kAqueous);
  }
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    const int circuit = static_cast<int>(c);
    for (const Section& section : flowsheet.circuits[c].sections) {
      add(section.outlet, -1, circuit, kernels::Phase::kAqueous);
      for (const Draw& draw : section.draws) {
        add(draw.name, -1, circuit,
            draw.phase == DrawPhase::kOrganic ? kernels::Phase::kOrganic
                                              : kernels::Phase::kAqueous);
      }
    }
    if (flowsheet.circuits[c].organic.loop == Loop::kOpen) {
      add(LoadedOrganicName(flowsheet, c), -1, circuit, kernels::Phase::kOrganic);
    }
  }
  // A part of a part is known once what it is a part of is.
  for (std::size_t round = 0; round < flowsheet.splits.size(); ++round) {
    bool more = false;
    for (std::size_t s = 0; s < flowsheet.splits.size(); ++s) {
      const auto whole = origins_.find(flowsheet.splits[s].stream);
      if (whole == origins_.end()) continue;
      for (std::size_t k = 0; k < flowsheet.splits[s].parts.size(); ++k) {
        const std::string& name = flowsheet.splits[s].parts[k].name;
        if (name.empty() || origins_.contains(name)) continue;
        StreamOrigin part = whole->second;
        part.parts.emplace_back(s, k);
        origins_.emplace(name, std::move(part));
        more = true;
      }
    }
    if (!more) break;
  }
}

void Graph::AddEdges(const Flowsheet& flowsheet) {
  std::set<std::string> taken;
  const auto add = [&](const std::string& name, std::size_t to, int section, std::size_t index) {
    const StreamOrigin* origin = Find(name);
    if (origin == nullptr || !taken.insert(name).second || origin->circuit < 0) return;
    edges_.push_back(
        {origin->circuit, static_cast<int>(to), section, static_cast<int>(index), name});
  };
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    const Circuit& circuit = flowsheet.circuits[c];
    if (!circuit.organic.from.empty()) add(circuit.organic.from, c, -1, 0);
    for (std::size_t s = 0; s < circuit.sections.size(); ++s) {
      for (std::size_t k = 0; k < circuit.sections[s].inlets.size(); ++k) {
        add(circuit.sections[s].inlets[k].stream, c, static_cast<int>(s), k);
      }
    }
  }
}

void Graph::AddGroups(int circuits) {
  // Tarjan's algorithm on the edges turned round: a group is complete when all that it waits
  // for is.
  std::vector<int> number(circuits, -1), low(circuits, 0);
  std::vector<bool> open(circuits, false);
  std::vector<int> stack;
  int next = 0;
  const std::function<void(int)> visit = [&](int c) {
    number[c] = low[c] = next++;
    stack.push_back(c);
    open[c] = true;
    for (const Edge& edge : edges_) {
      if (edge.to != c) continue;
      if (number[edge.from] < 0) {
        visit(edge.from);
        low[c] = std::min(low[c], low[edge.from]);
      } else if (open[edge.from]) {
        low[c] = std::min(low[c], number[edge.from]);
      }
    }
    if (low[c] != number[c]) return;
    std::vector<int> group;
    int last = -1;
    while (last != c) {
      last = stack.back();
      stack.pop_back();
      open[last] = false;
      group.push_back(last);
    }
    std::sort(group.begin(), group.end());
    groups_.push_back(std::move(group));
  };
  for (int c = 0; c < circuits; ++c) {
    if (number[c] < 0) visit(c);
  }
}

const StreamOrigin* Graph::Find(const std::string& name) const {
  const auto found = origins_.find(name);
  return found == origins_.end() ? nullptr : &found->second;
}

std::set<std::size_t> Graph::Reached(int from) const {
  std::set<std::size_t> reached{static_cast<std::size_t>(from)};
  for (bool more = true; more;) {
    more = false;
    for (const Edge& edge : edges_) {
      if (!reached.contains(static_cast<std::size_t>(edge.from))) continue;
      more |= reached.insert(static_cast<std::size_t>(edge.to)).second;
    }
  }
  return reached;
}

std::vector<std::string> Graph::names() const {
  std::vector<std::string> names;
  for (const auto& [name, origin] : origins_) names.push_back(name);
  return names;
}

double ShareOf(const Flowsheet& flowsheet, const StreamOrigin& origin) {
  double share = 1;
  for (const auto& [s, k] : origin.parts) {
    const std::vector<SplitPart>& parts = flowsheet.splits[s].parts;
    if (parts[k].share) {
      share *= Value(*parts[k].share);
      continue;
    }
    double others = 0;
    for (const SplitPart& part : parts) {
      if (part.share) others += Value(*part.share);
    }
    share *= 1 - others;
  }
  return share;
}

std::map<std::string, std::string> Consumed(const Flowsheet& flowsheet) {
  std::map<std::string, std::string> consumed;
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    const Circuit& circuit = flowsheet.circuits[c];
    const std::string path = absl::StrCat("circuits[", c, "]");
    if (!circuit.organic.from.empty()) {
      consumed.try_emplace(circuit.organic.from, path + ".organic.from");
    }
    for (std::size_t s = 0; s < circuit.sections.size(); ++s) {
      for (std::size_t k = 0; k < circuit.sections[s].inlets.size(); ++k) {
        consumed.try_emplace(circuit.sections[s].inlets[k].stream,
                             absl::StrCat(path, ".sections[", s, "].inlets[", k, "].stream"));
      }
    }
  }
  for (std::size_t s = 0; s < flowsheet.splits.size(); ++s) {
    consumed.try_emplace(flowsheet.splits[s].stream, absl::StrCat("splits[", s, "].stream"));
  }
  return consumed;
}

}  // namespace raffinate::optimizer
