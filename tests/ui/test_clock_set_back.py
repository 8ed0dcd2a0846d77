"""The clock is set back while Textlift runs, and between two runs: nothing changes its order."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from textlift.content.page import PageState
from textlift.sessions.store import SessionStore
from textlift.ui.reader_thread import PageKey

A_YEAR = 365 * 86_400.0


class Clock:
    """What time it is; the time that passes is another matter."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._real = time.time
        self._back = 0.0
        monkeypatch.setattr(time, "time", lambda: self._real() - self._back)

    def set_back(self) -> None:
        self._back += A_YEAR


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def test_while_pages_are_read_again(driver, folders, tmp_path, clock):
    """Each reading is a year before the one it follows."""
    driver.script.engine("alpha", default=[do.KILL, do.read("second"), do.read("third")])
    driver.script.engine("beta", default=[do.read("first"), do.EMPTY])
    driver.start(check_pages=False)
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    (document,) = driver.desktop.workspace
    for _ in range(2):
        clock.set_back()
        finished = []
        driver.window.reading.page_finished.connect(lambda key, _, to=finished: to.append(key))
        driver.window.reading.read([PageKey(document.id, 1)])
        driver.wait(lambda to=finished: to)
        driver.wait(lambda: not driver.window.reading.active)
    driver.close()
    with closing(SessionStore(folders.session_file)) as store:
        page = store.page(1, 1)
        earlier = store.earlier(1, 1)
        failures = list(store.failures())
    texts = [record.reading.text for record in (*earlier, page)]
    assert texts[-1] == "third"
    assert len(texts) == 3
    moments = [record.attempts[0].started_at for record in (*earlier, page)]
    assert moments == sorted(moments, reverse=True), "the clock did go back"
    assert all(attempt.seconds >= 0 for record in (*earlier, page) for attempt in record.attempts)
    assert failures[0].attempt == earlier[0].attempts[0]


def test_between_two_runs(driver, folders, tmp_path, clock):
    driver.script.engine("alpha", pages={2: [do.HANG, do.READ]})
    driver.start(check_pages=False)
    driver.open(make_pdf(tmp_path / "z.pdf", 3))
    driver.wait(lambda: driver.script.told(page=2))
    driver.close()

    clock.set_back()
    driver.start(check_pages=False)
    # Drawn in the future, says the clock; its pages are found all the same.
    driver.window.banner.action_buttons[0].click()
    driver.wait_until_read()
    driver.open(make_pdf(tmp_path / "a.pdf", 2, first=4))
    driver.wait_for_documents(2)
    driver.wait_until_read()
    assert [one.title for one in driver.desktop.workspace] == ["z.pdf", "a.pdf"]
    assert all(one.count(PageState.DONE) == one.page_count for one in driver.desktop.workspace)
    driver.close()

    clock.set_back()
    driver.start(check_pages=False)
    assert [one.title for one in driver.desktop.workspace] == ["z.pdf", "a.pdf"]
    with closing(SessionStore(folders.session_file)) as store:
        first, second = store.documents()
    assert first.added_at > second.added_at, "the clock did go back"


def test_idle_models_are_ended_when_they_were_idle_for_long_and_not_before(driver, tmp_path, clock):
    driver.script.engine("alpha")
    driver.start(check_pages=False, idle_minutes=10.0)
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    thread = driver.window.reading.thread_
    (engine,) = thread.loaded()
    clock.set_back()
    assert thread.unload_idle(since=time.monotonic() - 600) == ()
    assert [one.pid for one in thread.loaded()] == [engine.pid]
    assert thread.unload_idle(since=time.monotonic()) == ("alpha",)
    assert thread.loaded() == ()
