from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.opinion_choices import Choices, all_second
from textlift.content.reading import PageReading
from textlift.content.second_opinion import set_side_by_side
from textlift.content.side_by_side import SideBySide
from textlift.content.text_lines import reading_lines
from textlift.ui.model_menu import ModelOffer
from textlift.ui.opinion_cell import PassageCell
from textlift.ui.opinion_view import OpinionView


def make_reading(*texts: str) -> PageReading:
    blocks = []
    for number, text in enumerate(texts):
        line = Line(text=text, box=Box(0, 40 * number, 10 * len(text), 40 * number + 20))
        blocks.append(Block(kind=BlockKind.TEXT, text=text, lines=(line,)))
    return PageReading(blocks=tuple(blocks), read_by="test")


def side_by_side(first: tuple[str, ...], second: tuple[str, ...]) -> SideBySide:
    ours = make_reading(*first)
    return set_side_by_side(reading_lines(ours), ours, make_reading(*second))


@pytest.fixture
def view(qtbot):
    view = OpinionView()
    qtbot.addWidget(view)
    view.resize(620, 520)
    view.show()
    return view


def show(view: OpinionView, first: tuple[str, ...], second: tuple[str, ...]) -> SideBySide:
    text = side_by_side(first, second)
    view.show_comparison(text, ("Alpha", "Beta"))
    view.show_choices(Choices(), can_undo=False, all_of_second=all_second(text))
    QApplication.processEvents()
    return text


def place_of(cell: PassageCell, difference: int) -> QPoint:
    return cell.difference_rect(difference).center() + QPoint(4, 0)


FIRST = ("Nothing differs in here", "one two three four", "last words of it")
SECOND = ("Nothing differs in here", "one too three four", "last words of")


def test_a_click_on_a_difference_goes_to_it_and_chooses_nothing(view, qtbot):
    show(view, FIRST, SECOND)
    told: list[object] = []
    view.chosen.connect(lambda *what: told.append(what))
    cell = view.pairs.rows[1].second
    with qtbot.waitSignal(view.difference_shown) as shown:
        QTest.mouseClick(cell, Qt.MouseButton.LeftButton, pos=place_of(cell, 0))
    assert shown.args == [0]
    assert view.differences.count.text() == "1 of 2 differences"
    assert told == []
    assert not cell.isChecked()


def test_a_click_beside_a_difference_takes_the_text(view, qtbot):
    show(view, FIRST, SECOND)
    cell = view.pairs.rows[1].second
    beside = QPoint(cell.width() - 6, cell.height() - 4)
    told: list[tuple[int, bool]] = []
    view.chosen.connect(lambda *what: told.append(what))
    with qtbot.waitSignal(view.pair_shown) as shown:
        QTest.mouseClick(cell, Qt.MouseButton.LeftButton, pos=beside)
    assert shown.args == [1]
    assert told == [(1, True)]
    assert cell.isChecked()
    assert not view.pairs.rows[1].first.isChecked()


def test_where_a_word_is_missing_there_is_a_place_to_click(view, qtbot):
    show(view, FIRST, SECOND)
    cell = view.pairs.rows[2].second
    assert cell.text_shown == "last words of"
    with qtbot.waitSignal(view.difference_shown) as shown:
        QTest.mouseClick(cell, Qt.MouseButton.LeftButton, pos=cell.difference_rect(1).center())
    assert shown.args == [1]


