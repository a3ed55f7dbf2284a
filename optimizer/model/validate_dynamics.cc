#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "optimizer/model/leaves.h"
#include "optimizer/model/names.h"
#include "optimizer/model/operation.h"
#include "optimizer/model/validate.h"

namespace raffinate::optimizer {
namespace {

/// Times closer than this, relative to the end, are equal [-].
constexpr double kSameTime = 1e-9;

std::string Found(double value, const Bounds& bounds) {
  const std::string unit = bounds.unit[0] == '\0' ? "" : absl::StrCat(" ", bounds.unit);
  return absl::StrCat("found ", value, unit, "; it must be ",
                      bounds.lower_open ? "above " : "at least ", bounds.lower, unit,
                      bounds.upper_open ? " and below " : " and at most ", bounds.upper, unit);
}

bool CheckNumber(double value, const Bounds& bounds, const std::string& field,
                 Examination* examination) {
  if (bounds.Contain(value)) return true;
  examination->Add(field, Found(value, bounds));
  return false;
}

template <class List>
std::vector<std::string> Names(const List& list) {
  std::vector<std::string> names;
  for (const auto& each : list) names.push_back(each.name);
  return names;
}

template <class List>
auto* Named(const List& list, const std::string& name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.name == name; });
  return found == list.end() ? nullptr : &*found;
}

/// What one operation sets, field by field.
class OperationCheck {
 public:
  /// `path`: of the message that holds streams, organic and sections.
  OperationCheck(std::string path, Examination* examination)
      : path_(std::move(path)), examination_(examination) {}

  void Check(const Operation& operation) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < operation.streams.size(); ++i) {
      const StreamOperation& stream = operation.streams[i];
      const std::string at = absl::StrCat(path_, ".streams[", i, "]");
      if (Known("stream", stream.name, Names(examination_->flowsheet.streams), at, &seen)) {
        CheckStream(stream, at);
      }
    }
    const std::string organic = path_ + ".organic.";
    Leaf(operation.organic.flow, kFlowBounds, organic + "flow_m3_per_h");
    Leaf(operation.organic.saponification, kSaponificationBounds, organic + "saponification");
    seen.clear();
    for (std::size_t s = 0; s < operation.sections.size(); ++s) {
      CheckSection(operation.sections[s], absl::StrCat(path_, ".sections[", s, "]"), &seen);
    }
  }

 private:
  void Leaf(const std::optional<Number>& leaf, const Bounds& bounds, const std::string& field) {
    if (!leaf) return;
    if (const auto* value = std::get_if<double>(&*leaf)) {
      CheckNumber(*value, bounds, field + ".value", examination_);
    } else {
      constexpr const char* kFound[] = {"", "a range", "choices", "an uncertain value"};
      examination_->Add(field, absl::StrCat("found ", kFound[leaf->index()],
                                            "; dynamics decides nothing and needs one value "
                                            "here"));
    }
  }

  bool Known(const char* kind, const std::string& name, const std::vector<std::string>& known,
             const std::string& path, std::set<std::string>* seen) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      examination_->Add(path + ".name", Unknown(kind, name, known));
      return false;
    }
    if (!seen->insert(name).second) {
      examination_->Add(path + ".name", absl::StrCat("'", name, "' is set twice at one time"));
      return false;
    }
    return true;
  }

  void CheckStream(const StreamOperation& stream, const std::string& path) {
    bool any = stream.flow || !stream.feed.empty() || !stream.metals.empty();
    Leaf(stream.flow, kOperatedFlowBounds, path + ".flow_m3_per_h");
    for (std::size_t k = 0; k < stream.metals.size(); ++k) {
      const std::string metal = absl::StrCat(path, ".metals[", k, "]");
      Leaf(stream.metals[k].mol_per_l, kConcentrationBounds, metal + ".mol_per_l");
      for (std::size_t before = 0; before < k; ++before) {
        if (stream.metals[before].element != stream.metals[k].element) continue;
        examination_->Add(metal + ".element",
                          absl::StrCat("'", stream.metals[k].element, "' is listed twice"));
        break;
      }
    }
    const auto leaf = [&](const std::optional<Number>& given, const Bounds& bounds,
                          const char* field) {
      any = any || given;
      Leaf(given, bounds, absl::StrCat(path, ".", field));
    };
    leaf(stream.hcl, kConcentrationBounds, "hcl_mol_per_l");
    leaf(stream.naoh, kConcentrationBounds, "naoh_mol_per_l");
    leaf(stream.nh4oh, kConcentrationBounds, "nh4oh_mol_per_l");
    leaf(stream.nacl, kConcentrationBounds, "nacl_mol_per_l");
    leaf(stream.nh4cl, kConcentrationBounds, "nh4cl_mol_per_l");
    leaf(stream.chloride, kChlorideBounds, "chloride_mol_per_l");
    if (!any) examination_->Add(path, "changes nothing; give a flow or something dissolved");
  }

  void CheckSection(const SectionOperation& set, const std::string& path,
                    std::set<std::string>* seen) {
    if (examination_->flowsheet.circuits.empty()) return;
    const std::vector<Section>& sections = examination_->flowsheet.circuits[0].sections;
    if (!Known("section", set.name, Names(sections), path, seen)) return;
    const Section& section = *Named(sections, set.name);
    if (!set.outlet_share && set.draws.empty()) {
      examination_->Add(path, "changes nothing; give outlet_share or draws");
    }
    Leaf(set.outlet_share, kOperatedShareBounds, path + ".outlet_share");
    if (set.outlet_share && &section == &sections[0]) {
      examination_->Add(path + ".outlet_share",
                        "all aqueous leaves the first section, at all times; leave it out");
    } else if (set.outlet_share && section.outlet.empty()) {
      examination_->Add(path + ".outlet_share",
                        absl::StrCat("section '", section.name, "' has no outlet"));
    }
    std::set<std::string> drawn;
    for (std::size_t k = 0; k < set.draws.size(); ++k) {
      const DrawOperation& draw = set.draws[k];
      const std::string at = absl::StrCat(path, ".draws[", k, "]");
      if (!Known("draw", draw.name, Names(section.draws), at, &drawn)) continue;
      const bool by_share = Named(section.draws, draw.name)->share.has_value();
      if (draw.share.has_value() != by_share || draw.flow.has_value() == by_share) {
        examination_->Add(at, absl::StrCat("the flowsheet draws '", draw.name, "' by ",
                                           by_share ? "share" : "flow", "; give its ",
                                           by_share ? "share" : "flow", " alone"));
      }
      Leaf(draw.share, kOperatedShareBounds, at + ".share");
      Leaf(draw.flow, kOperatedFlowBounds, at + ".flow_m3_per_h");
    }
  }

  const std::string path_;
  Examination* examination_;
};

