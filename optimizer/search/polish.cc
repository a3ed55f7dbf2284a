#include "optimizer/search/polish.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "optimizer/search/feasibility.h"
#include "optimizer/search/polish_walker.h"

namespace raffinate::optimizer {
namespace {

using Eigen::VectorXd;

// From the start to the first caps, and from there to each of the next.
// Of one objective there is no neighbour on a front to go on from: a task that ends halfway
// along a narrow valley of demands (near total reflux, say) is lost.
constexpr int kIterations = 15;
constexpr int kIterationsOfOne = 40;
constexpr int kIterationsOn = 5;
// Rounds of a race after which only the better half goes on.
constexpr int kRoundsToHalve = 3;
// Between candidates whose differences stand for derivatives, in search coordinates: their
// simulations are solved to 1e-9.
constexpr double kDifference = 1e-4;
// What is worth keeping of the ways of a front.
constexpr double kLeastGainOnFront = 1e-4;
// A step that brings less than this of what was promised has gone over an edge of which the
// slopes where it began know nothing.
constexpr double kOverAnEdge = -10;

class Polisher {
 public:
  Polisher(Problem& problem, const GeneSpace& space, const std::vector<double>& scale, bool race,
           std::int64_t most, const std::atomic<bool>& cancel)
      : problem_(problem),
        frame_(problem, space, scale),
        race_(race),
        most_(most),
        cancel_(cancel) {}

  Polished Run(std::vector<PolishTask> tasks) {
    std::vector<Walker> walkers = Begin(std::move(tasks));
    while (GoOn(walkers) && Differentiate(walkers) && Try(walkers)) {
    }
    absl::flat_hash_set<std::vector<std::int64_t>> seen;
    for (Walker& w : walkers) {
      if (frame_.Usable(w.best())) seen.insert(Place(w.best()));
      polished_.candidates.push_back(w.TakeBest());
    }
    // The last steps of a task lie close together: the latest of them will do.
    std::reverse(polished_.passed.begin(), polished_.passed.end());
    std::erase_if(polished_.passed,
                  [&](const Candidate& c) { return !seen.insert(Place(c)).second; });
    return std::move(polished_);
  }

 private:
  // False when there is nothing to do or that would be too many.
  bool Count(std::size_t evaluations) {
    const std::int64_t after = polished_.evaluations + static_cast<std::int64_t>(evaluations);
    if (cancel_.load() || evaluations == 0 || (most_ > 0 && after > most_)) return false;
    polished_.evaluations = after;
    return true;
  }

  bool Evaluate(std::span<Candidate> batch) {
    if (!Count(batch.size())) return false;
    problem_.Evaluate(batch, cancel_);
    for (const Candidate& c : batch) {
      polished_.solved += c.solved;
      if (Feasible(c)) polished_.passed.push_back(c);
    }
    return !cancel_.load();
  }

  std::vector<Walker> Begin(std::vector<PolishTask> tasks) {
    if (most_ > 0 && std::cmp_greater(tasks.size(), most_)) {
      tasks.resize(static_cast<std::size_t>(most_));
    }
    std::vector<Candidate> starts;
    for (PolishTask& task : tasks) starts.push_back(std::move(task.start));
    std::vector<Walker> walkers;
    if (!Evaluate(starts)) return walkers;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      walkers.emplace_back(frame_, std::move(starts[i]), tasks[i].objective,
                           std::move(tasks[i].caps), std::move(tasks[i].next_caps),
                           frame_.scale.size() == 1 ? kIterationsOfOne : kIterations);
    }
    return walkers;
  }

  // False when nobody has anything left to do.
  bool GoOn(std::vector<Walker>& walkers) {
    if (race_ && ++round_ % kRoundsToHalve == 0) Halve(walkers);
    bool more = false;
    for (Walker& w : walkers) {
      w.GoOn(kIterationsOn);
      more = more || !w.done();
    }
    return more;
  }

  static void Halve(std::vector<Walker>& walkers) {
    std::vector<Walker*> going;
    for (Walker& w : walkers) {
      if (!w.done()) going.push_back(&w);
    }
    std::stable_sort(going.begin(), going.end(),
                     [](const Walker* a, const Walker* b) { return a->merit() < b->merit(); });
    for (std::size_t i = (going.size() + 1) / 2; i < going.size(); ++i) going[i]->Stop();
  }

  // On a grid of what is worth a step.
  std::vector<std::int64_t> Place(const Candidate& c) const {
    std::vector<std::int64_t> place;
    for (std::size_t j = 0; j < frame_.scale.size(); ++j) {
      place.push_back(std::llround(c.objectives[j] / (frame_.scale[j] * kLeastGainOnFront)));
    }
    return place;
  }

  // The slopes of candidates; false where that would be too many.
  bool SlopesOf(std::span<const Candidate> batch, std::vector<Slopes>* slopes) {
    slopes->assign(batch.size(), Slopes());
    if (batch.empty()) return !cancel_.load();
    if (!Count(batch.size() * (problem_.differentiable() ? 1 : frame_.free.size()))) return false;
    if (problem_.differentiable()) {
      problem_.Differentiate(batch, *slopes, cancel_);
    } else {
      TakeDifferences(batch, *slopes);
    }
    for (const Slopes& one : *slopes) polished_.solved += one.known;
    return !cancel_.load();
  }

