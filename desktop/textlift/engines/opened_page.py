"""The rendered page as an image of Pillow's, for engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, UnidentifiedImageError

from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.engines.contract import EngineError


@contextmanager
def opened_page(page: PageImage) -> Iterator[Image.Image]:
    """The page for as long as the block goes on; its pixels are decoded inside.

    Raises:
        EngineError: The file is gone or is not an image.
    """
    try:
        with Image.open(page.path) as image:
            yield image
    except (OSError, UnidentifiedImageError) as error:
        raise EngineError(
            FailureKind.DOCUMENT,
            "The rendered page is gone or damaged; read the page again.",
            details=str(error),
        ) from error
