from __future__ import annotations

import gzip
import io

import pytest
from PIL import Image

from doubles.raw_pdf import page_bytes
from textlift.documents.failures import ReaderError
from textlift.documents.identify import HEAD, identify
from textlift.documents.messages import DocumentFailure


@pytest.mark.parametrize(
    ("saved_as", "name"),
    [
        ("PNG", "PNG"),
        ("JPEG", "JPEG"),
        ("WEBP", "WebP"),
        ("BMP", "BMP"),
        ("GIF", "GIF"),
        ("TIFF", "TIFF"),
        ("AVIF", "AVIF"),
        ("JPEG2000", "JPEG 2000"),
        ("PPM", "PPM"),
        ("ICO", "ICO"),
        ("TGA", "TGA"),
        ("PDF", "PDF"),
    ],
)
def test_each_format_is_known_by_its_content(saved_as, name):
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(buffer, saved_as)
    content = buffer.getvalue()

    assert identify(content[:HEAD], content[-26:]).name == name


def test_heic_and_avif_are_told_apart_by_their_brands():
    heic = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"
    avif = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf"

    assert identify(heic).name == "HEIC"
    assert identify(avif).name == "AVIF"


def test_a_pdf_may_have_something_before_its_header():
    assert identify(b"garbage\n" * 100 + page_bytes(b"")).name == "PDF"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"<html><body>404 not found</body></html>", "web page"),
        (b"  <!DOCTYPE html>", "web page"),
        (gzip.compress(b"pdf", mtime=0), "gzip"),
        (b"PK\3\4rest", "ZIP"),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", "SVG"),
        (b"plain words, nothing else\n" * 100, "text file"),
        ("Привет, мир. ".encode() * 200, "text file"),
        (b"8BPS\0\1", "Photoshop"),
        (b"\xff", "neither"),
        (b"\0\1\2\3\4", "neither"),
    ],
)
def test_what_cannot_be_read_is_named(content, word):
    with pytest.raises(ReaderError) as caught:
        identify(content[:HEAD])

    assert caught.value.failure is DocumentFailure.UNSUPPORTED
    assert word in caught.value.sentence
    assert caught.value.sentence.endswith(".")
