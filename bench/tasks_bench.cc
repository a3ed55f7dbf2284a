// tasks_bench [--seeds N] [--evaluations N] [--output FILE] [TASK...]: design tasks by the search
// as it is, without polish, without polish and restoration, without polish but with ten times the
// evaluations where there is something to polish, and by pagmo's NSGA-II (Debian
// libpagmo-dev, where it is installed) driving the same simulator in batches. Prints JSON: when
// each is feasible, what it reaches, when it reaches what the best of all and what the search
// as it is (its median seed) reaches, and what it had on the way there. Names are files of
// bench/tasks or examples without .yaml; none: all.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "bench/convergence_curve.h"
#include "bench/design_tasks.h"
#include "bench/flowsheet_file.h"
#include "bench/machine.h"
#include "bench/result_file.h"
#include "bench/wrapped_problem.h"
#include "kernels/population/population.h"
#include "optimizer/flowsheet_problem.h"
#include "optimizer/run.h"
#include "optimizer/search/archive.h"
#include "optimizer/search/feasibility.h"
#include "optimizer/search/gene_space.h"
#include "optimizer/search/hypervolume.h"
#include "optimizer/search/polish_plan.h"
#include "service/data/chemistry_data.h"
#ifdef RAFFINATE_PAGMO
#include "bench/search_peers.h"
#endif

namespace raffinate {
namespace {

using bench::Now;
using bench::Quantile;
using optimizer::Candidate;
using optimizer::FlowsheetProblem;
using optimizer::GeneSpace;
using optimizer::Search;
using optimizer::SearchOptions;

constexpr std::size_t kArchive = 100;
// One objective is reached within this share, several in 99 % of their hypervolume.
constexpr double kWithin = 0.005;
constexpr double kVolumeShare = 0.99;
constexpr double kReference = 1.1;
constexpr int kLonger = 10;
constexpr int kLongerSeeds = 3;
// Points of a curve of convergence.
constexpr int kCurvePoints = 20;
// Of a run: how often at least what was found so far is looked at.
constexpr std::int64_t kSnapshots = 200;
// Moves of one variable that a design should not be improved by, and by how much.
constexpr double kMoves[] = {-1e-2, -1e-3, 1e-3, 1e-2};
constexpr double kMoveGain = 1e-3;

const std::atomic<bool> kGoOn{false};

struct Snapshot {
  std::int64_t evaluations = 0;
  double seconds = 0;
  std::vector<double> front;  ///< feasible, row-major
};

struct Trace {
  std::vector<Snapshot> snapshots;
  std::vector<Candidate> members;
};

struct Variant {
  std::string name;
  std::vector<Trace> traces;  ///< one per seed
};

std::vector<double> Flat(const std::vector<Candidate>& members) {
  std::vector<double> values;
  for (const Candidate& c : members) {
    if (optimizer::Feasible(c)) {
      values.insert(values.end(), c.objectives.begin(), c.objectives.end());
    }
  }
  return values;
}

/// Keeps what meets the demands of all that is evaluated, whoever asks for it, with when it was.
class Recorded : public bench::WrappedProblem {
 public:
  Recorded(FlowsheetProblem* problem, std::int64_t evaluations)
      : WrappedProblem(problem),
        every_(std::max<std::int64_t>(evaluations / kSnapshots, 1)),
        archive_(kArchive, problem->objectives()),
        start_(Now()) {}

  void Evaluate(std::span<Candidate> batch, const std::atomic<bool>& cancel) override {
    WrappedProblem::Evaluate(batch, cancel);
    const bool first = archive_.members().empty();
    archive_.Insert(std::vector<Candidate>(batch.begin(), batch.end()));
    Count(batch.size(), first && !archive_.members().empty());
  }
  void Differentiate(std::span<const Candidate> batch, std::span<optimizer::Slopes> slopes,
                     const std::atomic<bool>& cancel) override {
    WrappedProblem::Differentiate(batch, slopes, cancel);
    Count(batch.size(), false);
  }

