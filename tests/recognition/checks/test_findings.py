"""Findings become warnings: neighbours together, the rest apart."""

from __future__ import annotations

from textlift.content.geometry import Box
from textlift.content.reading import WarningKind
from textlift.recognition.checks.findings import Finding, Sort, make_warnings


def row(number):
    return Box(0, 40 * number, 300, 40 * number + 20)


def test_neighbours_are_one_warning():
    found = [Finding(Sort.UNREAD_LINES, row(number)) for number in (0, 1, 2, 9)]
    warnings = make_warnings(found, reach=30)
    assert [one.sentence for one in warnings] == ["3 lines were not read.", "A line was not read."]
    assert warnings[0].box == Box(0, 0, 300, 100)


def test_a_finding_between_two_groups_joins_them():
    found = [Finding(Sort.UNREAD_LINES, row(number)) for number in (0, 2, 1)]
    assert len(make_warnings(found, reach=30)) == 1


def test_sorts_are_kept_apart():
    found = [Finding(Sort.UNREAD_LINES, row(0)), Finding(Sort.ON_BLANK_PAPER, row(0), "boo")]
    assert [one.kind for one in make_warnings(found, reach=30)] == [
        WarningKind.MISSED,
        WarningKind.INVENTED,
    ]


def test_many_warnings_of_a_sort_become_one():
    found = [Finding(Sort.UNREAD_LINES, row(5 * number)) for number in range(20)]
    warnings = make_warnings(found, reach=30)
    assert [one.sentence for one in warnings] == ["20 lines were not read."]


def test_long_quotes_are_cut_at_a_word():
    found = [Finding(Sort.ON_BLANK_PAPER, row(0), "words and\nmore " * 20)]
    sentence = make_warnings(found, reach=30)[0].sentence
    assert len(sentence) < 130
    assert sentence.endswith("…”.")
    assert "\n" not in sentence


def test_braces_in_a_quote_are_kept():
    found = [Finding(Sort.ON_BLANK_PAPER, row(0), "int main() {count}")]
    assert "{count}" in make_warnings(found, reach=30)[0].sentence
