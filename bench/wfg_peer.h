// Our WFG problems beside those of pagmo.
#pragma once

namespace raffinate::bench {

/// Largest difference between an objective of Wfg(number, objectives) and the same of pagmo, over
/// a thousand random points. Needs pagmo in the build.
double WfgDifference(int number, int objectives);

}  // namespace raffinate::bench
