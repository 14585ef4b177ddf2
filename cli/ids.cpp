#include "ids.h"

#include <utility>

namespace actbook::cli {

Result<std::string> read_id(EntityKind kind, std::string_view text) {
  const auto beginning = Entity{kind, {}}.tag();
  if (text.starts_with(beginning)) return std::string(text.substr(beginning.size()));
  if (const auto other = Entity::parse(text)) {
    return Error{ErrorKind::invalid,
                 "INVALID_ENTITY",
                 "an id is asked for, alone or as " + beginning + "id, not " + other.value().tag(),
                 {}};
  }
  return std::string(text);
}

CLI::Option* add_id(CLI::App& app, const std::string& name, EntityKind kind, std::string& into,
                    const std::string& description) {
  return app
      .add_option_function<std::string>(
          name,
          [name, kind, &into](const std::string& text) {
            auto id = read_id(kind, text);
            if (!id) throw CLI::ValidationError(name, id.error().message);
            into = std::move(id).value();
          },
          description)
      ->required()
      ->option_text("(required)");
}

}  // namespace actbook::cli
