// The transient of a cascade: what its stages hold while inputs change in time.
//
// Every stage is a mixer, where both phases are in equilibrium, and a settler for
// each phase, which only delays. All are ideally mixed, and their levels are kept:
// volumes are constant, flows follow the inputs at once. Per component
//   mixer    d(V_a x + V_o y)/dt = what enters - A x - O y
//   settler  V_s dx_s/dt = A (x - x_s),  and alike for the organic
// What leaves a stage leaves its settlers; what passes a stage without contact
// (efficiency below one) is not held up. Strong anions and total extractant are
// carried the same way, so that pH and free extractant follow from the closures.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/circuit.h"

namespace raffinate::kernels {

/// Volumes of one mixer-settler [m3]. Mixers > 0, settlers >= 0.
struct Holdup {
  double aqueous_mixer = 0;
  double organic_mixer = 0;
  double aqueous_settler = 0;
  double organic_settler = 0;
};

/// What the stages hold. Stage-major arrays as in Cascade.
struct TransientState {
  double time = 0;                         ///< [h]
  std::vector<double> x, y;                ///< N*M molarities in the mixers [mol/L]
  std::vector<double> settled_x;           ///< N*M in the aqueous settlers [mol/L]
  std::vector<double> settled_y;           ///< N*M in the organic settlers [mol/L]
  std::vector<double> anions;              ///< N in the mixers [eq/L]
  std::vector<double> settled_anions;      ///< N [eq/L]
  std::vector<double> extractant;          ///< N total, as dimer, in the mixers [mol/L]
  std::vector<double> settled_extractant;  ///< N [mol/L]
  std::vector<double> totals;              ///< N*(masters - 2) as Cascade::totals, in the mixers
  std::vector<double> settled_totals;      ///< the same in the settlers [mol/L]
  State profile;                           ///< ln of the masters in the mixers
  std::vector<double> entered, left;       ///< M since the start [kmol]
};

struct TransientOptions {
  double relative_error = 1e-4;  ///< of what a stage holds, per step
  double absolute_error = 1e-7;  ///< the same, of the largest a component is held anywhere
  double first_step = 1e-4;      ///< [h]
  double least_step = 1e-12;     ///< [h]; below it the transient has failed
  long max_steps = 200000;
  const std::atomic<bool>* cancel = nullptr;  ///< polled between steps
};

/// Inputs at a time [h]: sets flows, molarities, anions and extractant of the
/// circuit it is given, and nothing else of it.
using InputsAt = std::function<void(double time, Circuit* circuit)>;

/// Integrates one circuit. Steps are those of the singly diagonally implicit
/// Runge-Kutta method of order 2 with gamma = 1 - 1/sqrt(2) (L-stable; Alexander
/// 1977, SIAM J. Numer. Anal. 14, 1006), implicit Euler where that would leave a
/// negative amount; each stage is solved by the Newton step of the steady state,
/// with what is held as one more draw and feed. Amounts are conserved to rounding.
class Transient {
 public:
  /// `circuit`: layout, components, and the inputs where `inputs` leaves them.
  /// `holdups`: one per stage. Check `problem()` before anything else.
  Transient(Circuit circuit, std::vector<Holdup> holdups, InputsAt inputs = nullptr,
            const TransientOptions& options = TransientOptions());
  ~Transient();

  /// Empty, or what is wrong with the circuit, the holdups or the start.
  const std::string& problem() const;

  /// Starts from the steady state of the inputs at `time`.
  void StartSteady(double time = 0);
  /// Starts from stages filled with metal-free organic and, as aqueous, what
  /// enters less its metals and their anions: acid, or water.
  void StartBarren(double time = 0);
  /// Goes on from a state of an equal circuit.
  void StartFrom(TransientState state);

  /// Integrates to `time` exactly. Returns an empty string, or why it stopped
  /// (the state is then that of the last step); inputs that jump should have the
  /// jump at the end of a call. `seen` is called after every step.
  std::string Advance(double time,
                      const std::function<void(const TransientState&)>& seen = nullptr);

  const TransientState& state() const;
  /// The circuit with the inputs of the present time.
  const Circuit& circuit() const;
  long steps() const;       ///< accepted
  long iterations() const;  ///< Newton iterations of all steps, rejected ones included

  /// What leaves now, from the settlers. Rows as those of kernels::Outflows;
  /// free_acid and anions of the aqueous, extractant of the organic.
  std::vector<Outflow> Leaving() const;

  /// What mixers and settlers hold, per component [kmol].
  std::vector<double> Inventory() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace raffinate::kernels
