// Writes what the ledger guarantees, from promises.txt and the results of test runs.
#include "tests/guarantees/fuzz_results.h"
#include "tests/guarantees/judge.h"
#include "tests/guarantees/junit.h"
#include "tests/guarantees/markdown.h"
#include "tests/guarantees/promises.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace ledger::guarantees;

struct Arguments {
  std::string promises;
  std::string output;
  Heading heading;
  Required required = Required::all;
  std::string apart;                 ///< A suite that cannot be judged here: it reads what is written now.
  std::vector<std::string> results;  ///< "debug=FILE", or "debug@SEED=FILE".
};

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

std::vector<Execution> read_results(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos) throw std::runtime_error(argument + " is not SUITE=FILE");
  const std::string label = argument.substr(0, equals);
  const std::string path = argument.substr(equals + 1);
  const std::size_t at = label.find('@');
  const Source source = {label.substr(0, at), at == std::string::npos ? "" : label.substr(at + 1)};
  try {
    return source.suite == "fuzz" ? read_fuzz_results(read_file(path), source) : read_junit(read_file(path), source);
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

std::vector<Execution> read_all(const Arguments& arguments) {
  std::vector<Execution> all;
  for (const std::string& argument : arguments.results) {
    for (Execution& execution : read_results(argument)) {
      if (arguments.apart.empty() || !execution.subject.starts_with(arguments.apart + ".")) all.push_back(std::move(execution));
    }
  }
  return all;
}

/// Exit code: 0 when all that is required passed, 1 when something did not.
int write_report(Arguments arguments) {
  const auto promises = parse_promises(read_file(arguments.promises));
  const auto executions = read_all(arguments);
  const auto ran = std::count_if(executions.begin(), executions.end(), [](const Execution& run) { return run.outcome != Outcome::skipped; });
  arguments.heading.extent += "; files of results: " + std::to_string(arguments.results.size()) + ", runs of tests: " + std::to_string(ran) +
                              ", skipped: " + std::to_string(executions.size() - static_cast<std::size_t>(ran));
  const Judgement judgement = judge(promises, executions, arguments.required);
  std::ofstream file{arguments.output, std::ios::binary};
  file << to_markdown(judgement, arguments.heading);
  if (!file.flush()) throw std::runtime_error("cannot write " + arguments.output);
  for (const std::string& fault : judgement.faults) std::cerr << "guarantees: " << fault << '\n';
  return judgement.faults.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, Required> kinds = {{"all", Required::all}, {"tests", Required::tests}, {"nothing", Required::nothing}};
  Arguments arguments;
  CLI::App app{"Holds the promises of the ledger against the results of its tests. Exit codes: 0 kept, 1 not kept, 2 no report."};
  app.add_option("--promises", arguments.promises, "promises.txt")->required();
  app.add_option("--output", arguments.output, "the Markdown to write")->required();
  app.add_option("--title", arguments.heading.title)->required();
  app.add_option("--date", arguments.heading.date)->required();
  app.add_option("--commit", arguments.heading.commit)->required();
  app.add_option("--machine", arguments.heading.machine, "cores, memory, kernel, compilers")->required();
  app.add_option("--made-by", arguments.heading.made_by, "the command that makes the document anew")->required();
  app.add_option("--extent", arguments.heading.extent, "which runs these are")->required();
  app.add_option("--require", arguments.required, "which proofs must have run: all, tests (no fuzzers) or nothing")
      ->transform(CLI::CheckedTransformer(kinds));
  app.add_option("--apart", arguments.apart, "a suite whose results are not looked at, for it reads the document");
  app.add_option("results", arguments.results, "SUITE=FILE or SUITE@SEED=FILE: JUnit XML, or the lines of the suite `fuzz`")->required();
  try {
    app.parse(argc, argv);
    return write_report(arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "guarantees: " << error.what() << '\n';
    return 2;
  }
}
