"""What was read is compared with an independent look at the page."""

from __future__ import annotations

import threading

import msgspec
import pytest

from doubles import engine_script as do
from textlift.content.block import Line
from textlift.content.geometry import Box
from textlift.content.page import PageState
from textlift.content.reading import WarningKind
from textlift.inspection.client import PageInspector
from textlift.inspection.messages import PageLook
from textlift.processes.supervised import ProcessCancelled, ProcessDied
from textlift.recognition.events import EngineLoading

READ_LINE = Line("", box=Box(20, 40, 190, 56))
"""Where a scripted engine says that its one line lies on a drawn page."""
OTHER_LINE = Line("", box=Box(20, 300, 280, 316))


class ScriptedInspector:
    """Stands for the inspector's process; says the same of every page."""

    def __init__(self, *lines: Line, error: Exception | None = None) -> None:
        self.look_of_all = PageLook(lines=lines)
        self.error = error
        self.looked = 0
        self.begun = threading.Event()
        self.stopped = threading.Event()

    def look(self, page, *, cancellation):
        self.looked += 1
        self.begun.set()
        if isinstance(self.error, ProcessCancelled):
            with cancellation.watching(self.stopped.set):
                self.stopped.wait()
        if self.error is not None:
            raise self.error
        return self.look_of_all


def kinds(record) -> list[WarningKind]:
    return [warning.kind for warning in record.reading.warnings]


def test_a_line_that_nobody_read_is_warned_of(desk):
    desk.script.engine("alpha", detects=False)
    desk.inspector = ScriptedInspector(READ_LINE, OTHER_LINE)
    assert desk.run(1, "alpha").warned == 1
    (warning,) = desk.record(1).reading.warnings
    assert warning.kind is WarningKind.MISSED
    assert warning.box == OTHER_LINE.box
    assert desk.record(1).state is PageState.WARNED


def test_a_page_that_was_read_completely_has_nothing_to_say(desk):
    desk.script.engine("alpha", detects=False)
    desk.inspector = ScriptedInspector(READ_LINE)
    assert desk.run(3, "alpha").done == 3
    assert desk.inspector.looked == 3


def test_who_says_what_the_detector_found_is_believed_and_it_is_not_stored(desk):
    desk.script.engine("alpha", default=do.detecting(READ_LINE.box, OTHER_LINE.box))
    desk.inspector = ScriptedInspector(READ_LINE)
    desk.run(1, "alpha")
    assert desk.inspector.looked == 0
    assert kinds(desk.record(1)) == [WarningKind.MISSED]
    assert desk.record(1).reading.detected is None


def test_what_the_detector_found_is_not_stored_where_nothing_is_checked(desk):
    desk.script.engine("alpha", default=do.detecting(READ_LINE.box, OTHER_LINE.box))
    assert desk.run(1, "alpha").done == 1
    assert desk.record(1).reading.detected is None


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ProcessDied("The check of the page ended."), "The check of the page ended."),
        (msgspec.DecodeError("garbled"), "The answer could not be understood."),
    ],
)
def test_an_inspector_that_fails_costs_a_warning_and_no_page(desk, error, sentence):
    desk.script.engine("alpha", detects=False)
    desk.inspector = ScriptedInspector(error=error)
    assert desk.run(2, "alpha").warned == 2
    (warning,) = desk.record(2).reading.warnings
    assert warning.kind is WarningKind.UNCHECKED
    assert warning.sentence.endswith(sentence)


def test_the_lines_of_the_witness_serve_when_the_look_fails(desk):
    text = "The quick brown fox jumps over the lazy dog today"
    answer = do.generated(
        text.replace("jumps over the lazy dog", "becomes a magnificent green elephant")
    )
    desk.script.engine("alpha", detects=False, default=answer)
    desk.script.engine("automatic", default=do.read(text))
    desk.inspector = ScriptedInspector(error=ProcessDied("The check of the page ended."))
    desk.run(1, "alpha")
    (warning,) = desk.record(1).reading.warnings
    assert "green elephant" in warning.sentence


