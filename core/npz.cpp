#include "core/npz.hpp"

#include "core/file.hpp"
#include "core/npy.hpp"
#include "core/output_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <new>
#include <set>
#include <sys/stat.h>
#include <zip.h>

namespace ns {
namespace {

constexpr std::string_view suffix = ".npy";
constexpr std::uint64_t most_inflated = 1032;  // bytes from one of deflate: 258 from two bits

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
  void operator()(std::FILE* file) const { std::fclose(file); }  // NOLINT(cert-err33-c): it was read only
};
using Archive = std::unique_ptr<zip_t, Discard>;
using Entry = std::unique_ptr<zip_file_t, Discard>;
using File = std::unique_ptr<std::FILE, Discard>;

/// libzip's last error, with its sentence.
class ZipError {
 public:
  ZipError() { zip_error_init(&error_); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  ~ZipError() { zip_error_fini(&error_); }
  zip_error_t* get() { return &error_; }

 private:
  zip_error_t error_{};
};

Errc code_of(const zip_error_t& error) {
  switch (zip_error_code_zip(&error)) {
    case ZIP_ER_OPEN:
    case ZIP_ER_READ:
    case ZIP_ER_SEEK:
    case ZIP_ER_WRITE:
    case ZIP_ER_TMPOPEN:
    case ZIP_ER_RENAME:
    case ZIP_ER_CLOSE:
    case ZIP_ER_REMOVE:
    case ZIP_ER_MEMORY:
      return Errc::io;
    default:
      return Errc::bad_input;
  }
}

tl::unexpected<Error> zip_failure(zip_error_t* error, std::string_view what, std::string_view remedy) {
  return failure(code_of(*error), fmt::format("{}: {}; {}", what, zip_error_strerror(error), remedy));
}

constexpr std::string_view neither = "is neither .npz nor .npy; save it with numpy.savez or numpy.save";
constexpr std::string_view cannot_read = "cannot read the archive";
constexpr std::string_view cannot_write = "cannot write the archive";
constexpr std::string_view again = "copy or save it again";
constexpr std::string_view other_place = "look at the folder and its space";

/// How an entry lies in the archive.
struct Packed {
  std::uint64_t bytes = 0;
  std::uint64_t most_bytes = 0;  // once inflated
};

Result<Packed> packed(zip_t* archive, std::uint64_t index) {
  zip_stat_t facts{};
  constexpr zip_uint64_t needed = ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(archive, index, 0, &facts) != 0 || (facts.valid & needed) != needed)
    return bad_input(fmt::format("{}; {}", cannot_read, again));
  if (facts.encryption_method != ZIP_EM_NONE) return bad_input("is encrypted; save it with numpy.savez");
  if (facts.comp_method == ZIP_CM_STORE) return Packed{facts.comp_size, facts.comp_size};
  if (facts.comp_method != ZIP_CM_DEFLATE)
    return bad_input("is compressed in a way that numpy does not write; save it with numpy.savez_compressed");
  return Packed{facts.comp_size, facts.comp_size * most_inflated};
}

Result<Array> read_entry(zip_t* archive, std::uint64_t index, const Packed& entry) {
  const Entry file{zip_fopen_index(archive, index, 0)};
  if (!file) return zip_failure(zip_get_error(archive), cannot_read, again);
  const auto read = [&file](std::span<char> into) -> Result<std::size_t> {
    std::size_t used = 0;
    while (used < into.size()) {
      const auto got = zip_fread(file.get(), into.data() + used, into.size() - used);
      if (got < 0) return zip_failure(zip_file_get_error(file.get()), "cannot read its bytes", again);
      if (got == 0) break;
      used += static_cast<std::size_t>(got);
    }
    return used;
  };
  return read_npy({read, entry.bytes, entry.most_bytes});
}

/// "array 'conv1'".
std::string called(std::string_view name) { return fmt::format("array '{}'", name); }

/// Names of all entries, without suffix.
Result<std::vector<std::string>> names_in(zip_t* archive) {
  const auto count = static_cast<std::uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(archive, 0), 0));
  std::vector<std::string> names;
  std::set<std::string, std::less<>> known;
  for (std::uint64_t i = 0; i < count; ++i) {
    const char* const entry = zip_get_name(archive, i, 0);
    if (entry == nullptr) return zip_failure(zip_get_error(archive), cannot_read, again);
    std::string name{entry};
    if (!name.ends_with(suffix))
      return bad_input(fmt::format("entry '{}' is no array, whose name ends in .npy; remove it", name));
    name.resize(name.size() - suffix.size());
    if (!known.insert(name).second)
      return bad_input(fmt::format("there are two arrays called '{}'; remove one", name));
    names.push_back(std::move(name));
  }
  return names;
}

