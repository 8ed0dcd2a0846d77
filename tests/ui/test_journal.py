"""What went wrong and belongs to no page: once, as long as it goes on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication

from textlift.ui import journal as module
from textlift.ui.journal import Journal, Matter


@pytest.fixture
def clock(monkeypatch):
    """Seconds that have passed, to be moved on."""
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def take(qtbot):
    """Tells a journal of an export that failed; the sentences that it has then."""
    journal = Journal()

    def take(sentence):
        journal.take(Matter.EXPORT, sentence)
        QCoreApplication.processEvents()
        return [entry.sentence for entry in journal.entries]

    return take


def test_the_same_thing_again_and_again_is_kept_once(take, clock):
    for _ in range(4):
        assert take("The disk is full.") == ["The disk is full."]
        clock[0] += 30
    assert take("The folder is gone.") == ["The disk is full.", "The folder is gone."]


def test_what_comes_back_is_news(take, clock):
    take("The disk is full.")
    clock[0] += 61
    assert take("The disk is full.") == ["The disk is full."] * 2
