"""Second opinions asked for in the window: beside a run, without one, stopped, lost."""

from __future__ import annotations

import pytest

from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from textlift.content.attempt import FailureKind
from textlift.content.geometry import Box
from textlift.content.page import PageState
from textlift.engines.contract import ReadingMode
from textlift.ui.reader_thread import PageKey

LAYOUT = ReadingMode(name="layout", title="Layout", returns="blocks")
TEXT = ReadingMode(name="text", title="Text", returns="text")
PART = ReadingMode(name="part", title="Part", returns="text", needs_box=True)


class Told:
    """What is told of second opinions, in order: (what, engine, page)."""

    def __init__(self, opinions) -> None:
        self.events = []
        self.finished = {}
        for name in ("asked", "started", "voided", "dropped"):
            getattr(opinions, name).connect(
                lambda wish, name=name: self.events.append((name, wish.engine, wish.key.page))
            )
        opinions.finished.connect(self._on_finished)
        self.texts = []
        opinions.progressed.connect(lambda _, progress: self.texts.append(progress.text))

    def _on_finished(self, wish, opinion) -> None:
        self.events.append(("finished", wish.engine, wish.key.page))
        self.finished[wish] = opinion


def stored_opinions(driver, key):
    answers = []
    driver.desktop.workspace.session.ask(
        lambda store: store.opinions(key.document_id, key.page), answers.append
    )
    driver.wait(lambda: answers)
    return answers[0]


def start(driver, path):
    driver.start()
    told = Told(driver.window.reading.opinions)
    driver.open(path)
    (document,) = driver.wait_for_documents(1)
    return document, told


def test_an_opinion_is_asked_for_while_nothing_is_read(driver, tmp_path):
    driver.script.engine("alpha")
    driver.script.engine("beta", modes=(LAYOUT, TEXT))
    document, told = start(driver, make_pdf(tmp_path / "scan.pdf", 2))
    driver.wait_until_read()
    key = PageKey(document.id, 2)
    wish = driver.window.reading.ask_opinion(key, "beta", mode="text")
    assert (wish.key, wish.engine, wish.box) == (key, "beta", None)
    driver.wait(lambda: wish in told.finished)
    assert told.events == [(name, "beta", 2) for name in ("asked", "started", "finished")]
    opinion = told.finished[wish]
    assert opinion.reading.text == "Page 2 read by beta."
    assert stored_opinions(driver, key) == (opinion,)
    assert driver.script.told("beta")[0].mode == "text"
    # The page is as it was.
    assert document.summary(2).state is PageState.DONE
    driver.wait(lambda: not driver.window.reading.active)
    driver.window.tree.show_page(key)
    driver.wait(lambda: driver.window.text.current_text() == "Page 2 read by alpha.")


def test_an_opinion_comes_before_the_pages_that_wait_and_counts_for_none(driver, tmp_path):
    gate = driver.script.make_gate("one")
    driver.script.engine("alpha", pages={1: do.gate(gate)})
    driver.script.engine("beta")
    document, told = start(driver, make_pdf(tmp_path / "scan.pdf", 3))
    reading = driver.window.reading
    driver.wait(lambda: PageKey(document.id, 1) in reading.streams)
    wish = reading.ask_opinion(PageKey(document.id, 3), "beta")
    done_at = []
    reading.opinions.finished.connect(
        lambda *_: done_at.append((reading.progress.finished, reading.progress.total))
    )
    queued = []
    driver.desktop.workspace.session.ask(lambda store: store.queued(), queued.append)
    driver.wait(lambda: queued)
    assert [page.page for page in queued[0]] == [1, 2, 3]
    driver.script.open_gate(gate)
    driver.wait(lambda: wish in told.finished)
    driver.wait_until_read()
    assert done_at == [(1, 3)]
    assert (reading.progress.finished, reading.progress.total) == (3, 3)
    assert driver.script.told("beta")[0].at < driver.script.told("alpha")[1].at


