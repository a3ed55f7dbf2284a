#include "clients/cli/table.h"

#include <gtest/gtest.h>

#include "clients/cli/progress.h"

namespace raffinate::cli {
namespace {

TEST(Table, AlignsColumnsUnderGroups) {
  Table table({{.group = "", .title = "#", .unit = ""},
               {.group = "a long product name", .title = "purity", .unit = "%"},
               {.group = "a long product name", .title = "re", .unit = "%"},
               {.group = "", .title = "acid", .unit = "kg/t"}});
  table.AddRow({"1", "99.95", "98", "1234"});
  table.AddRow({"12", "9", "8", "é"});
  EXPECT_EQ(table.Print(),
            "    a long product name\n"
            "#            purity  re  acid\n"
            "                  %   %  kg/t\n"
            "-----------------------------\n"
            "1             99.95  98  1234\n"
            "12                9   8     é\n");
}

TEST(Table, NumbersKeepFourDigits) {
  EXPECT_EQ(FormatNumber(0), "0");
  EXPECT_EQ(FormatNumber(12), "12");
  EXPECT_EQ(FormatNumber(1234.56), "1235");
  EXPECT_EQ(FormatNumber(12.3456), "12.35");
  EXPECT_EQ(FormatNumber(0.00123456), "0.001235");
  EXPECT_EQ(FormatNumber(-0.5), "-0.5000");
  EXPECT_EQ(FormatNumber(1.5e-9), "1.500e-09");
}

TEST(Table, PercentagesShowTheirNines) {
  EXPECT_EQ(FormatPercent(0.5), "50.00");
  EXPECT_EQ(FormatPercent(0.995), "99.50");
  EXPECT_EQ(FormatPercent(0.99995), "99.9950");
  EXPECT_EQ(FormatPercent(0.9999912), "99.99912");
  EXPECT_EQ(FormatPercent(0.99999912), ">99.9999");
  EXPECT_EQ(FormatPercent(0.9999999999), ">99.9999");
  EXPECT_EQ(FormatPercent(1), "100.00");
  EXPECT_EQ(FormatPercent(0), "0.00");
}

TEST(Progress, SaysWhatIsKnown) {
  v1::Progress progress;
  progress.set_evaluations(1200);
  progress.set_evaluations_per_s(340.4);
  progress.set_least_violation(0.25);
  progress.set_remaining_s(125);
  EXPECT_EQ(DescribeProgress(progress),
            "1200 evaluations, 340/s, none meets the demands yet, least violation 0.25, "
            "2 min 5 s left");
  progress.set_pareto_size(12);
  progress.set_hypervolume(0.5);
  progress.set_remaining_s(0);
  EXPECT_EQ(DescribeProgress(progress),
            "1200 evaluations, 340/s, 12 on the Pareto front, hypervolume 0.5000");
}

TEST(Wrap, BreaksAtBlanksAndIndentsWhatFollows) {
  const std::string word(39, 'a');
  EXPECT_EQ(Wrap(word + " " + word + " " + word, 2), word + " " + word + "\n  " + word + "\n");
  EXPECT_EQ(Wrap("  short", 4), "  short\n");
  const std::string address(150, 'x');
  EXPECT_EQ(Wrap("see " + address + " there", 1), "see\n " + address + "\n there\n");
}

}  // namespace
}  // namespace raffinate::cli
