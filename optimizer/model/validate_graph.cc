#include <cstddef>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "optimizer/model/graph.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/medium.h"
#include "optimizer/model/names.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

/// By how much the shares of a split may miss 1.
constexpr double kShareTolerance = 1e-9;

/// Name space of everything that flows: where each name was first used.
class StreamNameSpace {
 public:
  explicit StreamNameSpace(Examination* examination) : examination_(examination) {}

  void Take(const std::string& name, const std::string& field, const char* what) {
    if (name.empty()) {
      examination_->Add(field, absl::StrCat("missing; ", what, " needs a name"));
    } else if (name == kOrganic || name == kLoadedOrganic) {
      examination_->Add(field, absl::StrCat("'", name,
                                            "' is the name of the circuit's own organic; choose "
                                            "another"));
    } else {
      TakeOrganic(name, field);
    }
  }

  /// The loaded organic of a circuit may have the usual name.
  void TakeOrganic(const std::string& name, const std::string& field) {
    if (const auto [first, fresh] = taken_.try_emplace(name, field); !fresh) {
      examination_->Add(field, absl::StrCat("'", name, "' is already the name at ", first->second,
                                            "; streams, outlets and draws must "
                                            "differ"));
    }
  }

 private:
  Examination* examination_;
  std::map<std::string, std::string> taken_;
};

void CheckShares(const Split& split, const std::string& path, Examination* examination) {
  double smallest = 0, largest = 0;
  int rests = 0;
  bool open = false;
  for (std::size_t k = 0; k < split.parts.size(); ++k) {
    const auto& share = split.parts[k].share;
    if (!share) {
      if (++rests > 1) {
        examination->Add(absl::StrCat(path, ".parts[", k, "].share"),
                         "missing, as in another part; one part alone can be the rest");
      }
      continue;
    }
    open = open || IsOpen(*share);
    smallest += Smallest(*share);
    largest += Largest(*share);
  }
  if (rests > 1 || !(smallest >= 0) || !(largest >= 0)) return;  // told, or no numbers
  if (rests == 1 && largest >= 1) {
    examination->Add(path + ".parts",
                     absl::StrCat("shares sum to ", largest,
                                  open ? " at most; below 1 is needed, so that the rest is left"
                                       : "; below 1 is needed, so that the rest is left"));
  } else if (rests == 0 && open) {
    examination->Add(path + ".parts",
                     "a share is left open; leave the share of another part out, so that it is "
                     "the rest");
  } else if (rests == 0 && !(largest > 1 - kShareTolerance && largest < 1 + kShareTolerance)) {
    examination->Add(path + ".parts",
                     absl::StrCat("shares sum to ", largest,
                                  "; they must sum to 1, or one part leaves its share out"));
  }
}

void CheckSplits(const Graph& graph, const std::vector<std::string>& known,
                 Examination* examination) {
  const auto& splits = examination->flowsheet.splits;
  for (std::size_t s = 0; s < splits.size(); ++s) {
    const std::string path = absl::StrCat("splits[", s, "]");
    const std::string& name = splits[s].stream;
    bool of_itself = false;
    for (const SplitPart& part : splits[s].parts) of_itself = of_itself || part.name == name;
    if (of_itself || graph.Find(name) == nullptr) {
      bool part = false;
      for (const Split& other : splits) {
        for (const SplitPart& one : other.parts) part = part || one.name == name;
      }
      examination->Add(path + ".stream", part ? absl::StrCat("'", name, "' is a part of itself")
                                              : Unknown("stream", name, known));
    }
    if (splits[s].parts.size() < 2) {
      examination->Add(path + ".parts", absl::StrCat("found ", splits[s].parts.size(),
                                                     "; a stream splits into at least two"));
    }
    CheckShares(splits[s], path, examination);
  }
}

/// Every use of a stream but the first is one too many.
class Uses {
 public:
  Uses(const Graph& graph, const std::vector<std::string>& known, Examination* examination)
      : graph_(graph), known_(known), examination_(examination) {}

