"""From a line of the page to its text: found wherever it stands, and near where it should be."""

from __future__ import annotations

import random

import pytest

from textlift.content.page import EditedLine
from textlift.ui import text_editor as module
from textlift.ui.text_editor import TextEditor

LINES = 400


@pytest.fixture
def looked_at(monkeypatch):
    """How many lines were looked at."""
    counted = [0]
    source_of = module._source

    def counting(block):
        counted[0] += 1
        return source_of(block)

    monkeypatch.setattr(module, "_source", counting)
    return counted


@pytest.fixture
def editor(qtbot):
    editor = TextEditor()
    qtbot.addWidget(editor)
    return editor


def found(editor, source):
    block = editor._find_block(source)
    return block.text() if block is not None else None


def test_every_line_is_found_in_any_order(editor):
    sources = list(range(60))
    random.Random(2).shuffle(sources)
    editor.set_lines(EditedLine(text=f"line {source}", source=source) for source in sources)
    assert [found(editor, source) for source in range(60)] == [f"line {n}" for n in range(60)]
    assert found(editor, 60) is None
    assert found(editor, 9999) is None


def test_an_empty_text_has_no_line(editor):
    assert found(editor, 0) is None


def test_of_many_lines_few_are_looked_at(editor, looked_at):
    # A blank line after each eight, as between paragraphs.
    lines = []
    for source in range(LINES):
        lines += [EditedLine(text=f"line {source}", source=source)]
        lines += [EditedLine(text="")] if source % 8 == 7 else []
    editor.set_lines(lines)
    looked_at[0] = 0
    for source in range(0, LINES, 10):
        assert found(editor, source) == f"line {source}"
    assert looked_at[0] < 8 * LINES / 10


@pytest.fixture
def measured(monkeypatch):
    """How many lines were measured."""
    counted = [0]
    real = module._SpacedLayout.blockBoundingRect

    def counting(layout, block):
        counted[0] += 1
        return real(layout, block)

    monkeypatch.setattr(module._SpacedLayout, "blockBoundingRect", counting)
    return counted


def test_to_go_to_a_far_line_those_on_the_way_are_not_measured(editor, measured, qtbot):
    editor.resize(400, 200)
    editor.show()
    editor.set_lines(EditedLine(text=f"line {source}", source=source) for source in range(LINES))
    qtbot.wait(1)
    in_view = sum(1 for _ in editor._visible_blocks())
    for source in (LINES - 20, 5, LINES // 2):
        measured[0] = 0
        editor.select_line(source)
        assert source in {module._source(block) for block in editor._visible_blocks()}
        assert editor.textCursor().blockNumber() == source
        assert measured[0] < 12 * in_view < LINES