/// `size` is the archive's. That all entries together have no more keeps one part of it from standing for
/// many arrays.
Result<std::vector<NamedArray>> read_archive(zip_t* archive, std::uint64_t size) {
  auto names = names_in(archive);
  if (!names) return tl::unexpected{std::move(names.error())};
  std::vector<Packed> entries;
  std::uint64_t left = size;
  for (std::size_t i = 0; i < names->size(); ++i) {
    auto entry = packed(archive, i);
    if (!entry) return failure_within(std::move(entry), called((*names)[i]));
    if (entry->bytes > left)
      return bad_input(fmt::format("{}: its {} bytes are more than the archive has left; {}",
                                   called((*names)[i]), entry->bytes, again));
    left -= entry->bytes;
    entries.push_back(*entry);
  }
  std::vector<NamedArray> arrays;
  for (std::size_t i = 0; i < names->size(); ++i) {
    auto array = read_entry(archive, i, entries[i]);
    if (!array) return failure_within(std::move(array), called((*names)[i]));
    arrays.push_back({std::move((*names)[i]), std::move(*array)});
  }
  return arrays;
}

/// Takes `source`, which is null if `error` says why.
Result<std::vector<NamedArray>> read_source(zip_source_t* source, ZipError& error, std::uint64_t size) {
  if (source == nullptr) return zip_failure(error.get(), cannot_read, again);
  const Archive archive{zip_open_from_source(source, ZIP_RDONLY, error.get())};
  if (archive) return read_archive(archive.get(), size);
  zip_source_free(source);
  return zip_failure(error.get(), cannot_read, again);
}

tl::unexpected<Error> system_failure(std::string_view what) {
  return failure(Errc::io, fmt::format("cannot {}: {}", what, std::strerror(errno)));
}

Result<std::vector<NamedArray>> read_one(std::FILE* file, std::uint64_t size, const std::string& path) {
  const auto read = [file](std::span<char> into) -> Result<std::size_t> {
    const auto got = std::fread(into.data(), 1, into.size(), file);
    if (got < into.size() && std::ferror(file) != 0) return system_failure("read");
    return got;
  };
  auto array = read_npy({read, size, size});
  if (!array) return tl::unexpected{std::move(array.error())};
  std::vector<NamedArray> arrays;
  arrays.push_back({std::filesystem::path{path}.stem().string(), std::move(*array)});
  return arrays;
}

Result<std::vector<NamedArray>> read_any(const std::string& path) {
  if (path == "-") return failure(Errc::usage, "arrays are not read from standard input; name a file");
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return system_failure("open");
  if (!S_ISREG(facts.st_mode)) return bad_input("is no regular file; name one");
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  const File file{std::fopen(path.c_str(), "rbe")};
  if (!file) return system_failure("open");
  std::string start(2, '\0');
  start.resize(std::fread(start.data(), 1, start.size(), file.get()));
  std::rewind(file.get());
  if (start == "\x93N") return read_one(file.get(), size, path);
  if (start == "PK") {
    ZipError error;
    return read_source(zip_source_file_create(path.c_str(), 0, -1, error.get()), error, size);
  }
  return bad_input(std::string{neither});
}

tl::unexpected<Error> too_little_memory() {
  return failure(Errc::io, "needs more memory than there is; give fewer or smaller arrays");
}

/// An array's bytes as libzip asks for them.
class ArraySource {
 public:
  explicit ArraySource(NpyWriter writer) : writer_{std::move(writer)} { zip_error_init(&error_); }

  static zip_int64_t answer(void* self, void* data, zip_uint64_t size, zip_source_cmd_t command) noexcept {
    return static_cast<ArraySource*>(self)->answer(data, size, command);
  }

 private:
  zip_int64_t answer(void* data, zip_uint64_t size, zip_source_cmd_t command) noexcept {
    switch (command) {
      case ZIP_SOURCE_OPEN:
        writer_.rewind();
        rest_ = {};
        return 0;
      case ZIP_SOURCE_READ:
        return read({static_cast<char*>(data), static_cast<std::size_t>(size)});
      case ZIP_SOURCE_STAT: {
        auto* const facts = static_cast<zip_stat_t*>(data);
        zip_stat_init(facts);
        facts->size = writer_.size();
        facts->valid = ZIP_STAT_SIZE;
        return sizeof *facts;
      }
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&error_, data, size);
      case ZIP_SOURCE_SUPPORTS:
        return ZIP_SOURCE_SUPPORTS_READABLE;
      default:
        return 0;
    }
  }

  zip_int64_t read(std::span<char> into) noexcept try {
    std::size_t used = 0;
    while (used < into.size()) {
      if (rest_.empty()) rest_ = writer_.next();
      if (rest_.empty()) break;
      const auto count = rest_.copy(into.data() + used, into.size() - used);
      rest_.remove_prefix(count);
      used += count;
    }
    return static_cast<zip_int64_t>(used);
  } catch (const std::bad_alloc&) {
    zip_error_set(&error_, ZIP_ER_MEMORY, 0);
    return -1;
  }

  NpyWriter writer_;
  std::string_view rest_;
  zip_error_t error_{};
};

Result<void> write_one(const std::string& path, NpyWriter writer) {
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected{std::move(file.error())};
  for (auto piece = writer.next(); !piece.empty(); piece = writer.next())
    if (auto written = file->append(piece); !written) return written;
  return file->commit();
}

