#include "actbook/replay.h"

namespace actbook {
namespace {

// The tree that the views keep must be that of the log.
std::optional<Error> compare_trees(const EventStore& store, const TreeHead& log) {
  const auto kept = store.tree_head(Position{log.size});
  if (!kept) return kept.error();
  if (kept.value() == log) return std::nullopt;
  return Error{ErrorKind::corrupt,
               "OTHER_TREE",
               "the Merkle tree of the views is not that of the log; remove the views, which are "
               "derived from the log",
               {}};
}

}  // namespace

answer::VerifyReportT verify(const EventStore& store, const std::optional<TreeHead>& expected,
                             const VerifyProgress& progress) {
  const Position head = store.head();
  auto check = store.verify_log(expected, [&](Position done) {
    if (progress) progress(done, head);
  });
  if (!check.damage) check.damage = compare_trees(store, check.tree);
  answer::VerifyReportT report;
  report.head = head.value;
  report.head_recorded_at = store.head_recorded_at().microseconds;
  report.records = check.records;
  report.commands = check.commands;
  report.bytes = check.bytes;
  report.sound = !check.damage;
  if (!check.damage) {
    report.tree_head = to_string(check.tree);
    return report;
  }
  report.what = check.damage->message;
  if (check.damage_until) report.last_bad_position = check.damage_until->value;
  if (const auto position = check.damage->position) {
    report.first_bad_position = position->value;
    if (auto tags = store.indexed_tags(*position)) report.affects = std::move(tags).value();
  }
  return report;
}

}  // namespace actbook
