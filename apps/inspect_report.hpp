/// What ns-inspect says of a net, in its three forms.
#pragma once

#include "apps/result_stream.hpp"
#include "net/listing.hpp"

namespace ns {

/// For people: the layers, the totals, and what each cut ships. Long tables are cut short and constant layers
/// left out, unless `all`.
void inspect_table(const Listing& net, bool all, ResultStream& result);

/// Schema ns.net/1.
void inspect_json(const Listing& net, ResultStream& result);

/// One row per layer; the units stand in the titles; cells of what is not known are empty.
void inspect_csv(const Listing& net, ResultStream& result);

}  // namespace ns
