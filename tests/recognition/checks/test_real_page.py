"""The checks on a drawn page that PP-OCRv6 reads and the inspector looks at."""

from __future__ import annotations

import msgspec
import pytest

from doubles.pages import draw_page
from textlift.content.block import Block, BlockKind
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, WarningKind
from textlift.engines.contract import EngineOptions, ReadOptions
from textlift.engines.pp_ocr.engine import PpOcrEngine
from textlift.inspection.looking import Look
from textlift.processes.cancellation import Cancellation
from textlift.recognition.checks.page_check import check_page

pytestmark = pytest.mark.real_engine

UPPER = (
    "The first train leaves the harbour at seven",
    "and reaches the capital shortly after noon.",
    "Passengers may take two pieces of luggage.",
)
LOWER = (
    "Dogs travel free of charge in every carriage",
    "except the last, where meals are served.",
    "Tickets are sold at the station only.",
)
SIZE = (1000, 700)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The look at the page, and what PP-OCRv6 read on it."""
    text = "\n\n".join(UPPER) + "\n\n\n\n\n\n" + "\n\n".join(LOWER)
    path = tmp_path_factory.mktemp("page") / "page.png"
    draw_page(0, text=text, size=SIZE, font_size=26).save(path)
    options = EngineOptions(threads=1)
    image = PageImage(path=str(path), width=SIZE[0], height=SIZE[1], ink=0.05)
    reading = PpOcrEngine(options).read(
        image, ReadOptions(), on_progress=lambda progress: None, cancellation=Cancellation()
    )
    return Look(options).at(str(path)), reading


def check(page, reading, *, heard=False):
    look, witness = page
    return check_page(
        reading, look=look, witness=witness if heard else None, width=SIZE[0], height=SIZE[1]
    )


def model(*texts):
    """What a model without boxes returns."""
    blocks = tuple(Block(kind=BlockKind.TEXT, text=text) for text in texts)
    return PageReading(blocks=blocks, read_by="model")


def test_what_was_read_is_all_there(page):
    assert len(page[1].lines) == 6
    assert check(page, page[1]) == ()


def test_lines_that_are_taken_away_are_missed(page):
    blocks = tuple(
        msgspec.structs.replace(
            block, lines=tuple(line for line in block.lines if line.box.y0 < SIZE[1] / 3)
        )
        for block in page[1].blocks
    )
    kept = tuple(block for block in blocks if block.lines)
    found = check(page, msgspec.structs.replace(page[1], blocks=kept))
    assert [one.kind for one in found] == [WarningKind.MISSED]
    assert found[0].sentence == "3 lines were not read."


def test_the_true_text_is_borne_out(page):
    assert check(page, model(" ".join(UPPER), " ".join(LOWER)), heard=True) == ()


def test_a_sentence_that_is_not_there_is_invented(page):
    stray = "Children below the age of six must stay at home with their parents."
    found = check(page, model(" ".join(UPPER), stray, " ".join(LOWER)), heard=True)
    assert [one.kind for one in found] == [WarningKind.INVENTED]
    assert "Children" in found[0].sentence
    assert found[0].box is not None


def test_a_paragraph_that_the_text_lacks_is_placed(page):
    found = check(page, model(" ".join(UPPER)), heard=True)
    assert [one.kind for one in found] == [WarningKind.MISSED]
    assert found[0].box.y0 > SIZE[1] / 3
