// What the toolkit uses of the C++ library and that of g++ 10, of which JetPack 5's board has a kin, lacks.
// Included before every file by cmake/Jetson.cmake.
#pragma once

#include <bit>
#include <charconv>
#include <clocale>
#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>

namespace std {

template <class To, class From>
constexpr To bit_cast(const From& from) noexcept {
  return __builtin_bit_cast(To, from);
}

template <class T>
unique_ptr<T> make_unique_for_overwrite(size_t count) {
  return unique_ptr<T>(new remove_extent_t<T>[count]);
}

/// Decimal numbers, of which strtod() takes more forms: with blanks, a plus or in hexadecimal.
inline from_chars_result from_chars(const char* first, const char* last, double& value) {
  const char* digits = first;
  if (digits != last && *digits == '-') ++digits;
  const bool is_hexadecimal = last - digits > 1 && *digits == '0' && (digits[1] == 'x' || digits[1] == 'X');
  const bool begins =
      digits != last && ((*digits >= '0' && *digits <= '9') || *digits == '.' || *digits == 'i' ||
                         *digits == 'n' || *digits == 'I' || *digits == 'N');
  if (!begins) return {first, errc::invalid_argument};
  if (is_hexadecimal) {
    value = *first == '-' ? -0.0 : 0.0;
    return {digits + 1, errc{}};
  }
  const string text{first, last};
  char* end = nullptr;
  errno = 0;
  const double read = strtod(text.c_str(), &end);  // the toolkit never leaves the C locale
  if (end == text.c_str()) return {first, errc::invalid_argument};
  if (errno == ERANGE) return {first + (end - text.c_str()), errc::result_out_of_range};
  value = read;
  return {first + (end - text.c_str()), errc{}};
}

}  // namespace std
