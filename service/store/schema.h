// The tables of the job store and how older ones become newer ones.
#pragma once

#include "absl/status/status.h"
#include "service/store/sqlite.h"

namespace raffinate::service {

/// Marks a database file as a job store ("RAFF").
inline constexpr int kApplicationId = 0x52414646;

/// Brings a new or older store to JobStore::kSchemaVersion. FAILED_PRECONDITION
/// when the file is another program's database or of a newer version.
absl::Status PrepareSchema(Database* database);

}  // namespace raffinate::service
