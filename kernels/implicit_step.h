// One implicit stage of a transient step: u = base + dt * rate(u), by the Newton
// step of the steady state with what is held as one more draw and feed.
#pragma once

#include <vector>

#include "kernels/detail/newton.h"
#include "kernels/dynamics.h"
#include "kernels/layout.h"

namespace raffinate::kernels {

/// Everything that changes by its own rate: amounts in the mixers [kmol], and
/// concentrations in the settlers [mol/L].
struct Held {
  std::vector<double> metals, settled_x, settled_y;                            // N*M
  std::vector<double> anions, settled_anions, extractant, settled_extractant;  // N
  std::vector<double> totals, settled_totals;                                  // N*(masters - 2)

  template <class F>
  static void ForEach(Held& a, F&& f) {
    for (std::vector<double> Held::*v :
         {&Held::metals, &Held::settled_x, &Held::settled_y, &Held::anions, &Held::settled_anions,
          &Held::extractant, &Held::settled_extractant, &Held::totals, &Held::settled_totals}) {
      f(v, a.*v);
    }
  }
};

/// Solves implicit stages for cascades of one size and law. All volumes [m3], times
/// [h], flows [m3/h].
class ImplicitStep {
 public:
  /// The flows and feeds of a time; not owned.
  struct Inputs {
    const Cascade& cascade;
    const std::vector<double>& anions_in;               ///< N [keq/h]
    const std::vector<double>& extractant_in;           ///< N [kmol/h]
    const std::vector<std::vector<double>>& totals_in;  ///< per master after the second, N [kmol/h]
  };

  /// `cascade`: of the size and law of all later ones. `holdups` must outlive this.
  ImplicitStep(const Cascade& cascade, const std::vector<Holdup>& holdups);

  /// Where the next Newton iteration starts.
  void Begin(const State& profile) { profile_ = profile; }

  /// Solves one stage. `in` and `out`: rates [kmol/h] at which each of the M
  /// components enters and leaves at its end. Returns whether Newton got there;
  /// then profile() and Molarities() are those of the end.
  bool Solve(const Inputs& inputs, const Held& base, double dt, Held* u, std::vector<double>* in,
             std::vector<double>* out);

  const State& profile() const { return profile_; }
  void Molarities(std::vector<double>* x, std::vector<double>* y) const;
  long iterations() const { return iterations_; }
  int worst_stage() const { return worst_stage_; }

 private:
  detail::Residual<double> Evaluate();
  void Load(const Inputs& inputs, const Held& base, double dt);
  void LoadTotals(const Inputs& inputs, const Held& base, double dt);
  void UnloadTotals(const Inputs& inputs, const Held& base, double dt, Held* u);
  bool Organic(int k) const { return shape_.table->kind[k] == Master::kExtractant; }
  void Unload(const Inputs& inputs, const Held& base, double dt, Held* u, std::vector<double>* in,
              std::vector<double>* out);

  const std::vector<Holdup>& holdups_;
  int n_, m_;
  std::shared_ptr<const EquilibriumTable> table_;
  detail::Shape shape_;
  std::vector<double> memory_;
  detail::Workspace<double, detail::Dense> w_;
  std::vector<Shares> aqueous_, organic_;  ///< flows, not shares, of the present stage
  State profile_;
  long iterations_ = 0;
  int worst_stage_ = 0;
};

}  // namespace raffinate::kernels
