"""What stays of a traceback and of a process's last words, and what does not."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from textlift.content.attempt import Attempt, FailureKind
from textlift.diagnostics.privacy import (
    harmless_lines,
    harmless_sentence,
    without_person,
    without_quotations,
)

SECRET = "Dear Mrs Aldous"


def raised(error: Exception) -> str:
    def fail() -> None:
        raise error

    try:
        fail()
    except type(error):
        return traceback.format_exc()
    raise AssertionError


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        KeyError(SECRET),
        RuntimeError(SECRET),
        TypeError(f"not a number: {SECRET}"),
        FileNotFoundError(2, "No such file or directory", f"/home/me/{SECRET}.pdf"),
        FileNotFoundError(f"/home/me/{SECRET}.pdf"),
        OSError(f"/home/me/{SECRET}.pdf is truncated"),
        ModuleNotFoundError(f"No module named '{SECRET}'"),
        RuntimeError(f"CUDA error: '{SECRET}"),
        ValueError(f"first\n{SECRET}\nlast"),
    ],
)
def test_no_exception_brings_text_along(error):
    kept = harmless_lines(raised(error))
    assert "Aldous" not in kept
    assert type(error).__name__ in kept
    assert "in fail" in kept
    assert "raise error" in kept


def test_what_a_library_says_of_machine_and_code_stays():
    said = (
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.\n"
        "ModuleNotFoundError: No module named 'json_repair'\n"
        "RuntimeError: CUDA error: device-side assert triggered\n"
        "OSError: [Errno 28] No space left on device\n"
        "exit code: -11\n"
        "Fatal Python error: Segmentation fault\n"
        "Current thread 0x00007f1c (most recent call first):\n"
        '  File "/usr/lib/python3/x.py", line 7 in read\n'
        "malloc(): corrupted top size"
    )
    assert harmless_lines(said) == said


def test_other_lines_are_counted():
    said = f"{SECRET}\nexit code: 1\nInvoice: 12\nError in the page: {SECRET}"
    assert harmless_lines(said).splitlines() == [
        "exit code: 1",
        "(3 lines are left out: text of the page might be in there.)",
    ]


def test_a_sentence_stays_only_where_it_is_about_the_machine():
    def attempt(kind: FailureKind) -> Attempt:
        sentence = f"It doesn't fit: “{SECRET}” needs 2.1 GB."
        return Attempt("one", "cpu", 0.0, 1.0, failure=kind, sentence=sentence)

    assert harmless_sentence(attempt(FailureKind.RAN_AWAY)) == ""
    assert harmless_sentence(attempt(FailureKind.MALFORMED)) == ""
    fits = harmless_sentence(attempt(FailureKind.DOES_NOT_FIT))
    assert fits == "It doesn't fit: “…” needs 2.1 GB."


def test_a_quotation_that_is_never_closed_takes_the_rest_along():
    assert without_quotations(f"It says “{SECRET} and more") == "It says “…”"
    named = "'NoneType' has no 'shape'"
    assert without_quotations(named, keep_names=True) == named
    assert without_quotations(named) == "“…”"
    assert without_quotations("'a b' doesn't fit") == "“…” doesn't fit"
    assert without_quotations("No “one “two” three” fits.") == "No “…” fits."


def test_neither_user_nor_secret_stays(monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: Path("/home/marjory"))
    text = "/home/marjory/x, file:/home/marjory, http://me:pass@proxy:80/, hf_abcDEF123"
    kept = without_person(text)
    assert "marjory" not in kept
    assert "pass" not in kept
    assert "abcDEF" not in kept
    assert without_person("/home/marjory2/x") == "/home/marjory2/x"


_WORD = "Zwiebelfisch"
_BEFORE = ("", "  ", "Error: ", "ValueError: ", "json.decoder.JSONDecodeError: '", "RuntimeError: ",
           "what():  ", "exit code: 1 ", "Traceback ", '  File "')  # fmt: skip


@given(
    before=st.sampled_from(_BEFORE),
    left=st.text(max_size=20),
    right=st.text(max_size=20),
)
def test_no_word_comes_through_beside_what_is_known(before, left, right):
    assert _WORD not in harmless_lines(f"exit code: 1\n{before}{left}{_WORD}{right}")


@given(left=st.text(max_size=20), right=st.text(max_size=20))
@example(left="O' ", right="")
@example(left="it's “", right="” said")
def test_no_name_of_a_file_comes_through(left, right):
    error = FileNotFoundError(2, "No such file or directory", f"{left}{_WORD}{right}.pdf")
    kept = harmless_lines(raised(error))
    assert _WORD not in kept
    assert "FileNotFoundError: [Errno 2] No such file or directory: " in kept