def test_the_status_bar_says_what_is_done_for_an_opinion(driver, tmp_path):
    gate = driver.script.make_gate("write")
    driver.script.engine("alpha")
    driver.script.engine("beta", default=do.write(["One.", "Two."], gate))
    document, told = start(driver, make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    status = driver.window.status
    wish = driver.window.reading.ask_opinion(PageKey(document.id, 1), "beta")
    driver.wait(lambda: "tokens/s" in status.words.text())
    assert status.words.text() == (
        "Second opinion by Engine beta, page 1: 41 tokens/s, 10 % of its limit"
    )
    assert status.bar.isHidden()
    assert driver.window.reading.opinions.streams[wish].text == "One."
    # The page itself shows none of it.
    assert driver.window.text.current_text() == "Page 1 read by alpha."
    assert not driver.window.reading.streams
    driver.script.open_gate(gate, times=2)
    driver.wait(lambda: wish in told.finished)
    assert "".join(told.texts) == "One.Two."
    assert wish not in driver.window.reading.opinions.streams
    driver.wait(lambda: status.words.text() == "Read")


def test_a_failed_opinion_is_told_and_changes_nothing(driver, tmp_path):
    driver.script.engine("alpha")
    driver.script.engine("beta", default=do.fail(FailureKind.MALFORMED, "Broken."))
    document, told = start(driver, make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    wish = driver.window.reading.ask_opinion(PageKey(document.id, 1), "beta")
    driver.wait(lambda: wish in told.finished)
    opinion = told.finished[wish]
    assert opinion.reading is None
    assert opinion.attempts[-1].sentence == "Broken."
    # No other engine reads it, and no notice says that the page was lost.
    assert len(driver.script.told("alpha")) == 1
    assert document.summary(1).state is PageState.DONE
    assert driver.window.banner.isHidden()


def test_stopping_drops_the_opinion_in_hand_and_those_that_wait(driver, tmp_path):
    driver.script.engine("alpha")
    driver.script.engine("beta", default=[do.HANG, do.READ])
    driver.script.engine("gamma")
    document, told = start(driver, make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    reading, key = driver.window.reading, PageKey(document.id, 1)
    reading.ask_opinion(key, "beta")
    driver.wait(lambda: driver.script.told("beta"))
    reading.ask_opinion(key, "gamma")
    answered = []
    driver.desktop.workspace.session.ask(lambda store: None, answered.append)
    driver.wait(lambda: answered)
    assert driver.window.actions_["stop"].isEnabled()
    driver.window.actions_["stop"].trigger()
    driver.wait(lambda: not reading.active)
    assert {event for event in told.events if event[0] == "dropped"} == {
        ("dropped", "beta", 1),
        ("dropped", "gamma", 1),
    }
    assert not reading.opinions.streams
    assert not stored_opinions(driver, key)
    assert not driver.script.told("gamma")
    assert document.summary(1).state is PageState.DONE
    # And it can be asked for again.
    wish = reading.ask_opinion(key, "beta")
    driver.wait(lambda: wish in told.finished)


def test_one_opinion_is_stopped_and_the_others_are_read(driver, tmp_path):
    driver.script.engine("alpha")
    driver.script.engine("beta", default=[do.HANG, do.READ])
    driver.script.engine("gamma")
    document, told = start(driver, make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    reading, key = driver.window.reading, PageKey(document.id, 1)
    hanging = reading.ask_opinion(key, "beta")
    driver.wait(lambda: driver.script.told("beta"))
    waiting = reading.ask_opinion(key, "gamma")
    reading.opinions.stop(hanging)
    assert told.events[-1] == ("dropped", "beta", 1)
    driver.wait(lambda: waiting in told.finished)
    assert hanging not in told.finished
    # One that was stopped before it was put into the queue does not get there.
    reading.opinions.stop(reading.ask_opinion(key, "gamma"))
    again = reading.ask_opinion(key, "beta")
    driver.wait(lambda: again in told.finished)
    driver.wait(lambda: not reading.active)
    assert len(driver.script.told("gamma")) == 1
    assert {one.asked for one in stored_opinions(driver, key)} == {"beta", "gamma"}


def test_an_opinion_that_is_in_hand_may_be_asked_for_anew(driver, tmp_path):
    gates = [driver.script.make_gate(name) for name in ("one", "two")]
    driver.script.engine("alpha")
    driver.script.engine("beta", default=[do.gate(gate) for gate in gates])
    document, told = start(driver, make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    reading, key = driver.window.reading, PageKey(document.id, 1)
    reading.ask_opinion(key, "beta")
    driver.wait(lambda: len(driver.script.told("beta")) == 1)
    wish = reading.ask_opinion(key, "beta")
    driver.script.open_gate(gates[0])
    driver.wait(lambda: len(driver.script.told("beta")) == 2)
    driver.wait(lambda: ("finished", "beta", 1) in told.events)
    driver.wait(lambda: told.events[-1] == ("started", "beta", 1))
    assert wish in reading.opinions.streams
    driver.script.open_gate(gates[1])
    driver.wait(lambda: wish not in reading.opinions.streams)


def test_stopping_an_opinion_leaves_pages_waiting_that_a_run_gave_up(driver, tmp_path):
    broken = do.fail(FailureKind.MALFORMED, "Broken.")
    driver.script.engine("alpha", pages=dict.fromkeys((2, 3, 4), broken))
    driver.script.engine("beta", default=do.HANG)
    driver.start(fallback=())
    driver.open(make_pdf(tmp_path / "scan.pdf", 6))
    (document,) = driver.wait_for_documents(1)
    reading = driver.window.reading
    driver.wait(lambda: not reading.active and document.count(PageState.FAILED) == 3)
    reading.ask_opinion(PageKey(document.id, 1), "beta")
    driver.wait(lambda: driver.script.told("beta"))
    driver.window.actions_["stop"].trigger()
    driver.wait(lambda: not reading.active)
    answered = []
    driver.desktop.workspace.session.ask(lambda store: store.queued(), answered.append)
    driver.wait(lambda: answered)
    assert [page.page for page in answered[0]] == [5, 6]


def test_an_opinion_on_a_document_that_is_removed_is_dropped(driver, tmp_path):
    gate = driver.script.make_gate("one")
    driver.script.engine("alpha")
    driver.script.engine("beta", default=do.gate(gate))
    document, told = start(driver, make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    driver.window.reading.ask_opinion(PageKey(document.id, 1), "beta")
    driver.wait(lambda: driver.script.told("beta"))
    driver.desktop.workspace.remove(document.id)
    assert told.events[-1] == ("dropped", "beta", 1)
    driver.script.open_gate(gate)
    driver.wait(lambda: not driver.window.reading.active)
    assert not told.finished


def test_an_opinion_on_nothing_is_dropped_at_once(driver):
    driver.script.engine("alpha")
    driver.start()
    told = Told(driver.window.reading.opinions)
    driver.window.reading.ask_opinion(PageKey(99, 1), "alpha")
    assert told.events == [("asked", "alpha", 1), ("dropped", "alpha", 1)]


@pytest.mark.parametrize(
    ("mode", "box", "asked"),
    [
        ("", None, ("text", None)),
        ("layout", None, ("layout", None)),
        ("", Box(10, 20, 200, 80), ("part", Box(10, 20, 200, 80))),
        ("layout", Box(10, 20, 200, 80), ("layout", None)),
    ],
)
def test_the_way_an_opinion_is_read(driver, tmp_path, mode, box, asked):
    driver.script.engine("alpha")
    driver.script.engine("beta", modes=(LAYOUT, TEXT, PART))
    driver.start(modes={"beta": "text"})
    told = Told(driver.window.reading.opinions)
    driver.open(make_image(tmp_path / "a.png", 1))
    (document,) = driver.wait_for_documents(1)
    driver.wait_until_read()
    wish = driver.window.reading.ask_opinion(PageKey(document.id, 1), "beta", mode=mode, box=box)
    driver.wait(lambda: wish in told.finished)
    (one,) = driver.script.told("beta")
    assert (one.mode, one.box) == asked
    assert told.finished[wish].box == box


def test_a_part_is_read_the_way_up_the_page_was_and_a_page_finds_out_anew(driver, tmp_path):
    driver.script.engine("alpha")
    driver.script.engine("beta")
    document, told = start(driver, make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    key = PageKey(document.id, 1)
    reading = driver.window.reading
    for box in (None, Box(10, 20, 200, 80)):
        wish = reading.ask_opinion(key, "beta", box=box)
        driver.wait(lambda wish=wish: wish in told.finished)
    driver.desktop.workspace.keep_rotation(key, 90)
    wish = reading.ask_opinion(key, "beta")
    driver.wait(lambda: len(driver.script.told("beta")) == 3)
    driver.wait(lambda: not reading.active)
    assert [one.rotation for one in driver.script.told("beta")] == [None, 0, 90]
