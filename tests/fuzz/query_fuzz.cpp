// Events, a query and a range, all made of the input, answered by posting lists and by a scan. Any
// bytes mean something, texts too: each number is a byte, modulo what is possible; behind the end
// all are 0.
#include <algorithm>
#include <string>
#include <vector>

#include "actbook/query.h"
#include "group.h"
#include "postings.h"
#include "promise.h"
#include "support/listed_postings.h"

namespace actbook::fuzz {
namespace {

using Positions = std::vector<std::uint64_t>;

const std::vector<std::string> kTags = {"t:0", "t:1", "t:2", "t:3", "t:4"};
const std::vector<std::string> kTypes = {"A", "B", "C"};
constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();

class Input {
 public:
  explicit Input(ByteView bytes) : bytes_(bytes) {}

  std::size_t number(std::size_t below) {
    if (bytes_.empty()) return 0;
    const std::size_t number = bytes_.front() % below;
    bytes_ = bytes_.subspan(1);
    return number;
  }
  bool yes() { return number(2) == 1; }
  const std::string& any(const std::vector<std::string>& of) { return of[number(of.size())]; }

 private:
  ByteView bytes_;
};

Record record_of(std::size_t position, const std::string& type, std::vector<std::string> tags) {
  log::RecordT envelope;
  envelope.position = position;
  envelope.type = type;
  envelope.command_id = "c";
  envelope.actor = std::make_unique<schema::ActorT>();
  envelope.actor->id = "a";
  envelope.tags = std::move(tags);
  const auto bytes = std::make_shared<const Bytes>(pack(envelope));
  return Record::check(bytes, *bytes).value();
}

std::vector<Record> events(Input& input) {
  std::vector<Record> events;
  for (auto left = input.number(64); left > 0; --left) {
    const auto& type = input.any(kTypes);
    std::vector<std::string> tags = {"type:" + type};
    const auto bits = input.number(1U << kTags.size());
    for (std::size_t i = 0; i < kTags.size(); ++i) {
      if ((bits >> i) % 2 == 1) tags.push_back(kTags[i]);
    }
    events.push_back(record_of(events.size() + 1, type, std::move(tags)));
  }
  return events;
}

Query query(Input& input) {
  Query query;
  for (auto items = input.number(4); items > 0; --items) {
    QueryItem item;
    for (auto types = input.number(3); types > 0; --types) item.types.push_back(input.any(kTypes));
    for (auto tags = input.number(4); tags > 0; --tags) item.tags.push_back(input.any(kTags));
    query.items.push_back(std::move(item));
  }
  return query;
}

ReadRange range(Input& input) {
  ReadRange range;
  if (input.yes()) range.from = Position{input.number(70)};
  if (input.yes()) range.to = Position{input.number(70)};
  if (input.yes()) range.from = Position{kLast - range.from.value};
  range.direction = input.yes() ? Direction::backwards : Direction::forwards;
  if (input.yes()) range.limit = input.number(70);
  return range;
}

/// Which events match, as one would say it.
bool wanted(const Query& query, const Record& event) {
  const auto has = [&](const std::string& tag) {
    return std::ranges::any_of(*event->tags(), [&](const auto* t) { return t->str() == tag; });
  };
  if (query.items.empty()) return true;
  return std::ranges::any_of(query.items, [&](const QueryItem& item) {
    return std::ranges::all_of(item.tags, has) &&
           (item.types.empty() || std::ranges::any_of(item.types, [&](const std::string& type) {
              return has("type:" + type);
            }));
  });
}

Positions scan(const std::vector<Record>& events, const Query& query, const ReadRange& range) {
  Positions found;
  for (const auto& event : events) {
    const auto position = event.position();
    promise(matches(query, event) == wanted(query, event), "matches() says what the query says");
    if (position >= range.from && position <= range.to && wanted(query, event)) {
      found.push_back(position.value);
    }
  }
  if (range.direction == Direction::backwards) std::ranges::reverse(found);
  if (found.size() > range.limit) found.resize(range.limit);
  return found;
}

/// Answers from lists, read as a cursor does.
class Index {
 public:
  Index(const std::vector<Record>& events, Direction direction)
      : events_(events), direction_(direction) {}

  Positions answer(const Query& query, const ReadRange& range) {
    const auto list = matching(
        query,
        [&](const std::string& tag) {
          return std::make_unique<testing::ListedPostings>(tagged(tag), direction_, seeks);
        },
        direction_);
    const Position head{events_.size()};
    const Position first = std::max(range.from, Position{1});
    const Position last = std::min(range.to, head);
    Positions found;
    if (first > last) return found;
    const bool forwards = direction_ == Direction::forwards;
    for (Position next = forwards ? first : last; found.size() < range.limit;) {
      const auto hit = list ? list->seek(next) : next;
      if (!hit || *hit < first || *hit > last) break;
      promise(forwards ? *hit >= next : *hit <= next, "a seek goes in one direction");
      promise(!list || list->entry().position == *hit, "the entry is that of the position");
      found.push_back(hit->value);
      next = forwards ? hit->next() : hit->previous();
      if (next.value == 0) break;
    }
    return found;
  }

  /// How often lists may be asked: each list of an item twice for every position of the item's
  /// rarest tag, once to step on from it and once to come level with it.
  [[nodiscard]] std::size_t allowed_seeks(const Query& query) const {
    std::size_t allowed = 0;
    for (const auto& item : query.items) {
      auto rarest = events_.size();
      for (const auto& tag : item.tags) rarest = std::min(rarest, tagged(tag).size());
      allowed += (item.tags.size() + item.types.size()) * 2 * (rarest + 2);
    }
    return allowed;
  }

  std::size_t seeks = 0;

 private:
  [[nodiscard]] std::vector<IndexEntry> tagged(const std::string& tag) const {
    std::vector<IndexEntry> entries;
    for (const auto& event : events_) {
      const auto has = [&](const auto* known) { return known->str() == tag; };
      if (std::ranges::any_of(*event->tags(), has)) entries.push_back(entry_of(event));
    }
    return entries;
  }

  const std::vector<Record>& events_;
  Direction direction_;
};

void run(ByteView bytes) {
  Input input(bytes);
  const auto log = events(input);
  const auto asked = query(input);
  const auto where = range(input);
  Index index(log, where.direction);
  promise(index.answer(asked, where) == scan(log, asked, where), "lists find what a scan finds");
  promise(index.seeks <= index.allowed_seeks(asked), "a query costs what its rarest tags cost");
}

}  // namespace
}  // namespace actbook::fuzz

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,  // NOLINT
                                      std::size_t size) {
  actbook::fuzz::run({data, size});
  return 0;
}
