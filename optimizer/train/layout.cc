#include "optimizer/train/layout.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace raffinate::optimizer {
namespace {

namespace theory = kernels::theory;
using theory::LinkedPlan;
using theory::LinkedSplit;

/// Fluxes smaller than this, relative to what is fed, join no circuits.
constexpr double kNothing = 1e-6;

/// Of the scrub acid, in what is fed.
constexpr double kLeastScrub = 1e-3;

/// Numbers of a design that people read: digits enough for balances, not more.
double Rounded(double value) {
  constexpr int kDigits = 10;
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", kDigits, value);
  return std::strtod(text, nullptr);
}

/// A drawn share may not take all.
double Share(double share) { return Rounded(std::clamp(share, 1e-6, 1 - 1e-6)); }

class BlockLayout {
 public:
  BlockLayout(const TrainTask& task, const TrainStructure& structure, std::size_t number,
              const BlockDesign& design, const LinkedPlan& plan, Flowsheet* flowsheet)
      : task_(task),
        structure_(structure),
        block_(structure.blocks[number]),
        number_(number),
        design_(design),
        plan_(plan),
        flowsheet_(*flowsheet),
        fed_(task.mixture.Amount(block_.first, block_.last)),
        closed_(task.reagents.charge > 0) {}

  /// Adds circuits and streams; `feed` is the stream that the block receives.
  void Build(const std::string& feed) {
    SetScrub();
    const std::size_t levels = plan_.levels.size();
    for (std::size_t level = 0; level < levels; ++level) AddCircuit(level);
    for (std::size_t level = 0; level < levels; ++level) Connect(level, feed);
    if (closed_) AddStrip();
  }

 private:
  std::string Output(std::size_t output) const {
    return OutputName(task_, structure_, number_, output);
  }

  std::string Named(const std::string& name) const {
    return structure_.blocks.size() == 1 ? name : absl::StrCat(name, " ", number_ + 1);
  }
  std::string CircuitName(std::size_t level) const {
    if (level + 1 == plan_.levels.size()) return Named("main");
    return plan_.levels.size() == 2 ? Named("pre-separation")
                                    : Named(absl::StrCat("pre-separation ", level + 1));
  }

  // What leaves as each output, and with it the scrub and the aqueous between the splits of the
  // last level.
  void SetScrub() {
    const std::vector<LinkedSplit>& last = plan_.levels.back();
    double remainder = 1;
    outputs_.resize(block_.outputs());
    for (std::size_t k = 0; k + 1 < outputs_.size(); ++k) {
      outputs_[k] = plan_.products[k] * (1 + (k < design_.more.size() ? design_.more[k] : 0));
      remainder -= outputs_[k];
    }
    outputs_.back() = remainder;
    aqueous_above_.resize(last.size());
    aqueous_below_.resize(last.size());
    double aqueous = last.front().organic_above - outputs_.front();
    for (std::size_t i = 0; i < last.size(); ++i) {
      aqueous_above_[i] = aqueous;
      aqueous_below_[i] = aqueous + last[i].aqueous_step();
      aqueous = aqueous_below_[i] - outputs_[i + 1];
    }
  }
  double AqueousAbove(const LinkedSplit& split) const {
    return IsMain(split.level) ? aqueous_above_[split.place] : split.aqueous_above;
  }
  double AqueousBelow(const LinkedSplit& split) const {
    return IsMain(split.level) ? aqueous_below_[split.place] : split.aqueous_below;
  }
  bool IsMain(std::size_t level) const { return level + 1 == plan_.levels.size(); }

  std::size_t FirstSection(std::size_t level) const {
    return IsMain(level) && closed_ ? 1 : 0;  // saponification comes before
  }
  Section& SectionOf(const LinkedSplit& split, bool above) {
    Circuit& circuit = flowsheet_.circuits[first_circuit_ + split.level];
    // The organic passes the splits from the last to the first.
    const std::size_t from_below = split.level - split.place;
    return circuit.sections[FirstSection(split.level) + 2 * from_below + (above ? 1 : 0)];
  }

