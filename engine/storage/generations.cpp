#include "storage/generations.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <boost/outcome/try.hpp>
#include <charconv>
#include <string>
#include <string_view>

#include "storage/rocksdb_support.h"

namespace actbook::storage {
namespace {

constexpr std::string_view kInUse = "IN_USE";

std::optional<Generation> generation_of(std::string_view name) {
  Generation generation = 0;
  const auto* end = name.data() + name.size();
  const auto read = std::from_chars(name.data(), end, generation);
  if (read.ec != std::errc() || read.ptr != end || generation == 0) return std::nullopt;
  return generation;
}

}  // namespace

Generation Generations::next() const {
  const bool unfinished = !all.empty() && (!in_use || all.back() > *in_use);
  return unfinished ? all.back() : in_use.value_or(0) + 1;
}

std::filesystem::path folder_of(const std::filesystem::path& views, Generation generation) {
  return views / std::to_string(generation);
}

Result<Generations> list_generations(const StorageEnvironment& environment,
                                     const std::filesystem::path& views) {
  Generations found;
  std::vector<std::string> names;
  const auto status = environment.env->GetChildren(views.string(), &names);
  if (status.IsNotFound() || status.IsPathNotFound()) return found;
  if (!status.ok()) return to_error(status, "reading the folder " + views.string());
  for (const auto& name : names) {
    if (const auto generation = generation_of(name)) found.all.push_back(*generation);
  }
  std::ranges::sort(found.all);
  for (const auto generation : found.all) {
    const auto mark = folder_of(views, generation) / kInUse;
    if (environment.env->FileExists(mark.string()).ok()) found.in_use = generation;
  }
  return found;
}

Result<void> put_in_use(const StorageEnvironment& environment, const std::filesystem::path& views,
                        Generation generation) {
  const auto folder = folder_of(views, generation);
  const auto status = rocksdb::WriteStringToFile(environment.env, "", (folder / kInUse).string(),
                                                 /*should_sync=*/true);
  if (!status.ok()) return to_error(status, "putting the views in use");
  BOOST_OUTCOME_TRY(sync_directory(environment, folder));
  return sync_directory(environment, views);
}

}  // namespace actbook::storage
