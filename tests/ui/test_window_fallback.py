"""Whom the window asks, whom it never asks, and how it stays stopped after three lost pages."""

from __future__ import annotations

from doubles import engine_script as do
from doubles.pages import make_pdf
from textlift.content.attempt import FailureKind
from textlift.content.page import PageState
from textlift.ui.reader_thread import PageKey

BROKEN = do.fail(FailureKind.MALFORMED, "The model gave a broken answer.")


def test_a_model_that_is_never_used_is_not_fallen_back_on(driver, tmp_path):
    driver.script.engine("alpha", default=BROKEN)
    driver.script.engine("beta")
    driver.script.engine("gamma")
    driver.start(fallback=("beta", "gamma"), never=("beta",))
    driver.open(make_pdf(tmp_path / "scan.pdf", 1))
    driver.wait_until_read()
    assert [told.engine for told in driver.script.told()] == ["alpha", "gamma"]
    # Whoever names it has it.
    (document,) = driver.desktop.workspace
    driver.window.reading.read([PageKey(document.id, 1)], model="beta")
    driver.wait(lambda: driver.script.told("beta"))
    driver.wait_until_read()
    assert [told.engine for told in driver.script.told()] == ["alpha", "gamma", "beta"]


def test_pages_that_wait_from_before_leave_it_out_too(driver, tmp_path):
    gate = driver.script.make_gate("gate")
    driver.script.engine("alpha", pages={1: do.gate(gate), 2: BROKEN})
    driver.script.engine("beta")
    driver.script.engine("gamma")
    driver.start(fallback=("beta", "gamma"))
    driver.open(make_pdf(tmp_path / "scan.pdf", 2))
    driver.wait(lambda: driver.script.told("alpha", 1))
    driver.close()
    driver.script.open_gate(gate, times=2)
    driver.start(fallback=("beta", "gamma"), never=("beta",))
    driver.window.reading.resume_waiting()
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: document.count(PageState.DONE, PageState.WARNED) == 2)
    assert [told.engine for told in driver.script.told(page=2)] == ["alpha", "gamma"]


def test_a_run_that_gave_up_stays_so_when_other_engines_came_meanwhile(driver, tmp_path):
    gate = driver.script.make_gate("gate")
    driver.script.engine("alpha", pages={3: do.after(gate, BROKEN)}, default=BROKEN)
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 6))
    (document,) = driver.wait_for_documents(1)
    driver.wait(lambda: driver.script.told("alpha", 3))
    # As after a folder with a model was added: what waits moves to a queue for the next run.
    driver.window.reading.ask_all_anew()
    driver.script.open_gate(gate)
    driver.wait(lambda: document.count(PageState.FAILED) == 3)
    driver.wait(lambda: driver.window.board.notice("braked"))
    driver.wait(lambda: not driver.window.reading.active)
    assert driver.window.reading.thread_.waiting == 0
    assert document.count(PageState.QUEUED) == 3
    assert driver.script.told("alpha", 4) == []
    (go_on, _) = driver.window.banner.action_buttons
    assert go_on.text() == "Go on"
