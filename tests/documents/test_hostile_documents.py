"""Files that break readers, through the real process: an answer or one clear sentence."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from doubles.pages import draw_page, drawn_number, make_image
from doubles.raw_pdf import CATALOG, page_bytes, pdf_bytes, stream, text_content
from textlift.documents.client import DocumentError, DocumentReader
from textlift.documents.messages import DocumentFailure


def png(width: int, height: int, rows: int) -> bytes:
    """A 1-bit PNG that claims its size and holds ``rows`` rows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", data),
            chunk(b"IEND", b""),
        )
    )


def saved(image: Image.Image, file_format: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format)
    return buffer.getvalue()


TEXT = text_content("Hostile sample 4711")
BOMB = zlib.compress(b"\xff" * (40_000 * 5_000), 9)
DRAWING = zlib.compress(b"0 0 m 1 1 l S\n" * 300_000, 9)

ERRORS = {
    "zero.png": (b"", DocumentFailure.EMPTY),
    "zero.pdf": (b"", DocumentFailure.EMPTY),
    "onebyte.jpg": (b"\xff", DocumentFailure.UNSUPPORTED),
    "noise.png": (bytes(range(256)) * 20, DocumentFailure.UNSUPPORTED),
    "text.png": (b"plain text\n" * 20, DocumentFailure.UNSUPPORTED),
    "header.png": (saved(draw_page(1), "PNG")[:20], DocumentFailure.DAMAGED),
    "bomb.png": (png(30_000, 30_000, 30_000), DocumentFailure.TOO_LARGE),
    "lying.png": (png(65_500, 65_500, 3), DocumentFailure.TOO_LARGE),
    "no_pages.pdf": (
        pdf_bytes([CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"]),
        DocumentFailure.DAMAGED,
    ),
    "page_loop.pdf": (
        pdf_bytes(
            [
                CATALOG,
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                b"<</Type/Pages/Kids[2 0 R]/Count 1>>",
            ]
        ),
        DocumentFailure.DAMAGED,
    ),
}

ANSWERED = {
    "huge_page.pdf": page_bytes(TEXT, box=b"[0 0 14400000 14400000]"),
    "content_is_page.pdf": page_bytes(TEXT).replace(b"/Contents 5 0 R", b"/Contents 4 0 R"),
    "bad_startxref.pdf": page_bytes(TEXT).replace(b"startxref\n", b"startxref\n99999"),
    "drawing.pdf": page_bytes(b"").replace(stream(b""), stream(DRAWING, b"/Filter/FlateDecode")),
    "image_bomb.pdf": page_bytes(
        b"300 0 0 300 0 0 cm /X Do",
        resources=b"/XObject<</X 6 0 R>>",
        others=(
            stream(
                BOMB,
                b"/Type/XObject/Subtype/Image/Width 40000/Height 40000/BitsPerComponent 1"
                b"/ColorSpace/DeviceGray/Filter/FlateDecode",
            ),
        ),
    ),
    "wide.png": saved(Image.new("L", (100_000, 60), 255), "PNG"),
    "thin.png": saved(Image.new("L", (1, 2000), 255), "PNG"),
    "one.png": saved(Image.new("L", (1, 1), 0), "PNG"),
    "trailing.jpg": saved(draw_page(1), "JPEG") + os.urandom(20_000),
}


def draw_all(reader: DocumentReader, path: Path) -> float:
    """The most ink of a page."""
    document = reader.open(str(path))
    return max(reader.render(document, page).ink for page in range(1, document.page_count + 1))


def test_each_bad_file_gets_its_sentence_and_the_next_one_is_read(reader, tmp_path):
    for name, (content, failure) in ERRORS.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DocumentError) as caught:
            draw_all(reader, tmp_path / name)
        assert caught.value.failure is failure, name
        assert caught.value.sentence.endswith("."), name
        assert "Error" not in caught.value.sentence, name
    pid = reader.pid

    good = reader.open(str(make_image(tmp_path / "good.png", 77)))

    assert drawn_number(Path(reader.render(good, 1).path)) == 77
    assert reader.pid == pid  # None of them cost the process.


def test_odd_files_are_drawn(reader, tmp_path):
    for name, content in ANSWERED.items():
        (tmp_path / name).write_bytes(content)
        draw_all(reader, tmp_path / name)


def test_pages_too_small_to_read_are_blank(reader, tmp_path):
    for size in ((1, 1), (3, 3), (1, 2000)):
        path = tmp_path / "tiny.png"
        Image.effect_noise(size, 200).save(path)

        assert draw_all(reader, path) == 0


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and devices")
def test_pipes_devices_and_folders_are_never_opened(reader, tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "x.pdf").mkdir()

    for name in ("pipe.png", "zero.png", "loop.png", "x.pdf", "none.png"):
        with pytest.raises(DocumentError) as caught:
            reader.open(str(tmp_path / name))
        assert caught.value.failure in {DocumentFailure.NOT_A_FILE, DocumentFailure.NOT_FOUND}


@pytest.mark.parametrize(
    "name",
    [
        "имя файла 文件 ñ é.png",
        "emoji 😀📄.png",
        "new\nline.png",
        "-rf.png",
        "%s%n%d.png",
        " x .png",
    ],
)
def test_odd_names(reader, tmp_path, name):
    try:
        make_image(tmp_path / name, 8)
    except OSError:
        pytest.skip("this file system does not take the name")

    found = reader.find_files((str(tmp_path),))

    assert drawn_number(Path(reader.render(reader.open(found.paths[0]), 1).path)) == 8


def test_the_pages_of_the_evaluation_set_have_ink(reader, shared):
    paths = reader.find_files((str(shared / "eval" / "open"),)).paths
    assert paths

    for path in paths:
        document = reader.open(path)
        for page in range(1, document.page_count + 1):
            assert reader.render(document, page).ink > 0.01, path
