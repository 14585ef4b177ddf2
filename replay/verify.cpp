#include "actbook/replay.h"

namespace actbook {

answer::VerifyReportT verify(const EventStore& store, const ReplayProgress& progress) {
  const Position head = store.head();
  const auto check = store.verify_log([&](Position done) {
    if (progress) progress(done, head);
  });
  answer::VerifyReportT report;
  report.head = head.value;
  report.head_recorded_at = store.head_recorded_at().microseconds;
  report.records = check.records;
  report.commands = check.commands;
  report.bytes = check.bytes;
  report.sound = !check.damage;
  if (check.damage) {
    if (check.damage->position) report.first_bad_position = check.damage->position->value;
    report.what = check.damage->message;
  }
  return report;
}

}  // namespace actbook
