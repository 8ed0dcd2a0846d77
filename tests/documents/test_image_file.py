from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageChops, ImageStat

from doubles.pages import draw_page, drawn_number
from textlift.documents.drawn_page import MAX_PAGE_PIXELS
from textlift.documents.failures import ReaderError
from textlift.documents.identify import HEAD, identify
from textlift.documents.image_file import ImageDocument
from textlift.documents.messages import DocumentFailure


def opened(content: bytes) -> ImageDocument:
    return ImageDocument(io.BytesIO(content), identify(content[:HEAD], content[-26:]))


def saved(image: Image.Image, file_format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def number_on(image: Image.Image, tmp_path) -> int:
    path = tmp_path / "page.png"
    image.save(path)
    return drawn_number(path)


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 90}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("BMP", {}),
        ("GIF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}),
        ("AVIF", {}),
        ("JPEG2000", {}),
        ("PPM", {}),
        ("TGA", {}),
        ("HEIF", {}),
    ],
)
def test_every_format_shows_the_same_page(page_image, file_format, options):
    if file_format == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    content = saved(page_image.convert("RGB"), file_format, **options)

    document = opened(content)
    drawn = document.draw(1)
    document.close()

    assert document.page_count == 1
    assert drawn.image.mode in {"L", "RGB"}
    difference = ImageChops.difference(drawn.image.convert("L"), page_image)
    assert ImageStat.Stat(difference).mean[0] < 4


@pytest.mark.parametrize("compression", ["group4", "tiff_deflate"])
def test_bilevel_and_deep_tiff(page_image, compression):
    mode = "1" if compression == "group4" else "I;16"
    image = page_image.convert("1") if mode == "1" else page_image.convert("I").convert("I;16")

    drawn = opened(saved(image, "TIFF", compression=compression)).draw(1)

    assert drawn.image.mode == "L"
    assert drawn.image.getextrema() == (0, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "TIFF", "PNG"])
def test_the_orientation_that_a_camera_notes_is_honoured(file_format, orientation, tmp_path):
    page = draw_page(45, size=(600, 300))
    turned_back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = page if turned_back is None else page.transpose(turned_back)
    exif = Image.Exif()
    exif[0x0112] = orientation

    document = opened(saved(stored, file_format, exif=exif))

    for _ in range(2):
        drawn = document.draw(1).image
        assert drawn.size == (600, 300)
        assert number_on(drawn, tmp_path) == 45


def test_an_orientation_that_does_not_exist_is_ignored(page_image):
    exif = Image.Exif()
    exif[0x0112] = 99

    assert opened(saved(page_image, "JPEG", exif=exif)).draw(1).image.size == page_image.size


def test_a_broken_colour_profile_is_ignored(page_image):
    content = saved(page_image, "PNG", icc_profile=b"not a profile" * 10)

    assert opened(content).draw(1).image.size == page_image.size


def test_the_pages_of_a_tiff_in_any_order(tmp_path):
    modes = ["L", "1", "RGB", "L", "CMYK"]
    pages = [draw_page(n, size=(300 + n, 200)).convert(mode) for n, mode in enumerate(modes, 1)]
    document = opened(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))

    assert document.page_count == 5
    for page in (5, 1, 3, 3, 2, 4):
        image = document.draw(page).image
        assert image.width == 300 + page
        assert number_on(image, tmp_path) == page


def test_previews_in_a_tiff_are_no_pages(tmp_path):
    first, preview, second = (draw_page(n, size=(300, 200)) for n in (1, 9, 2))
    preview.encoderinfo = {"tiffinfo": {254: 1}}
    content = saved(first, "TIFF", save_all=True, append_images=[preview, second])

    document = opened(content)

    assert document.page_count == 2
    assert number_on(document.draw(2).image, tmp_path) == 2


def test_a_tiff_whose_directory_leads_back_to_itself_ends():
    content = bytearray(saved(draw_page(1), "TIFF"))
    (offset,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, offset)
    struct.pack_into("<I", content, offset + 2 + 12 * entries, offset)

    assert opened(bytes(content)).page_count == 1


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_the_whole_pages_of_a_cut_tiff_can_be_read(tmp_path):
    pages = [draw_page(n).convert("RGB") for n in (1, 2, 3)]
    content = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])

    document = opened(content[: len(content) // 2])

    assert 1 <= document.page_count < 3
    assert number_on(document.draw(1).image, tmp_path) == 1


@pytest.mark.parametrize("file_format", ["GIF", "WEBP"])
def test_an_animation_is_its_first_picture(file_format, tmp_path):
    frames = [draw_page(n).convert("RGB") for n in (1, 2, 3)]
    content = saved(frames[0], file_format, save_all=True, append_images=frames[1:])

    document = opened(content)

    assert document.page_count == 1
    drawn = document.draw(1)
    assert number_on(drawn.image, tmp_path) == 1
    assert "first picture" in drawn.defect


def test_half_a_jpeg_is_shown_with_a_remark(page_image):
    content = saved(page_image, "JPEG")

    drawn = opened(content[: len(content) // 2]).draw(1)

    assert drawn.image.size == page_image.size
    assert "damaged" in drawn.defect


@pytest.mark.parametrize("keep", [12, 30])
def test_next_to_nothing_of_an_image_is_damaged(page_image, keep):
    with pytest.raises(ReaderError) as caught:
        opened(saved(page_image, "PNG")[:keep]).draw(1)

    assert caught.value.failure is DocumentFailure.DAMAGED
    assert "Error" not in caught.value.sentence


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_a_header_that_claims_too_much_is_refused_before_decoding():
    with pytest.raises(ReaderError) as caught:
        opened(png_header(65_500, 65_500))

    assert caught.value.failure is DocumentFailure.TOO_LARGE
    assert "65,500 by 65,500" in caught.value.sentence


def test_a_huge_image_is_scaled_down_and_a_tall_screenshot_is_not():
    huge = opened(saved(Image.new("1", (9000, 9000), 1), "TIFF", compression="group4")).draw(1)
    tall = opened(saved(Image.new("1", (900, 40_000), 1), "TIFF", compression="group4")).draw(1)

    assert huge.image.width * huge.image.height <= MAX_PAGE_PIXELS
    assert huge.image.width == huge.image.height > 6000
    assert tall.image.size == (900, 40_000)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF"])
def test_a_thumbnail_does_not_spoil_the_page(file_format):
    page = draw_page(3, size=(1600, 800))
    document = opened(saved(page, file_format))

    small = document.draw(1, within=100).image
    full = document.draw(1).image

    assert small.size == (100, 50)
    assert full.size == (1600, 800)


def test_the_resolution_is_what_the_file_says_where_it_makes_sense():
    page = draw_page(1)

    assert opened(saved(page, "PNG", dpi=(300, 300))).draw(1).dpi == pytest.approx(300, abs=1)
    assert opened(saved(page, "PNG", dpi=(1, 1))).draw(1).dpi == 0
    assert opened(saved(page, "PNG")).draw(1).dpi == 0
