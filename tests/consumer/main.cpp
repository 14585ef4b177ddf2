// Makes a ledger, records one command and prints the receipt. Usage: consumer DIRECTORY
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "actbook/json.h"
#include "actbook/ledger.h"

namespace {

int fail(const actbook::Error& error) {
  std::cerr << error.code << ": " << error.message << '\n';
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  const auto directory = std::filesystem::path(argv[1]) / "ledger";
  std::filesystem::remove_all(directory);

  auto ledger = actbook::Ledger::create(directory, {.id = "consumer"});
  if (!ledger) return fail(ledger.error());
  const auto command = actbook::command_from_json(
      R"({"command_id": "c-1", "actor": {"kind": "staff", "id": "st-1"},
          "command_type": "RegisterPerson", "command": {"person": "p-1"}})");
  if (!command) return fail(command.error());
  const auto receipt = ledger.value().record(command.value());
  if (!receipt) return fail(receipt.error());

  std::cout << actbook::table_to_json("actbook.log.Receipt", receipt.value().bytes()) << '\n';
  return receipt.value()->outcome() == actbook::log::Outcome::recorded ? EXIT_SUCCESS
                                                                       : EXIT_FAILURE;
}
