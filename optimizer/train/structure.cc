#include "optimizer/train/structure.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "kernels/theory/train.h"

namespace raffinate::optimizer {
namespace {

namespace theory = kernels::theory;

int SectionsOf(const TrainBlock& block) {
  const int cuts = static_cast<int>(block.cuts.size());
  return cuts * (cuts + 1);
}

/// Structures of a group of products, none beaten in both least organic and sections.
using Front = std::vector<TrainStructure>;

void Keep(TrainStructure structure, Front* front) {
  const auto no_worse = [](const TrainStructure& a, const TrainStructure& b) {
    return a.least <= b.least * (1 + 1e-12) && a.sections() <= b.sections();
  };
  for (const TrainStructure& other : *front) {
    if (no_worse(other, structure)) return;
  }
  std::erase_if(*front, [&](const TrainStructure& other) { return no_worse(structure, other); });
  front->push_back(std::move(structure));
}

class Finder {
 public:
  /// Blocks have one of systems [from, to).
  Finder(const TrainMixture& mixture, const StructureLimits& limits, std::size_t from,
         std::size_t to)
      : mixture_(mixture), limits_(limits), from_(from), to_(to) {}

  const Front& Of(std::size_t first, std::size_t last, bool organic) {
    const auto key = std::tuple(first, last, organic);
    const auto known = fronts_.find(key);
    if (known != fronts_.end()) return known->second;
    Front front;
    if (first == last) {
      front.emplace_back();
    } else {
      const std::size_t most = limits_.linkage == Linkage::kForbidden ? 1 : limits_.most_linked - 1;
      std::vector<std::size_t> cuts;
      const std::function<void(std::size_t)> choose = [&](std::size_t from) {
        if (!cuts.empty()) Build(first, last, organic, cuts, &front);
        if (cuts.size() == most) return;
        for (std::size_t cut = from; cut <= last; ++cut) {
          cuts.push_back(cut);
          choose(cut + 1);
          cuts.pop_back();
        }
      };
      choose(first + 1);
    }
    return fronts_.emplace(key, std::move(front)).first->second;
  }

  const std::string& error() const { return error_; }

 private:
  // Whether `block` is not forbidden and leaves room for all that is required: what is required
  // of a part of its products has to reach that part whole.
  bool Wanted(const BlockPattern& block) const {
    const auto& forbidden = limits_.forbidden;
    if (std::find(forbidden.begin(), forbidden.end(), block) != forbidden.end()) return false;
    return std::all_of(
        limits_.required.begin(), limits_.required.end(), [&](const BlockPattern& required) {
          if (required.first < block.first || required.last > block.last) return true;
          if (required.first == block.first && required.last == block.last) {
            return required == block;
          }
          return std::none_of(block.cuts.begin(), block.cuts.end(), [&](std::size_t cut) {
            return cut > required.first && cut <= required.last;
          });
        });
  }

  // One block with `cuts`, and every combination of what follows.
  void Build(std::size_t first, std::size_t last, bool organic,
             const std::vector<std::size_t>& cuts, Front* front) {
    const bool whole = first == 0 && last + 1 == mixture_.products();
    if (limits_.linkage == Linkage::kRequired && whole &&
        cuts.size() != std::min(last, limits_.most_linked - 1)) {
      return;
    }
    if (!Wanted({first, last, cuts})) return;
    TrainBlock block;
    block.first = first;
    block.last = last;
    block.cuts = cuts;
    block.organic_feed = organic && !whole;
    std::vector<std::size_t> components;
    for (const std::size_t cut : cuts)
      components.push_back(mixture_.Edge(cut) - mixture_.Edge(first));
    if (!ChooseSystem(components, whole, &block)) return;
    Front partial(1);
    partial[0].blocks.push_back(block);
    partial[0].least = block.least;
    for (std::size_t output = 0; output < block.outputs(); ++output) {
      const Front& next =
          Of(block.FirstOf(output), block.LastOf(output), output == 0 && limits_.organic_handover);
      Front grown;
      for (const TrainStructure& head : partial) {
        for (const TrainStructure& tail : next) {
          TrainStructure both = head;
          const int offset = static_cast<int>(both.blocks.size());
          for (TrainBlock add : tail.blocks) {
            add.parent = add.parent < 0 ? 0 : add.parent + offset;
            both.blocks.push_back(std::move(add));
          }
          both.least += tail.least;
          Keep(std::move(both), &grown);
        }
      }
      partial = std::move(grown);
    }
    for (TrainStructure& structure : partial) Keep(std::move(structure), front);
  }

