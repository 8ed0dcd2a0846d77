from __future__ import annotations

import io

import pytest

from doubles.pages import draw_page
from doubles.raw_pdf import page_bytes, stream, text_content
from textlift.content.block import BlockKind
from textlift.documents.ink import ink_mask
from textlift.documents.pdf_file import PdfDocument
from textlift.documents.text_layer import READ_BY, read_text_layer


def layer_of(content: bytes):
    document = PdfDocument(io.BytesIO(content), password="", size=len(content))
    try:
        return read_text_layer(document, 1), document.draw(1).image
    finally:
        document.close()


A4 = b"[0 0 595 842]"


def test_lines_paragraphs_and_headings_in_the_order_of_the_pdf():
    content = (
        text_content("A heading", size=30, top=780)
        + text_content("The first line of a paragraph", "and the second line.", size=12, top=700)
        + text_content("Another paragraph is here", "with two lines as well.", size=12, top=600)
    )

    layer, _ = layer_of(page_bytes(content, box=A4))

    assert layer.reading is not None
    assert layer.reading.read_by == READ_BY
    assert [block.text for block in layer.reading.blocks] == [
        "A heading",
        "The first line of a paragraph\nand the second line.",
        "Another paragraph is here\nwith two lines as well.",
    ]
    assert layer.reading.blocks[0].kind is BlockKind.HEADING
    assert layer.reading.blocks[1].kind is BlockKind.TEXT
    assert layer.reading.why == layer.sentence


@pytest.mark.parametrize(
    ("box", "extra"),
    [
        (b"[0 0 500 100]", b""),
        (b"[-100 -50 500 100]", b""),
        (b"[0 0 500 100]", b"/Rotate 90"),
        (b"[0 0 500 100]", b"/Rotate 180"),
        (b"[-30 0 500 100]", b"/Rotate 270"),
        (b"[0 0 500 400]", b"/CropBox[20 20 480 120]"),
    ],
)
def test_boxes_lie_on_the_print_however_the_page_is_turned(box, extra):
    content = text_content("Hostile sample 4711", top=60)

    layer, image = layer_of(page_bytes(content, box=box, extra=extra))

    assert layer.reading is not None
    (line,) = layer.reading.lines
    assert line.text == "Hostile sample 4711"
    mask = ink_mask(image)
    left, top, right, bottom = mask.getbbox()
    factor = image.width / mask.width
    for found, printed in zip(
        (line.box.x0, line.box.y0, line.box.x1, line.box.y1),
        (left, top, right, bottom),
        strict=True,
    ):
        assert found == pytest.approx(printed * factor, abs=8)


def test_columns_that_the_pdf_keeps_apart_stay_apart():
    left = text_content("left one", "left two", "left three", size=12, top=700, left=50)
    right = text_content("right one", "right two", "right three", size=12, top=700, left=330)

    layer, _ = layer_of(page_bytes(left + right, box=A4))

    assert [block.text for block in layer.reading.blocks] == [
        "left one\nleft two\nleft three",
        "right one\nright two\nright three",
    ]


def test_lines_that_end_in_a_space_are_still_lines():
    content = text_content(
        "a line that ends in a space and is rather long ", "the next of its kind ", size=12, top=60
    )

    layer, _ = layer_of(page_bytes(content))

    assert [line.text for line in layer.reading.lines] == [
        "a line that ends in a space and is rather long",
        "the next of its kind",
    ]


def test_a_hyphen_at_the_end_of_a_line_is_kept_as_printed():
    content = text_content("a word that is divi-", "ded at the end of its line", size=12)

    layer, _ = layer_of(page_bytes(content))

    assert [line.text for line in layer.reading.lines] == [
        "a word that is divi-",
        "ded at the end of its line",
    ]


def test_a_page_without_text_says_so():
    layer, _ = layer_of(page_bytes(b"100 20 50 50 re f"))

    assert layer.reading is None
    assert layer.sentence == "There is no text in this page."


def test_garbled_text_is_not_taken():
    content = text_content(r";_kieZlgZy \_jkby ijh]jZffu ^ey jZkihagZ\Zgby", size=14)

    layer, _ = layer_of(page_bytes(content))

    assert layer.reading is None
    assert "garbled" in layer.sentence


def scan_with(text: bytes, printed: str) -> bytes:
    page = draw_page(0, text=printed, size=(1000, 400), font_size=40)
    picture = stream(
        page.tobytes(),
        b"/Type/XObject/Subtype/Image/Width 1000/Height 400/BitsPerComponent 8"
        b"/ColorSpace/DeviceGray",
    )
    return page_bytes(
        b"q 500 0 0 200 0 0 cm /X Do Q\n" + text,
        box=b"[0 0 500 200]",
        resources=b"/XObject<</X 6 0 R>>",
        others=(picture,),
    )


def test_the_hidden_text_of_an_earlier_recognition_is_taken_and_named():
    hidden = text_content("Hostile sample 4711", size=20, top=163, left=10, mode=3)

    layer, _ = layer_of(scan_with(hidden, "Hostile sample 4711"))

    assert layer.reading is not None
    assert "earlier recognition" in layer.sentence


def test_text_that_covers_little_of_a_scan_is_not_taken():
    stamp = text_content("Scanned by a program", size=8, top=8, left=10)

    layer, _ = layer_of(scan_with(stamp, "Page one\nhas four\nlines of\nreal print"))

    assert layer.reading is None
    assert "picture" in layer.sentence


def test_hidden_text_on_an_empty_page_is_not_taken():
    layer, _ = layer_of(page_bytes(text_content("nobody sees this", mode=3)))

    assert layer.reading is None
    assert "hidden" in layer.sentence
