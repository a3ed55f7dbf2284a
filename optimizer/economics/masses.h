// Molar masses of reagents and salts [g/mol], standard atomic weights of IUPAC
// 2021, abridged.
#pragma once

namespace raffinate::optimizer::mass {

inline constexpr double kHydrochloricAcid = 36.461;
inline constexpr double kSodiumHydroxide = 39.997;
inline constexpr double kAmmonia = 17.031;
inline constexpr double kCalciumHydroxide = 74.092;
inline constexpr double kMagnesiumOxide = 40.304;
inline constexpr double kCarbonDioxide = 44.009;
inline constexpr double kSodiumChloride = 58.443;
inline constexpr double kAmmoniumChloride = 53.491;
inline constexpr double kHydrogen = 1.008;
inline constexpr double kNitrogen = 14.007;
inline constexpr double kSodium = 22.990;
inline constexpr double kAmmonium = 18.039;
inline constexpr double kMagnesium = 24.305;
inline constexpr double kCalcium = 40.078;

}  // namespace raffinate::optimizer::mass