  /// The origin of what is used; null when it is unknown.
  const StreamOrigin* Take(const std::string& name, const std::string& field) {
    const StreamOrigin* origin = graph_.Find(name);
    if (const auto [first, fresh] = taken_.try_emplace(name, field); !fresh) {
      examination_->Add(field, absl::StrCat("'", name, "' enters at ", first->second,
                                            " already; each stream enters once: divide it in "
                                            "`splits` and take its parts"));
    } else if (origin == nullptr) {
      examination_->Add(field, Unknown("stream", name, known_));
    }
    return origin;
  }

  bool Taken(const std::string& name) const { return taken_.contains(name); }

 private:
  const Graph& graph_;
  const std::vector<std::string>& known_;
  Examination* examination_;
  std::map<std::string, std::string> taken_;
};

void CheckOrganic(std::size_t c, Uses* uses, Examination* examination) {
  const Organic& organic = examination->flowsheet.circuits[c].organic;
  const std::string path = absl::StrCat("circuits[", c, "].organic.");
  if (organic.from.empty()) {
    if (organic.make_up) {
      examination->Add(path + "make_up_m3_per_h",
                       "found without `from`; fresh organic alone is given as flow");
    }
    if (organic.loop == Loop::kClosed && !organic.outlet.empty()) {
      examination->Add(path + "outlet",
                       "the organic of a closed loop does not leave; draw from it, or open it");
    }
    return;
  }
  if (organic.loop == Loop::kClosed) {
    examination->Add(path + "loop",
                     "found closed beside `from`, which needs it open; the circuit "
                     "that the organic comes from closes the loop");
  }
  if (HoldsFlow(organic) && organic.make_up) {
    examination->Add(path + "make_up_m3_per_h",
                     "found beside flow, which makes up for what is missing; leave one of them "
                     "out");
  }
  if (!organic.make_up && !organic.metals.empty()) {
    examination->Add(path + "metals",
                     "the organic brings what it holds; give metals for fresh organic only");
  }
  const StreamOrigin* origin = uses->Take(organic.from, path + "from");
  if (origin != nullptr && origin->phase != kernels::Phase::kOrganic) {
    examination->Add(path + "from", absl::StrCat("'", organic.from,
                                                 "' is an aqueous stream; right would be a loaded "
                                                 "organic, an organic draw or a part of one"));
  }
}

/// Names of the complexants that outside streams bring to what circuit `c` receives.
std::set<std::string> Complexants(const Flowsheet& flowsheet, const Graph& graph, std::size_t c) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    if (flowsheet.streams[i].complexants.empty()) continue;
    if (!CircuitsReached(flowsheet, graph, i).contains(c)) continue;
    for (const auto& complexant : flowsheet.streams[i].complexants) {
      names.insert(complexant.ligand);
    }
  }
  return names;
}

/// Why what leaves one system cannot enter the other; empty when it can.
std::string WhyApart(const ExtractantSystem& from, const ExtractantSystem& to,
                     const std::set<std::string>& complexants) {
  if (from.medium != to.medium) {
    return absl::StrCat("the medium of ", from.name, " is ", MediumName(from.medium), ", that of ",
                        to.name, " is ", MediumName(to.medium));
  }
  if (from.law != to.law && !(KnowsProton(from.law) && KnowsProton(to.law))) {
    return absl::StrCat("the laws of ", from.name, " and ", to.name,
                        " do not count acid and anions in the same way");
  }
  for (const std::string& name : complexants) {
    if (to.FindLigand(name) == nullptr) {
      return absl::StrCat("it may hold ", name, ", which ", to.name, " does not know");
    }
  }
  return "";
}

