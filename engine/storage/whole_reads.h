#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <string>

namespace actbook::storage {

/// An environment in which a file with this name (without its directory) is read whole when it is
/// opened for random access: it opens or it does not, and reading it cannot fail later.
///
/// For files to ingest: RocksDB 7.8 looks for the first key of one without asking whether it could
/// be read (`ExternalSstFileIngestionJob::GetIngestedFileInfo`), and aborts where it could not.
/// `base` outlives it.
[[nodiscard]] std::unique_ptr<rocksdb::Env> whole_reads(rocksdb::Env& base, std::string name);

}  // namespace actbook::storage
