#!/usr/bin/env python3
"""Writes the files of arrays that the tests read, with numpy (2.4 made those that are here). tests/unit/core/npz_test.cpp knows what is
in them.

    make.py [FOLDER]        by default the folder of this script
"""

import io
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np

FLOATS = ["float16", "float32", "float64"]
INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


def every_type():
    """2x3 of each type: 0, 1, its smallest and largest number, and for real numbers infinity and NaN, for integers 5 and 6."""
    arrays = {"bool": np.array([[False, True, True], [False, False, True]])}
    for name in INTEGERS:
        limits = np.iinfo(name)
        arrays[name] = np.array([[0, 1, limits.min], [limits.max, 5, 6]], name)
    for name in FLOATS:
        limits = np.finfo(name)
        arrays[name] = np.array([[0, -1, limits.smallest_subnormal], [limits.max, -np.inf, np.nan]], name)
    return arrays


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, np.asanyarray(array), version)
    return out.getvalue()


def layouts():
    counted = np.arange(24, dtype="float32").reshape(2, 3, 4)
    return {
        "rows": counted,
        "columns": np.asfortranarray(counted),
        "columns_of_four": np.asfortranarray(counted.reshape(2, 3, 2, 2)),
        "vector": np.arange(5, dtype="int16"),
        "scalar": np.float64(2.5),
        "empty": np.zeros((0, 3), "float32"),
        "empty_columns": np.asfortranarray(np.zeros((2, 0, 3), "float32")),
        "größe": np.array([7], "uint8"),
    }


def archive(entries, method=zipfile.ZIP_STORED):
    """`entries` are pairs, for names may be there twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in entries:
            file.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def with_central(content, offset, value):
    """A number of two or four bytes in each record of the archive's directory."""
    changed, place = bytearray(content), 0
    while (place := changed.find(b"PK\x01\x02", place)) >= 0:
        changed[place + offset:place + offset + len(value)] = value
        place += 4
    return bytes(changed)


def overlapping(count=40):
    """Entries that all lie in the same place of the file, each of a million zeros."""
    content = archive([(f"{number:02d}.npy", npy(np.zeros(1 << 20, "uint8")) if number == 0 else b"") for number in range(count)],
                      zipfile.ZIP_DEFLATED)
    first = content.index(b"PK\x01\x02")
    changed, place = bytearray(content), first
    while (place := changed.find(b"PK\x01\x02", place)) >= 0:
        changed[place + 10:place + 12] = content[first + 10:first + 12]  # method
        changed[place + 16:place + 28] = content[first + 16:first + 28]  # checksum and sizes
        changed[place + 42:place + 46] = content[first + 42:first + 46]  # place
        place += 4
    return bytes(changed)


def with_entries(content, count):
    """The number of entries that an archive of 64 bits says it has."""
    end = content.rindex(b"PK\x05\x06")
    _, _, _, _, _, size, offset, _ = struct.unpack("<4sHHHHIIH", content[end:])
    whole = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    return content[:end] + whole + locator + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def refused():
    ones = npy(np.ones(3, "float32"))
    return {
        "objects.npy": npy(np.array([1, "two"], object)),
        "strings.npy": npy(np.array(["one", "three"])),
        "bytes.npy": npy(np.array([b"one", b"three"])),
        "complex.npy": npy(np.array([1 + 2j])),
        "fields.npy": npy(np.array([(1, 2.0)], [("x", "i4"), ("y", "f4")])),
        "raw.npy": npy(np.array([b"ab"], "V2")),
        "times.npy": npy(np.array(["2020-01-01"], "datetime64[D]")),
        "long_double.npy": npy(np.ones(1, "longdouble")),
        "nine_axes.npy": npy(np.ones((1,) * 9, "float32")),
        "twice.npz": archive([("x.npy", ones), ("x.npy", ones)]),
        "notes.npz": archive([("x.npy", ones), ("notes.txt", b"three ones")]),
        "bzip2.npz": archive([("x.npy", ones)], zipfile.ZIP_BZIP2),
        "not_npy.npz": archive([("x.npy", b"three ones")]),
        "checksum.npz": with_central(archive([("x.npy", ones)]), 16, b"\0\0\0\0"),
        "encrypted.npz": with_central(archive([("x.npy", ones)]), 8, b"\x01\0"),
        "size_beyond.npz": with_central(archive([("x.npy", ones)]), 20, struct.pack("<II", 1 << 30, 1 << 30)),
        "cut_inside.npz": archive([("x.npy", ones[:-4])]),
        "cut_inside_deflated.npz": archive([("x.npy", ones[:-4])], zipfile.ZIP_DEFLATED),
        "overlapping.npz": overlapping(),
        "entries_beyond.npz": with_entries(archive([("x.npy", ones)]), 1 << 33),
    }


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    (folder / "refused").mkdir(parents=True, exist_ok=True)
    arrays = every_type()
    np.savez(folder / "every_type.npz", **arrays)
    np.savez_compressed(folder / "every_type_compressed.npz", **arrays)
    np.savez(folder / "big_endian.npz", **{name: array.astype(array.dtype.newbyteorder(">")) for name, array in arrays.items()})
    np.savez(folder / "layouts.npz", **layouts())
    np.savez(folder / "none.npz")
    np.save(folder / "matrix.npy", np.arange(6, dtype="float32").reshape(2, 3))
    np.save(folder / "columns.npy", np.asfortranarray(np.arange(6, dtype="float32").reshape(2, 3)))
    for version in ((2, 0), (3, 0)):
        (folder / f"version_{version[0]}.npy").write_bytes(npy(np.arange(4, dtype="int32"), version))
    # As Python 2 wrote it: extents are long.
    header = b"{'descr': '<i2', 'fortran_order': False, 'shape': (2L, 1L), }"
    header += b" " * (117 - len(header)) + b"\n"
    (folder / "python_2.npy").write_bytes(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + struct.pack("<2h", -3, 4))
    for name, content in refused().items():
        (folder / "refused" / name).write_bytes(content)


if __name__ == "__main__":
    main()
