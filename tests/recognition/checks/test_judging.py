"""Checks of a reading: loops are caught, and what real pages repeat is not."""

from __future__ import annotations

import time

import msgspec
import pytest

from textlift.content.attempt import FailureKind
from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, StopReason
from textlift.recognition.checks.judging import judge, repeated_unit

IMAGE = PageImage(path="p.png", width=1000, height=1400, ink=0.08)

PROSE = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the "
    "age of foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the "
    "season of Light, it was the season of Darkness, it was the spring of hope, it was the "
    "winter of despair, we had everything before us, we had nothing before us, we were all going "
    "direct to Heaven, we were all going direct the other way."
)


def of_text(text, *, kind=BlockKind.TEXT, stop=StopReason.END):
    return PageReading(blocks=(Block(kind=kind, text=text),), read_by="m", stop_reason=stop)


def placed(texts):
    lines = tuple(
        Line(text=text, box=Box(0, 20 * row, 900, 20 * row + 15)) for row, text in enumerate(texts)
    )
    block = Block(kind=BlockKind.TEXT, text="\n".join(texts), lines=lines)
    return PageReading(blocks=(block,), read_by="m")


LOOPS = {
    "a word": "The end of the " + "the " * 900,
    "a line": "Dear Sir,\n" + "We hope that this finds you well and in good health.\n" * 20,
    "two lines": "Kind regards\n" + "Yours sincerely, the manager\nof the whole company\n" * 30,
    "after prose": PROSE + "\n" + "and we were all going direct to Heaven with the others " * 12,
    "before prose": "and we were all going direct to Heaven with the others " * 12 + PROSE,
    "Chinese": "第一章" + "我们都是好学生" * 300,
    "Russian": "Уважаемые господа! " + "Сообщаем Вам о решении. " * 80,
    "no spaces": "x" + "abcde" * 500,
    "numbers": "Total: " + "0 0 1 " * 1500,
    "a paragraph": (PROSE[:300] + "\n\n") * 9,
}


@pytest.mark.parametrize("name", LOOPS)
def test_loop_is_caught(name):
    failure = judge(of_text(LOOPS[name]), IMAGE)
    assert failure is not None
    assert failure.failure is FailureKind.RAN_AWAY
    assert len(failure.sentence) < 120


PAGES = {
    "prose": PROSE * 1,
    "prose read twice": PROSE * 2,
    "blank form": "Name: ____________________  Date: __________\n" * 30,
    "ruled lines": ("_" * 80 + "\n") * 40,
    "dotted leaders": "\n".join(f"Chapter {n} {'.' * 60} {n * 7}" for n in range(1, 40)),
    "questionnaire": "\n".join(f"{n}. Yes  No  Don't know" for n in range(1, 45)),
    "answers alone": "Yes  No\n" * 60,
    "signature sheet": "Signature ____________ Date ____________\n" * 40,
    "column of zeroes": "0.00\n" * 200,
    "flattened table": "\n".join("0 0 0 0 0 0 0 0 0 0" for _ in range(80)),
    "ditto": "Smith, John   do.   do.   do.\n" * 25,
    "chorus": ("Row, row, row your boat\nGently down the stream\n" * 5) + PROSE,
    "refrain": "Na na na na na na na, hey Jude\n" * 16,
    "price list": "\n".join(f"Item {n}\t1 pc\t9.99 EUR" for n in range(80)),
    "bingo": "\n".join(" ".join(str(r * c) for c in range(1, 9)) for r in range(1, 60)),
    "binary dump": "\n".join("0000 0000 0000 0000" for _ in range(40)),
    "log": "\n".join(f"12:00:{n:02} INFO started worker" for n in range(60)),
    "Chinese": "子曰学而时习之不亦说乎有朋自远方来不亦乐乎人不知而不愠不亦君子乎" * 2,
    "laughter": "ha " * 100,
}


@pytest.mark.parametrize("name", PAGES)
def test_real_page_is_taken(name):
    assert judge(of_text(PAGES[name]), IMAGE) is None


def test_lines_with_places_may_repeat():
    assert (
        judge(placed(["We hope that this finds you well and in good health."] * 60), IMAGE) is None
    )


def test_lines_all_at_one_place_may_not():
    box = Box(0, 0, 900, 15)
    text = "We hope that this finds you well and in good health."
    block = Block(
        kind=BlockKind.TEXT,
        text="\n".join([text] * 60),
        lines=tuple(Line(text=text, box=box) for _ in range(60)),
    )
    failure = judge(PageReading(blocks=(block,), read_by="m"), IMAGE)
    assert failure is not None