  const std::vector<Candidate>& members() const { return archive_.members(); }
  std::vector<Snapshot> Finish() {
    Take();
    return std::move(snapshots_);
  }

 private:
  void Count(std::size_t evaluations, bool now) {
    evaluations_ += static_cast<std::int64_t>(evaluations);
    if (now || evaluations_ >= next_) Take();
  }
  void Take() {
    snapshots_.push_back({evaluations_, Now() - start_, Flat(archive_.members())});
    next_ = evaluations_ + every_;
  }

  std::int64_t every_;
  std::int64_t evaluations_ = 0, next_ = 0;
  optimizer::ParetoArchive archive_;
  double start_;
  std::vector<Snapshot> snapshots_;
};

Trace RunOurs(FlowsheetProblem& problem, const SearchOptions& options) {
  Recorded recorded(&problem, options.max_evaluations);
  const std::unique_ptr<Search> search = *Search::Create(&recorded, options);
  while (search->Step(kGoOn)) {
  }
  Trace trace;
  trace.snapshots = recorded.Finish();
  trace.members = search->Pareto();
  if (trace.members.size() == 1 && !optimizer::Feasible(trace.members[0])) trace.members.clear();
  return trace;
}

#ifdef RAFFINATE_PAGMO
Trace RunPagmo(FlowsheetProblem& problem, const SearchOptions& options) {
  const GeneSpace space(problem.variables());
  const int population = options.population > 0 ? (options.population + 3) / 4 * 4
                                                : std::clamp(8 * space.size(), 64, 256);
  Recorded recorded(&problem, options.max_evaluations);
  const auto evaluate = [&](const std::vector<std::vector<double>>& points) {
    std::vector<Candidate> batch(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (int k = 0; k < space.size(); ++k) {
        batch[i].genes.push_back(space.Decode(k, points[i][static_cast<std::size_t>(k)]));
      }
    }
    recorded.Evaluate(batch, kGoOn);
    return batch;
  };
  bench::PagmoDrive(space.size(), problem.objectives(), population,
                    static_cast<int>(options.max_evaluations / population),
                    static_cast<unsigned>(options.seed), evaluate);
  Trace trace;
  trace.members = recorded.members();
  trace.snapshots = recorded.Finish();
  return trace;
}
#endif

/// Share of the members that no move of one variable improves; -1 for none.
double AtRest(FlowsheetProblem& problem, const std::vector<Candidate>& members) {
  if (members.empty()) return -1;
  const GeneSpace space(problem.variables());
  optimizer::ParetoArchive archive(kArchive, problem.objectives());
  archive.Insert(members);
  const std::vector<double> scale =
      optimizer::ObjectiveScale(archive, members, problem.objectives());
  int at_rest = 0;
  for (const Candidate& member : members) {
    std::vector<Candidate> batch;
    const auto add = [&](int k, double gene) {
      if (gene == member.genes[static_cast<std::size_t>(k)]) return;
      Candidate& c = batch.emplace_back();
      c.genes = member.genes;
      c.state = member.state;
      c.genes[static_cast<std::size_t>(k)] = gene;
    };
    for (int k = 0; k < space.size(); ++k) {
      const double gene = member.genes[static_cast<std::size_t>(k)];
      const std::int64_t values = space.values(k);
      if (values == 0) {
        for (const double move : kMoves) add(k, space.Decode(k, space.Encode(k, gene) + move));
      } else {
        const std::int64_t now = space.Index(k, gene);
        if (now > 0) add(k, space.Value(k, now - 1));
        if (now + 1 < values) add(k, space.Value(k, now + 1));
      }
    }
    problem.Evaluate(batch, kGoOn);
    at_rest += std::none_of(batch.begin(), batch.end(), [&](const Candidate& c) {
      if (!optimizer::Feasible(c)) return false;
      bool gains = false;
      for (std::size_t j = 0; j < scale.size(); ++j) {
        const double gain = (member.objectives[j] - c.objectives[j]) / scale[j];
        if (gain < 0) return false;
        gains = gains || gain > kMoveGain;
      }
      return gains;
    });
  }
  return static_cast<double>(at_rest) / static_cast<double>(members.size());
}

/// What all runs of a task together know of its front, thinned to the size of an archive: one
/// cannot hold the volume of many.
class BestKnown {
 public:
  BestKnown(const std::vector<Variant>& variants, int objectives)
      : m_(static_cast<std::size_t>(objectives)) {
    std::vector<double> all;
    for (const Variant& variant : variants) {
      for (const Trace& trace : variant.traces) {
        const std::vector<double> front = Flat(trace.members);
        all.insert(all.end(), front.begin(), front.end());
      }
    }
    if (all.empty()) return;
    all = Thinned(all);
    const std::size_t rows = all.size() / m_;
    std::vector<double> columns(all.size());
    for (std::size_t n = 0; n < all.size(); ++n) columns[n % m_ * rows + n / m_] = all[n];
    const std::vector<int> ranks =
        kernels::Ranks(kernels::Device(), {columns, rows, objectives}, /*enough=*/1);
    low_.assign(m_, std::numeric_limits<double>::infinity());
    high_.assign(m_, -std::numeric_limits<double>::infinity());
    std::vector<double> front;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      if (ranks[i] != 0) continue;
      for (std::size_t j = 0; j < m_; ++j) {
        const double value = all[i * m_ + j];
        low_[j] = std::min(low_[j], value);
        high_[j] = std::max(high_[j], value);
        front.push_back(value);
      }
    }
    known_ = true;
    best_ = m_ == 1 ? low_[0] : Volume(front);
  }

