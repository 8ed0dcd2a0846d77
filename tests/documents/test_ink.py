from __future__ import annotations

import random

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from doubles.pages import draw_page
from textlift.documents.ink import ink_mask, ink_share

A4 = (1654, 2339)


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (1, 2000), (2000, 5)])
def test_nothing_can_be_read_on_a_page_of_a_few_pixels(size):
    image = Image.effect_noise(size, 100)

    assert ink_share(image) == 0


@pytest.mark.parametrize("level", [0, 128, 255])
def test_one_colour_is_blank(level):
    assert ink_share(Image.new("L", A4, level)) == 0
    assert ink_share(Image.new("RGB", A4, (level, 200, 100))) == 0


def test_a_gradient_is_blank():
    gradient = Image.linear_gradient("L").resize(A4)
    upper_half = gradient.point(lambda level: 128 + level // 2)

    assert ink_share(gradient) == 0
    assert ink_share(upper_half) == 0


def test_the_noise_of_a_scanner_is_blank():
    paper = Image.effect_noise(A4, 12).point(lambda level: min(255, level + 100))

    assert ink_share(paper) < 0.00001


@pytest.mark.parametrize("turned_over", [False, True])
def test_one_short_word_on_a_page_is_ink(turned_over):
    page = Image.new("L", A4, 255)
    word = draw_page(0, text="4711", size=(120, 80), font_size=28)
    page.paste(word, (700, 1000))
    if turned_over:
        page = ImageOps.invert(page)

    assert 0.00005 < ink_share(page) < 0.002


def test_faint_print_is_ink():
    page = Image.new("L", A4, 250)
    ImageDraw.Draw(page).rectangle((300, 300, 900, 330), fill=215)

    assert ink_share(page) > 0.001


def test_light_and_dark_halves_do_not_hide_what_is_on_them():
    page = Image.new("L", (800, 800), 255)
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 800, 380), fill=20)
    draw.rectangle((100, 100, 200, 110), fill=255)
    draw.rectangle((100, 600, 200, 610), fill=0)

    mask = ink_mask(page)

    assert mask.getpixel((150, 605)) == 255
    assert mask.crop((80, 80, 220, 130)).getbbox() is not None


def test_a_text_page_keeps_its_ink_when_it_is_blurred_or_huge():
    rows = draw_page(0, text="lorem ipsum dolor " * 4, size=(900, 100), font_size=20)
    tall = Image.new("L", (900, 20_000), 255)
    for y in range(0, 20_000, 100):
        tall.paste(rows, (0, y))

    share = ink_share(tall)

    assert 0.01 < share < 0.3
    assert ink_share(tall.filter(ImageFilter.GaussianBlur(2))) > 0.5 * share


@pytest.mark.parametrize("size", [A4, (834, 278)])
def test_dust_is_no_ink(size):
    page = Image.new("L", size, 255)
    place = random.Random(1)
    for _ in range(6):
        x, y = place.randrange(size[0] - 10), place.randrange(size[1] - 10)
        page.paste(0, (x, y, x + 3, y + 3))

    assert ink_share(page) == 0


def test_the_number_of_a_page_is_no_dust():
    page = Image.new("L", A4, 255)
    page.paste(draw_page(0, text="7", size=(60, 80), font_size=26), (800, 2200))

    assert ink_share(page) > 0.00001
    assert ink_share(page.resize((450, 640))) > 0.00001


def test_a_full_page_of_dots_is_ink():
    page = Image.new("L", A4, 255)
    for x in range(0, A4[0], 20):
        for y in range(0, A4[1], 20):
            page.paste(0, (x, y, x + 3, y + 3))

    assert ink_share(page) > 0.001