  // The system of `block` and its least organic; false where none can make its cuts.
  bool ChooseSystem(const std::vector<std::size_t>& components, bool whole, TrainBlock* block) {
    bool found = false;
    for (std::size_t system = from_; system < to_; ++system) {
      const theory::MixtureFeed feed =
          whole ? mixture_.Whole(system)
                : mixture_.Group(block->first, block->last, block->organic_feed, system);
      const auto weak = [&](std::size_t cut) {
        return feed.beta[cut - 1] < kLeastFactor * feed.beta[cut];
      };
      if (mixture_.systems() > 1 && std::any_of(components.begin(), components.end(), weak)) {
        error_ = "no system makes all cuts of a set of linked circuits";
        continue;
      }
      const auto least = theory::LinkedTrainMinimum(feed, components);
      if (!least) {
        error_ = least.reason();
        continue;
      }
      const double organic = least->organic * mixture_.Amount(block->first, block->last);
      if (found && !(organic < block->least)) continue;
      found = true;
      block->system = system;
      block->least = organic;
    }
    return found;
  }

  const TrainMixture& mixture_;
  const StructureLimits& limits_;
  std::size_t from_, to_;
  std::map<std::tuple<std::size_t, std::size_t, bool>, Front> fronts_;
  std::string error_;
};

}  // namespace

double TrainMixture::Amount(std::size_t from, std::size_t to) const {
  return std::accumulate(feed.moles.begin() + static_cast<std::ptrdiff_t>(Edge(from)),
                         feed.moles.begin() + static_cast<std::ptrdiff_t>(Edge(to + 1)), 0.0);
}

theory::MixtureFeed TrainMixture::Whole(std::size_t system) const {
  theory::MixtureFeed whole = feed;
  whole.beta = Beta(system);
  return whole;
}

theory::MixtureFeed TrainMixture::Group(std::size_t from, std::size_t to, bool organic,
                                        std::size_t system) const {
  const auto part = [&](const std::vector<double>& all) {
    return std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(Edge(from)),
                               all.begin() + static_cast<std::ptrdiff_t>(Edge(to + 1)));
  };
  return {part(Beta(system)), part(feed.moles), organic ? 1.0 : 0.0, 0.0};
}

int TrainStructure::circuits() const {
  int circuits = 0;
  for (const TrainBlock& block : blocks) circuits += static_cast<int>(block.cuts.size());
  return circuits;
}

int TrainStructure::sections() const {
  int sections = 0;
  for (const TrainBlock& block : blocks) sections += SectionsOf(block);
  return sections;
}

theory::MixtureFeed TrainStructure::Feed(const TrainMixture& mixture, std::size_t b) const {
  const TrainBlock& block = blocks[b];
  return block.parent < 0
             ? mixture.Whole(block.system)
             : mixture.Group(block.first, block.last, block.organic_feed, block.system);
}

std::string Describe(const TrainStructure& structure, const std::vector<std::string>& names) {
  const std::function<std::string(std::size_t, std::size_t, int)> group =
      [&](std::size_t first, std::size_t last, int parent) -> std::string {
    if (first == last) return names[first];
    for (std::size_t b = 0; b < structure.blocks.size(); ++b) {
      const TrainBlock& block = structure.blocks[b];
      if (block.parent != parent || block.first != first || block.last != last) continue;
      std::vector<std::string> outputs;
      for (std::size_t k = 0; k < block.outputs(); ++k) {
        outputs.push_back(group(block.FirstOf(k), block.LastOf(k), static_cast<int>(b)));
      }
      return absl::StrCat("{", absl::StrJoin(outputs, " | "), "}");
    }
    return {};
  };
  return group(structure.blocks.front().first, structure.blocks.front().last, -1);
}

std::vector<TrainStructure> FindStructures(const TrainMixture& mixture,
                                           const StructureLimits& limits, std::string* error) {
  Finder finder(mixture, limits, 0, mixture.systems());
  Front front = finder.Of(0, mixture.products() - 1, false);
  if (front.empty()) {
    *error = !finder.error().empty()
                 ? finder.error()
                 : "linkage, max_linked_products, required and forbidden leave none together";
  }
  std::sort(front.begin(), front.end(),
            [](const TrainStructure& a, const TrainStructure& b) { return a.least < b.least; });
  // The last has the fewest sections and as few links as may be; of the others those that gain
  // least against the next go.
  while (front.size() > std::max<std::size_t>(1, limits.most_structures)) {
    std::size_t dullest = 0;
    for (std::size_t k = 1; k + 1 < front.size(); ++k) {
      if (front[k + 1].least / front[k].least < front[dullest + 1].least / front[dullest].least) {
        dullest = k;
      }
    }
    front.erase(front.begin() + static_cast<std::ptrdiff_t>(dullest));
  }
  for (std::size_t system = 0; mixture.systems() > 1 && system < mixture.systems(); ++system) {
    Finder alone(mixture, limits, system, system + 1);
    Front own = alone.Of(0, mixture.products() - 1, false);
    const auto best = std::min_element(
        own.begin(), own.end(),
        [](const TrainStructure& a, const TrainStructure& b) { return a.least < b.least; });
    if (best == own.end() || std::find(front.begin(), front.end(), *best) != front.end()) continue;
    front.push_back(std::move(*best));
  }
  return front;
}

}  // namespace raffinate::optimizer
