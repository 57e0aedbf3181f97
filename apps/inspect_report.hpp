/// What ns-inspect says of a net, in its three forms.
#pragma once

#include "apps/result_stream.hpp"
#include "core/table.hpp"
#include "net/listing.hpp"

#include <string>

namespace ns {

/// For people: the layers, the totals, and what each cut ships. Long tables are cut short and constant layers
/// left out, unless `all`.
void inspect_table(const Listing& net, bool all, ResultStream& result);

/// Name, totals, inputs and outputs.
std::string inspect_heading(const Listing& net);
/// One row per layer type: how many layers, and what they compute; counts with three digits if `rounded`.
Table summary_table(const Listing& net, bool rounded);

/// Schema ns.net/1.
void inspect_json(const Listing& net, ResultStream& result);

/// One row per layer; the units stand in the titles; cells of what is not known are empty.
void inspect_csv(const Listing& net, ResultStream& result);

}  // namespace ns
