"""A table is readable as plain text and stays a table in Markdown, however it was written."""

from __future__ import annotations

import itertools

import pytest
from markdown_it import MarkdownIt

from textlift.content.block import Block, BlockKind, Line
from textlift.content.markdown import page_markdown
from textlift.content.page import EditedLine, PageEdit, PageRecord
from textlift.content.reading import PageReading, block_lines
from textlift.content.tables import table_lines, table_markdown, table_rows
from textlift.content.text_lines import page_text

HTML = (
    "<table><thead><tr><th>Item</th><th>Price</th></tr></thead>\n"
    "<tbody><tr><td>Nuts &amp;\nbolts</td><td>1 | 2</td></tr><tr><td></td><td>3</td></tr>"
    "</tbody></table>"
)
ROWS = ("Item\tPrice", "Nuts & bolts\t1 | 2", "\t3")


def page(text: str, edit: PageEdit | None = None) -> PageRecord:
    blocks = (Block(BlockKind.TEXT, "Before."), Block(BlockKind.TABLE, text))
    return PageRecord(number=1, reading=PageReading(blocks=blocks, read_by="x"), edit=edit)


def cells(markdown: str) -> list[list[str]]:
    """The cells that a Markdown program shows."""
    rows: list[list[str]] = []
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for before, token in itertools.pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if before.type in {"td_open", "th_open"}:
            rows[-1].append(token.children[0].content if token.children else "")
    return rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (HTML, ROWS),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ("a\tb", "1\t2")),
        ("a\tb\n1\t2", ("a\tb", "1\t2")),
        ("<table><tr><td colspan=2>wide</td></tr><tr><td>1</td><td>2</td></tr></table>",
         ("wide", "1\t2")),
        ("no table at all", ()),
        ("<table></table>", ()),
    ],
)  # fmt: skip
def test_rows_are_lines_with_tabs(text: str, rows: tuple[str, ...]) -> None:
    assert table_lines(text) == rows


def test_plain_text_has_no_tags() -> None:
    read = page(HTML)
    assert page_text(read) == "Before.\n\n" + "\n".join(ROWS)
    assert read.reading is not None
    assert read.reading.text == page_text(read)


def test_markdown_has_the_same_cells() -> None:
    assert cells(page_markdown(page(HTML))) == [
        ["Item", "Price"],
        ["Nuts & bolts", "1 | 2"],
        ["", "3"],
    ]


def test_a_table_stays_one_when_a_cell_is_edited() -> None:
    lines = [EditedLine("Before.", 0), EditedLine(""), EditedLine("Item\tPrice", 1),
             EditedLine("Nuts\t5", 2)]  # fmt: skip
    assert cells(page_markdown(page(HTML, PageEdit(tuple(lines))))) == [
        ["Item", "Price"],
        ["Nuts", "5"],
    ]


def test_lines_of_the_engine_win() -> None:
    lines = (Line("as printed"),)
    assert block_lines(Block(BlockKind.TABLE, HTML, lines=lines)) == lines
    assert block_lines(Block(BlockKind.TABLE, "one\ntwo")) == (Line("one"), Line("two"))
    assert block_lines(Block(BlockKind.TEXT, "a\tb")) == (Line("a\tb"),)


def test_what_begins_like_a_section_of_xml_is_text() -> None:
    assert table_lines("<table><tr><td>a <![b</td><td>c</td></tr></table>") == ("a <![b\tc",)


def test_a_script_that_is_never_closed_hides_no_cell():
    table = "<table><tr><td>one<script></td><td>two</td></tr></table>"
    assert [[cell.text for cell in row] for row in table_rows(table)] == [["one", "two"]]


def test_a_table_of_more_cells_than_a_viewer_bears_is_lines():
    rows = "<tr>" + "<td>a</td>" * 3000 + "</tr>" + "<tr><td>b</td></tr>" * 3000
    table = f"<table>{rows}</table>"
    assert table_markdown(table) == ""
    markdown = page_markdown(page(table))
    assert markdown.count("b") == 3000
    assert len(markdown) < 100_000
