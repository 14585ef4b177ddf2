#include "certificate.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "actbook/replay.h"
#include "actbook/schema/events_bfbs_generated.h"
#include "actbook/schema/rows_bfbs_generated.h"
#include "actbook/sha256.h"
#include "actbook/tables.h"

namespace actbook {
namespace {

// So many digests are held while the rows go by, and stand in a certificate at most.
constexpr std::uint64_t kMostStretches = 1000;
constexpr std::size_t kDigestDigits = 16;

std::uint64_t divide_up(std::uint64_t count, std::uint64_t by) {
  return count / by + (count % by != 0 ? 1 : 0);
}

std::string short_digest(Sha256& digest) {
  return to_hex(digest.finish()).substr(0, kDigestDigits);
}

// Each text with its length before it, so that no two rows look the same.
void add_row(Sha256& digest, TableId table, std::string_view key, const RowVersion& version) {
  digest.add(static_cast<std::uint64_t>(table));
  digest.add(key.size());
  digest.add(ByteView(reinterpret_cast<const std::uint8_t*>(key.data()), key.size()));
  digest.add(version.position.value);
  digest.add(version.bytes.size());
  digest.add(version.bytes);
}

// Takes the versions of rows in the order of tables, keys and positions.
class StateDigest {
 public:
  StateDigest(std::uint64_t until, std::uint64_t stretch_events)
      : stretch_events_(stretch_events), stretches_(divide_up(until, stretch_events)) {}

  void add(TableId table, std::string_view key, const RowVersion& version) {
    if (newest_ && (newest_->table != table || newest_->key != key)) settle();
    if (table != table_) close_table();
    table_ = table;
    add_row(table_digest_, table, key, version);
    add_row(stretches_.at((version.position.value - 1) / stretch_events_), table, key, version);
    newest_ = Row{table, std::string(key), version};
  }

  void finish(answer::CertificateT& certificate) {
    settle();
    close_table();
    certificate.rows = rows_;
    certificate.state_sha256 = to_hex(state_.finish());
    certificate.stretch_events = stretch_events_;
    for (auto& stretch : stretches_) certificate.stretches.push_back(short_digest(stretch));
    certificate.tables = std::move(tables_);
  }

 private:
  struct Row {
    TableId table{};
    std::string key;
    RowVersion version;
  };

  // Of each row the state has the newest version.
  void settle() {
    if (newest_) {
      ++rows_;
      add_row(state_, newest_->table, newest_->key, newest_->version);
    }
    newest_.reset();
  }

  void close_table() {
    if (table_) tables_.push_back(table_name(*table_) + ":" + short_digest(table_digest_));
    table_.reset();
  }