def test_a_witness_that_cannot_be_loaded_is_not_tried_for_each_page(desk):
    desk.script.engine("alpha", default=do.generated("Nothing but the truth is in this line."))
    desk.script.engine("automatic", load=do.EXIT)
    desk.inspector = ScriptedInspector(READ_LINE)
    desk.run(3, "alpha")
    assert desk.script.loads("automatic") == 1


def test_stopping_while_a_page_is_checked_keeps_what_was_read(desk):
    # An engine that does not say what its card promises: the look begins when it has read.
    desk.script.engine("alpha", default=do.detecting())
    desk.inspector = ScriptedInspector(error=ProcessCancelled("Stopped."))
    run = desk.prepare(3, "alpha")
    thread = threading.Thread(target=run.execute)
    thread.start()
    assert desk.inspector.begun.wait(timeout=20)
    desk.cancellation.cancel()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert kinds(desk.record(1)) == [WarningKind.UNCHECKED]
    assert [task.page for task in desk.queue.clear()] == [2, 3]


def test_a_generated_text_is_compared_with_what_the_small_engine_reads(desk):
    text = "The quick brown fox jumps over the lazy dog today"
    desk.script.engine(
        "alpha",
        detects=False,
        default=do.generated(
            text.replace("jumps over the lazy dog", "becomes a magnificent green elephant")
        ),
    )
    desk.script.engine("automatic", default=do.read(text))
    desk.inspector = ScriptedInspector(Line("", box=Box(20, 40, 280, 56)))
    desk.run(1, "alpha")
    assert desk.record(1).reading.read_by == "alpha"
    (warning,) = desk.record(1).reading.warnings
    assert "green elephant" in warning.sentence
    assert len(desk.script.told("automatic")) == 1
    assert [loading.engine for loading in desk.log.all(EngineLoading)] == ["alpha"]


def test_a_witness_that_cannot_read_the_page_is_no_news(desk):
    desk.script.engine(
        "alpha", detects=False, default=do.generated("Nothing but the truth is in this line.")
    )
    desk.script.engine("automatic", default=do.WRONG_SCRIPT)
    desk.script.engine("tesseract", default=do.EXIT)
    desk.inspector = ScriptedInspector(READ_LINE)
    assert desk.run(1, "alpha").done == 1
    assert len(desk.script.told("tesseract")) == 1


def test_who_is_never_to_be_used_is_no_witness_either(desk):
    desk.script.engine("alpha", default=do.generated("Nothing but the truth is in this line."))
    desk.script.engine("automatic")
    desk.script.engine("tesseract", default=do.read("Nothing but the truth is in this line."))
    desk.inspector = ScriptedInspector(READ_LINE)
    desk.never = ("automatic",)
    desk.run(1, "alpha")
    assert desk.script.loads("automatic") == 0
    assert len(desk.script.told("tesseract")) == 1


@pytest.mark.parametrize("engine", ["alpha", "automatic"])
def test_lines_of_a_line_engine_need_no_witness(desk, engine):
    desk.script.engine(engine, detects=False)
    desk.script.engine("tesseract")
    desk.inspector = ScriptedInspector(READ_LINE)
    assert desk.run(1, engine).done == 1
    assert desk.script.loads("tesseract") == 0


def test_the_inspector_sees_a_drawn_page(desk):
    inspector = PageInspector(threads=1)
    desk.inspector = inspector
    desk.reader.size = (600, 400)
    desk.reader.text = "Page 1" + "\n" * 8 + "Nobody reads this line"
    desk.script.engine("alpha", detects=False)
    try:
        assert desk.run(1, "alpha").warned == 1
    finally:
        inspector.close()
    assert WarningKind.MISSED in kinds(desk.record(1))
    assert WarningKind.UNCHECKED not in kinds(desk.record(1))
