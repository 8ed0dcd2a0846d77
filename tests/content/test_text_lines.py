"""Lines of a page remember the printed line they came from; edits win."""

from __future__ import annotations

from textlift.content.block import Block, BlockKind, Line
from textlift.content.page import EditedLine, PageEdit, PageRecord
from textlift.content.reading import PageReading
from textlift.content.text_lines import make_edit, page_lines, page_text, reading_lines

READING = PageReading(
    blocks=(
        Block(BlockKind.HEADING, "Title", lines=(Line("Title"),)),
        Block(BlockKind.PICTURE, ""),
        Block(BlockKind.TEXT, "first\nsecond"),
    ),
    read_by="test",
)


def test_a_blank_line_stands_between_blocks_and_points_nowhere():
    assert reading_lines(READING) == (
        EditedLine("Title", 0),
        EditedLine("", None),
        EditedLine("first", 1),
        EditedLine("second", 2),
    )
    assert [line.text for line in READING.lines] == ["Title", "first", "second"]


def test_a_page_without_a_reading_has_no_text():
    assert page_text(PageRecord(number=1)) == ""


def test_the_edit_is_what_people_see():
    edit = PageEdit(lines=(EditedLine("other", 1),))
    page = PageRecord(number=1, reading=READING, edit=edit)
    assert page_lines(page) == edit.lines
    assert page_text(page) == "other"


def test_an_edit_back_to_the_reading_is_no_edit():
    assert make_edit(list(reading_lines(READING)), READING) is None


def test_an_edit_is_kept_in_nfc_with_its_sources():
    lines = [EditedLine("Tit\u006c\u0065\u0301", 0)]
    assert make_edit(lines, READING) == PageEdit(lines=(EditedLine("Titlé", 0),))


def test_an_emptied_page_stays_emptied():
    assert make_edit([EditedLine("")], READING) == PageEdit(lines=(EditedLine(""),))
