"""Exports carry what a document says as text: no markup, no links, no broken files."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from textlift.content.block import Block, BlockKind
from textlift.content.page import PageRecord, PageState
from textlift.content.reading import PageReading
from textlift.exports import EXPORTERS
from textlift.exports.contract import ExportDocument
from textlift.exports.writing import ExportExistsError, export_file, export_folder, export_text

PIECES = (
    '<img src="http://example.org/x.png">', "<script>alert(1)</script>", "<!--", "-->", "--!>",
    "![x](http://example.org/x.png)", "[x](javascript:alert(1))", "<http://example.org>",
    "[x]: http://example.org", "[x]", "```", "~~~", "\n", "\n\n", "    ", "\t", "|", "---", "===",
    "<table>", "<tr>", "<td onclick='x'>", "</td>", "</table>", "<td colspan=2>a<td>b",
    "<iframe src=x>", "&lt;b&gt;", "&#60;", "\\", "`", "$$", "$", "\\[", "<", ">", "# ", "- ",
    "1. ", "word", "\x1b[31m", "\x00", "\ud800", "\u2028", "<?php", "<![CDATA[", "</pre>",
)  # fmt: skip

texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.text(max_size=20),
)
blocks = st.builds(Block, kind=st.sampled_from(BlockKind), text=texts, level=st.integers(0, 7))

_TABLE_TAG = re.compile(r"</?(?:table|tr|t[dh](?: (?:col|row)span=\"\d+\")*)>")
_COMMENT = re.compile(r"\A<!-- [^<>]* -->\n?\Z")

renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def document(found: list[Block], title: str = "scan.pdf") -> ExportDocument:
    page = PageRecord(
        number=1, state=PageState.DONE, reading=PageReading(blocks=tuple(found), read_by="m")
    )
    return ExportDocument(title=title, path=title, page_count=1, pages=[page])


def tokens(markdown: str) -> list[Token]:
    flat = []
    for token in renderer.parse(markdown):
        flat += [token, *(token.children or [])]
    return flat


@settings(deadline=None, max_examples=250)
@given(st.lists(blocks, max_size=5), texts)
@example([Block(BlockKind.TABLE, '<table><tr><td colspan="2">a<img src=x></td></tr></table>')], "a")
@example([Block(BlockKind.CODE, "```\n<script>alert(1)</script>")], "a")
def test_markdown_holds_no_markup_of_the_document(found: list[Block], title: str):
    exported = export_text(EXPORTERS["md"], [document(found, title)])
    for token in tokens(exported):
        assert token.type not in {"image", "link_open"}, exported
        if token.type in {"html_block", "html_inline"}:
            rest = token.content.strip()
            if not _COMMENT.match(rest):
                assert "<" not in _TABLE_TAG.sub("", rest), exported


@settings(deadline=None, max_examples=150)
@given(st.lists(blocks, max_size=5), texts)
def test_json_is_json_whatever_was_read(found: list[Block], title: str):
    exported = export_text(EXPORTERS["json"], [document(found, title)])
    json.loads(exported)
    exported.encode("utf-8")


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(blocks, max_size=3), st.sampled_from(sorted(EXPORTERS)))
def test_every_format_is_written(tmp_path: Path, found: list[Block], name: str):
    exporter = EXPORTERS[name]
    path = tmp_path / f"out{exporter.extension}"
    export_file(path, exporter=exporter, documents=[document(found)], overwrite=True)
    written = path.read_bytes().decode("utf-8")
    assert "\x1b" not in written
    assert "\x00" not in written


@pytest.mark.parametrize(
    "title", ["../../outside.pdf", "/etc/passwd", "..", "a/../../b", "C:\\x", "\x00", ".bashrc"]
)
def test_no_title_leads_out_of_the_folder(tmp_path: Path, title: str):
    folder = tmp_path / "inner" / "exports"
    (path,) = export_folder(folder, exporter=EXPORTERS["txt"], documents=[document([], title)])
    assert path.parent == folder
    assert [found.relative_to(folder) for found in tmp_path.rglob("*") if found.is_file()] == [
        Path(path.name)
    ]


def test_a_link_in_the_folder_is_not_written_through_unasked(tmp_path: Path):
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scan.txt").symlink_to(mine)
    with pytest.raises(ExportExistsError, match="exists already"):
        export_folder(tmp_path / "out", exporter=EXPORTERS["txt"], documents=[document([])])
    assert mine.read_text() == "mine"


def test_the_pieces_are_such_that_escaping_matters():
    """Else the tests above could not fail."""
    assert any(token.type == "image" for token in tokens("".join(PIECES[5:6])))
    assert any(token.type == "html_block" for token in tokens(PIECES[1]))
    assert html.escape(PIECES[0]) != PIECES[0]
