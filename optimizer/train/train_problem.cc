#include "optimizer/train/train_problem.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "optimizer/judge.h"
#include "optimizer/parallel.h"
#include "optimizer/train/calibrate.h"
#include "optimizer/train/size.h"

namespace raffinate::optimizer {
namespace {

namespace theory = kernels::theory;

/// Simulations of a candidate until its outputs are what its genes say, at most.
constexpr int kMostRounds = 3;
/// Difference in an output that needs no other round, relative to it: a share of what the purest
/// product may hold of others.
constexpr double kCorrectedShare = 0.03;

// Ranges of the genes.
constexpr double kLeastExcess = 0.005, kMostExcess = 0.6;
constexpr double kMostShift = 0.5;
constexpr double kFewerStages = 0.6, kMoreStages = 1.7;
constexpr double kLeastSaponification = 0.2, kMostSaponification = 0.44;
constexpr double kLeastStrip = 1.05, kMostStrip = 4;
constexpr int kLeastStripStages = 2;
/// Least and most by which a product may take more or less than its share of the feed.
constexpr double kLeastMore = 1e-3, kMostMore = 0.05;

Variable Real(std::string path, double lower, double upper, double start, bool log) {
  Variable variable;
  variable.path = std::move(path);
  variable.lower = lower;
  variable.upper = upper;
  variable.start = std::clamp(start, lower, upper);
  variable.log = log;
  return variable;
}

Variable Whole(std::string path, int lower, int upper, int start) {
  Variable variable = Real(std::move(path), lower, upper, start, false);
  variable.kind = Variable::Kind::kInteger;
  return variable;
}

/// Walks through what can be chosen of a block in the order of the genes. `real(value, path, lower,
/// upper, log)`, `whole(value, path, lower, upper)`; excesses are passed as such.
template <class RealVisitor, class WholeVisitor>
void VisitGenes(const TrainTask& task, const TrainBlock& block, const std::string& path,
                int most_stages, BlockDesign* design, RealVisitor real, WholeVisitor whole) {
  const auto excess = [&](double* ratio, const std::string& name) {
    double value = *ratio - 1;
    real(&value, name, kLeastExcess, kMostExcess, true);
    *ratio = 1 + value;
  };
  excess(&design->choice.organic_ratio, path + ".organic_excess");
  for (std::size_t k = 0; k < design->choice.inner_ratio.size(); ++k) {
    excess(&design->choice.inner_ratio[k], absl::StrCat(path, ".inner[", k, "].organic_excess"));
    real(&design->choice.inner_shift[k], absl::StrCat(path, ".inner[", k, "].shift"), -kMostShift,
         kMostShift, false);
  }
  for (std::size_t k = 0; k < design->more.size(); ++k) {
    // What a product may hold of its neighbour is what it may take too much, or leave.
    double missing = 0;
    for (std::size_t p = block.FirstOf(k); p <= block.LastOf(k + 1); ++p) {
      missing = std::max(missing, 1 - task.frame.products[p].min_purity.value_or(kUsualPurity));
    }
    const double most = std::clamp(2 * missing, kLeastMore, kMostMore);
    real(&design->more[k], absl::StrCat(path, ".outputs[", k, "].more"), -most, most, false);
  }
  for (std::size_t level = 0; level < design->stages.size(); ++level) {
    for (std::size_t place = 0; place < design->stages[level].size(); ++place) {
      for (std::size_t side = 0; side < 2; ++side) {
        int& stages = design->stages[level][place][side];
        const int lower = std::max(2, static_cast<int>(kFewerStages * stages));
        const int upper =
            std::clamp(static_cast<int>(std::ceil(kMoreStages * stages)), lower, most_stages);
        whole(&stages,
              absl::StrCat(path, ".levels[", level, "][", place, "].",
                           side == 0 ? "extraction" : "scrub"),
              std::min(lower, upper), upper);
      }
    }
  }
  if (!(task.reagents.charge > 0)) return;
  const double most = task.reagents.extractant;
  real(&design->extractant, path + ".extractant", kLeastExtractant * most, most, true);
  real(&design->saponification, path + ".saponification", kLeastSaponification, kMostSaponification,
       false);
  real(&design->strip_ratio, path + ".strip_ratio", kLeastStrip, kMostStrip, true);
  whole(&design->strip_stages, path + ".strip_stages", kLeastStripStages, kMostStripStages);
  const auto acid = [&](double* hcl, const AcidRange& range, const char* name) {
    if (range.open()) real(hcl, path + name, range.least, range.most, true);
  };
  acid(&design->scrub_hcl, task.reagents.scrub_hcl, ".scrub_hcl");
  acid(&design->strip_hcl, task.reagents.strip_hcl, ".strip_hcl");
}

}  // namespace

struct TrainProblem::Work {
  /// A simulation.
  struct Round {
    std::vector<BlockDesign> designs;
    Flowsheet flowsheet;
    Prepared prepared;
    Answer answer;
  };
  std::vector<BlockDesign> designs;  ///< to be tried next
  std::vector<Trial> last;
  Round now, best;  ///< `best`: the outputs are nearest to what they are meant to be
  double least = std::numeric_limits<double>::infinity();  ///< difference of `best`
  std::vector<double> packed;
  bool done = false;
};

TrainProblem::TrainProblem(TrainTask task, TrainStructure structure, std::vector<BlockDesign> start,
                           std::vector<double> profile, int most_stages, const Chemistry& chemistry,
                           const kernels::Device& device)
    : task_(std::move(task)),
      structure_(std::move(structure)),
      start_(std::move(start)),
      profile_(std::move(profile)),
      chemistry_(chemistry),
      device_(device),
      goals_(task_.frame) {
  for (std::size_t b = 0; b < structure_.blocks.size(); ++b) {
    BlockDesign design = start_[b];
    VisitGenes(
        task_, structure_.blocks[b], absl::StrCat("train.blocks[", b, "]"), most_stages, &design,
        [&](const double* value, const std::string& path, double lower, double upper, bool log) {
          variables_.push_back(Real(path, lower, upper, *value, log));
        },
        [&](const int* value, const std::string& path, int lower, int upper) {
          variables_.push_back(Whole(path, lower, upper, *value));
        });
    corrections_ += 2 + design.draw.size();
  }
}

std::vector<BlockDesign> TrainProblem::Decode(std::span<const double> genes) const {
  std::vector<BlockDesign> designs = start_;
  std::size_t gene = 0;
  for (std::size_t b = 0; b < designs.size(); ++b) {
    // Ranges are those of variables_; the ones made here do not matter.
    VisitGenes(
        task_, structure_.blocks[b], "", 2, &designs[b],
        [&](double* value, const std::string&, double, double, bool) { *value = genes[gene++]; },
        [&](int* value, const std::string&, int, int) {
          *value = static_cast<int>(std::lround(genes[gene++]));
        });
  }
  return designs;
}

void TrainProblem::Read(std::span<const double> state, std::vector<BlockDesign>* designs) const {
  if (state.size() < corrections_) return;
  std::size_t next = 0;
  for (BlockDesign& design : *designs) {
    design.idle_acid = state[next++];
    design.idle_gain = state[next++];
    for (double& draw : design.draw) draw = state[next++];
  }
}

std::vector<double> TrainProblem::Write(const std::vector<BlockDesign>& designs) const {
  std::vector<double> state;
  for (const BlockDesign& design : designs) {
    state.push_back(design.idle_acid);
    state.push_back(design.idle_gain);
    state.insert(state.end(), design.draw.begin(), design.draw.end());
  }
  return state;
}

Flowsheet TrainProblem::Decide(const Candidate& candidate) const {
  std::vector<BlockDesign> designs = Decode(candidate.genes);
  Read(candidate.state, &designs);
  Flowsheet flowsheet;
  LayOut(task_, structure_, designs, &flowsheet);
  return flowsheet;
}

void TrainProblem::Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) {
  const auto cancelled = [&cancel] { return cancel.load(std::memory_order_relaxed); };
  double corrected = 1;
  for (const Product& product : task_.frame.products) {
    corrected =
        std::min(corrected, kCorrectedShare * (1 - product.min_purity.value_or(kUsualPurity)));
  }
  std::vector<Work> works(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    works[i].designs = Decode(batch[i].genes);
    Read(batch[i].state, &works[i].designs);
    if (batch[i].state.size() > corrections_) {
      works[i].packed.assign(batch[i].state.begin() + static_cast<std::ptrdiff_t>(corrections_),
                             batch[i].state.end());
    } else {
      works[i].packed = profile_;
    }
  }
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<Work*> open;
    for (Work& work : works) {
      if (!work.done) open.push_back(&work);
    }
    if (open.empty()) break;
    ParallelFor(device_.threads, open.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end && !cancelled(); ++i) {
        Work& work = *open[i];
        Work::Round& now = work.now = Work::Round();
        now.designs = work.designs;
        std::string problem = LayOut(task_, structure_, now.designs, &now.flowsheet);
        now.prepared = problem.empty() ? Prepare(now.flowsheet, chemistry_) : Prepared();
        if (!problem.empty()) now.prepared.problem = std::move(problem);
      }
    });
    if (cancelled()) return;
    std::vector<Prepared*> prepared;
    std::vector<const std::vector<double>*> packed;
    for (Work* work : open) {
      prepared.push_back(&work->now.prepared);
      packed.push_back(&work->packed);
    }
    std::vector<Answer> answers;
    SolveAll(device_, prepared, packed, &cancel, &answers);
    if (cancelled()) return;
    ParallelFor(device_.threads, open.size(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        Work& work = *open[i];
        work.now.answer = std::move(answers[i]);
        work.done = round + 1 == kMostRounds;
        if (!IsSolved(work.now.prepared, work.now.answer)) {
          if (!std::isfinite(work.least)) work.best = std::move(work.now);
          work.done = true;
          continue;
        }
        const double worst = CorrectDesigns(
            task_, structure_, OutputMoles(task_, structure_, work.now.prepared, work.now.answer),
            &work.last, &work.designs);
        work.packed = PackAnswer(work.now.prepared, work.now.answer);
        work.done = work.done || worst <= corrected;
        if (worst >= work.least) continue;
        work.least = worst;
        work.best = std::move(work.now);
      }
    });
  }
  ParallelFor(device_.threads, batch.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      Work::Round& best = works[i].best;
      if (!Judge(goals_, best.flowsheet, best.prepared, best.answer, &batch[i])) continue;
      batch[i].state = Write(best.designs);
      const std::vector<double> packed = PackAnswer(best.prepared, best.answer);
      batch[i].state.insert(batch[i].state.end(), packed.begin(), packed.end());
    }
  });
}

}  // namespace raffinate::optimizer
