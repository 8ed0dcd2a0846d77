from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref

import pytest
from PySide6.QtCore import QObject, QThread

from textlift.ui import garbage
from textlift.ui.garbage import YOUNG, GarbageCollection


class Cycle:
    """Holds itself, and notes the thread in which it goes."""

    def __init__(self) -> None:
        self.itself = self
        self.gone_in: list[int] = []
        weakref.finalize(self, _note, self.gone_in)


def _note(gone_in: list[int]) -> None:
    gone_in.append(threading.get_ident())


def make_many() -> list[list[object]]:
    """More objects than a look is due after."""
    return [[] for _ in range(2 * YOUNG)]


@pytest.fixture
def collection(qtbot):
    collection = GarbageCollection()
    yield collection
    collection.end()


@pytest.fixture
def generations():
    """The generations that are collected, as they are."""
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop":
            seen.append(info["generation"])

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


def test_a_cycle_goes_in_the_gui_thread_whoever_allocates(collection, qtbot):
    collection.start()
    gone_in = Cycle().gone_in
    kept: list[object] = []
    worker = threading.Thread(target=lambda: kept.extend(make_many()))
    worker.start()
    worker.join()
    assert gone_in == []

    def gone_here() -> bool:
        # What earlier tests made and is freed only now counts against what is made.
        kept.extend(make_many())
        return gone_in == [threading.get_ident()]

    qtbot.waitUntil(gone_here)


def test_a_worker_never_collects(collection, generations):
    collection.start()
    kept: list[object] = []

    class Worker(QThread):
        def run(self) -> None:
            kept.extend(make_many() for _ in range(20))

    worker = Worker()
    worker.start()
    worker.wait()
    assert generations == []


def test_nothing_is_looked_at_while_nothing_is_made(collection, generations):
    gc.collect()
    del generations[:]
    collection.look()
    assert generations == []


def test_older_generations_come_ten_times_less_often(collection, generations):
    kept = []
    for _ in range(130):
        kept.append(make_many())
        collection.look()
    assert [generations.count(number) for number in (0, 1, 2)] == [118, 11, 1]


def full_collections(collection, generations) -> int:
    """How many there are while enough is made for two."""
    kept = []
    for _ in range(260):
        kept.append(make_many())
        collection.look()
    return generations.count(2)


def test_a_long_full_collection_waits_while_the_window_is_active(
    collection, generations, monkeypatch, qtbot
):
    monkeypatch.setattr(garbage, "BEARABLE", -1.0)
    active = True
    state = garbage.Qt.ApplicationState
    monkeypatch.setattr(
        garbage.QGuiApplication,
        "applicationState",
        lambda: state.ApplicationActive if active else state.ApplicationInactive,
    )
    assert full_collections(collection, generations) == 0
    active = False
    collection.look()
    kept = make_many()
    collection.look()
    assert generations.count(2) == 1
    del kept


def test_it_does_not_wait_for_ever(collection, generations, monkeypatch):
    monkeypatch.setattr(garbage, "BEARABLE", -1.0)
    monkeypatch.setattr(garbage, "LONGEST_WAIT", -1.0)
    assert full_collections(collection, generations) == 2


def test_what_lives_at_the_start_is_not_looked_at(collection):
    before = gc.get_freeze_count()
    collection.start()
    assert gc.get_freeze_count() > before + 1000
    collection.end()
    assert gc.get_freeze_count() == 0


def test_python_collects_again_afterwards(qtbot):
    enabled = gc.isenabled()
    gc.enable()
    try:
        owner = QObject()
        collection = GarbageCollection(owner)
        assert not gc.isenabled()
        collection.end()
        assert gc.isenabled()
    finally:
        (gc.enable if enabled else gc.disable)()


_PROGRAM = """
import gc
from PySide6.QtWidgets import QApplication
from textlift.ui.application import main

QApplication.exec = lambda *_: print(gc.isenabled()) or 0
main([])
"""


def test_the_program_switches_the_automatic_collection_off() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "False\n"