  void AddStream(const std::string& name, double flow, double hcl, bool base) {
    Stream stream;
    stream.name = name;
    stream.flow = Rounded(flow);
    if (base) {
      (task_.reagents.naoh > 0 ? stream.naoh : stream.nh4oh) = hcl;
    } else {
      stream.hcl = hcl;
    }
    flowsheet_.streams.push_back(std::move(stream));
  }

  static double Strength(double chosen, const AcidRange& range) {
    return Rounded(chosen > 0 ? chosen : range.most);
  }

  /// Whether the strip liquor goes on to the scrub, all but the product.
  bool refluxed() const { return closed_ && !(task_.reagents.scrub_hcl.most > 0); }
  /// Of the metal that the strip gets, what leaves as product.
  double StripShare() const {
    return outputs_.front() / (outputs_.front() + aqueous_above_.front());
  }
  /// Acid that the scrub needs, and with reflux the strip before it [kmol/h]; kmol/h of metal where
  /// the law counts that.
  double WantedAcid() const {
    if (!closed_) return aqueous_above_.front() * fed_;
    const double metal = aqueous_above_.front() + (refluxed() ? outputs_.front() : 0);
    return task_.reagents.charge * metal * fed_ + design_.idle_acid;
  }
  double Acid() const {
    const double stripped =
        task_.reagents.charge * fed_ * (outputs_.front() + aqueous_above_.front());
    return std::max(WantedAcid(), refluxed() ? design_.strip_ratio * stripped : kLeastScrub * fed_);
  }
  /// Metal that the fresh organic takes up [kmol/h]. A feed that brings more acid than the scrub
  /// needs, and acid that the strip needs more, take base as well.
  double FreshOrganic() const {
    const double excess = closed_ ? (Acid() - WantedAcid()) / task_.reagents.charge : 0;
    return plan_.organic * fed_ + excess;
  }

  void AddCircuit(std::size_t level) {
    if (level == 0) first_circuit_ = flowsheet_.circuits.size();
    const TrainReagents& reagents = task_.reagents;
    Circuit circuit;
    circuit.name = CircuitName(level);
    circuit.system = reagents.systems[block_.system];
    const bool main = IsMain(level);
    if (main) {
      const double extractant = design_.extractant > 0 ? design_.extractant : reagents.extractant;
      circuit.extractant_mol_per_l = Rounded(extractant);
      // Organic with constant loading carries half its extractant as metal.
      const double per_m3 =
          closed_ ? design_.saponification * extractant / reagents.charge : extractant / 2;
      circuit.organic.flow = Rounded(FreshOrganic() / per_m3);
      circuit.organic.loop = closed_ ? Loop::kClosed : Loop::kOpen;
      if (!closed_) circuit.organic.outlet = Output(0);
      if (closed_) {
        Section section;
        section.name = "saponification";
        section.inlets.push_back({Named("base"), std::nullopt});
        section.outlet = Named("spent base");
        circuit.sections.push_back(std::move(section));
        const double base = reagents.naoh > 0 ? reagents.naoh : reagents.nh4oh;
        AddStream(Named("base"), reagents.charge * FreshOrganic() / base, base, true);
      }
    } else {
      circuit.organic.loop = Loop::kOpen;
    }
    for (std::size_t place = level + 1; place-- > 0;) {
      for (const bool above : {false, true}) {
        Section section;
        section.name = above ? "scrub" : "extraction";
        if (level > 0) absl::StrAppend(&section.name, " ", place + 1);
        section.stages = design_.stages[level][place][above ? 1 : 0];
        circuit.sections.push_back(std::move(section));
      }
    }
    flowsheet_.circuits.push_back(std::move(circuit));
    if (main) {
      if (!refluxed()) {
        Section& top = SectionOf(plan_.levels[level].front(), true);
        const double hcl = Strength(design_.scrub_hcl, reagents.scrub_hcl);
        AddStream(Named("scrub acid"), Acid() / hcl, hcl, false);
        top.inlets.push_back({Named("scrub acid"), std::nullopt});
      }
      Section& bottom = SectionOf(plan_.levels[level].back(), false);
      bottom.outlet = Output(block_.outputs() - 1);
    }
  }

