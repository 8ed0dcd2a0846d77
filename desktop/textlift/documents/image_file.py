"""Images of every format as documents; a TIFF has as many pages as it holds."""

from __future__ import annotations

import contextlib
import struct
from typing import BinaryIO

from PIL import AvifImagePlugin, Image, ImageFile, ImageOps

from textlift.documents.drawn_page import DrawnPage, fitting_scale
from textlift.documents.failures import ReaderError
from textlift.documents.identify import FileFormat
from textlift.documents.messages import DocumentFailure
from textlift.documents.pixel_formats import as_grey_or_rgb

MAX_IMAGE_PIXELS = 100_000_000
"""An image whose header claims more is refused before anything of it is decoded."""

MAX_TIFF_PAGES = 100_000
_HEAVY_PIXELS = 8_000_000

DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
)
"""What Pillow's plugins raise on damaged files."""

_SUBFILE_TYPE = 254
_REDUCED_OR_MASK = 1 | 4

# The size is checked here, before decoding, with a sentence; Pillow's own check would only warn.
Image.MAX_IMAGE_PIXELS = None

# A thread for each of many cores takes more address space than this process may have.
_DECODER_THREADS = 2
AvifImagePlugin.DEFAULT_MAX_THREADS = _DECODER_THREADS


class ImageDocument:
    """An open image file. An animation is one page, its first picture, and says so."""

    def __init__(self, stream: BinaryIO, file_format: FileFormat) -> None:
        """Reads the header.

        Args:
            stream: The file; closed by ``close``.
            file_format: As identified by content.

        Raises:
            ReaderError: Damaged or too large.
        """
        self._stream = stream
        self._format = file_format
        self._image = _open(stream, file_format)
        self._is_tiff = file_format.plugin == "TIFF"
        self._frames = _tiff_pages(self._image) if self._is_tiff else (0,)
        _check_size(self._image)
        self._decoded = False

    @property
    def page_count(self) -> int:
        return len(self._frames)

    @property
    def heavy(self) -> bool:
        # Pillow keeps the pixels it decoded last; only the way to a TIFF's pages is worth them.
        if not self._decoded:
            return False
        return not self._is_tiff or self._image.width * self._image.height > _HEAVY_PIXELS

    def draw(self, page: int, *, within: int = 0) -> DrawnPage:
        """Decodes a page.

        Raises:
            ReaderError: Damaged or too large.
        """
        frame = self._frames[page - 1]
        image, defect = self._decode(frame, within)
        dpi = _dpi(image)
        # Unreadable EXIF says nothing about the orientation.
        with contextlib.suppress(*DECODE_ERRORS):
            ImageOps.exif_transpose(image, in_place=True)
        scale = fitting_scale(*image.size, within=within)
        early = scale < 1.0 and image.mode in {"L", "RGB", "RGBA", "CMYK"}
        plain = as_grey_or_rgb(_scaled(image, scale) if early else image)
        if scale < 1.0 and not early:
            plain = _scaled(plain, scale)
        return DrawnPage(image=plain, dpi=dpi * scale, defect=defect)

    def close(self) -> None:
        # Not the image: what was drawn last may be its own pixels.
        self._stream.close()

    def _decode(self, frame: int, within: int) -> tuple[Image.Image, str]:
        """The decoded frame, and a sentence when a part of it is missing."""
        if self._decoded and not self._is_tiff:
            # What was decoded may be smaller than the file's image, or turned.
            self._image = _open(self._stream, self._format)
        image = self._at(frame)
        self._decoded = True
        if within and self._format.plugin == "JPEG":
            # Decodes at a fraction of the size, which is many times faster.
            image.draft("RGB", (within, within))
        try:
            image.load()
        except DECODE_ERRORS as error:
            failure = _damaged(error)
        else:
            return image, self._left_out()
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            self._image = _open(self._stream, self._format)
            image = self._at(frame)
            image.load()
        except DECODE_ERRORS:
            raise failure from None
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        return image, "The file is damaged: a part of the image is missing or wrong."

    def _left_out(self) -> str:
        """A sentence when the file holds more pictures than the one that is shown."""
        # A camera's MPO holds previews and depth maps, an icon its smaller sizes.
        if self._is_tiff or self._format.plugin in {"JPEG", "ICO"}:
            return ""
        if getattr(self._image, "is_animated", False):
            return "This is an animation or a series; only its first picture is read."
        return ""

    def _at(self, frame: int) -> Image.Image:
        try:
            if frame or self._image.tell():
                self._image.seek(frame)
        except DECODE_ERRORS as error:
            raise _damaged(error) from error
        _check_size(self._image)
        return self._image


def _open(stream: BinaryIO, file_format: FileFormat) -> Image.Image:
    if file_format.plugin == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener(decode_threads=_DECODER_THREADS)
    plugins = [file_format.plugin, "MPO"] if file_format.plugin == "JPEG" else [file_format.plugin]
    try:
        stream.seek(0)
        return Image.open(stream, formats=plugins)
    except DECODE_ERRORS as error:
        raise _damaged(error) from error


def _tiff_pages(image: Image.Image) -> tuple[int, ...]:
    """Frames that are pages; previews and masks stored beside them are left out."""
    pages: list[int] = []
    frame = 0
    while frame < MAX_TIFF_PAGES:
        try:
            image.seek(frame)
            kind = getattr(image, "tag_v2", {}).get(_SUBFILE_TYPE, 0)
        except DECODE_ERRORS:
            # The end, or a damaged directory: what comes before it can be read.
            break
        if not (isinstance(kind, int) and kind & _REDUCED_OR_MASK):
            pages.append(frame)
        frame += 1
    image.seek(0)
    return tuple(pages) or (0,)


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_IMAGE_PIXELS:
        raise ReaderError(
            DocumentFailure.TOO_LARGE,
            f"The image is {width:,} by {height:,} pixels; images of up to "
            f"{MAX_IMAGE_PIXELS // 1_000_000} million pixels are read. Scale it down or cut "
            "it into parts.",
        )
    if width < 1 or height < 1:
        raise ReaderError(DocumentFailure.DAMAGED, "The image is damaged: it has no size.")


def _dpi(image: Image.Image) -> float:
    """What the file says, where it makes sense."""
    value = image.info.get("dpi") or (0.0,)
    try:
        dpi = float(value[0])
    except (TypeError, ValueError, LookupError, ArithmeticError):
        return 0.0
    return dpi if 10 <= dpi <= 10_000 else 0.0


def _scaled(image: Image.Image, scale: float) -> Image.Image:
    size = (max(1, int(image.width * scale + 0.01)), max(1, int(image.height * scale + 0.01)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _damaged(error: BaseException) -> ReaderError:
    if isinstance(error, OSError) and error.errno is not None:
        return ReaderError(
            DocumentFailure.NOT_READABLE,
            f"The file cannot be read; the system says: {error.strerror}.",
        )
    return ReaderError(
        DocumentFailure.DAMAGED,
        "The image is damaged and cannot be decoded.",
        details=f"{type(error).__name__}: {error}",
    )