  bool known() const { return known_; }
  double best() const { return best_; }  ///< of one objective its value, of several the volume

  double Quality(const std::vector<double>& front) const {
    if (m_ > 1) return front.empty() || !known_ ? 0 : Volume(front);
    return front.empty() ? std::numeric_limits<double>::infinity()
                         : *std::min_element(front.begin(), front.end());
  }

  bool Reached(const std::vector<double>& front) const {
    if (!known_ || front.empty()) return false;
    if (m_ > 1) return Quality(front) >= kVolumeShare * best_;
    return Quality(front) <= best_ + kWithin * std::abs(best_);
  }

  bool AsGoodAs(double quality, const std::vector<double>& front) const {
    if (!known_ || front.empty()) return false;
    return m_ > 1 ? Quality(front) >= quality : Quality(front) <= quality;
  }

  /// Of the median seed; of those that found anything.
  double Median(const Variant& variant) const {
    std::vector<double> quality;
    for (const Trace& trace : variant.traces) {
      if (!trace.members.empty()) quality.push_back(Quality(Flat(trace.members)));
    }
    return Quantile(quality, 0.5);
  }

 private:
  double Volume(const std::vector<double>& front) const {
    std::vector<double> scaled(front.size());
    for (std::size_t i = 0; i < front.size(); ++i) {
      const std::size_t j = i % m_;
      const double range = high_[j] - low_[j];
      scaled[i] = range > 0 ? (front[i] - low_[j]) / range : front[i] > low_[j] ? 1.0 : 0.0;
    }
    return optimizer::Hypervolume(scaled, std::vector<double>(m_, kReference));
  }

  // To the size that every archive has.
  std::vector<double> Thinned(const std::vector<double>& all) const {
    std::vector<Candidate> members(all.size() / m_);
    for (std::size_t i = 0; i < members.size(); ++i) {
      members[i].genes = {static_cast<double>(i)};
      members[i].objectives.assign(all.begin() + static_cast<std::ptrdiff_t>(i * m_),
                                   all.begin() + static_cast<std::ptrdiff_t>((i + 1) * m_));
      members[i].solved = true;
    }
    optimizer::ParetoArchive archive(kArchive, static_cast<int>(m_));
    archive.Insert(members);
    return archive.Objectives();
  }

