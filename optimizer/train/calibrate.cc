#include "optimizer/train/calibrate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "kernels/circuit.h"
#include "optimizer/model/names.h"
#include "optimizer/train/size.h"

namespace raffinate::optimizer {
namespace {

constexpr int kCalibrations = 12;
/// Relative difference from which a secant would be of rounding and of other blocks.
constexpr double kNear = 1e-5;
/// Designs that are tried for a block, each stronger than the one before.
constexpr int kAttempts = 5;
constexpr double kMostRatio = 1.6;
/// Of the impurity that a product may hold, what one block may let slip from either side.
constexpr double kMaySlip = 0.4;
/// Of BlockDesign::idle_gain, from one trial to the next and at all.
constexpr double kMostGrowth = 3, kLeastGain = 0.2, kMostGain = 50;
/// Relative difference in an output that needs no further calibration.
constexpr double kCalibrated = 2e-4;

/// Calls `visit(built, leaving, row)` for everything that leaves a circuit.
template <class Visitor>
void VisitLeaving(const Prepared& prepared, const Answer& answer, Visitor visit) {
  const auto circuit = [&](const Built& built, const kernels::Cascade& cascade,
                           const kernels::Solution& solution) {
    const std::vector<kernels::Outflow> rows = kernels::Outflows(built.circuit, cascade, solution);
    for (const Leaving& stream : built.leaving) {
      visit(built, stream, rows[static_cast<std::size_t>(stream.row)]);
    }
  };
  if (prepared.plant != nullptr) {
    for (std::size_t c = 0; c < prepared.plant->circuits.size(); ++c) {
      circuit(prepared.plant->circuits[c], prepared.plant->cascades[c], answer.plant.circuits[c]);
    }
  } else {
    circuit(prepared.built, prepared.cascade, answer.circuit);
  }
}

/// The aqueous streams that leave, as they would enter elsewhere.
std::map<std::string, Stream> LeavingStreams(const Prepared& prepared, const Answer& answer) {
  std::map<std::string, Stream> streams;
  VisitLeaving(prepared, answer,
               [&](const Built& built, const Leaving& leaving, const kernels::Outflow& row) {
                 if (!(row.aqueous_flow > 0)) return;
                 Stream& stream = streams[leaving.name];
                 stream.name = leaving.name;
                 stream.flow = row.aqueous_flow;
                 stream.hcl = std::max(0.0, row.free_acid / row.aqueous_flow);
                 for (std::size_t i = 0; i < row.aqueous_metals.size(); ++i) {
                   const std::string& symbol = built.components[i]->symbol;
                   const double mol_per_l = row.aqueous_metals[i] / row.aqueous_flow;
                   if (symbol == kSodium) {
                     stream.nacl = mol_per_l;
                   } else if (symbol == kAmmonium) {
                     stream.nh4cl = mol_per_l;
                   } else {
                     stream.metals.push_back({symbol, mol_per_l});
                   }
                 }
               });
  return streams;
}

/// The task of one block by itself, fed with `feed`.
TrainTask TaskOfBlock(const TrainTask& task, const TrainBlock& block, const Stream& feed) {
  TrainTask alone;
  alone.frame = task.frame;
  const auto products = task.frame.products.begin();
  alone.frame.products.assign(products + static_cast<std::ptrdiff_t>(block.first),
                              products + static_cast<std::ptrdiff_t>(block.last + 1));
  alone.frame.streams = {feed};
  alone.feed = feed.name;
  alone.reagents = task.reagents;
  alone.reagents.systems = {task.reagents.systems[block.system]};
  alone.reagents.dimers = {task.reagents.dimers[block.system]};
  const std::size_t from = task.mixture.Edge(block.first), to = task.mixture.Edge(block.last + 1);
  alone.mixture.feed =
      task.mixture.Group(block.first, block.last, block.organic_feed, block.system);
  alone.mixture.elements.assign(task.mixture.elements.begin() + static_cast<std::ptrdiff_t>(from),
                                task.mixture.elements.begin() + static_cast<std::ptrdiff_t>(to));
  for (std::size_t p = block.first + 1; p <= block.last; ++p) {
    alone.mixture.cuts.push_back(task.mixture.Edge(p) - from);
  }
  const std::vector<double>& log10_k = task.reagents.log10_k[block.system];
  alone.reagents.log10_k = {{log10_k.begin() + static_cast<std::ptrdiff_t>(from),
                             log10_k.begin() + static_cast<std::ptrdiff_t>(to)}};
  return alone;
}

TrainStructure StructureOfBlock(const TrainBlock& block) {
  TrainStructure alone;
  alone.least = block.least;
  TrainBlock& only = alone.blocks.emplace_back(block);
  only.first = 0;
  only.last = block.last - block.first;
  for (std::size_t& cut : only.cuts) cut -= block.first;
  only.parent = -1;
  only.system = 0;
  only.organic_feed = false;
  return alone;
}

/// How far the outputs of a block by itself are from what sharp cuts would send there: the largest
/// amount of the block's elements on the wrong side of an output, over what the product that they
/// end in may hold of it. At most 1 is good enough.
double Slipped(const TrainTask& alone, const TrainStructure& one, const Prepared& prepared,
               const Answer& answer) {
  const TrainBlock& block = one.blocks[0];
  std::map<std::string, std::map<std::string, double>> leaving;
  VisitLeaving(prepared, answer,
               [&](const Built& built, const Leaving& stream, const kernels::Outflow& row) {
                 for (std::size_t i = 0; i < row.metals.size(); ++i) {
                   leaving[stream.name][built.components[i]->symbol] += row.metals[i];
                 }
               });
  const auto allowed = [&](std::size_t product) {
    const double purity = alone.frame.products[product].min_purity.value_or(kUsualPurity);
    return kMaySlip * (1 - purity) * alone.mixture.Amount(product, product);
  };
  double worst = 0;
  for (std::size_t k = 0; k < block.outputs(); ++k) {
    const auto& found = leaving[OutputName(alone, one, 0, k)];
    double above = 0, below = 0;
    for (std::size_t i = 0; i < alone.mixture.elements.size(); ++i) {
      const auto element = found.find(alone.mixture.elements[i]);
      if (element == found.end()) continue;
      if (i < alone.mixture.Edge(block.FirstOf(k))) above += element->second;
      if (i >= alone.mixture.Edge(block.LastOf(k) + 1)) below += element->second;
    }
    worst = std::max({worst, above / allowed(block.FirstOf(k)), below / allowed(block.LastOf(k))});
  }
  return worst;
}

/// What lets a block separate better: twice the excess of organic, and a strip that leaves less on
/// it, which would come out with the raffinate.
void Strengthen(BlockDesign* design) {
  const auto more = [](double* ratio) { *ratio = std::min(kMostRatio, 1 + 2 * (*ratio - 1)); };
  more(&design->choice.organic_ratio);
  for (double& ratio : design->choice.inner_ratio) more(&ratio);
  design->strip_stages = std::min(kMostStripStages, design->strip_stages + 3);
  design->strip_ratio *= 1.2;
}

}  // namespace

std::vector<std::vector<double>> OutputMoles(const TrainTask& task, const TrainStructure& structure,
                                             const Prepared& prepared, const Answer& answer) {
  std::map<std::string, double> leaving;
  VisitLeaving(prepared, answer,
               [&](const Built& built, const Leaving& stream, const kernels::Outflow& row) {
                 for (std::size_t i = 0; i < row.metals.size(); ++i) {
                   if (IsBaseCation(built.components[i]->symbol)) continue;
                   leaving[stream.name] += row.metals[i];
                 }
               });
  std::vector<std::vector<double>> moles(structure.blocks.size());
  for (std::size_t b = 0; b < structure.blocks.size(); ++b) {
    for (std::size_t k = 0; k < structure.blocks[b].outputs(); ++k) {
      moles[b].push_back(leaving[OutputName(task, structure, b, k)]);
    }
  }
  return moles;
}

double CorrectDesigns(const TrainTask& task, const TrainStructure& structure,
                      const std::vector<std::vector<double>>& moles, std::vector<Trial>* last,
                      std::vector<BlockDesign>* designs) {
  if (!(task.reagents.charge > 0)) return 0;
  last->resize(structure.blocks.size());
  double worst = 0;
  for (std::size_t b = 0; b < structure.blocks.size(); ++b) {
    const TrainBlock& block = structure.blocks[b];
    BlockDesign& design = (*designs)[b];
    for (std::size_t k = 0; k + 1 < block.outputs(); ++k) {
      const double wanted =
          task.mixture.Amount(block.FirstOf(k), block.LastOf(k)) * (1 + design.more[k]);
      const double found = moles[b][k];
      worst = std::max(worst, std::fabs(found - wanted) / wanted);
      if (k > 0) {
        if (found > 0) design.draw[k - 1] *= std::clamp(wanted / found, 0.5, 2.0);
        continue;
      }
      Trial& before = (*last)[b];
      if (before.found && design.idle_acid != before.idle_acid &&
          !(std::fabs(found - wanted) < kNear * wanted)) {
        // As acid and output moved together last time; nothing moved: much more is needed.
        const double gain = (before.idle_acid - design.idle_acid) /
                            (task.reagents.charge * (found - *before.found));
        design.idle_gain =
            std::isfinite(gain) && gain > 0
                ? std::clamp(gain, design.idle_gain / kMostGrowth, design.idle_gain * kMostGrowth)
                : design.idle_gain * (found == *before.found ? kMostGrowth : 1);
        design.idle_gain = std::clamp(design.idle_gain, kLeastGain, kMostGain);
      }
      before = {design.idle_acid, found};
      design.idle_acid += design.idle_gain * task.reagents.charge * (found - wanted);
    }
  }
  return worst;
}

std::vector<double> Calibrate(const TrainTask& task, const TrainStructure& structure,
                              const Chemistry& chemistry, const kernels::Device& device,
                              std::vector<BlockDesign>* designs) {
  const auto solve = [&](const Flowsheet& flowsheet, const std::vector<double>& start,
                         Prepared* prepared, Answer* answer) {
    *prepared = Prepare(flowsheet, chemistry);
    std::vector<Answer> answers;
    SolveAll(device, {prepared}, {&start}, nullptr, &answers);
    *answer = std::move(answers[0]);
    return IsSolved(*prepared, *answer);
  };
  std::map<std::string, Stream> known;
  for (const Stream& stream : task.frame.streams) known[stream.name] = stream;
  for (std::size_t b = 0; task.reagents.charge > 0 && b < structure.blocks.size(); ++b) {
    const TrainBlock& block = structure.blocks[b];
    const std::string fed = FeedName(task, structure, b);
    if (!known.contains(fed)) break;
    const TrainTask alone = TaskOfBlock(task, block, known[fed]);
    const TrainStructure one = StructureOfBlock(block);
    std::vector<BlockDesign> next{(*designs)[b]};
    double best = std::numeric_limits<double>::infinity();
    for (int attempt = 0; attempt < kAttempts && best > 1; ++attempt) {
      if (attempt > 0) Strengthen(&next[0]);
      std::vector<Trial> last;
      std::vector<double> packed;
      double least = std::numeric_limits<double>::infinity();
      for (int round = 0; round < kCalibrations && least > kCalibrated; ++round) {
        Flowsheet flowsheet;
        Prepared prepared;
        Answer answer;
        if (!LayOut(alone, one, next, &flowsheet).empty() ||
            !solve(flowsheet, packed, &prepared, &answer)) {
          // Too far: from the best so far again.
          next[0].idle_acid = (*designs)[b].idle_acid;
          next[0].idle_gain = 1;
          next[0].draw = (*designs)[b].draw;
          break;
        }
        packed = PackAnswer(prepared, answer);
        const BlockDesign used = next[0];
        least = CorrectDesigns(alone, one, OutputMoles(alone, one, prepared, answer), &last, &next);
        // What an output has too much of is on its wrong side, so this judges the amounts as well.
        const double slipped = Slipped(alone, one, prepared, answer);
        if (slipped >= best) continue;
        best = slipped;
        (*designs)[b] = used;
        (*designs)[b].idle_gain = next[0].idle_gain;
        for (auto& [name, stream] : LeavingStreams(prepared, answer)) known[name] = stream;
      }
    }
  }
  Flowsheet flowsheet;
  Prepared prepared;
  Answer answer;
  if (!LayOut(task, structure, *designs, &flowsheet).empty() ||
      !solve(flowsheet, {}, &prepared, &answer)) {
    return {};
  }
  return PackAnswer(prepared, answer);
}

}  // namespace raffinate::optimizer
