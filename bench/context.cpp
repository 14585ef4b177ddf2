#include "context.h"

#include <algorithm>

#include "actbook_rival.h"

namespace actbook::bench {

std::filesystem::path Context::fresh(const std::string& name) const {
  std::string plain = name;
  std::ranges::replace(plain, ' ', '-');
  auto path = settings.directory / plain;
  std::filesystem::remove_all(path);
  return path;
}

bool Context::wanted(const std::string& name) const {
  return settings.only.empty() || std::ranges::any_of(settings.only, [&](const auto& asked) {
           return name == asked || name.starts_with(asked + "-");
         });
}

Contestant contestant(std::string name, const std::function<void()>& prepare,
                      std::vector<Variant> variants) {
  try {
    prepare();
    return {std::move(name), std::move(variants), ""};
  } catch (const std::exception& failure) {
    return {std::move(name), {}, one_line(failure.what())};
  }
}

void check_tags(const Context& context) {
  constexpr std::size_t kBatches = 20;
  constexpr std::size_t kSizes[] = {1, 50};
  const auto directory = context.fresh("check-tags");
  {
    ActbookRival store;
    store.create(directory);
    const auto session = store.connect();
    Submission submission;
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < 2 * kBatches; ++i) {
      const std::size_t size = kSizes[i % 2];
      context.data.make(next, 1, size, submission);
      session->append(submission);
      for (auto& event : submission.events) {
        std::ranges::sort(event.tags);
        if (store.tags_of(++next) != event.tags) {
          throw Failure("event " + std::to_string(next) + " (" + std::string(event.type) +
                        ") has other tags in actbook than its rivals get");
        }
      }
    }
  }
  std::filesystem::remove_all(directory);
}

}  // namespace actbook::bench