void CheckSystemsOfEdge(const Edge& edge, const Graph& graph, Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  const auto from = static_cast<std::size_t>(edge.from), to = static_cast<std::size_t>(edge.to);
  const std::string field = edge.section < 0
                                ? absl::StrCat("circuits[", to, "].organic.from")
                                : absl::StrCat("circuits[", to, "].sections[", edge.section,
                                               "].inlets[", edge.index, "].stream");
  if (from == to) return;
  const Circuit &one = flowsheet.circuits[from], &other = flowsheet.circuits[to];
  const StreamOrigin& origin = *graph.Find(edge.name);
  bool entrained = false;
  for (const Section& section : one.sections) {
    entrained = entrained || Largest(section.organic_entrainment) > 0;
  }
  if (origin.phase == kernels::Phase::kOrganic || entrained) {
    const auto* a = std::get_if<std::string>(&one.system);
    const auto* b = std::get_if<std::string>(&other.system);
    if (a == nullptr || b == nullptr || *a != *b) {
      examination->Add(
          field,
          absl::StrCat(
              "'", edge.name, "' brings organic of circuit '", one.name, "' into circuit '",
              other.name, "'; both must name the same extractant system, and not as a choice",
              origin.phase == kernels::Phase::kOrganic ? "" : " (its sections entrain organic)"));
      return;
    }
  }
  const std::set<std::string> complexants = Complexants(flowsheet, graph, from);
  const std::set<std::size_t> of_one{from}, of_other{to};
  for (const auto& [at, a] : ChosenSystems(flowsheet, examination->chemistry, &of_one)) {
    for (const auto& [there, b] : ChosenSystems(flowsheet, examination->chemistry, &of_other)) {
      const std::string why = WhyApart(*a, *b, complexants);
      if (why.empty()) continue;
      examination->Add(field, absl::StrCat("'", edge.name, "' cannot join circuits '", one.name,
                                           "' and '", other.name, "': ", why));
      return;
    }
  }
}

void CheckCircuitNames(Examination* examination) {
  const auto& circuits = examination->flowsheet.circuits;
  if (circuits.size() < 2) return;
  std::set<std::string> names;
  for (std::size_t c = 0; c < circuits.size(); ++c) {
    const std::string field = absl::StrCat("circuits[", c, "].name");
    if (circuits[c].name.empty()) {
      examination->Add(field, "missing; one of several circuits needs a name");
    } else if (!names.insert(circuits[c].name).second) {
      examination->Add(field, absl::StrCat("'", circuits[c].name, "' is the name of two circuits"));
    }
  }
}

/// Everything of the outside stream `name`, which is not to be left over.
void CheckAllEnters(const std::string& name, const std::string& field, const Uses& uses,
                    std::set<std::string>* seen, Examination* examination) {
  if (name.empty() || !seen->insert(name).second) return;
  const auto& splits = examination->flowsheet.splits;
  for (std::size_t s = 0; s < splits.size(); ++s) {
    if (splits[s].stream != name) continue;
    for (std::size_t k = 0; k < splits[s].parts.size(); ++k) {
      CheckAllEnters(splits[s].parts[k].name, absl::StrCat("splits[", s, "].parts[", k, "].name"),
                     uses, seen, examination);
    }
    return;
  }
  if (uses.Taken(name)) return;
  examination->Add(field, absl::StrCat("'", name,
                                       "' enters nowhere; list it among the inlets of a "
                                       "section"));
}

}  // namespace

std::vector<std::string> LeavingNames(const Flowsheet& flowsheet) {
  const std::map<std::string, std::string> consumed = Consumed(flowsheet);
  std::vector<std::string> names;
  std::set<std::string> seen;
  const std::function<void(const std::string&)> add = [&](const std::string& name) {
    if (name.empty() || !seen.insert(name).second) return;
    if (!consumed.contains(name)) {
      names.push_back(name);
      return;
    }
    for (const Split& split : flowsheet.splits) {
      if (split.stream != name) continue;
      for (const SplitPart& part : split.parts) add(part.name);
    }
  };
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    for (const Section& section : flowsheet.circuits[c].sections) {
      add(section.outlet);
      for (const Draw& draw : section.draws) add(draw.name);
    }
    if (flowsheet.circuits[c].organic.loop == Loop::kOpen) add(LoadedOrganicName(flowsheet, c));
  }
  return names;
}