def test_blocks_without_places_are_looked_at_together():
    block = Block(kind=BlockKind.TEXT, text="We hope that this finds you well and in good health.")
    assert judge(PageReading(blocks=(block,) * 20, read_by="m"), IMAGE) is not None


def test_tables_may_repeat():
    assert judge(of_text("| n/a | not applicable |\n" * 300, kind=BlockKind.TABLE), IMAGE) is None


@pytest.mark.parametrize(
    ("stop", "kind"),
    [(StopReason.LIMIT, FailureKind.CUT_OFF), (StopReason.REPETITION, FailureKind.RAN_AWAY)],
)
def test_what_the_engine_says_itself(stop, kind):
    failure = judge(of_text(PROSE, stop=stop), IMAGE)
    assert failure is not None
    assert failure.failure is kind


@pytest.mark.parametrize("text", ["", " \n "])
def test_nothing_read_though_the_page_has_ink(text):
    failure = judge(of_text(text), IMAGE)
    assert failure is not None
    assert failure.failure is FailureKind.EMPTY_READING
    specks = PageImage(path="p.png", width=1000, height=1400, ink=1.5e-5)
    assert judge(of_text(text), specks) is None


def test_a_picture_is_content():
    picture = Block(kind=BlockKind.PICTURE, text="", box=Box(0, 0, 900, 900))
    assert judge(PageReading(blocks=(picture,), read_by="m"), IMAGE) is None


def test_checking_a_huge_reading_takes_no_time():
    text = " ".join(f"word{n % 977} and{n % 13}" for n in range(20_000))
    began = time.process_time()
    assert repeated_unit(text) is None
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize(
    ("stop", "failure"),
    [
        (StopReason.LIMIT, FailureKind.CUT_OFF),
        (StopReason.REPETITION, FailureKind.RAN_AWAY),
        (StopReason.DEADLINE, FailureKind.TIMED_OUT),
    ],
)
def test_why_an_engine_stopped_counts_before_what_it_left(stop, failure):
    reading = msgspec.structs.replace(of_text(PROSE, stop=stop), unparsed="No layout.")
    assert judge(reading, IMAGE).failure is failure


def test_an_answer_beyond_repair_is_malformed_and_says_why():
    reading = msgspec.structs.replace(of_text(PROSE), unparsed="Its answer is no layout.")
    verdict = judge(reading, IMAGE)
    assert (verdict.failure, verdict.sentence) == (
        FailureKind.MALFORMED,
        "Its answer is no layout.",
    )


LINE = "We hope that this finds you well and in good health.\n"


@pytest.mark.parametrize(
    ("text", "stop", "repeated", "times", "sentence"),
    [
        ("Dear Sir,\n" + LINE * 20, StopReason.END, "", 0, "The same line 20 times: “We hope"),
        ("the end of the " * 90, StopReason.END, "", 0, "The same words 90 times: “the end of"),
        (LINE * 14, StopReason.REPETITION, LINE.strip(), 14, "Stopped: the same line 14 times"),
        (LINE * 14, StopReason.REPETITION, LINE[:40] + "…", 14, "Stopped: the same line 14 times"),
        (PROSE, StopReason.REPETITION, "of the", 40, "Stopped: the same words 40 times: “of the”."),
        (PROSE, StopReason.REPETITION, "", 0, "Stopped: the same words over and over."),
    ],
)
def test_what_was_repeated_and_how_often_is_told(text, stop, repeated, times, sentence):
    reading = msgspec.structs.replace(
        of_text(text, stop=stop), repeated=repeated, repeated_times=times
    )
    failure = judge(reading, IMAGE)
    assert failure.sentence.startswith(sentence)
    told = failure.repetition
    assert told.words[1:] in failure.sentence
    assert told.stopped is (stop is StopReason.REPETITION)


def test_what_was_repeated_is_told_and_kept_short():
    reading = msgspec.structs.replace(
        of_text(PROSE, stop=StopReason.REPETITION), repeated="again and " * 20
    )
    assert "again and again" in judge(reading, IMAGE).sentence
    assert len(judge(reading, IMAGE).sentence) < 120


def test_a_layout_without_text_is_empty_unless_it_was_asked_for():
    block = Block(kind=BlockKind.TEXT, text="", box=Box(0, 0, 9, 9))
    reading = PageReading(blocks=(block,), read_by="m")
    assert judge(reading, IMAGE).failure is FailureKind.EMPTY_READING
    assert judge(reading, IMAGE, wants_text=False) is None
    nothing = PageReading(blocks=(), read_by="m")
    assert judge(nothing, IMAGE, wants_text=False).failure is FailureKind.EMPTY_READING
