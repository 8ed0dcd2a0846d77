from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from doubles.pages import draw_page, drawn_number
from doubles.raw_pdf import CATALOG, page_bytes, pdf_bytes, stream, text_content
from textlift.documents import pdf_file
from textlift.documents.drawn_page import MAX_PAGE_PIXELS
from textlift.documents.failures import ReaderError
from textlift.documents.ink import ink_share
from textlift.documents.messages import DocumentFailure
from textlift.documents.pdf_file import PdfDocument


@pytest.fixture
def opened():
    documents = []

    def open_pdf(content: bytes, *, password: str = "") -> PdfDocument:
        document = PdfDocument(io.BytesIO(content), password=password, size=len(content))
        documents.append(document)
        return document

    yield open_pdf
    for document in documents:
        document.close()


def failure_of(opened, content: bytes, **options: str) -> ReaderError:
    with pytest.raises(ReaderError) as caught:
        opened(content, **options).draw(1)
    return caught.value


TEXT = text_content("Hostile sample 4711")


def test_a_page_is_drawn_at_200_dpi(opened):
    drawn = opened(page_bytes(TEXT, box=b"[0 0 360 72]")).draw(1)

    assert drawn.image.size == (1000, 200)
    assert drawn.dpi == 200
    assert drawn.image.mode == "L"
    assert ink_share(drawn.image) > 0.01


def test_colour_stays_colour(opened):
    drawn = opened(page_bytes(b"1 0 0 rg 100 20 50 50 re f")).draw(1)

    assert drawn.image.mode == "RGB"
    assert drawn.image.getpixel((int(125 / 72 * 200), int(55 / 72 * 200))) == (255, 0, 0)


def test_the_page_is_turned_as_it_says(opened):
    plain = opened(page_bytes(TEXT)).draw(1).image
    turned = opened(page_bytes(TEXT, extra=b"/Rotate 90")).draw(1).image

    assert turned.size == plain.size[::-1]
    upright = turned.transpose(Image.Transpose.ROTATE_90)
    assert ImageStat.Stat(ImageChops.difference(upright, plain)).mean[0] < 2


@pytest.mark.parametrize(
    "box", [b"[500 100 0 0]", b"[0 0 0 0]", b"[0 0 nan inf]", b" null", b"[-50 -20 450 80]"]
)
def test_odd_page_boxes_still_show_the_page(opened, box):
    drawn = opened(page_bytes(TEXT, box=box)).draw(1)

    assert ink_share(drawn.image) > 0


@pytest.mark.parametrize("side", [14_400, 14_400_000])
def test_a_page_the_size_of_a_city_is_drawn_within_the_budget(opened, side):
    drawn = opened(page_bytes(TEXT, box=b"[0 0 %d %d]" % (side, side))).draw(1)

    assert 0.9 * MAX_PAGE_PIXELS < drawn.image.width * drawn.image.height < 1.001 * MAX_PAGE_PIXELS
    assert drawn.dpi < 40


def test_a_strip_a_hair_wide_is_drawn(opened):
    drawn = opened(page_bytes(TEXT, box=b"[0 0 0.01 100000]")).draw(1)

    assert drawn.image.width == 1


def test_a_thumbnail_fits(opened):
    drawn = opened(page_bytes(TEXT)).draw(1, within=160)

    assert drawn.image.size == (160, 32)


def test_a_scan_that_claims_72_dpi_is_not_blown_up(opened):
    buffer = io.BytesIO()
    draw_page(1, size=(1800, 2400)).save(buffer, "PDF", resolution=72)

    drawn = opened(buffer.getvalue()).draw(1)

    assert drawn.image.size == (1800, 2400)
    assert drawn.dpi == pytest.approx(72, abs=1)


def test_every_page_of_a_document(opened, tmp_path):
    buffer = io.BytesIO()
    pages = [draw_page(number, size=(600, 800)) for number in (1, 2, 3)]
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    document = opened(buffer.getvalue())

    assert document.page_count == 3
    for page in (3, 1, 2):
        path = tmp_path / "page.png"
        document.draw(page).image.save(path)
        assert drawn_number(path) == page


