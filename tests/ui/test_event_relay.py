from __future__ import annotations

import threading
import time

from PySide6.QtCore import QTimer

from textlift.content.block import Line
from textlift.content.page import PageRecord
from textlift.documents.messages import DocumentInfo, Fingerprint
from textlift.engines.contract import ReadProgress
from textlift.recognition.events import PageFinished, PageProgressed
from textlift.recognition.tasks import PageTask
from textlift.ui import event_relay
from textlift.ui.event_relay import EventRelay

INFO = DocumentInfo("/tmp/a.pdf", "PDF", 9, Fingerprint(1, 1))


def task(page: int) -> PageTask:
    return PageTask(document_id=1, document=INFO, page=page, order=("alpha",))


def progressed(page: int, text: str) -> PageProgressed:
    return PageProgressed(task(page), "alpha", ReadProgress(lines=(Line(text),), text=text))


def test_joined_progress_keeps_the_latest_figures(qtbot):
    relay = EventRelay()
    arrived = []
    relay.arrived.connect(arrived.append)
    for progress in (
        ReadProgress(text="a", fraction=0.5, tokens_per_second=40.0, token_share=0.1, pixels=9),
        ReadProgress(text="b", token_share=0.2),
    ):
        relay.post(PageProgressed(task(1), "alpha", progress))
    relay.deliver()
    (event,) = arrived
    assert event.progress == ReadProgress(
        text="ab", fraction=0.5, tokens_per_second=40.0, token_share=0.2, pixels=9
    )


def test_a_flood_of_progress_becomes_few_updates_and_loses_nothing(qtbot):
    relay = EventRelay()
    arrived = []
    relay.arrived.connect(arrived.append)

    def flood() -> None:
        end = time.monotonic() + 0.5
        number = 0
        while time.monotonic() < end:
            relay.post(progressed(1, f"{number} "))
            number += 1
        sent.append(number)

    sent: list[int] = []
    thread = threading.Thread(target=flood)
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive())
    relay.deliver()
    assert sent[0] > 1000
    assert len(arrived) <= 20
    lines = [line.text for event in arrived for line in event.progress.lines]
    assert lines == [f"{number} " for number in range(sent[0])]


def test_order_is_kept_across_pages(qtbot):
    relay = EventRelay()
    arrived = []
    relay.arrived.connect(arrived.append)
    events = [
        progressed(1, "a"),
        progressed(2, "b"),
        progressed(1, "c"),
        PageFinished(task(1), PageRecord(number=1)),
        progressed(2, "d"),
    ]
    for event in events:
        relay.post(event)
    qtbot.waitUntil(lambda: len(arrived) == 5)
    assert arrived == events


def test_a_crowd_of_events_leaves_room_for_others_between(qtbot, monkeypatch):
    monkeypatch.setattr(event_relay, "_SLICE", 0.0)
    relay = EventRelay()
    arrived, turns, drained = [], [], []
    relay.arrived.connect(arrived.append)
    relay.drained.connect(lambda: drained.append(len(arrived)))
    between = QTimer()
    between.timeout.connect(lambda: turns.append(len(arrived)))
    between.start(0)
    events = [PageFinished(task(page), PageRecord(number=page)) for page in range(1, 30)]
    for event in events:
        relay.post(event)
    qtbot.waitUntil(lambda: bool(drained))
    between.stop()
    assert arrived == events
    assert drained == [29]
    assert len(set(turns)) > 20


def test_what_waits_still_is_delivered_when_all_is_wanted(qtbot, monkeypatch):
    monkeypatch.setattr(event_relay, "_SLICE", 0.0)
    relay = EventRelay()
    arrived = []
    relay.arrived.connect(arrived.append)
    events = [PageFinished(task(page), PageRecord(number=page)) for page in range(1, 30)]
    for event in events:
        relay.post(event)
    relay._deliver_some()
    assert len(arrived) == 1
    relay.deliver()
    assert arrived == events