/// One entry, dated as numpy does, the first day that archives know: the same arrays give the same bytes.
Result<void> add_entry(zip_t* archive, const std::string& name, ArraySource& array) {
  constexpr zip_uint16_t first_day = 0x21;
  ZipError error;
  zip_source_t* const source = zip_source_function_create(&ArraySource::answer, &array, error.get());
  if (source == nullptr) return zip_failure(error.get(), cannot_write, other_place);
  const auto entry = name + std::string{suffix};
  const auto index = zip_file_add(archive, entry.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    if (zip_error_code_zip(zip_get_error(archive)) == ZIP_ER_INVAL)
      return failure(Errc::usage, "its name is no UTF-8; give it another");
    return zip_failure(zip_get_error(archive), cannot_write, other_place);
  }
  const auto place = static_cast<zip_uint64_t>(index);
  if (zip_set_file_compression(archive, place, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, place, 0, first_day, 0) != 0)
    return zip_failure(zip_get_error(archive), cannot_write, other_place);
  return {};
}

/// libzip writes beside the file and renames, too.
Result<void> write_archive(const std::string& path, std::span<const NamedArray> arrays) {
  // libzip would remove the file instead.
  if (arrays.empty()) return write_file(path, std::string{"PK\x05\x06"} + std::string(18, '\0'));
  // The sources outlive the archive, which reads them when it is closed.
  std::vector<ArraySource> sources;
  sources.reserve(arrays.size());
  for (const auto& [name, array] : arrays) {
    auto writer = NpyWriter::of(array);
    if (!writer) return failure_within(std::move(writer), fmt::format("{}: {}", path, called(name)));
    sources.emplace_back(std::move(*writer));
  }
  int code = 0;
  Archive archive{zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code)};
  if (!archive) {
    ZipError error;
    zip_error_set(error.get(), code, errno);
    return failure_within(Result<void>{zip_failure(error.get(), cannot_write, other_place)}, path);
  }
  for (std::size_t i = 0; i < arrays.size(); ++i)
    if (auto added = add_entry(archive.get(), arrays[i].name, sources[i]); !added)
      return failure_within(std::move(added), fmt::format("{}: {}", path, called(arrays[i].name)));
  if (zip_close(archive.get()) != 0)
    return failure_within(Result<void>{zip_failure(zip_get_error(archive.get()), cannot_write, other_place)},
                          path);
  static_cast<void>(archive.release());
  return {};
}

Result<void> check_names(std::span<const NamedArray> arrays) {
  std::set<std::string_view> known;
  for (const auto& [name, array] : arrays) {
    if (name.find('\0') != std::string::npos)
      return failure(Errc::usage,
                     fmt::format("{}: its name holds a null byte; give it another", called(name)));
    if (!known.insert(name).second)
      return failure(Errc::usage, fmt::format("there are two arrays called '{}'; rename one", name));
  }
  return {};
}

Result<void> write_any(const std::string& path, std::span<const NamedArray> arrays) {
  if (path == "-")
    return failure(Errc::usage,
                   "arrays are not written to standard output, for archives are written back and "
                   "forth; name a file");
  if (auto checked = check_names(arrays); !checked) return failure_within(std::move(checked), path);
  std::error_code unknown;
  const auto kind = std::filesystem::status(path, unknown).type();
  if (kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::not_found)
    return failure(Errc::io, fmt::format("{}: cannot write: is no regular file; name one", path));
  if (!path.ends_with(suffix)) return write_archive(path, arrays);
  if (arrays.size() != 1)
    return failure(Errc::usage,
                   fmt::format("{}: a .npy file holds one array, not {}; call it .npz", path, arrays.size()));
  const auto& [name, array] = arrays.front();
  auto writer = NpyWriter::of(array);
  if (!writer) return failure_within(std::move(writer), fmt::format("{}: {}", path, called(name)));
  return write_one(path, std::move(*writer));
}

}  // namespace

Result<std::vector<NamedArray>> read_arrays(const std::string& path) try {
  auto arrays = read_any(path);
  if (!arrays) return failure_within(std::move(arrays), path);
  return arrays;
} catch (const std::bad_alloc&) {
  return failure_within(Result<void>{too_little_memory()}, path);
}

Result<std::vector<NamedArray>> parse_npz(std::string_view bytes, const std::string& path) try {
  // libzip takes no bytes at all for an archive.
  if (bytes.empty()) return bad_input(fmt::format("{}: {}", path, neither));
  ZipError error;
  auto arrays =
      read_source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, error.get()), error, bytes.size());
  if (!arrays) return failure_within(std::move(arrays), path);
  return arrays;
} catch (const std::bad_alloc&) {
  return failure_within(Result<void>{too_little_memory()}, path);
}

Result<void> write_arrays(const std::string& path, std::span<const NamedArray> arrays) try {
  return write_any(path, arrays);
} catch (const std::bad_alloc&) {
  return failure_within(Result<void>{too_little_memory()}, path);
}

}  // namespace ns