def test_what_says_the_same_is_no_choice_and_shows_its_place(view, qtbot):
    show(view, FIRST, SECOND)
    cell = view.pairs.rows[0].first
    assert cell.focusPolicy() is Qt.FocusPolicy.NoFocus
    with qtbot.waitSignal(view.pair_shown) as shown, qtbot.assertNotEmitted(view.chosen):
        QTest.mouseClick(cell, Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    assert shown.args == [0]


def test_steps_go_round(view):
    show(view, FIRST, SECOND)
    places = []
    for step in (1, 1, 1, -1, -1):
        view.step(step)
        places.append(view.current)
    assert places == [0, 1, 0, 1, 0]


def test_the_first_step_back_goes_to_the_last(view):
    show(view, FIRST, SECOND)
    view.step(-1)
    assert view.current == 1


def test_up_and_down_go_from_passage_to_passage(view, qtbot):
    show(view, FIRST, SECOND)
    view.step(1)
    rows = view.pairs.rows
    assert rows[1].first.hasFocus()
    qtbot.keyClick(rows[1].first, Qt.Key.Key_Down)
    assert rows[2].first.hasFocus()
    assert view.current == 1
    qtbot.keyClick(rows[2].first, Qt.Key.Key_Up)
    assert rows[1].first.hasFocus()


def test_only_what_differs_can_be_shown(view):
    show(view, FIRST, SECOND)
    view.differences.only.setChecked(True)
    assert [row.isVisible() for row in view.pairs.rows] == [False, True, True]
    show(view, FIRST, SECOND)
    assert [row.isVisible() for row in view.pairs.rows] == [False, True, True]


def test_a_difference_far_below_comes_into_view(view):
    same = tuple(f"paragraph number {number} is the same in both" for number in range(60))
    show(view, (*same, "the end"), (*same, "the and"))
    view.step(1)
    QApplication.processEvents()
    cell = view.pairs.rows[-1].first
    assert not cell.visibleRegion().isEmpty()


def test_every_control_has_a_name(view):
    show(view, FIRST, SECOND)
    cell = view.pairs.rows[1].second
    assert cell.accessibleName() == "Beta: one too three four"
    bars = (view.bar, view.differences, view.head)
    for button in (one for bar in bars for one in bar.children() if hasattr(one, "click")):
        assert button.accessibleName() or button.text()
        assert button.toolTip()


def test_letters_of_two_code_units_are_marked_where_they_stand(view):
    show(view, ("𝔄𝔅 two",), ("𝔄𝔅 too",))
    cell = view.pairs.rows[0].first
    plain = cell.fontMetrics().horizontalAdvance("𝔄𝔅 ")
    assert abs(cell.difference_rect(0).left() - (26 + plain)) <= 3


def test_texts_that_say_the_same_say_so(view):
    text = show(view, ("one two", "three four"), ("one two", "three four"))
    assert not text.differences
    assert view.differences.count.text() == "Both texts say the same"
    assert not view.differences.next.isEnabled()
    assert not any(button.isEnabled() for button in view.head.buttons)
    show(view, ("one two", "three four"), ("three four", "one two"))
    assert view.differences.count.text() == "Same words, in another order"
    assert view.head.buttons[1].isEnabled()


def test_the_model_asked_last_is_proposed_where_it_is_ready(view):
    beta = ModelOffer(name="beta", title="Beta & Co")
    gamma = ModelOffer(name="gamma", title="Gamma", reason="It is not here.")
    view.show_models([ModelOffer(name="alpha", title="Alpha"), beta, gamma], usual="beta")
    view.show_invitation(part=False)
    assert view.invitation.ask.text() == "Ask Beta && Co"
    view.show_models([ModelOffer(name="alpha", title="Alpha"), gamma], usual="gamma")
    view.show_invitation(part=False)
    assert view.invitation.ask.text() == "Ask Alpha"


def test_of_a_page_of_many_passages_the_first_are_shown_at_once(view):
    first = tuple(f"paragraph {number} with some words of its own" for number in range(120))
    text = side_by_side(first, tuple(line.replace("some", "same") for line in first))
    view.show_comparison(text, ("Alpha", "Beta"))
    assert 10 < len(view.pairs.rows) < 60
    view.step(-1)
    assert view.current == 119
    assert view.pairs.rows[-1].first.hasFocus()


def test_what_was_chosen_is_seen_far_below_too(view, qtbot):
    first = tuple(f"paragraph {number} with some words of its own" for number in range(60))
    text = side_by_side(first, tuple(line.replace("some", "same") for line in first))
    view.show_comparison(text, ("Alpha", "Beta"))
    view.show_choices(Choices(frozenset({59})), can_undo=True, all_of_second=all_second(text))
    qtbot.waitUntil(lambda: len(view.pairs.rows) == 60)
    assert view.pairs.rows[59].second.isChecked()
    assert view.pairs.rows[58].first.isChecked()