  bool Differentiate(std::vector<Walker>& walkers) {
    std::vector<Candidate> batch;
    for (const Walker& w : walkers) {
      if (!w.done() && w.stale()) batch.push_back(w.best());
    }
    std::vector<Slopes> slopes;
    if (!SlopesOf(batch, &slopes)) return false;
    std::size_t next = 0;
    for (Walker& w : walkers) {
      if (!w.done() && w.stale()) w.Learn(std::move(slopes[next++]));
    }
    return true;
  }

  // Slopes from one candidate beside each for every free coordinate.
  void TakeDifferences(std::span<const Candidate> batch, std::span<Slopes> slopes) {
    std::vector<Candidate> beside;
    for (const Candidate& from : batch) {
      for (const int k : frame_.free) {
        Candidate& c = beside.emplace_back();
        c.genes = from.genes;
        c.state = from.state;
        double& gene = c.genes[static_cast<std::size_t>(k)];
        const double x = frame_.space.Encode(k, gene);
        gene = frame_.space.Decode(k, x + kDifference <= 1 ? x + kDifference : x - kDifference);
      }
    }
    problem_.Evaluate(beside, cancel_);
    const std::size_t d = static_cast<std::size_t>(frame_.space.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Candidate& from = batch[i];
      const std::span<const Candidate> near = std::span(beside).subspan(i * frame_.free.size());
      Slopes& s = slopes[i];
      s.known = true;
      s.residuals = from.residuals;
      s.residuals_by.assign(frame_.demands * d, 0);
      for (std::size_t j = 0; j < frame_.scale.size(); ++j) {
        s.objectives.push_back(
            {static_cast<int>(j), from.objectives[j], std::vector<double>(d, 0)});
      }
      for (std::size_t f = 0; f < frame_.free.size(); ++f) {
        const std::size_t k = static_cast<std::size_t>(frame_.free[f]);
        const double by = near[f].genes[k] - from.genes[k];
        s.known = s.known && frame_.Usable(near[f]) && by != 0;
        if (!s.known) break;
        for (std::size_t j = 0; j < frame_.scale.size(); ++j) {
          s.objectives[j].by[k] = (near[f].objectives[j] - from.objectives[j]) / by;
        }
        for (std::size_t r = 0; r < frame_.demands; ++r) {
          s.residuals_by[r * d + k] = (near[f].residuals[r] - from.residuals[r]) / by;
        }
      }
    }
  }

  // What a step met that went wrong: over an edge the slopes there; elsewhere demands and caps
  // that bend away, of which the step is taken again with the bend: otherwise steps along a curved
  // edge stay short (second-order correction; Nocedal and Wright 2006, Numerical Optimization,
  // section 18.3).
  bool Correct(std::vector<Walker*>& trying, std::vector<Candidate>& trials) {
    std::vector<Candidate> bent, over;
    std::vector<std::size_t> bent_of, over_of;
    std::vector<VectorXd> steps;
    for (std::size_t i = 0; i < trying.size(); ++i) {
      if (!frame_.Usable(trials[i])) continue;
      if (problem_.differentiable() && trying[i]->Share(trials[i]) < kOverAnEdge) {
        over.push_back(trials[i]);
        over_of.push_back(i);
        continue;
      }
      VectorXd step = trying[i]->Bend(trials[i]);
      if (step.size() == 0) continue;
      bent.push_back(trying[i]->Moved(step));
      bent_of.push_back(i);
      steps.push_back(std::move(step));
    }
    std::vector<Slopes> slopes;
    if (!over.empty() && !SlopesOf(over, &slopes)) return false;
    for (std::size_t k = 0; k < over.size(); ++k) {
      if (slopes[k].known) trying[over_of[k]]->AddCuts(over[k], slopes[k]);
    }
    if (bent.empty()) return true;
    if (!Evaluate(bent)) return false;
    for (std::size_t k = 0; k < bent.size(); ++k) {
      const std::size_t i = bent_of[k];
      if (!(trying[i]->Share(bent[k]) > trying[i]->Share(trials[i]))) continue;
      trials[i] = std::move(bent[k]);
      trying[i]->Replace(std::move(steps[k]));
    }
    return true;
  }

  bool Try(std::vector<Walker>& walkers) {
    std::vector<Candidate> batch;
    std::vector<Walker*> trying;
    for (Walker& w : walkers) {
      if (w.done() || !w.Plan()) continue;
      batch.push_back(w.Trial());
      trying.push_back(&w);
    }
    if (batch.empty()) return !cancel_.load();
    if (!Evaluate(batch)) return false;
    const bool more = Correct(trying, batch);
    for (std::size_t i = 0; i < trying.size(); ++i) trying[i]->Finish(std::move(batch[i]));
    return more;
  }

  Problem& problem_;
  const PolishFrame frame_;
  const bool race_;
  const std::int64_t most_;
  const std::atomic<bool>& cancel_;
  int round_ = -1;
  Polished polished_;
};

}  // namespace

Polished Polish(Problem& problem, const GeneSpace& space, std::vector<PolishTask> tasks,
                const std::vector<double>& scale, bool race, std::int64_t most_evaluations,
                const std::atomic<bool>& cancel) {
  return Polisher(problem, space, scale, race, most_evaluations, cancel).Run(std::move(tasks));
}

}  // namespace raffinate::optimizer
