"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import msgspec

from textlift.documents.failures import ReaderError
from textlift.documents.messages import DocumentFailure

HEAD = 2048
"""Bytes from the beginning of a file that tell what it is."""

TAIL = 26
"""Bytes from its end: Truevision TGA says what it is only there."""

PDF_HEADER_WITHIN = 1024
"""Where PDF readers look for the header; mail gateways and printers put things before it."""


class FileFormat(msgspec.Struct, frozen=True):
    """A format that can be read.

    Attributes:
        name: For people.
        plugin: What Pillow calls it; empty for PDF.
    """

    name: str
    plugin: str


PDF = FileFormat("PDF", "")
_JPEG_2000 = FileFormat("JPEG 2000", "JPEG2000")
_TIFF = FileFormat("TIFF", "TIFF")
_HEIC = FileFormat("HEIC", "HEIF")
_AVIF = FileFormat("AVIF", "AVIF")
_WEBP = FileFormat("WebP", "WEBP")
_TGA = FileFormat("TGA", "TGA")
_PPM = FileFormat("PPM", "PPM")

_BEGINNINGS: tuple[tuple[bytes, FileFormat], ...] = (
    (b"\x89PNG\r\n\x1a\n", FileFormat("PNG", "PNG")),
    (b"\xff\xd8\xff", FileFormat("JPEG", "JPEG")),
    (b"GIF87a", FileFormat("GIF", "GIF")),
    (b"GIF89a", FileFormat("GIF", "GIF")),
    (b"BM", FileFormat("BMP", "BMP")),
    (b"II*\0", _TIFF),
    (b"MM\0*", _TIFF),
    (b"II+\0", _TIFF),
    (b"MM\0+", _TIFF),
    (b"\0\0\0\x0cjP  \r\n\x87\n", _JPEG_2000),
    (b"\xff\x4f\xff\x51", _JPEG_2000),
    (b"\0\0\1\0", FileFormat("ICO", "ICO")),
    (b"qoif", FileFormat("QOI", "QOI")),
)

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "This file is compressed (gzip). Unpack it and open what is in it."),
    (b"BZh", "This file is compressed (bzip2). Unpack it and open what is in it."),
    (b"\xfd7zXZ\0", "This file is compressed (xz). Unpack it and open what is in it."),
    (b"7z\xbc\xaf\x27\x1c", "This is a 7-Zip archive. Unpack it and open what is in it."),
    (b"Rar!", "This is a RAR archive. Unpack it and open what is in it."),
    (
        b"PK\3\4",
        "This is a ZIP archive or an office document. Unpack it, or save it as PDF, and open that.",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "This is a document of an old office program. Save it as PDF and open that.",
    ),
    (b"\xff\x0a", "JPEG XL images cannot be read yet. Save it as PNG or JPEG."),
    (b"\0\0\0\x0cJXL ", "JPEG XL images cannot be read yet. Save it as PNG or JPEG."),
    (b"8BPS", "Photoshop documents cannot be read. Save it as PNG, TIFF or PDF."),
    (b"%!PS", "PostScript files cannot be read. Save it as PDF."),
    (b"AT&TFORM", "DjVu documents cannot be read. Save it as PDF."),
    (b"{\\rtf", "This is an RTF document. It holds text already."),
)

_NOT_SUPPORTED = "This is neither a PDF nor an image that can be read."


def identify(head: bytes, tail: bytes = b"") -> FileFormat:
    """The format of a file.

    Args:
        head: Its first ``HEAD`` bytes, fewer if it is shorter.
        tail: Its last ``TAIL`` bytes.

    Raises:
        ReaderError: UNSUPPORTED, with a sentence that names what it is where that is known.
    """
    found = _by_beginning(head)
    if found is not None:
        return found
    if b"%PDF-" in head[: PDF_HEADER_WITHIN + 5]:
        return PDF
    if tail.endswith(b"TRUEVISION-XFILE.\0"):
        return _TGA
    raise ReaderError(DocumentFailure.UNSUPPORTED, _refusal(head))


def _by_beginning(head: bytes) -> FileFormat | None:
    for beginning, file_format in _BEGINNINGS:
        if head.startswith(beginning):
            return file_format
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _WEBP
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return _PPM
    if head[4:8] == b"ftyp":
        brands = _brands(head)
        if brands & _AVIF_BRANDS:
            return _AVIF
        if brands & _HEIC_BRANDS:
            return _HEIC
    return None


def _brands(head: bytes) -> set[bytes]:
    """The brands that an ISO media file claims: the major one and those it is compatible with."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))}


def _refusal(head: bytes) -> str:
    for beginning, sentence in _OTHERS:
        if head.startswith(beginning):
            return sentence
    text = _as_text(head)
    if text is None:
        return _NOT_SUPPORTED
    start = text.lstrip("\ufeff \t\r\n").lower()
    if "<svg" in start:
        return "SVG drawings cannot be read. Save it as PNG or PDF."
    if start.startswith(("<!doctype html", "<html", "<head", "<body")):
        return (
            "This is a web page (HTML), not a PDF or an image. If you downloaded it, the "
            "download may have failed."
        )
    return "This is a text file. It holds text already, so there is nothing to read."


def _as_text(head: bytes) -> str | None:
    """``head`` as UTF-8, or None when it is not text; a character cut at the end is let go."""
    for end in range(len(head), max(len(head) - 4, 0), -1):
        try:
            text = head[:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return (
            text if all(char.isprintable() or char in "\t\r\n\f\ufeff" for char in text) else None
        )
    return None
