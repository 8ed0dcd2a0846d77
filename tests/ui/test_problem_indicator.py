"""The count of problems in the status bar."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette

from textlift.ui import theme
from textlift.ui.problem_indicator import ProblemIndicator


@pytest.fixture
def indicator(qtbot):
    indicator = ProblemIndicator()
    qtbot.addWidget(indicator)
    return indicator


def colour(indicator: ProblemIndicator) -> str:
    return indicator.palette().color(QPalette.ColorRole.ButtonText).name()


def test_it_is_in_colour_only_while_something_is_new(indicator):
    assert indicator.isHidden()
    indicator.show_count(1, new=1)
    assert not indicator.isHidden()
    assert indicator.text() == "1 problem"
    assert indicator.accessibleName() == "1 problem, 1 new"
    assert colour(indicator) == theme.colours().bad
    indicator.show_count(1200, new=0)
    assert indicator.text() == "1,200 problems"
    assert colour(indicator) == theme.colours().muted
    indicator.show_count(0, new=0)
    assert indicator.isHidden()


def test_it_follows_light_and_dark(indicator, qapp, monkeypatch):
    before = qapp.palette()
    indicator.show_count(3, new=3)
    light = colour(indicator)
    monkeypatch.setattr(theme, "is_dark", lambda: True)
    qapp.setPalette(theme.palette(theme.colours()))
    qapp.processEvents()
    try:
        assert colour(indicator) == theme.DARK.bad != light
    finally:
        qapp.setPalette(before)
