#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/process.h"

namespace raffinate::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

// What bash offers for the last of `words`.
std::string Complete(const Folder& folder, const std::vector<std::string>& words) {
  std::string script = "source raffinate.bash\nCOMP_WORDS=(";
  for (const std::string& word : words) script += "'" + word + "' ";
  script += ")\nCOMP_CWORD=" + std::to_string(words.size() - 1) +
            "\n_raffinate\necho \" ${COMPREPLY[*]} \"\n";
  folder.Write("try.bash", script);
  const Outcome outcome =
      Process(folder.path(), {"--norc", "--noprofile", "try.bash"}, "bash").Wait();
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return outcome.out;
}

TEST(Completion, BashOffersCommandsOptionsAndFiles) {
  const Folder folder;
  const Outcome script = folder.Run({"completion", "bash"});
  ASSERT_EQ(script.code, 0);
  folder.Write("raffinate.bash", script.out);
  folder.Write("plant.yaml", "");
  EXPECT_THAT(Complete(folder, {"raffinate", ""}), HasSubstr(" optimize "));
  EXPECT_THAT(Complete(folder, {"raffinate", "si"}), testing::Eq(" simulate \n"));
  EXPECT_THAT(Complete(folder, {"raffinate", "optimize", "--se"}),
              testing::Eq(" --seed --server \n"));
  EXPECT_THAT(Complete(folder, {"raffinate", "optimize", "pl"}), testing::Eq(" plant.yaml \n"));
  EXPECT_THAT(Complete(folder, {"raffinate", "extractants", ""}), HasSubstr(" show "));
  EXPECT_THAT(Complete(folder, {"raffinate", "extractants", "show", "--"}), HasSubstr(" --json "));
  EXPECT_THAT(Complete(folder, {"raffinate", "doctor", ""}), Not(HasSubstr("plant.yaml")));
}

TEST(Completion, EveryShellKnowsEveryCommand) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Outcome script = Folder().Run({"completion", shell});
    EXPECT_EQ(script.code, 0);
    for (const char* command :
         {"optimize", "simulate", "dynamics", "serve", "submit", "watch", "list", "get", "cancel",
          "delete", "extractants", "feeds", "doctor", "completion"}) {
      EXPECT_THAT(script.out, HasSubstr(command)) << shell;
    }
  }
}

}  // namespace
}  // namespace raffinate::cli
