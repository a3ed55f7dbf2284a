#include "service/file/units.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <mutex>

#include <udunits2.h>

namespace raffinate::service {
namespace {

struct UnitDeleter {
  void operator()(ut_unit* unit) const { ut_free(unit); }
};
using UnitPtr = std::unique_ptr<ut_unit, UnitDeleter>;

struct ConverterDeleter {
  void operator()(cv_converter* converter) const { cv_free(converter); }
};

// The units system is one for the process and not thread safe.
std::mutex& Lock() {
  static std::mutex mutex;
  return mutex;
}

ut_system* System() {
  static ut_system* const system = [] {
    ut_set_error_message_handler(ut_ignore);
    return ut_read_xml(nullptr);
  }();
  return system;
}

UnitPtr Parse(const std::string& text) {
  // No unit of the trade is longer; the parser is not asked to prove itself.
  if (text.empty() || text.size() > 40) return nullptr;
  return UnitPtr(ut_parse(System(), text.c_str(), UT_UTF8));
}

// UDUNITS also converts between reciprocals (h/m3 to m3/h), which is never
// meant here: the quotient of the units must be a plain number.
bool SameDimension(const ut_unit* a, const ut_unit* b) {
  const UnitPtr quotient(ut_divide(a, b));
  const UnitPtr one(ut_get_dimensionless_unit_one(System()));
  return quotient != nullptr && ut_are_convertible(quotient.get(), one.get());
}

// `value` times 10^`power`, in decimal: 99.9 shifted by -2 is 0.999, where the
// product and the quotient of doubles are its neighbour.
double ShiftDecimal(double value, int power) {
  char text[48];
  const auto [end, code] = std::to_chars(text, text + 32, value, std::chars_format::scientific);
  char* const exponent = std::find(text, end, 'e');
  if (exponent == end) return value;
  int digits = 0;
  std::from_chars(exponent + (exponent[1] == '+' ? 2 : 1), end, digits);
  const auto [last, code2] = std::to_chars(exponent + 1, text + sizeof(text), digits + power);
  double shifted = 0;
  const auto result = std::from_chars(text, last, shifted);
  if (result.ec == std::errc::result_out_of_range) return value * std::pow(10.0, power);
  return shifted;
}

}  // namespace

Conversion ConvertUnit(double value, const std::string& from, const std::string& to) {
  const std::lock_guard<std::mutex> lock(Lock());
  if (System() == nullptr) return {UnitMatch::kNoDatabase, 0};
  const UnitPtr source = Parse(from);
  const UnitPtr target = Parse(to);
  if (source == nullptr || target == nullptr) return {UnitMatch::kUnknownUnit, 0};
  if (ut_compare(source.get(), target.get()) == 0) return {UnitMatch::kConverted, value};
  if (!SameDimension(source.get(), target.get())) return {UnitMatch::kWrongDimension, 0};
  const std::unique_ptr<cv_converter, ConverterDeleter> converter(
      ut_get_converter(source.get(), target.get()));
  if (converter == nullptr) return {UnitMatch::kWrongDimension, 0};
  const double one = cv_convert_double(converter.get(), 1.0);
  const double zero = cv_convert_double(converter.get(), 0.0);
  if (zero != 0) return {UnitMatch::kConverted, cv_convert_double(converter.get(), value)};
  // Scales are known but for rounding, and the commonest are powers of ten.
  const double power = std::round(std::log10(one));
  if (std::abs(one / std::pow(10.0, power) - 1) < 1e-12) {
    return {UnitMatch::kConverted, ShiftDecimal(value, static_cast<int>(power))};
  }
  const double whole = std::round(one);
  const double whole_inverse = std::round(1 / one);
  if (whole >= 1 && std::abs(one - whole) < 1e-12 * whole) {
    return {UnitMatch::kConverted, value * whole};
  }
  if (whole_inverse >= 1 && std::abs(1 / one - whole_inverse) < 1e-12 * whole_inverse) {
    return {UnitMatch::kConverted, value / whole_inverse};
  }
  return {UnitMatch::kConverted, value * one};
}

}  // namespace raffinate::service