std::set<std::size_t> CircuitsReached(const Flowsheet& flowsheet, const Graph& graph,
                                      std::size_t index) {
  std::set<std::size_t> reached;
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    for (const Section& section : flowsheet.circuits[c].sections) {
      for (const Inlet& inlet : section.inlets) {
        const StreamOrigin* origin = graph.Find(inlet.stream);
        if (origin == nullptr || origin->stream != static_cast<int>(index)) continue;
        reached.merge(graph.Reached(static_cast<int>(c)));
      }
    }
  }
  for (std::size_t c = 0; reached.empty() && c < flowsheet.circuits.size(); ++c) {
    for (std::size_t all = 0; all < flowsheet.circuits.size(); ++all) reached.insert(all);
  }
  return reached;
}

void CheckNames(Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  CheckCircuitNames(examination);
  StreamNameSpace names(examination);
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    names.Take(flowsheet.streams[i].name, absl::StrCat("streams[", i, "].name"), "a stream");
  }
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    const auto& sections = flowsheet.circuits[c].sections;
    for (std::size_t s = 0; s < sections.size(); ++s) {
      const std::string path = absl::StrCat("circuits[", c, "].sections[", s, "]");
      if (!sections[s].outlet.empty()) {
        names.Take(sections[s].outlet, path + ".outlet", "an outlet");
      }
      for (std::size_t k = 0; k < sections[s].draws.size(); ++k) {
        names.Take(sections[s].draws[k].name, absl::StrCat(path, ".draws[", k, "].name"), "a draw");
      }
    }
    if (flowsheet.circuits[c].organic.loop == Loop::kOpen) {
      names.TakeOrganic(LoadedOrganicName(flowsheet, c),
                        absl::StrCat("circuits[", c, "].organic.outlet"));
    }
  }
  for (std::size_t s = 0; s < flowsheet.splits.size(); ++s) {
    for (std::size_t k = 0; k < flowsheet.splits[s].parts.size(); ++k) {
      names.Take(flowsheet.splits[s].parts[k].name,
                 absl::StrCat("splits[", s, "].parts[", k, "].name"), "a part");
    }
  }
}

void CheckGraph(Examination* examination) {
  const Flowsheet& flowsheet = examination->flowsheet;
  const Graph graph(flowsheet);
  const std::vector<std::string> known = graph.names();
  Uses uses(graph, known, examination);
  CheckSplits(graph, known, examination);
  for (std::size_t c = 0; c < flowsheet.circuits.size(); ++c) {
    CheckOrganic(c, &uses, examination);
    const auto& sections = flowsheet.circuits[c].sections;
    for (std::size_t s = 0; s < sections.size(); ++s) {
      for (std::size_t k = 0; k < sections[s].inlets.size(); ++k) {
        uses.Take(sections[s].inlets[k].stream,
                  absl::StrCat("circuits[", c, "].sections[", s, "].inlets[", k, "].stream"));
      }
    }
  }
  for (std::size_t s = 0; s < flowsheet.splits.size(); ++s) {
    if (uses.Taken(flowsheet.splits[s].stream)) {
      uses.Take(flowsheet.splits[s].stream, absl::StrCat("splits[", s, "].stream"));
    }
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < flowsheet.streams.size(); ++i) {
    CheckAllEnters(flowsheet.streams[i].name, absl::StrCat("streams[", i, "].name"), uses, &seen,
                   examination);
  }
  for (const Edge& edge : graph.edges()) CheckSystemsOfEdge(edge, graph, examination);
  if (flowsheet.dynamics && !graph.alone() && !flowsheet.circuits.empty()) {
    examination->Add("dynamics",
                     "transients follow one circuit; this flowsheet joins several by streams, or "
                     "returns streams to one");
  }
}

}  // namespace raffinate::optimizer
