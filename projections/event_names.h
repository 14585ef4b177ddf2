#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace actbook {

/// All events of this version by their names in the schema, such as AgreementAccepted, in its
/// order.
[[nodiscard]] const std::vector<std::string>& event_names();

/// Which events a pattern means, in the order of event_names(): each also has a name with dots,
/// such as agreement.accepted; `*` stands for any run of characters, and case does not count.
[[nodiscard]] std::vector<std::string> events_named(std::string_view pattern);

/// At most three of the names that were probably meant by one that is not among them, the likeliest
/// first. Words are compared, wherever they stand: agreement.acepted is near AgreementAccepted, as
/// is accepted.
[[nodiscard]] std::vector<std::string> nearest(std::string_view name,
                                               const std::vector<std::string>& known);

}  // namespace actbook
