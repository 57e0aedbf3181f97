/// What ns-inspect says of a net, in its three forms.
#pragma once

#include "net/net.hpp"

#include <string>

namespace ns {

/// For people: the layers, the totals, and what each cut ships.
std::string inspect_table(const Net& net);

/// Schema ns.net/1.
std::string inspect_json(const Net& net);

/// One row per layer; the units stand in the titles.
std::string inspect_csv(const Net& net);

}  // namespace ns
