/// What every command does with a net that was read.
#pragma once

#include "net/net.hpp"

namespace ns::fuzz {

/// Lists, folds, groups and prints it; the printed net must read back.
void use(const Net& net);

}  // namespace ns::fuzz
