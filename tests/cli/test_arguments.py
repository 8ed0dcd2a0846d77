"""What can be typed: pages, languages, output."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.commands.language_names import UnknownLanguageError, parse_languages
from textlift.commands.output_plan import UnknownFormatError, plan_output
from textlift.commands.page_ranges import PageRangeError, parse_page_ranges


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("1-5,9", [1, 2, 3, 4, 5, 9]),
        ("9, 1 - 2 ,2", [1, 2, 9]),
        ("8-", [8, 9, 10]),
        ("-2", [1, 2]),
        ("3–4", [3, 4]),
        ("11", []),
        ("9-999999999", [9, 10]),
    ],
)
def test_page_ranges(text, pages):
    assert parse_page_ranges(text).within(10) == pages


@pytest.mark.parametrize(
    "text", ["", ",", "1,,2", "-", "a", "0", "0-3", "-0", "3-1", "1-2-3", "1e3"]
)
def test_no_page_ranges(text):
    with pytest.raises(PageRangeError):
        parse_page_ranges(text)


@given(st.text(alphabet="0123456789-, ", max_size=12))
def test_page_ranges_never_leave_the_document(text):
    try:
        pages = parse_page_ranges(text).within(7)
    except PageRangeError:
        return
    assert pages == sorted(set(pages))
    assert set(pages) <= set(range(1, 8))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("eng,rus", ("eng", "rus")),
        ("ru+en", ("rus", "eng")),
        ("Russian, chi_sim", ("rus", "zho")),
        ("Scottish Gaelic", ("gla",)),
        ("EN,eng", ("eng",)),
        ("srp-latn", ("srp-Latn",)),
        ("uk", ("ukr",)),
    ],
)
def test_languages(text, codes):
    assert parse_languages(text) == codes


def test_every_short_code_is_a_language():
    from textlift.commands import language_names
    from textlift.content.languages import LANGUAGES

    assert set(language_names._TWO_LETTERS.values()) <= set(LANGUAGES)


def test_unknown_language():
    with pytest.raises(UnknownLanguageError, match="“klingon” is not known"):
        parse_languages("eng,klingon")


@pytest.mark.parametrize(
    ("output", "format_name", "expected"),
    [
        ("", "", ("txt", None, None)),
        ("-", "json", ("json", None, None)),
        ("out.md", "", ("md", Path("out.md"), None)),
        ("out.JSON", "", ("json", Path("out.JSON"), None)),
        ("out.doc", "", ("txt", Path("out.doc"), None)),
        ("out.txt", "md", ("md", Path("out.txt"), None)),
        ("out", "", ("txt", None, Path("out"))),
        ("out.d/", "md", ("md", None, Path("out.d"))),
        ("there.d", "", ("txt", None, Path("there.d"))),
        ("Makefile", "", ("txt", Path("Makefile"), None)),
    ],
)
def test_output(tmp_path, monkeypatch, output, format_name, expected):
    monkeypatch.chdir(tmp_path)
    Path("there.d").mkdir()
    Path("Makefile").touch()
    plan = plan_output(output, format_name=format_name)
    assert (plan.exporter.name, plan.file, plan.folder) == expected


def test_unknown_format():
    with pytest.raises(UnknownFormatError, match="Choose one of: txt, md, json"):
        plan_output("", format_name="docx")
