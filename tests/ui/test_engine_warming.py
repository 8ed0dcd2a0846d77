"""Engines that are loaded before their first page is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from doubles import engine_script as do
from textlift.engines.contract import EngineOptions
from textlift.models.ram import Ram
from textlift.processes.cancellation import Cancellation
from textlift.recognition.engine_pool import EnginePool, LoadWatcher
from textlift.recognition.events import EngineLoaded, EngineLoading
from textlift.ui import engine_warming
from textlift.ui.engine_warming import LEAST_ROOM, EngineWarming
from textlift.ui.incoming import Incoming

PLENTY = 2 * LEAST_ROOM


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(engine_warming, "SMALL", frozenset({"alpha", "bad"}))


@pytest.fixture(autouse=True)
def available(monkeypatch):
    monkeypatch.setattr("textlift.models.ram.system_ram", lambda: Ram(PLENTY, PLENTY))


class Warming(EngineWarming):
    """With a pool of its own; what it tells is in ``told``."""

    def __init__(self, script) -> None:
        self.told: list[object] = []
        self.pool = EnginePool(script.registry, EngineOptions())
        super().__init__(lambda: (script.registry, self.pool), on_event=self.told.append)

    def wait(self) -> None:
        if self._thread is not None:
            self._thread.join()


@pytest.fixture
def warming(script):
    script.engine("alpha")
    script.engine("large")
    script.engine("bad", load=do.EXIT)
    warming = Warming(script)
    yield warming
    warming.close()
    warming.pool.close()


def loaded(warming) -> list[str]:
    return list(warming.pool.pids().values())


def test_the_run_finds_the_engine_loaded(warming):
    warming.begin("alpha")
    warming.wait()
    (pid,) = warming.pool.pids()
    assert warming.told == [
        EngineLoading("alpha", "Engine alpha"),
        EngineLoaded("alpha", "cpu", pid),
    ]
    never = LoadWatcher(
        loading=lambda _: pytest.fail("loaded twice"), loaded=lambda *_: pytest.fail("loaded twice")
    )
    with warming.pool.lease("alpha", watcher=never, cancellation=Cancellation()) as process:
        assert process.process.pid == pid


def test_it_is_loaded_once(warming):
    warming.begin("alpha")
    warming.wait()
    del warming.told[:]
    warming.begin("alpha")
    warming.wait()
    assert warming.told == []
    assert loaded(warming) == ["alpha"]


@pytest.mark.parametrize("name", ["large", "gone"])
def test_only_small_engines_that_are_there_are_loaded(warming, name):
    warming.begin(name)
    warming.wait()
    assert (warming.told, loaded(warming)) == ([], [])


def test_none_is_loaded_where_memory_is_short(warming, monkeypatch):
    short = Ram(PLENTY, LEAST_ROOM - 1)
    monkeypatch.setattr("textlift.models.ram.system_ram", lambda: short)
    warming.begin("alpha")
    warming.wait()
    assert (warming.told, loaded(warming)) == ([], [])


def test_what_cannot_be_loaded_is_left_to_the_run(warming):
    warming.begin("bad")
    warming.wait()
    assert warming.told == [EngineLoading("bad", "Engine bad")]
    assert loaded(warming) == []


def test_closing_gives_up_what_is_being_loaded(script, qtbot):
    script.engine("alpha", load=do.HANG)
    warming = Warming(script)
    try:
        warming.begin("alpha")
        qtbot.waitUntil(lambda: bool(loaded(warming)))
        warming.close()
        assert loaded(warming) == []
        assert warming.told == [EngineLoading("alpha", "Engine alpha")]
    finally:
        warming.pool.close()


def test_a_file_that_is_dropped_has_the_engine_loaded_beside_its_opening(
    driver, script, qtbot, tmp_path
):
    script.engine("alpha")
    driver.start()
    page: Path = tmp_path / "page.png"
    Image.new("L", (300, 200), 255).save(page)
    loads: list[str] = []
    thread = driver.window.reading.thread_
    thread.relay.arrived.connect(
        lambda event: loads.append(event.engine) if isinstance(event, EngineLoading) else None
    )
    # Before anything of the file is known, so that no run can have begun.
    with qtbot.waitSignal(driver.desktop.workspace.opening):
        driver.desktop.workspace.take(Incoming(paths=(str(page),)))
    driver.wait(lambda: [one.name for one in thread.loaded()] == ["alpha"])
    driver.wait_until_read()
    # A blank page asks no engine: what loaded it was the drop.
    assert loads == ["alpha"]
