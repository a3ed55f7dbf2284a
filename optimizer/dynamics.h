// The transient of one flowsheet. Meanings and units of the results are those of
// proto/raffinate/v1/dynamics.proto.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "optimizer/model/chemistry.h"
#include "optimizer/model/flowsheet.h"
#include "optimizer/result.h"

namespace raffinate::optimizer {

struct DynamicProduct {
  ProductFigures now;  ///< recovery: over what is fed now
  bool meets_demands = false;
  double collected_purity = 0;
  double collected_impurity = 0;
  double collected_reo_kg = 0;
};

struct ElementAmount {
  std::string element;
  double kmol = 0;
};

struct DynamicState {
  double time_h = 0;
  std::vector<StreamState> streams;  ///< those that leave
  std::vector<DynamicProduct> products;
  std::vector<ElementAmount> inventory;
  double first_stage_ph = 0;
  double last_stage_ph = 0;
  std::vector<StageState> stages;  ///< when asked for
};

struct ProductOutcome {
  std::string product;
  std::optional<double> on_specification_h;
};

struct DynamicSummary {
  Flowsheet flowsheet;
  bool complete = false;
  std::string message;
  double end_time_h = 0;
  std::vector<ProductOutcome> products;
  long steps = 0;
  long iterations = 0;
  double balance_error = 0;
  std::vector<Flag> flags;
};

struct DynamicOptions {
  bool stages = false;                        ///< profiles in every state
  const std::atomic<bool>* cancel = nullptr;  ///< polled between steps
};

/// The transient that `flowsheet`, valid for kDynamic, describes. `seen` gets the
/// state at time 0, at every output and at the end. When it cannot start, or
/// stops, or is cancelled, the summary says where and why.
DynamicSummary SimulateDynamic(const Flowsheet& flowsheet, const Chemistry& chemistry,
                               const DynamicOptions& options,
                               const std::function<void(const DynamicState&)>& seen);

}  // namespace raffinate::optimizer
