#include "service/file/scalar.h"

#include <charconv>
#include <cmath>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "service/file/schema.h"
#include "service/file/units.h"

namespace raffinate::service {
namespace {

std::string Quote(std::string_view text) {
  if (text.size() > 60) return absl::StrCat("\"", std::string(text.substr(0, 57)), "...\"");
  return absl::StrCat("\"", std::string(text), "\"");
}

// What would be right, with the number that was found.
std::string Right(std::string number, const NumberFormat& format, const ElementMasses& elements) {
  if (number.empty()) number = "2.5";
  if (format.unit.empty()) return "a plain number such as 2.5";
  if (format.unit == "1") return "a plain number such as 0.35, or \"35 %\"";
  if (format.element.empty()) return absl::StrCat("\"", number, " ", format.unit, "\"");
  const auto it = elements.find(format.element);
  const bool oxide = it == elements.end() || it->second.oxide_mass > 0;
  return absl::StrCat(
      "\"", number, " ", format.unit, "\", \"", number, " g/L\" (mass of the element)",
      oxide ? absl::StrCat(" or \"", number, " g/L REO\" (mass of its oxide)") : "");
}

enum class Outcome { kNumber, kNotNumber, kNotFinite, kOutOfRange };

// The number at the start of `text`; `rest` is what follows it.
Outcome TakeNumber(std::string_view text, double* value, std::string* number,
                   std::string_view* rest) {
  std::string_view digits = text;
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  std::string_view word = digits;
  if (!word.empty() && word.front() == '-') word.remove_prefix(1);
  if (!word.empty() && word.front() == '.' && word.size() > 1 && absl::ascii_isalpha(word[1])) {
    word.remove_prefix(1);
  }
  const std::string lower = absl::AsciiStrToLower({word.data(), word.size()});
  if (absl::StartsWith(lower, "nan") || absl::StartsWith(lower, "inf")) {
    return Outcome::kNotFinite;
  }
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), *value);
  if (code == std::errc::invalid_argument) return Outcome::kNotNumber;
  *number = std::string(digits.data(), end);
  const absl::string_view tail = absl::StripAsciiWhitespace(
      absl::string_view(end, static_cast<std::size_t>(digits.data() + digits.size() - end)));
  *rest = {tail.data(), tail.size()};
  if (code == std::errc::result_out_of_range) return Outcome::kOutOfRange;
  return std::isfinite(*value) ? Outcome::kNumber : Outcome::kNotFinite;
}

// Takes the word REO out of a unit: "g/L REO", "g REO/L".
bool TakeReo(std::string* unit) {
  std::vector<std::string> words = absl::StrSplit(*unit, ' ', absl::SkipEmpty());
  bool found = false;
  std::string rest;
  for (std::string& word : words) {
    absl::string_view view = word;
    if (absl::ConsumePrefix(&view, "REO") && (view.empty() || view.front() == '/'))
      found = true;
    else
      view = word;
    if (!rest.empty() && !view.empty() && view.front() != '/') rest += ' ';
    absl::StrAppend(&rest, view);
  }
  if (found) *unit = rest;
  return found;
}

bool ParseByMass(double number, const std::string& unit, bool reo, const NumberFormat& format,
                 const ElementMasses& elements, double* value, std::string* error) {
  const Conversion grams = ConvertUnit(number, unit, "g/L");
  if (grams.match != UnitMatch::kConverted) return false;
  const auto it = elements.find(format.element);
  if (it == elements.end()) {
    std::vector<std::string> known;
    for (const auto& [symbol, mass] : elements) known.push_back(symbol);
    *error = absl::StrCat("found a concentration by mass of the unknown element ",
                          Quote(format.element), "; ", Suggest(format.element, known));
    return true;
  }
  const double mass = reo ? it->second.oxide_mass : it->second.mass;
  if (!(mass > 0)) {
    *error = absl::StrCat("found a concentration as REO, but ", format.element,
                          " is not quoted as oxide; right would be g/L or mol/L");
    return true;
  }
  *value = grams.value / mass;
  return true;
}

}  // namespace

