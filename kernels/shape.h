// Sorting of tasks into groups that can share a lane group.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/detail/workspace.h"
#include "kernels/solve.h"

namespace raffinate::kernels {

/// Tasks of one shape, longest cascades first.
struct ShapeGroup {
  detail::Shape shape;
  int max_stages = 0;
  std::vector<int> order;  ///< indices into the tasks
};

/// Empty, or why the cascade cannot be solved at all.
std::string CheckCascade(const Cascade& cascade);

/// Groups the tasks; those that fail CheckCascade are in no group.
std::vector<ShapeGroup> GroupByShape(std::span<const Task> tasks);

}  // namespace raffinate::kernels
