#include "apps/command.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

namespace ns {
namespace {

constexpr int status_usage = 2;
constexpr int status_internal = 70;

constexpr std::string_view exit_statuses =
    "Exit status:\n"
    "  0 done; 1 done, but some rows failed or are unsettled; 2 usage; 3 bad input;\n"
    "  4 backend or instruction set not here; 5 no model or no feasible cut; 6 input, output or network;\n"
    "  70 internal error; 130 interrupted, what was measured is kept\n";

int status_of(Errc code) {
  static constexpr std::array<int, 8> statuses{status_usage, 3, 4, 4, 5, 5, 6, 130};
  return statuses.at(static_cast<std::size_t>(code));
}

/// One line, whatever names a file put into the sentence.
std::string one_line(std::string_view sentence) {
  constexpr std::size_t longest = 2000;
  return printable(sentence.substr(0, longest)) + (sentence.size() > longest ? "..." : "");
}

void say(const CommonOptions& common, std::string_view kind, std::string_view sentence) {
  const auto line = fmt::format("{}: {}{}\n", common.command, kind, one_line(sentence));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int fail(const CommonOptions& common, const Error& error) {
  say(common, "", error.message);
  return status_of(error.code);
}

/// A closed standard descriptor would be handed out by the next open(), and output would go into that file.
void occupy_standard_descriptors() {
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number)
    if (::fcntl(number, F_GETFD) < 0 && errno == EBADF) [[maybe_unused]]
      const auto taken = ::open("/dev/null", O_RDONLY);  // the lowest free number
}

/// All that the parser knows, as they are written.
std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options())
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// CLI11's own words for the mistakes that people make most, made to sentences.
std::string plain_sentence(const CLI::ParseError& error) {
  std::string what = error.what();
  const auto name = what.substr(0, what.find(':'));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
    return what.find("missing") != std::string::npos ? name + " needs a value"
                                                     : name + " is given too often or with too many values";
  constexpr std::string_view unconverted = "Could not convert: ";
  if (what.substr(0, unconverted.size()) == unconverted)
    return fmt::format("{} has no such value", what.substr(unconverted.size()));
  return what;
}

/// The parser reports what is missing before what it did not know, but the misspelt option is the cause.
std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error, const std::string& command) {
  for (const auto& argument : app.remaining()) {
    const auto name = argument.substr(0, argument.find('='));
    if (name.size() > 1 && name.front() == '-') {
      const auto hint = suggestion(name, option_names(app));
      return hint.empty() ? fmt::format("unknown option '{}'; see {} --help", name, command)
                          : fmt::format("unknown option '{}'{}", name, hint);
    }
  }
  if (const auto rest = app.remaining(); !rest.empty())
    return fmt::format("unexpected argument '{}'; see {} --help", rest.front(), command);
  auto what = plain_sentence(error);
  return what.find(';') == std::string::npos ? fmt::format("{}; see {} --help", what, command) : what;
}

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

std::string label(const CLI::Option& option) {
  if (option.get_positional()) return option.get_name(true);
  const auto name = option.get_name();
  const auto type = option.get_type_name();
  return is_flag(option) || type.empty() ? name : name + " " + type;
}

void append_option(std::string& text, const CLI::Option& option) {
  constexpr std::size_t column = 30;
  auto line = "  " + label(option);
  if (line.size() + 2 > column)
    line += "\n" + std::string(column, ' ');
  else
    line.resize(column, ' ');
  line += option.get_description();
  if (const auto otherwise = option.get_default_str(); !otherwise.empty() && !is_flag(option))
    line += fmt::format(" [{}]", otherwise);
  text += line + "\n";
}

std::string indented(std::string_view lines) {
  std::string text;
  for (const auto line : split(lines, '\n'))
    if (!trim(line).empty()) text += fmt::format("  {}\n", trim(line));
  return text;
}

std::string help_text(const CLI::App& app, const std::string& command, std::string_view description,
                      std::string_view footer) {
  std::string usage;
  std::string arguments;
  std::vector<std::string> groups;
  for (const auto* option : app.get_options()) {
    if (!option->get_positional()) {
      if (std::ranges::find(groups, option->get_group()) == groups.end())
        groups.push_back(option->get_group());
      continue;
    }
    const auto name = option->get_name(true) + (option->get_expected_max() > 1 ? "..." : "");
    usage += option->get_required() ? " " + name : " [" + name + "]";
    append_option(arguments, *option);
  }
  // The options that all commands share stand last.
  std::stable_partition(groups.begin(), groups.end(),  // clang 14 refuses ranges::stable_partition
                        [](const std::string& group) { return group != "Output"; });

  auto text = fmt::format("{}: {}\n\nUsage: {}{} [options]\n", command, description, command, usage);
  if (!arguments.empty()) text += "\n" + arguments;
  for (const auto& group : groups) {
    if (group.empty()) continue;  // CLI11 hides these
    text += fmt::format("\n{}:\n", group);
    for (const auto* option : app.get_options())
      if (!option->get_positional() && option->get_group() == group) append_option(text, *option);
  }
  if (!footer.empty()) text += "\nExamples:\n" + indented(footer);
  return text + "\n" + std::string{exit_statuses};
}

