"""Files whose first bytes show that they are not text, or text in another encoding."""

import codecs

SQLITE_HEADER = b"SQLite format 3\x00"

# The first bytes of files, and what these files are.
_BINARY = {
    b"\x1f\x8b": "compressed with gzip",
    b"PK\x03\x04": "a ZIP archive",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ\x00": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"\x00GITCRYPT\x00": "encrypted with git-crypt",
}
# The mark of UTF-32 starts with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_TEXT_CONTROLS = b"\t\n\f\r\x1b"
_CONTROLS = bytes(byte for byte in range(0x20) if byte not in _TEXT_CONTROLS)


def find_packing(head: bytes) -> str | None:
    """Return how a file is compressed or encrypted, or None if it is not, or not in a known way."""
    return next((kind for start, kind in _BINARY.items() if head.startswith(start)), None)


def find_marked_encoding(head: bytes) -> str | None:
    """Return the encoding of a file that starts with a byte order mark, other than UTF-8, or None without a mark."""
    return next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)


def guess_utf16(head: bytes) -> str | None:
    """Return the encoding of a file that is probably in UTF-16 without a byte order mark, or None.

    Every other byte of most characters is then zero.
    """
    first, second = head[::2].count(0), head[1::2].count(0)
    if max(first, second) * 4 <= len(head) or min(first, second) * 10 > max(first, second):
        return None
    return "utf-16-le" if second > first else "utf-16-be"


def is_binary(head: bytes) -> bool:
    """Return whether there are too many control characters for text in an encoding of single bytes."""
    return (len(head) - len(head.translate(None, _CONTROLS))) * 20 > len(head)