  // Joins the feeds of the splits of `level` with what the level before sends and needs.
  void Connect(std::size_t level, const std::string& feed) {
    for (const LinkedSplit& split : plan_.levels[level]) {
      const std::string place = absl::StrCat(level + 1, ".", split.place + 1);
      if (level == 0) {
        SectionOf(split, block_.organic_feed).inlets.push_back({feed, std::nullopt});
      } else {
        ConnectOrganic(split, Named("organic " + place));
        ConnectAqueous(split, Named("aqueous " + place));
      }
    }
    if (IsMain(level)) {
      for (std::size_t k = 1; k + 1 < block_.outputs(); ++k) {
        Section& above = SectionOf(plan_.levels[level][k - 1], false);
        above.outlet = Output(k);
        const double factor = k - 1 < design_.draw.size() ? design_.draw[k - 1] : 1;
        above.outlet_share = Share(factor * outputs_[k] / aqueous_below_[k - 1]);
      }
    }
  }

  // The splits of the level before that send to this one; null at the ends.
  const LinkedSplit* Lower(const LinkedSplit& split) const {
    const auto& before = plan_.levels[split.level - 1];
    return split.place < before.size() ? &before[split.place] : nullptr;
  }
  const LinkedSplit* Upper(const LinkedSplit& split) const {
    const auto& before = plan_.levels[split.level - 1];
    return split.place > 0 ? &before[split.place - 1] : nullptr;
  }

  void ConnectOrganic(const LinkedSplit& split, const std::string& name) {
    const LinkedSplit* lower = Lower(split);
    const LinkedSplit* upper = Upper(split);
    Circuit& before = flowsheet_.circuits[first_circuit_ + split.level - 1];
    const double step = split.organic_step();
    if (step > 0) {  // from the circuit before
      if (lower == nullptr) return;
      if (upper == nullptr) {
        before.organic.outlet = name;
      } else {
        if (step < kNothing) return;
        DrawOrganic(*lower, true, step / lower->organic_above, name);
      }
      SectionOf(split, true).inlets.push_back({name, std::nullopt});
    } else {
      if (upper == nullptr || (lower != nullptr && -step < kNothing)) return;
      DrawOrganic(split, false, -step / split.organic_below, name);
      if (lower == nullptr) {
        before.organic.from = name;
      } else {
        SectionOf(*upper, false).inlets.push_back({name, std::nullopt});
      }
    }
  }

  void ConnectAqueous(const LinkedSplit& split, const std::string& name) {
    const LinkedSplit* lower = Lower(split);
    const LinkedSplit* upper = Upper(split);
    const double step = split.aqueous_step();
    if (step > 0) {  // from the circuit before
      if (upper == nullptr) return;
      Section& from = SectionOf(*upper, false);
      if (lower != nullptr) {
        if (step < kNothing) return;
        from.outlet_share = Share(step / upper->aqueous_below);
      }
      from.outlet = name;
      SectionOf(split, false).inlets.push_back({name, std::nullopt});
    } else {
      if (lower == nullptr || (upper != nullptr && -step < kNothing)) return;
      Section& from = SectionOf(split, true);
      from.outlet = name;
      from.outlet_share = Share(-step / AqueousAbove(split));
      SectionOf(*lower, true).inlets.push_back({name, std::nullopt});
    }
  }

