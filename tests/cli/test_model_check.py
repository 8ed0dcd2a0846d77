"""``textlift doctor --model``: the report, the verdict and the exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from doubles.engine_script import EXIT, GARBAGE, READ
from doubles.pages import draw_page
from textlift.commands.model_check import error_rate, judged
from textlift.content.attempt import FailureKind
from textlift.content.block import Block, BlockKind
from textlift.content.geometry import Box
from textlift.content.reading import PageReading, StopReason
from textlift.engines.contract import Availability, ReadingMode


@pytest.fixture
def page(tmp_path: Path) -> tuple[str, ...]:
    """Page 1 of the scripted engine, and the text that it gives."""
    image, text = tmp_path / "known.png", tmp_path / "known.txt"
    draw_page(1).save(image)
    text.write_text("Page 1 read by reader.\n")
    return ("--page", str(image), "--text", str(text))


def test_a_model_that_reads_passes(run, script, page):
    script.engine("reader", title="The Reader")
    result = run("doctor", "--model", "reader", *page)
    assert result.exit_code == 0, result.output
    assert "In the number format chosen by itself: loaded on" in result.stdout
    assert "In float32: loaded on" in result.stdout
    assert "reading: error rate 0.0%" in result.stdout
    assert "    Page 1 read by reader." in result.stdout
    assert result.stdout.splitlines()[-1] == "Verdict on The Reader: it reads."


def test_one_number_format_can_be_asked_for(run, script, page):
    script.engine("reader")
    result = run("doctor", "--model", "reader", "--dtype", "bfloat16", *page)
    assert "In bfloat16: loaded on" in result.stdout
    assert "float32" not in result.stdout


def test_a_model_that_reads_something_else_does_not_pass(run, script, page):
    script.engine("reader", pages={1: [{"do": "read", "text": "Quite another text."}]})
    result = run("doctor", "--model", "reader", *page)
    assert result.exit_code == 1
    assert "it does not read as it should" in result.stdout


def test_an_answer_that_makes_no_sense_is_told_and_the_next_format_is_tried(run, script, page):
    script.engine("reader", pages={1: [GARBAGE, READ]})
    result = run("doctor", "--model", "reader", *page)
    assert result.exit_code == 1
    assert "reading: failed. Its answer could not be understood." in result.stdout
    assert "In float32: loaded on" in result.stdout


def test_a_model_that_cannot_be_loaded_is_told_with_its_reason(run, script, page):
    refusal = {"do": "fail", "kind": "not-available", "sentence": "Its weights are damaged."}
    script.engine("reader", load=[refusal])
    result = run("doctor", "--model", "reader", *page)
    assert result.exit_code == 1
    assert "it cannot be loaded. Its weights are damaged." in result.stdout


def test_a_model_that_fails_on_the_page_is_told_with_its_reason(run, script, page):
    refusal = {"do": "fail", "kind": "out-of-memory", "sentence": "The card is full."}
    script.engine("reader", pages={1: [refusal]})
    result = run("doctor", "--model", "reader", *page)
    assert result.exit_code == 1
    assert "reading: failed. The card is full." in result.stdout


def test_only_modes_that_are_for_pages_of_text_are_judged(run, script, page):
    modes = (
        ReadingMode("text", "Text", "text"),
        ReadingMode("table", "The page is one table", "blocks", reads_pages=False),
    )
    answers = [{"do": "read"}, {"do": "read", "text": "No table at all."}]
    script.engine("reader", title="The Reader", modes=modes, pages={1: answers})
    result = run("doctor", "--model", "reader", "--dtype", "float32", *page)
    assert result.exit_code == 0, result.output
    assert "  table: not judged, for this page is not what it is for; error rate" in result.stdout
    assert result.stdout.splitlines()[-1] == "Verdict on The Reader: it reads."


def test_no_mode_is_tried_after_the_process_has_ended(run, script, page):
    modes = (ReadingMode("text", "Text", "text"), ReadingMode("lines", "Lines", "blocks"))
    script.engine("reader", modes=modes, pages={1: [EXIT]})
    result = run("doctor", "--model", "reader", "--dtype", "float32", *page)
    assert result.exit_code == 1
    assert "  text: failed." in result.stdout
    assert "  lines: not tried, because the model's process has ended" in result.stdout


def test_a_table_is_compared_without_its_marks():
    table = Block(BlockKind.TABLE, "<table><tr><td>one</td><td>two</td></tr></table>")
    assert judged(PageReading((table,), read_by="reader"), "one two") == ("error rate 0.0%", True)


def test_a_model_that_is_not_there_is_told_with_what_to_do(run, script, page):
    missing = Availability(ready=False, sentence="It is not on disk.", remedy="Get it first.")
    script.engine("reader", title="The Reader", available=missing)
    result = run("doctor", "--model", "reader", *page)
    assert result.exit_code == 1
    assert result.stdout.strip() == "The Reader cannot be used: It is not on disk. Get it first."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--page", "x.png", "--text", "x.txt"), "go with --model"),
        (("--dtype", "float32"), "go with --model"),
        (("--model", "nobody"), "There is no model called"),
        (("--model", "automatic", "--page", "x.png"), "go together"),
        (("--model", "automatic", "--page", "no.png", "--text", "no.txt"), "cannot be read"),
    ],
)
def test_what_was_typed_wrong_is_said(run, arguments, words):
    result = run("doctor", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_the_bundled_page_is_the_default(run, script):
    script.engine("reader", default=[{"do": "fail", "kind": FailureKind.CRASHED.value,
                                      "sentence": "I saw the page."}])  # fmt: skip
    result = run("doctor", "--model", "reader")
    assert "failed. I saw the page." in result.stdout


def reading(text: str = "", **more: object) -> PageReading:
    block = Block(BlockKind.TEXT, text, box=Box(0, 0, 9, 9))
    return PageReading(blocks=(block,), read_by="reader", **more)


def test_the_judgement():
    assert judged(reading("one two"), "one  two\n") == ("error rate 0.0%", True)
    assert judged(reading(), "one two") == ("error rate 100.0%", False)
    assert judged(reading(), "one", wants_text=False) == ("places without text (1)", True)
    nothing = PageReading(blocks=(), read_by="reader")
    assert judged(nothing, "one", wants_text=False) == ("places without text (0)", False)
    assert judged(reading("one", stop_reason=StopReason.LIMIT), "one")[1] is False
    assert judged(reading("one", unparsed="No list."), "one") == (
        "not understood (No list.)",
        False,
    )
    assert judged(PageReading(blocks=(), read_by="reader"), "one") == ("error rate 100.0%", False)


def test_the_error_rate_counts_characters():
    assert error_rate("abcd", "abcx") == 0.25
    assert error_rate("abc" * 100, "x") == 1.0
    assert error_rate("ﬁne", "fine") == 0.0
