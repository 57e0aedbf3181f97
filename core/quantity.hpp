/// Quantities as people write and read them: "20Mbit/s", "35ms", "1.61 MB".
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"

#include <string>
#include <string_view>

namespace ns {

/// A time such as "35ms", "1.5s", "20us", "10min". The unit is required, bad_input without; may be 0, never
/// negative.
Result<Seconds> parse_duration(std::string_view text);

/// A rate such as "20Mbit/s", "2.5MB/s", "1Gbit/s"; bits and bytes are told apart by "bit" and "B". Above 0.
Result<BytesPerSecond> parse_rate(std::string_view text);

/// A size such as "154587", "150kB" (1e3), "1.5MB" (1e6), "4KiB" (2^10); a bare number is bytes.
Result<Bytes> parse_size(std::string_view text);

/// Three significant digits and the unit that fits: "12.3 ms", "850 us".
std::string print(Seconds time);
std::string print(Bytes size);           // "1.61 MB" (1e6 bytes), "850 B"
std::string print(BytesPerSecond rate);  // "5.85 Mbit/s"
std::string print(Joules energy);        // "45.1 mJ"
std::string print(Watts power);          // "2.5 W"
std::string print(Macs count);           // "724 M" (multiply-accumulates; the column names them)
std::string print(Flops count);          // "1.45 G"
/// A plain count with a prefix: "61.0 M".
std::string print_count(double count);

}  // namespace ns