std::string PathOf(std::size_t change) { return absl::StrCat("dynamics.changes[", change, "]"); }

void CheckTimes(const Dynamics& dynamics, Examination* examination) {
  const bool until = CheckNumber(dynamics.until, kUntilBounds, "dynamics.until_h", examination);
  if (!until) return;
  const double least = dynamics.until / kMaxOutputs;
  if (!(dynamics.every > 0 && dynamics.every <= dynamics.until)) {
    examination->Add(
        "dynamics.every_h",
        absl::StrCat("found ", dynamics.every, " h; it must be above 0 h and at most until, ",
                     dynamics.until, " h"));
  } else if (dynamics.every < least * (1 - kSameTime)) {
    examination->Add("dynamics.every_h",
                     absl::StrCat("found ", dynamics.every, " h, which makes more than ",
                                  kMaxOutputs, " outputs; it must be at least ", least, " h"));
  }
  double free = 0;  // from when on a change may begin
  for (std::size_t k = 0; k < dynamics.changes.size(); ++k) {
    const Change& change = dynamics.changes[k];
    const std::string at = PathOf(k) + ".at_h";
    if (!(change.over >= 0 && change.over <= kUntilBounds.upper)) {
      examination->Add(PathOf(k) + ".over_h",
                       absl::StrCat("found ", change.over, " h; it must be at least 0 h"));
      return;
    }
    if (!(change.at >= 0 && change.at < dynamics.until)) {
      examination->Add(
          at, absl::StrCat("found ", change.at, " h; it must be at least 0 h and before until, ",
                           dynamics.until, " h"));
    } else if (change.at + change.over > dynamics.until * (1 + kSameTime)) {
      examination->Add(PathOf(k) + ".over_h",
                       absl::StrCat("the change goes on to ", change.at + change.over,
                                    " h; it must end by until, ", dynamics.until, " h"));
    } else if (change.at < free - kSameTime * dynamics.until) {
      examination->Add(
          at, absl::StrCat("found ", change.at, " h; the change before goes on to ", free,
                           " h. Changes come in the order of time and do not overlap; what "
                           "happens together is one change"));
    }
    free = std::max(free, change.at + change.over);
  }
}

void CheckResidences(const Dynamics& dynamics, Examination* examination) {
  CheckNumber(dynamics.mixer, kMixerBounds, "dynamics.mixer_h", examination);
  CheckNumber(dynamics.settler, kSettlerBounds, "dynamics.settler_h", examination);
  std::vector<std::string> known;
  if (!examination->flowsheet.circuits.empty()) {
    known = Names(examination->flowsheet.circuits[0].sections);
  }
  std::set<std::string> seen;
  for (std::size_t s = 0; s < dynamics.sections.size(); ++s) {
    const SectionResidence& own = dynamics.sections[s];
    const std::string path = absl::StrCat("dynamics.sections[", s, "]");
    if (std::find(known.begin(), known.end(), own.name) == known.end()) {
      examination->Add(path + ".name", Unknown("section", own.name, known));
    } else if (!seen.insert(own.name).second) {
      examination->Add(path + ".name", absl::StrCat("'", own.name, "' is listed twice"));
    }
    if (!own.mixer && !own.settler) {
      examination->Add(path, "says nothing; give mixer, settler or both");
    }
    if (own.mixer) CheckNumber(*own.mixer, kMixerBounds, path + ".mixer_h", examination);
    if (own.settler) CheckNumber(*own.settler, kSettlerBounds, path + ".settler_h", examination);
  }
}