  void DrawOrganic(const LinkedSplit& split, bool above, double share, const std::string& name) {
    Section& section = SectionOf(split, above);
    Draw draw;
    draw.name = name;
    draw.phase = DrawPhase::kOrganic;
    draw.stage = std::get<int>(section.stages);
    draw.share = Share(share);
    section.draws.push_back(std::move(draw));
  }

  void AddStrip() {
    Circuit& main = flowsheet_.circuits.back();
    Section strip;
    strip.name = "strip";
    strip.stages = design_.strip_stages;
    strip.inlets.push_back({Named("strip acid"), std::nullopt});
    strip.outlet = Output(0);
    if (refluxed()) strip.outlet_share = Share(StripShare());
    main.sections.push_back(std::move(strip));
    const TrainReagents& reagents = task_.reagents;
    const double acid =
        refluxed() ? Acid() : design_.strip_ratio * reagents.charge * outputs_.front() * fed_;
    const double hcl = Strength(design_.strip_hcl, reagents.strip_hcl);
    AddStream(Named("strip acid"), acid / hcl, hcl, false);
  }

  const TrainTask& task_;
  const TrainStructure& structure_;
  const TrainBlock& block_;
  std::size_t number_;
  const BlockDesign& design_;
  const LinkedPlan& plan_;
  Flowsheet& flowsheet_;
  double fed_;  // [kmol/h]
  bool closed_;
  std::size_t first_circuit_ = 0;
  std::vector<double> outputs_;                        // mol per mol fed to the block
  std::vector<double> aqueous_above_, aqueous_below_;  // of the last level, by place
};

}  // namespace

std::string OutputName(const TrainTask& task, const TrainStructure& structure, std::size_t block,
                       std::size_t output) {
  const TrainBlock& from = structure.blocks[block];
  std::vector<std::string> names;
  for (std::size_t p = from.FirstOf(output); p <= from.LastOf(output); ++p) {
    names.push_back(task.frame.products[p].name);
  }
  const std::string group = absl::StrJoin(names, ", ");
  if (output == 0) return group + (task.reagents.charge > 0 ? " liquor" : " organic");
  return group + (output + 1 == from.outputs() ? " raffinate" : " draw");
}

std::string FeedName(const TrainTask& task, const TrainStructure& structure, std::size_t block) {
  const TrainBlock& fed = structure.blocks[block];
  if (fed.parent < 0) return task.feed;
  const std::size_t parent = static_cast<std::size_t>(fed.parent);
  std::size_t output = 0;
  while (structure.blocks[parent].FirstOf(output) != fed.first) ++output;
  return OutputName(task, structure, parent, output);
}

std::string LayOut(const TrainTask& task, const TrainStructure& structure,
                   const std::vector<BlockDesign>& designs, Flowsheet* flowsheet,
                   std::vector<LinkedPlan>* plans) {
  *flowsheet = task.frame;
  flowsheet->circuits.clear();
  std::vector<LinkedPlan> made;
  for (std::size_t b = 0; b < structure.blocks.size(); ++b) {
    const TrainBlock& block = structure.blocks[b];
    std::vector<std::size_t> cuts;
    for (const std::size_t cut : block.cuts) {
      cuts.push_back(task.mixture.Edge(cut) - task.mixture.Edge(block.first));
    }
    const theory::MixtureFeed feed = structure.Feed(task.mixture, b);
    auto plan = theory::PlanLinkedTrain(feed, cuts, designs[b].choice);
    if (!plan) return plan.reason();
    made.push_back(*plan);
    BlockLayout(task, structure, b, designs[b], made.back(), flowsheet)
        .Build(FeedName(task, structure, b));
    for (std::size_t k = 0; k < block.outputs(); ++k) {
      if (block.FirstOf(k) != block.LastOf(k)) continue;
      flowsheet->products[block.FirstOf(k)].stream = OutputName(task, structure, b, k);
    }
  }
  if (plans != nullptr) *plans = std::move(made);
  return {};
}

}  // namespace raffinate::optimizer
