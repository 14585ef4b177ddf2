#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <random>

#include "storage/posting_chunk.h"
#include "support/listed_postings.h"
#include "support/seed.h"

namespace actbook::testing {
namespace {

constexpr std::uint64_t kEvents = 100'000;

std::vector<IndexEntry> every(std::uint64_t step, std::string_view type = "T") {
  std::vector<IndexEntry> entries;
  for (std::uint64_t position = step; position <= kEvents; position += step) {
    entries.push_back({Position{position}, {}, {}, type, "adam", {}});
  }
  return entries;
}

std::vector<std::uint64_t> walk(Postings& list, Direction direction) {
  const bool forwards = direction == Direction::forwards;
  std::vector<std::uint64_t> found;
  for (Position next{forwards ? 1 : kEvents}; next.value > 0;) {
    const auto hit = list.seek(next);
    if (!hit) break;
    found.push_back(hit->value);
    next = forwards ? hit->next() : hit->previous();
  }
  return found;
}

constexpr std::array kDirections = {Direction::forwards, Direction::backwards};

}  // namespace

TEST_CASE("postings: a rare and a common tag together cost what the rare one costs") {
  for (const auto direction : kDirections) {
    for (const bool rare_first : {true, false}) {
      std::size_t rare_seeks = 0;
      std::size_t common_seeks = 0;
      std::vector<PostingsPtr> lists;
      const auto rare = [&] {
        lists.push_back(
            std::make_unique<ListedPostings>(every(20'000), direction, rare_seeks));  // five
      };
      if (rare_first) rare();
      lists.push_back(std::make_unique<ListedPostings>(every(1), direction, common_seeks));
      if (!rare_first) rare();
      const auto found = walk(*all_of(std::move(lists)), direction);
      CHECK(found.size() == 5);
      CHECK(rare_seeks <= 12);
      CHECK(common_seeks <= 12);
    }
  }
}

TEST_CASE("postings: a common tag and a rare type cost what the type costs, and the reverse") {
  for (const auto direction : kDirections) {
    for (const bool rare_type : {true, false}) {
      std::size_t tag_seeks = 0;
      std::size_t type_seeks = 0;
      auto tagged = every(rare_type ? 1 : 20'000, "Common");
      for (auto& entry : tagged) {
        if (entry.position.value % 20'000 == 0 && rare_type) entry.type = "Rare";
      }
      const std::string type = rare_type ? "Rare" : "Common";
      const auto list =
          only_types(std::make_unique<ListedPostings>(tagged, direction, tag_seeks), {type},
                     std::make_unique<ListedPostings>(every(rare_type ? 20'000 : 1, type),
                                                      direction, type_seeks),
                     direction);
      CHECK(walk(*list, direction).size() == 5);
      // Some entries are looked at before the other list is asked.
      CHECK(tag_seeks <= 50);
      CHECK(type_seeks <= 12);
    }
  }
}

TEST_CASE("postings: an entry is read from a chunk as it was packed, whatever its numbers") {
  std::mt19937 random(chosen_seed());
  constexpr std::array<std::int64_t, 10> kEdges = {0,
                                                   1,
                                                   255,
                                                   256,
                                                   65'535,
                                                   65'536,
                                                   4'294'967'295,
                                                   4'294'967'296,
                                                   1'767'225'600'000'000,
                                                   std::numeric_limits<std::int64_t>::max()};
  const auto any = [&]() -> std::int64_t { return kEdges.at(random() % kEdges.size()); };
  const std::array<std::string, 4> words = {"", "AgreementAccepted", "p-1", std::string(300, 'x')};
  storage::PostingChunk::Encoder encoder;
  for (int round = 0; round < 500; ++round) {
    std::vector<IndexEntry> entries;
    // Steps of one width within a chunk, times of any.
    const auto step = static_cast<std::uint64_t>(kEdges.at(1 + random() % 7));
    std::uint64_t position = 0;
    for (std::size_t i = 0; i <= random() % storage::PostingChunk::kMost; ++i) {
      position += 1 + random() % step;
      const auto kind = random() % 3;
      entries.push_back(
          {Position{position},
           {any()},
           {random() % 2 == 0 ? any() : -any()},
           words.at(random() % words.size()),
           words.at(random() % words.size()),
           kind == 0 ? std::nullopt : std::optional(static_cast<schema::ActorKind>(kind - 1))});
    }
    storage::PostingChunk chunk;
    REQUIRE(chunk.decode(encoder.encode(entries)));
    REQUIRE(chunk.size() == entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto read = chunk.entry(i);
      const auto& packed = entries[i];
      const bool same = read.position == packed.position &&
                        read.recorded_at == packed.recorded_at &&
                        read.occurred_at == packed.occurred_at && read.type == packed.type &&
                        read.actor == packed.actor && read.actor_kind == packed.actor_kind;
      REQUIRE_MESSAGE(same, "entry ", i, " of round ", round);
      CHECK(chunk.lower_bound(packed.position) == i);
      CHECK(chunk.lower_bound(packed.position.next()) == i + 1);
    }
    CHECK(chunk.lower_bound(Position{0}) == 0);
  }
}

}  // namespace actbook::testing
