// How the XML of CTest is understood.
#include "tests/guarantees/junit.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <algorithm>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace ledger::guarantees {
namespace {

using boost::property_tree::ptree;

/// CTest's words for what became of a test.
Outcome outcome_of(const ptree& test_case) {
  const auto status = test_case.get<std::string>("<xmlattr>.status");
  if (status == "run") return Outcome::passed;
  if (status == "fail") return Outcome::failed;
  if (status == "disabled") return Outcome::skipped;
  if (status != "notrun") throw std::runtime_error("a test has the unknown status " + status);
  // Not run, because it said so, or because its binary is missing or a fixture failed: the message tells.
  const bool skipped_itself = test_case.get("skipped.<xmlattr>.message", std::string()).starts_with("SKIP_");
  return skipped_itself ? Outcome::skipped : Outcome::failed;
}

std::vector<Evidence> evidence_in(const std::string& output) {
  static const std::regex form(R"(\[ EVIDENCE \] ([0-9]{1,18}) (\S.*))");
  std::vector<Evidence> found;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.starts_with("[ EVIDENCE ]") && std::regex_match(line, match, form)) found.push_back({std::stoull(match[1]), match[2]});
  }
  return found;
}

std::string seed_in(const std::string& output, const std::string& otherwise) {
  static const std::regex printed("LEDGER_TEST_SEED=([0-9]+)");
  // The last one, which is that of the part that failed.
  std::string seed = otherwise;
  for (std::sregex_iterator match(output.begin(), output.end(), printed); match != std::sregex_iterator(); ++match) seed = (*match)[1];
  return seed;
}

Execution execution_of(const ptree& test_case, const Source& source) {
  const auto output = test_case.get("system-out", std::string());
  Execution execution;
  execution.source = {source.suite, seed_in(output, source.seed)};
  execution.subject = plain_name(test_case.get<std::string>("<xmlattr>.name"));
  execution.outcome = outcome_of(test_case);
  execution.evidence = evidence_in(output);
  return execution;
}

}  // namespace

std::vector<Execution> read_junit(const std::string& xml, const Source& source) {
  ptree document;
  std::istringstream stream(xml);
  std::vector<Execution> executions;
  try {
    boost::property_tree::read_xml(stream, document);
    for (const auto& [element, content] : document.get_child("testsuite")) {
      if (element == "testcase") executions.push_back(execution_of(content, source));
    }
  } catch (const boost::property_tree::ptree_error& error) {
    throw std::runtime_error(std::string("this is no JUnit XML of CTest: ") + error.what());
  }
  if (executions.empty()) throw std::runtime_error("there is no test case in it");
  return executions;
}

std::string plain_name(std::string_view ctest_name) {
  const std::size_t dot = std::min(ctest_name.find('.'), ctest_name.size());
  std::string_view suite = ctest_name.substr(0, dot);
  // Of a typed suite the number of the type follows, as in Suite/0.Test.
  const std::size_t last = suite.rfind('/');
  if (last != std::string_view::npos && suite.find_first_not_of("0123456789", last + 1) == std::string_view::npos) suite = suite.substr(0, last);
  suite = suite.substr(suite.rfind('/') + 1);  // npos + 1 is 0
  const std::string_view test = ctest_name.substr(dot);
  return std::string(suite).append(test.substr(0, test.find('/')));
}

}  // namespace ledger::guarantees