@pytest.fixture
def times_opened(monkeypatch):
    """How often PDFium has opened a document."""
    counted = [0]
    real = pypdfium2.PdfDocument

    def opening(*args, **options):
        counted[0] += 1
        return real(*args, **options)

    monkeypatch.setattr(pypdfium2, "PdfDocument", opening)
    return counted


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.pdf"
    images = [draw_page(number, size=(150, 200)) for number in range(1, 7)]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=200)
    return path.read_bytes()


def test_what_pdfium_keeps_of_each_page_is_dropped_now_and_then(
    opened, book, times_opened, monkeypatch, tmp_path
):
    monkeypatch.setattr(pdf_file, "_OPEN_ANEW_AFTER", 3)
    monkeypatch.setattr(pdf_file, "_OPENING_A_PAGE", 60.0)
    document = opened(book)
    for page in (1, 2, 3, 4, 5, 6, 1):
        document.draw(page).image.save(tmp_path / "page.png")
        assert drawn_number(tmp_path / "page.png") == page
    assert times_opened == [3]


def test_a_document_that_takes_long_to_open_stays_open(opened, book, times_opened, monkeypatch):
    monkeypatch.setattr(pdf_file, "_OPEN_ANEW_AFTER", 1)
    monkeypatch.setattr(pdf_file, "_OPENING_A_PAGE", 1e-9)
    document = opened(book)
    for page in range(1, 7):
        document.draw(page)
    assert times_opened == [1]


def test_filled_form_fields_are_drawn(opened):
    field = (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(4711)/Rect[20 20 200 60]/F 4"
        b"/DA(/F 24 Tf 0 g)/P 4 0 R>>"
    )
    content = page_bytes(b"", extra=b"/Annots[6 0 R]", others=(field,)).replace(
        CATALOG,
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[6 0 R]/NeedAppearances true"
        b"/DR<</Font<</F 3 0 R>>>>>>>>",
    )

    assert ink_share(opened(content).draw(1).image) > 0.001


@pytest.fixture
def protected() -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(page_bytes(TEXT))) as document:
        document.save(buffer, encryption=pikepdf.Encryption(user="sécret", owner="owner", R=6))
    return buffer.getvalue()


def test_a_password_is_asked_for_checked_and_used(opened, protected):
    assert failure_of(opened, protected).failure is DocumentFailure.NEEDS_PASSWORD
    wrong = failure_of(opened, protected, password="guess")

    assert wrong.failure is DocumentFailure.WRONG_PASSWORD
    assert "wrong" in wrong.sentence
    assert ink_share(opened(protected, password="sécret").draw(1).image) > 0.01
    assert ink_share(opened(protected, password="owner").draw(1).image) > 0.01


def test_a_password_for_a_pdf_without_one_does_no_harm(opened):
    assert opened(page_bytes(TEXT), password="x").page_count == 1


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\nnothing more",
        page_bytes(TEXT)[:300],
        pdf_bytes([CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"]),
        pdf_bytes([CATALOG, b"<</Type/Pages/Kids[]/Count 2000000000>>"]),
        pdf_bytes(
            [
                CATALOG,
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                b"<</Type/Pages/Kids[2 0 R]/Count 1>>",
            ]
        ),
        pdf_bytes([CATALOG, b"<</Type/Pages/Kids[9 0 R]/Count 100000>>"]),
    ],
)
def test_damaged_structures_end_in_one_sentence(opened, content):
    error = failure_of(opened, content)

    assert error.failure in {DocumentFailure.DAMAGED, DocumentFailure.EMPTY}
    assert error.sentence.endswith(".")
    assert "Error" not in error.sentence


def test_an_image_of_billions_of_pixels_inside_a_page_is_survived(opened):
    bomb = stream(
        b"\xff" * 100,
        b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8"
        b"/ColorSpace/DeviceRGB",
    )
    content = page_bytes(
        b"300 0 0 300 0 0 cm /X Do", resources=b"/XObject<</X 6 0 R>>", others=(bomb,)
    )

    assert opened(content).draw(1).image.width > 0


def test_what_is_drawn_is_the_picture_that_was_put_in(opened):
    picture = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(picture).ellipse((100, 100, 300, 300), fill=0)
    buffer = io.BytesIO()
    picture.save(buffer, "PDF", resolution=200)

    drawn = opened(buffer.getvalue()).draw(1).image

    assert drawn.size == (400, 400)
    assert ImageStat.Stat(ImageChops.difference(drawn.convert("L"), picture)).mean[0] < 3
