from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from textlift.documents.pixel_formats import as_grey_or_rgb


def levels(image: Image.Image) -> tuple[int, int]:
    low, high = image.convert("L").getextrema()
    return low, high


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV"])
def test_black_on_white_stays_what_it_is_and_becomes_grey(page_image, mode):
    source = page_image.convert("RGB").convert(mode)

    result = as_grey_or_rgb(source)

    assert result.mode == "L" or mode == "YCbCr"
    difference = ImageChops.difference(result.convert("L"), page_image)
    assert ImageStat.Stat(difference).mean[0] < 3


@pytest.mark.parametrize(
    ("mode", "factor"),
    [("I", 1), ("I", 257), ("I", 16), ("F", 1), ("F", 1 / 255), ("F", 257), ("I", 1_000_000)],
)
def test_deep_grey_is_brought_to_eight_bits(page_image, mode, factor):
    deep = page_image.convert("F").point(lambda level: level * factor + 0.0)
    deep = deep.convert(mode)

    result = as_grey_or_rgb(deep)

    assert result.mode == "L"
    assert ImageStat.Stat(ImageChops.difference(result, page_image)).mean[0] < 2


def test_sixteen_bits(page_image):
    deep = page_image.convert("I").point(lambda level: level * 257).convert("I;16")

    result = as_grey_or_rgb(deep)

    assert ImageStat.Stat(ImageChops.difference(result, page_image)).mean[0] < 2


def test_values_below_zero_are_spread():
    deep = Image.new("F", (2, 1))
    deep.putpixel((0, 0), -5.0)
    deep.putpixel((1, 0), 5.0)

    assert levels(as_grey_or_rgb(deep)) == (0, 255)


def test_one_colour_of_any_depth_does_not_divide_by_zero():
    for image in (Image.new("I", (9, 9), 0), Image.new("F", (9, 9), 0.0)):
        assert levels(as_grey_or_rgb(image)) == (0, 0)


def drawing(colour: tuple[int, int, int, int]) -> Image.Image:
    image = Image.new("RGBA", (400, 100), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((20, 40, 200, 60), fill=colour)
    return image


def test_dark_text_without_background_is_laid_on_white():
    result = as_grey_or_rgb(drawing((0, 0, 0, 255)))

    assert result.getpixel((0, 0)) == 255
    assert result.getpixel((100, 50)) == 0


def test_light_text_without_background_is_laid_on_black():
    result = as_grey_or_rgb(drawing((255, 255, 255, 255)))

    assert result.getpixel((0, 0)) == 0
    assert result.getpixel((100, 50)) == 255


def test_a_light_page_with_transparent_corners_is_laid_on_white():
    image = Image.new("RGBA", (400, 100), (250, 250, 250, 255))
    image.paste((0, 0, 0, 0), (0, 0, 10, 10))

    assert as_grey_or_rgb(image).getpixel((0, 0)) == 255


def test_a_transparent_colour_of_a_palette_or_grey_image_counts_as_transparent():
    palette = drawing((0, 0, 0, 255)).quantize(4)
    palette.info["transparency"] = palette.getpixel((0, 0))
    grey = Image.new("L", (40, 10), 0)
    grey.paste(90, (0, 0, 5, 5))
    grey.info["transparency"] = 0

    assert as_grey_or_rgb(palette).getpixel((0, 0)) == 255
    assert as_grey_or_rgb(grey).getpixel((30, 5)) == 255


def test_colour_is_kept():
    image = Image.new("RGB", (640, 640), "white")
    image.putpixel((333, 444), (250, 0, 0))

    result = as_grey_or_rgb(image)

    assert result.mode == "RGB"
    assert result.getpixel((333, 444)) == (250, 0, 0)
