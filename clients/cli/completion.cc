// raffinate completion SHELL: scripts made from the commands and options there
// are, so that they cannot fall behind.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/commands.h"

namespace raffinate::cli {
namespace {

// A command with its words so far ("extractants show"; empty for the program).
struct Entry {
  std::string path;
  std::string help;
  std::vector<const CLI::App*> commands;
  std::vector<const CLI::Option*> options;
  bool takes_file = false;
};

void Collect(const CLI::App* app, const std::string& path, std::vector<Entry>* entries) {
  Entry entry{.path = path, .help = app->get_description(), .commands = {}, .options = {}};
  for (const CLI::App* command : app->get_subcommands([](const CLI::App*) { return true; })) {
    entry.commands.push_back(command);
  }
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional())
      entry.takes_file |= option->get_name() == "FILE" || option->get_name() == "RESULT";
    if (!option->get_lnames().empty()) entry.options.push_back(option);
  }
  const std::vector<const CLI::App*> commands = entry.commands;
  entries->push_back(std::move(entry));
  for (const CLI::App* command : commands) {
    Collect(command, absl::StrCat(path, path.empty() ? "" : " ", command->get_name()), entries);
  }
}

std::string Words(const Entry& entry) {
  std::vector<std::string> words;
  for (const CLI::App* command : entry.commands) words.push_back(command->get_name());
  for (const CLI::Option* option : entry.options) {
    words.push_back("--" + option->get_lnames().front());
  }
  return absl::StrJoin(words, " ");
}

// The words of the command line that are commands, for bash and zsh.
constexpr char kFindPath[] =
    "  local path=\"\" word\n"
    "  for word in \"${words[@]:1:$((current - 1))}\"; do\n"
    "    case \"${path:+$path }$word\" in\n"
    "      @PATHS@) path=\"${path:+$path }$word\" ;;\n"
    "    esac\n"
    "  done\n";

std::string FindPath(const std::vector<Entry>& entries) {
  std::vector<std::string> paths;
  for (const Entry& entry : entries) {
    if (!entry.path.empty()) paths.push_back(absl::StrCat("\"", entry.path, "\""));
  }
  return absl::StrReplaceAll(kFindPath, {{"@PATHS@", absl::StrJoin(paths, "|")}});
}

std::string Bash(const std::vector<Entry>& entries) {
  std::string out =
      "# raffinate completion for bash. Load with:\n"
      "#   source <(raffinate completion bash)\n"
      "_raffinate() {\n"
      "  local words=(\"${COMP_WORDS[@]}\") current=$COMP_CWORD\n";
  absl::StrAppend(&out, FindPath(entries),
                  "  local candidates=\"\" files=\"\"\n"
                  "  case \"$path\" in\n");
  for (const Entry& entry : entries) {
    absl::StrAppend(&out, "    \"", entry.path, "\") candidates=\"", Words(entry), "\"",
                    entry.takes_file ? "; files=yes" : "", " ;;\n");
  }
  absl::StrAppend(&out,
                  "  esac\n"
                  "  local cur=\"${COMP_WORDS[COMP_CWORD]}\"\n"
                  "  COMPREPLY=($(compgen -W \"$candidates\" -- \"$cur\"))\n"
                  "  if [[ -n $files && $cur != -* ]]; then\n"
                  "    COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
                  "  fi\n"
                  "}\n"
                  "complete -o filenames -F _raffinate raffinate\n");
  return out;
}

std::string Zsh(const std::vector<Entry>& entries) {
  std::string out =
      "#compdef raffinate\n"
      "# raffinate completion for zsh. Put into a folder of $fpath as _raffinate, or:\n"
      "#   source <(raffinate completion zsh)\n"
      "_raffinate() {\n"
      "  local current=$((CURRENT - 1)) candidates\n"
      "  setopt local_options ksh_arrays\n";
  absl::StrAppend(&out, FindPath(entries),
                  "  unsetopt ksh_arrays\n"
                  "  case \"$path_\" in\n");
  // `path` is tied to $PATH in zsh.
  for (const Entry& entry : entries) {
    absl::StrAppend(&out, "    \"", entry.path, "\") candidates=(", Words(entry), ")",
                    entry.takes_file ? "; _files" : "", " ;;\n");
  }
  absl::StrAppend(&out,
                  "  esac\n"
                  "  compadd -- $candidates\n"
                  "}\n"
                  "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
                  "  _raffinate \"$@\"\n"
                  "else\n"
                  "  compdef _raffinate raffinate\n"
                  "fi\n");
  return absl::StrReplaceAll(out, {{"local path=", "local path_="},
                                   {"${path:+$path }", "${path_:+$path_ }"},
                                   {") path=\"", ") path_=\""}});
}

std::string Quote(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

std::string Fish(const std::vector<Entry>& entries) {
  std::string out =
      "# raffinate completion for fish. Save as\n"
      "#   ~/.config/fish/completions/raffinate.fish\n"
      "complete -c raffinate -f\n";
  for (const Entry& entry : entries) {
    // In this command and in none below it.
    std::string condition = "__fish_use_subcommand";
    if (!entry.path.empty()) {
      condition = "__fish_seen_subcommand_from " +
                  absl::StrReplaceAll(entry.path, {{" ", "; and __fish_seen_subcommand_from "}});
      if (!entry.commands.empty()) {
        absl::StrAppend(&condition, "; and not __fish_seen_subcommand_from");
        for (const CLI::App* command : entry.commands) {
          absl::StrAppend(&condition, " ", command->get_name());
        }
      }
    }
    const std::string start = absl::StrCat("complete -c raffinate -n ", Quote(condition));
    for (const CLI::App* command : entry.commands) {
      absl::StrAppend(&out, start, " -a ", command->get_name(), " -d ",
                      Quote(command->get_description()), "\n");
    }
    for (const CLI::Option* option : entry.options) {
      absl::StrAppend(&out, start, " -l ", option->get_lnames().front(),
                      option->get_expected_max() > 0 && option->get_type_size() > 0 ? " -r" : "",
                      " -d ", Quote(option->get_description()), "\n");
    }
    if (entry.takes_file) absl::StrAppend(&out, start, " -F\n");
  }
  return out;
}

}  // namespace

void AddCompletion(CLI::App* app, Command* chosen) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app->add_subcommand("completion", "Print a completion script for a shell");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([app, shell, chosen] {
    *chosen = [app, shell] {
      std::vector<Entry> entries;
      Collect(app, "", &entries);
      std::cout << (*shell == "bash"  ? Bash(entries)
                    : *shell == "zsh" ? Zsh(entries)
                                      : Fish(entries));
      return kOk;
    };
  });
}

}  // namespace raffinate::cli