std::string check_format(const std::string& text) {
  static const std::vector<std::string> names{"table", "json", "csv"};
  if (std::ranges::find(names, text) != names.end()) return {};
  const auto hint = suggestion(text, names);
  return fmt::format("unknown format '{}'{}", text,
                     hint.empty() ? "; formats are table, json and csv" : hint);
}

void add_common_options(CLI::App& app, CommonOptions& common) {
  app.add_option_function<std::string>(
         "--format",
         [&](const std::string& name) {
           common.format = name == "json" ? Format::json : name == "csv" ? Format::csv : Format::table;
         },
         "form of the result")
      ->check(CLI::Validator{[](const std::string& text) { return check_format(text); }, ""})
      ->type_name("table|json|csv")
      ->default_str("table")
      ->group("Output");
  app.add_option("--output,-o", common.output, common.output_help)
      ->type_name("FILE")
      ->capture_default_str()
      ->group("Output");
  app.add_flag("--quiet", common.quiet, "no warnings and no progress")->group("Output");
  app.set_help_flag("--help,-h", "this text")->group("Output");
  app.set_version_flag("--version", std::string{NS_VERSION}, "the version")->group("Output");
}

/// Found out before the work is done, not after.
Result<void> check_output(const std::string& output) {
  if (output == "-") return {};
  std::error_code ignored;
  if (std::filesystem::is_directory(output, ignored))
    return failure(Errc::io, fmt::format("{}: is a directory; name a file for --output", output));
  const auto folder = std::filesystem::path{output}.parent_path();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0)
    return failure(Errc::io, fmt::format("{}: cannot write: {}", output, std::strerror(errno)));
  return {};
}

Result<void> write_standard_output(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EPIPE) return {};
    if (written < 0 && errno != EINTR)
      return failure(Errc::io, fmt::format("standard output: cannot write: {}", std::strerror(errno)));
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return {};
}

Result<int> parse_and_run(int argc, char** argv, std::string_view description, std::string_view footer,
                          CommonOptions& common, const std::function<void(CLI::App&)>& define,
                          const std::function<Result<int>()>& run) {
  CLI::App app{std::string{description}, common.command};
  define(app);
  add_common_options(app, common);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return write_standard_output(help_text(app, common.command, description, footer)).map([] { return 0; });
  } catch (const CLI::CallForVersion&) {
    return write_standard_output(fmt::format("{} {}\n", common.command, NS_VERSION)).map([] { return 0; });
  } catch (const CLI::ParseError& error) {
    return failure(Errc::usage, usage_sentence(app, error, common.command));
  }
  if (auto writable = check_output(common.output); !writable)
    return tl::unexpected{std::move(writable.error())};
  return run();
}

}  // namespace

int run_command(int argc, char** argv, std::string_view description, std::string_view footer,
                CommonOptions& common, const std::function<void(CLI::App&)>& define,
                const std::function<Result<int>()>& run) {
  try {
    occupy_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);
    common.command = argc > 0 ? std::filesystem::path{argv[0]}.filename().string() : "ns";
    const auto status = parse_and_run(argc, argv, description, footer, common, define, run);
    return status ? *status : fail(common, status.error());
  } catch (const std::exception& unexpected) {
    say(common,
        "internal error: ", fmt::format("{}; please report it with this command line", unexpected.what()));
    return status_internal;
  }
}

Result<void> write_output(const CommonOptions& common, std::string_view text) {
  if (common.output == "-") return write_standard_output(text);
  return write_file(common.output, text);
}

void inform(const CommonOptions& common, std::string_view sentence) {
  if (!common.quiet) say(common, "", sentence);
}

void warn(const CommonOptions& common, std::string_view sentence) {
  if (!common.quiet) say(common, "warning: ", sentence);
}

void warn_all(const CommonOptions& common, std::span<const std::string> sentences) {
  constexpr std::size_t most = 5;
  for (const auto& sentence : sentences.first(std::min(most, sentences.size()))) warn(common, sentence);
  if (sentences.size() > most)
    warn(common, fmt::format("and {} more; --format json lists all", sentences.size() - most));
}

}  // namespace ns