bool ParseNumber(const std::string& text, const NumberFormat& format, const ElementMasses& elements,
                 double* value, std::string* error) {
  const absl::string_view stripped = absl::StripAsciiWhitespace(text);
  std::string number;
  std::string_view rest;
  switch (TakeNumber({stripped.data(), stripped.size()}, value, &number, &rest)) {
    case Outcome::kNotNumber:
      *error =
          absl::StrCat("found ", Quote(text), "; right would be ", Right("", format, elements));
      return false;
    case Outcome::kNotFinite:
      *error = absl::StrCat("found ", Quote(text), "; a finite number is needed");
      return false;
    case Outcome::kOutOfRange:
      *error = absl::StrCat("found ", Quote(text),
                            "; numbers lie between 1e-307 and 1e308 in magnitude");
      return false;
    case Outcome::kNumber:
      break;
  }
  if (rest.empty()) {
    if (format.unit.empty() || format.unit == "1" || format.bare) return true;
    *error = absl::StrCat("found ", Quote(text), " without a unit; right would be ",
                          Right(number, format, elements));
    return false;
  }
  std::string unit(rest);
  const std::string right = Right(number, format, elements);
  if (unit.front() == ',') {
    *error = absl::StrCat("found ", Quote(text), "; decimals are written with a point");
    return false;
  }
  if (unit.front() == '-' || absl::StartsWith(unit, "..") || absl::StartsWith(unit, "to ")) {
    *error = absl::StrCat("found ", Quote(text),
                          "; a range is written {min: .., max: ..}, a number as ", right);
    return false;
  }
  if (format.unit.empty()) {
    *error = absl::StrCat("found ", Quote(text), "; right would be ", right);
    return false;
  }
  const bool reo = TakeReo(&unit);
  if (reo && format.element.empty()) {
    *error =
        absl::StrCat("found ", Quote(text),
                     "; REO is a basis for concentrations of metals only, right would be ", right);
    return false;
  }
  const bool letter = !unit.empty() && (absl::ascii_isalpha(unit.front()) || unit.front() == '%' ||
                                        static_cast<unsigned char>(unit.front()) >= 0x80 ||
                                        absl::StartsWith(unit, "1/"));
  const Conversion conversion =
      letter ? ConvertUnit(*value, unit, format.unit) : Conversion{UnitMatch::kUnknownUnit, 0};
  switch (conversion.match) {
    case UnitMatch::kNoDatabase:
      *error = "the units database of UDUNITS-2 is not installed (package libudunits2-data)";
      return false;
    case UnitMatch::kUnknownUnit:
      *error = absl::StrCat("found ", Quote(text), ", but ", Quote(rest),
                            " is not a known unit; right would be ", right);
      return false;
    case UnitMatch::kConverted:
      if (reo) {
        *error = absl::StrCat("found ", Quote(text), "; REO goes with a mass, as in \"", number,
                              " g/L REO\"");
        return false;
      }
      *value = conversion.value;
      break;
    case UnitMatch::kWrongDimension:
      if (!format.element.empty() &&
          ParseByMass(*value, unit, reo, format, elements, value, error)) {
        if (!error->empty()) return false;
        break;
      }
      *error = absl::StrCat("found ", Quote(text), ", but ", Quote(unit), " does not convert to ",
                            format.unit, "; right would be ", right);
      return false;
  }
  if (!std::isfinite(*value)) {
    *error = absl::StrCat("found ", Quote(text), "; a finite number is needed");
    return false;
  }
  return true;
}

bool ParseWhole(const std::string& text, std::int64_t min, std::int64_t max, std::int64_t* value,
                std::string* error) {
  const absl::string_view stripped = absl::StripAsciiWhitespace(text);
  const auto [end, code] =
      std::from_chars(stripped.data(), stripped.data() + stripped.size(), *value);
  if (code != std::errc() || end != stripped.data() + stripped.size()) {
    // Written as a real number, as in 1e4, it may still be whole.
    double real = 0;
    std::string number;
    std::string_view rest;
    const Outcome outcome = TakeNumber({stripped.data(), stripped.size()}, &real, &number, &rest);
    if (outcome == Outcome::kNotFinite) {
      *error = absl::StrCat("found ", Quote(text), "; a finite whole number is needed");
      return false;
    }
    if (outcome == Outcome::kNotNumber) {
      *error = absl::StrCat("found ", Quote(text), "; right would be a whole number such as 12");
      return false;
    }
    if (!rest.empty()) {
      *error = absl::StrCat("found ", Quote(text),
                            "; right would be a whole number without a unit, such as ",
                            real == std::floor(real) && std::abs(real) < 1e9 ? number : "12");
      return false;
    }
    if (outcome == Outcome::kNumber && real != std::floor(real)) {
      *error = absl::StrCat("found ", Quote(text), "; a whole number is needed, such as ",
                            ShortestDouble(std::max(1.0, std::round(real))));
      return false;
    }
    // Beyond 2^53 a double no longer says which whole number is meant.
    if (outcome == Outcome::kOutOfRange || std::abs(real) > 9e15) {
      *error = absl::StrCat("found ", Quote(text), "; right would be a whole number from ", min,
                            " to ", max);
      return false;
    }
    *value = static_cast<std::int64_t>(real);
  }
  if (*value < min || *value > max) {
    *error = *value < 0 && min == 0
                 ? absl::StrCat("found ", Quote(text), "; a count is not negative")
                 : absl::StrCat("found ", Quote(text), "; right would be a whole number from ", min,
                                " to ", max);
    return false;
  }
  return true;
}

std::string ShortestDouble(double value) {
  char buffer[32];
  const auto [end, code] = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end);
}

}  // namespace raffinate::service
