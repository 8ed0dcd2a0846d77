"""A reader process, and pages to read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from doubles.pages import draw_page
from textlift.documents.client import DocumentReader


@pytest.fixture
def cache_folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def reader(cache_folder: Path) -> Iterator[DocumentReader]:
    """A reader process, started at its first call."""
    document_reader = DocumentReader(cache_folder)
    yield document_reader
    document_reader.close()


@pytest.fixture
def page_image() -> Image.Image:
    return draw_page(5, text="Hostile sample 4711", size=(600, 300), font_size=30)