/// The path of a field of an operating point in the operation that made it. What
/// the operation does not name itself is told of it as a whole.
std::string PathInOperation(const std::string& field, const Flowsheet& point,
                            const Operation& operation, const std::string& path) {
  for (std::size_t i = 0; i < point.streams.size(); ++i) {
    const std::string stream = absl::StrCat("streams[", i, "]");
    if (!absl::StartsWith(field, stream + ".")) continue;
    for (std::size_t own = 0; own < operation.streams.size(); ++own) {
      const StreamOperation& set = operation.streams[own];
      if (set.name != point.streams[i].name) continue;
      std::string at = absl::StrCat(path, ".streams[", own, "]");
      for (std::size_t k = 0; k < point.streams[i].metals.size(); ++k) {
        const std::string metal = absl::StrCat(stream, ".metals[", k, "].");
        if (!absl::StartsWith(field, metal)) continue;
        for (std::size_t mine = 0; mine < set.metals.size(); ++mine) {
          if (set.metals[mine].element != point.streams[i].metals[k].element) continue;
          return absl::StrCat(at, ".metals[", mine, "].", field.substr(metal.size()));
        }
        return at;
      }
      return absl::StrCat(at, field.substr(stream.size()));
    }
  }
  const std::string organic = "circuits[0].organic.";
  if (absl::StartsWith(field, organic)) {
    return absl::StrCat(path, ".organic.", field.substr(organic.size()));
  }
  return path;
}

/// Every state of operation is a flowsheet with compositions that can be, and with
/// both phases in every stage.
void CheckPoints(bool closed, Examination* examination) {
  const Dynamics& dynamics = *examination->flowsheet.dynamics;
  const std::vector<Flowsheet> points = OperatingPoints(examination->flowsheet);
  const auto path = [](std::size_t point) {
    return point == 0 ? std::string("dynamics.initially") : PathOf(point - 1);
  };
  const auto operation = [&](std::size_t point) -> const Operation& {
    return point == 0 ? dynamics.initially : dynamics.changes[point - 1].sets;
  };
  for (std::size_t p = 0; p < points.size(); ++p) {
    Examination own{points[p], examination->chemistry, {}};
    CheckStreams(&own);
    CheckMedia(&own);
    for (const Violation& violation : own.violations) {
      examination->Add(PathInOperation(violation.field, points[p], operation(p), path(p)),
                       violation.description);
    }
    // What comes later inherits it.
    if (!own.violations.empty()) return;
  }
  if (!closed) return;
  // Of a flowsheet that cannot be laid out itself, the result says so.
  Built built;
  kernels::Cascade cascade;
  if (!Build(examination->flowsheet, examination->chemistry, &built).empty() ||
      !kernels::Assemble(built.circuit, &cascade).empty()) {
    return;
  }
  std::vector<Built> all;
  std::size_t failed = 0;
  if (const std::string wrong = BuildAll(points, examination->chemistry, &all, &failed);
      !wrong.empty()) {
    examination->Add(path(failed), wrong);
    return;
  }
  for (std::size_t p = 0; p < points.size(); ++p) {
    const std::string wrong = kernels::Assemble(WithoutIdle(all[p].circuit), &cascade);
    if (wrong.empty()) continue;
    examination->Add(path(p), absl::StrCat("leaves a plant that cannot be run: ", wrong));
    return;
  }
}

}  // namespace

void CheckDynamics(bool closed, Examination* examination) {
  if (!examination->flowsheet.dynamics) return;
  const bool sound = examination->violations.empty();
  const Dynamics& dynamics = *examination->flowsheet.dynamics;
  CheckResidences(dynamics, examination);
  CheckTimes(dynamics, examination);
  if (dynamics.start == Start::kBarren) {
    for (const auto& [at, system] : ChosenSystems(examination->flowsheet, examination->chemistry)) {
      if (system->law != Law::kConstantBeta) continue;
      examination->Add("dynamics.start",
                       absl::StrCat("found barren, but the loading of ", system->name,
                                    " is constant: no stage can be free of "
                                    "metal; start from steady"));
      break;
    }
  }
  OperationCheck("dynamics.initially", examination).Check(dynamics.initially);
  for (std::size_t k = 0; k < dynamics.changes.size(); ++k) {
    if (IsEmpty(dynamics.changes[k].sets)) {
      examination->Add(PathOf(k), "changes nothing; give streams, organic or sections");
    }
    OperationCheck(PathOf(k), examination).Check(dynamics.changes[k].sets);
  }
  if (sound && examination->violations.empty()) CheckPoints(closed, examination);
}

}  // namespace raffinate::optimizer
