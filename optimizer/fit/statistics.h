// How well predictions agree with measurements, and what residuals say about
// the uncertainty of what was fitted.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace raffinate::optimizer::fit {

/// One analysed value: aqueous molarity after contact.
struct Comparison {
  std::string source;
  std::string element;
  double feed = 0;       ///< [mol/L], > 0
  double measured = 0;   ///< [mol/L]
  double predicted = 0;  ///< [mol/L]

  /// What the fit weighs: error as a share of the feed. Raffinates of flasks span
  /// decades and their relative errors grow without bound where little is left;
  /// errors of both phases and of the analysis scale with the feed.
  double Residual() const { return (predicted - measured) / feed; }
};

/// Over a set of comparisons.
struct Agreement {
  int values = 0;
  double rms = 0;        ///< of Residual()
  double bias = 0;       ///< mean of Residual()
  double largest = 0;    ///< |Residual()|
  double r_squared = 0;  ///< 1 - sum of squared errors / sum of squared deviations from the mean,
                         ///< of aqueous molarity; 0 where the measured values do not vary
};
Agreement Agree(std::span<const Comparison> comparisons);

/// Values of one source share its errors: volumes, assays of feed and extractant,
/// acid. Residuals of one element in one source are taken as a group.
struct Grouping {
  /// Intraclass correlation, from a one-way analysis of variance, [0, 1].
  double correlation = 0;
  /// By how much the variance of a fitted parameter is larger than of independent
  /// values at the most: 1 + (sum n_g^2 / n - 1) correlation (Kish 1965; Moulton
  /// 1986, J. Econometrics 32, 385).
  double design_effect = 1;
};
Grouping GroupResiduals(std::span<const Comparison> comparisons);

/// The 97.5 % quantile of Student's t with `degrees` of freedom, 3 or more; by the
/// expansion 26.7.5 of Abramowitz and Stegun, good to 0.2 %. Absent below 3.
std::optional<double> StudentQuantile(double degrees);

}  // namespace raffinate::optimizer::fit