  std::size_t m_;
  bool known_ = false;
  double best_ = 0;
  std::vector<double> low_, high_;
};

/// {"of": seeds that got there, "evaluations": median of those, "seconds": median}.
std::string When(const std::vector<Trace>& traces,
                 const std::function<bool(const std::vector<double>&)>& there) {
  std::vector<double> evaluations, seconds;
  for (const Trace& trace : traces) {
    for (const Snapshot& s : trace.snapshots) {
      if (!there(s.front)) continue;
      evaluations.push_back(static_cast<double>(s.evaluations));
      seconds.push_back(s.seconds);
      break;
    }
  }
  std::ostringstream out;
  out << "{\"seeds\": " << evaluations.size()
      << ", \"evaluations\": " << std::llround(Quantile(evaluations, 0.5))
      << ", \"seconds\": " << std::setprecision(3) << Quantile(seconds, 0.5) << "}";
  return out.str();
}

/// [[evaluations, median, first and third quartile of the seeds' quality], ...]; null where that
/// seed has met no demand yet.
std::string Curve(const Variant& variant, const BestKnown& best, std::int64_t evaluations) {
  std::vector<std::vector<bench::Milestone>> runs;
  for (const Trace& trace : variant.traces) {
    std::vector<bench::Milestone>& run = runs.emplace_back();
    for (const Snapshot& s : trace.snapshots) run.push_back({s.evaluations, best.Quality(s.front)});
  }
  std::ostringstream out;
  out << std::setprecision(6) << "[";
  const char* separator = "";
  for (const bench::CurvePoint& point :
       bench::ConvergenceCurve(runs, evaluations, kCurvePoints, best.Quality({}))) {
    out << separator << "[" << point.evaluations;
    for (const double value : {point.median, point.p25, point.p75}) {
      out << ", ";
      if (std::isfinite(value)) {
        out << value;
      } else {
        out << "null";
      }
    }
    out << "]";
    separator = ", ";
  }
  out << "]";
  return out.str();
}

void Report(std::ostream& out, const Variant& variant, const BestKnown& best, double whole,
            std::int64_t evaluations, FlowsheetProblem& problem) {
  std::vector<double> quality, at_rest, seconds;
  for (const Trace& trace : variant.traces) {
    if (!trace.members.empty()) quality.push_back(best.Quality(Flat(trace.members)));
    if (const double share = AtRest(problem, trace.members); share >= 0) at_rest.push_back(share);
    seconds.push_back(trace.snapshots.back().seconds);
  }
  out << "      {\"search\": \"" << variant.name << "\", \"seeds\": " << variant.traces.size()
      << ", \"feasible\": "
      << When(variant.traces, [](const std::vector<double>& front) { return !front.empty(); })
      << ",\n       \"reached\": "
      << When(variant.traces, [&](const std::vector<double>& front) { return best.Reached(front); })
      << ",\n       \"as_whole\": "
      << When(variant.traces,
              [&](const std::vector<double>& front) { return best.AsGoodAs(whole, front); })
      << ",\n       \"quality\": " << std::setprecision(8) << Quantile(quality, 0.5)
      << ", \"quality_p25\": " << Quantile(quality, 0.25)
      << ", \"quality_p75\": " << Quantile(quality, 0.75) << std::setprecision(3)
      << ", \"seconds\": " << Quantile(seconds, 0.5) << ", \"at_rest\": " << Quantile(at_rest, 0.5)
      << ",\n       \"curve\": " << Curve(variant, best, evaluations) << "}";
}

void RunTask(std::ostream& out, const std::string& path, const optimizer::Chemistry& chemistry,
             int seeds, std::int64_t most) {
  const optimizer::Flowsheet flowsheet =
      bench::LoadFlowsheet(path, chemistry, optimizer::Purpose::kOptimize);
  kernels::Device device;
  device.threads = 1;
  FlowsheetProblem problem(flowsheet, chemistry, device);
  SearchOptions options;
  options.population = flowsheet.search.population;
  options.archive_size = static_cast<int>(kArchive);
  options.max_evaluations = std::min<std::int64_t>(flowsheet.search.max_evaluations, most);
  std::vector<Variant> variants{{"whole", {}}, {"no polish", {}}, {"evolution alone", {}}};
  for (int seed = 1; seed <= seeds; ++seed) {
    options.seed = seed;
    options.polish = options.restoration = true;
    variants[0].traces.push_back(RunOurs(problem, options));
    options.polish = false;
    variants[1].traces.push_back(RunOurs(problem, options));
    options.restoration = false;
    variants[2].traces.push_back(RunOurs(problem, options));
  }
  if (problem.smooth()) {
    variants.push_back({"no polish, tenfold", {}});
    SearchOptions longer = options;
    longer.polish = false;
    longer.restoration = true;
    longer.max_evaluations *= kLonger;
    for (int seed = 1; seed <= std::min(seeds, kLongerSeeds); ++seed) {
      longer.seed = seed;
      variants.back().traces.push_back(RunOurs(problem, longer));
    }
  }
#ifdef RAFFINATE_PAGMO
  variants.push_back({"pagmo NSGA-II", {}});
  for (int seed = 1; seed <= seeds; ++seed) {
    options.seed = seed;
    variants.back().traces.push_back(RunPagmo(problem, options));
  }
#endif
  const BestKnown best(variants, problem.objectives());
  const auto continuous = std::count_if(
      problem.variables().begin(), problem.variables().end(),
      [](const auto& v) { return v.kind == optimizer::Variable::Kind::kReal && v.step == 0; });
  out << "    {\"task\": \"" << path << "\", \"variables\": " << problem.variables().size()
      << ", \"continuous\": " << continuous << ", \"objectives\": " << problem.objectives()
      << ", \"differentiable\": " << (problem.differentiable() ? "true" : "false")
      << ", \"evaluations\": " << options.max_evaluations << ", \"best\": ";
  if (best.known()) {
    out << std::setprecision(8) << best.best();
  } else {
    out << "null";
  }
  out << ",\n     \"searches\": [";
  const char* separator = "\n";
  for (const Variant& variant : variants) {
    out << separator;
    const bool longer = variant.name.ends_with("tenfold");
    Report(out, variant, best, best.Median(variants[0]),
           options.max_evaluations * (longer ? kLonger : 1), problem);
    separator = ",\n";
  }
  out << "\n     ]}";
}

}  // namespace
}  // namespace raffinate

int main(int argc, char** argv) {
  const auto options = raffinate::bench::ReadTaskOptions("tasks_bench", 2500, argc, argv);
  if (!options) return 2;
  const auto chemistry = raffinate::service::LoadEmbeddedChemistry();
  if (!chemistry.ok()) {
    std::cerr << chemistry.status().message() << "\n";
    return 1;
  }
  std::ostringstream out;
  out << raffinate::bench::ResultHead("tasks") << ",\n  \"pagmo\": \""
#ifdef RAFFINATE_PAGMO
      << raffinate::bench::PagmoVersion()
#endif
      << "\",\n  \"seeds\": " << options->seeds << ",\n  \"tasks\": [";
  const char* separator = "\n";
  for (const std::string& path : options->paths) {
    out << separator;
    raffinate::RunTask(out, path, *chemistry, options->seeds, options->evaluations);
    separator = ",\n";
    std::cerr << path << "\n";
  }
  out << "\n  ]\n}\n";
  return raffinate::bench::WriteResult(options->output, out.str());
}