  std::uint64_t stretch_events_;
  std::vector<Sha256> stretches_;
  std::optional<Row> newest_;
  std::uint64_t rows_ = 0;
  Sha256 state_;
  std::optional<TableId> table_;
  Sha256 table_digest_;
  std::vector<std::string> tables_;
};

// What begins with the first event of which the folds made something else.
struct Stretch {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
};

std::optional<Stretch> first_other_stretch(const answer::CertificateT& given,
                                           const answer::CertificateT& fresh) {
  if (given.stretch_events == 0 || given.stretch_events != fresh.stretch_events) return {};
  const auto both = std::min(given.until, fresh.until);
  for (std::size_t i = 0; i < std::min(given.stretches.size(), fresh.stretches.size()); ++i) {
    const Stretch stretch{i * given.stretch_events + 1,
                          std::min((i + 1) * given.stretch_events, both)};
    // Where one ends within a stretch, the other may have more in it.
    const bool ends_within = given.until != fresh.until && (i + 1) * given.stretch_events > both;
    if (!ends_within && given.stretches[i] != fresh.stretches[i]) return stretch;
  }
  return {};
}

std::string_view table_in(std::string_view entry) { return entry.substr(0, entry.rfind(':')); }

// The tables that differ, if the certificates tell.
std::set<std::string, std::less<>> other_tables(const answer::CertificateT& given,
                                                const answer::CertificateT& fresh) {
  std::set<std::string, std::less<>> names;
  if (given.until != fresh.until) return names;
  const auto add_others = [&](const auto& some, const auto& others) {
    for (const auto& entry : some) {
      if (std::ranges::find(others, entry) == others.end()) names.emplace(table_in(entry));
    }
  };
  add_others(given.tables, fresh.tables);
  add_others(fresh.tables, given.tables);
  return names;
}

struct NamedRow {
  std::string table;
  std::string key;
};

// The rows of the tables that differ which these events made, by the events.
Result<std::multimap<std::uint64_t, NamedRow>> rows_made_by(
    const Stretch& stretch, const std::set<std::string, std::less<>>& tables,
    const EventStore& folded) {
  std::multimap<std::uint64_t, NamedRow> rows;
  BOOST_OUTCOME_TRY(folded.visit_row_versions(
      Position{stretch.to}, [&](TableId table, std::string_view key, const RowVersion& version) {
        if (version.position.value < stretch.from) return;
        auto name = table_name(table);
        if (!tables.empty() && !tables.contains(name)) return;
        rows.emplace(version.position.value, NamedRow{std::move(name), std::string(key)});
      }));
  return rows;
}

std::string list_of(const std::set<std::string, std::less<>>& tables) {
  std::string list;
  for (const auto& table : tables) list.append(list.empty() ? "" : ", ").append(table);
  return list;
}

std::string parting_words(const Stretch& stretch, const std::set<std::string, std::less<>>& tables,
                          std::size_t rows) {
  std::string words = stretch.from == stretch.to
                          ? "position " + std::to_string(stretch.from) + " is the first event"
                          : "the first event is among positions " + std::to_string(stretch.from) +
                                " to " + std::to_string(stretch.to);
  words += " of which this replay makes other rows than the certificate's";
  if (!tables.empty()) words += "; the tables that differ are " + list_of(tables);
  if (rows == 0) words += "; here it makes none in them";
  return words;
}

}  // namespace

std::string table_name(TableId table) {
  return table == kOutOfStepTable ? "OutOfStepRow" : row::EnumNameRow(static_cast<row::Row>(table));
}

Result<answer::CertificateT> certify(const EventStore& fresh, const View& until,
                                     const Projector& projector, const answer::CertificateT* like) {
  answer::CertificateT certificate;
  certificate.ledger = find_or_empty<row::LedgerRowT>(until, "ledger").ledger;
  certificate.from = 1;
  certificate.until = until.position().value;
  certificate.at = until.at().microseconds;
  BOOST_OUTCOME_TRY(after, fresh.tree_head(until.position()));
  certificate.tree_before = to_string(TreeHasher().head());
  certificate.tree_after = to_string(after);
  certificate.program_version = ACTBOOK_VERSION;
  certificate.projector_version = projector.version();
  Sha256 schemas;
  schemas.add({event::AnyEventBinarySchema::data(), event::AnyEventBinarySchema::size()});
  schemas.add({row::AnyRowBinarySchema::data(), row::AnyRowBinarySchema::size()});
  certificate.schemas_sha256 = to_hex(schemas.finish());
  auto stretch_events = std::max<std::uint64_t>(divide_up(certificate.until, kMostStretches), 1);
  if (like != nullptr) stretch_events = std::max(stretch_events, like->stretch_events);
  StateDigest digest(certificate.until, stretch_events);
  BOOST_OUTCOME_TRY(fresh.visit_row_versions(
      until.position(), [&](TableId table, std::string_view key, const RowVersion& version) {
        digest.add(table, key, version);
      }));
  digest.finish(certificate);
  BOOST_OUTCOME_TRY(until.status());
  return certificate;
}

Result<std::unique_ptr<answer::DifferenceT>> parting(const answer::CertificateT& given,
                                                     const answer::CertificateT& fresh,
                                                     const EventStore& folded) {
  std::unique_ptr<answer::DifferenceT> difference;
  const auto stretch = first_other_stretch(given, fresh);
  if (!stretch) return difference;
  const auto tables = other_tables(given, fresh);
  BOOST_OUTCOME_TRY(rows, rows_made_by(*stretch, tables, folded));
  difference = std::make_unique<answer::DifferenceT>();
  difference->position = stretch->from;
  if (rows.size() == 1) {
    difference->position = rows.begin()->first;
    difference->table = rows.begin()->second.table;
    difference->entity = rows.begin()->second.key;
  } else if (tables.size() == 1) {
    difference->table = *tables.begin();
  }
  difference->what = parting_words(*stretch, tables, rows.size());
  return difference;
}

std::string compare_certificates(const answer::CertificateT& given,
                                 const answer::CertificateT& fresh) {
  const auto other = [](const std::string& what, const std::string& then, const std::string& now) {
    return then == now ? std::string()
                       : what + ": the certificate says " + then + ", the replay " + now;
  };
  for (const auto& difference :
       {other("the ledger", given.ledger, fresh.ledger),
        other("the first position", std::to_string(given.from), std::to_string(fresh.from)),
        other("the last position", std::to_string(given.until), std::to_string(fresh.until)),
        other("the time of the last event", to_iso8601(Timestamp{given.at}),
              to_iso8601(Timestamp{fresh.at})),
        other("the tree head before the first event", given.tree_before, fresh.tree_before),
        other("the events of the log, by their tree head", given.tree_after, fresh.tree_after),
        other("the schemas", given.schemas_sha256, fresh.schemas_sha256),
        other("the version that makes rows of events", std::to_string(given.projector_version),
              std::to_string(fresh.projector_version)),
        other("the number of rows", std::to_string(given.rows), std::to_string(fresh.rows)),
        other("the state", given.state_sha256, fresh.state_sha256)}) {
    if (!difference.empty()) return difference;
  }
  if (first_other_stretch(given, fresh)) {
    return "the rows on the way to the state: the state is the same";
  }
  return {};
}

}  // namespace actbook
