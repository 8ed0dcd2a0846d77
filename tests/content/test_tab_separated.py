"""A table for a spreadsheet: cells stay cells, and none is a formula."""

from __future__ import annotations

import pytest

from textlift.content.tab_separated import tab_separated


def test_rows_are_lines_and_cells_are_between_tabs():
    assert tab_separated([["a", "b"], ["c", ""]]) == "a\tb\nc\t\n"


def test_nothing_in_a_cell_makes_another_cell_or_row():
    text = tab_separated([["a\tb\nc\r\nd\u2028e", "f"]])
    assert text == "a b c d e\tf\n"


@pytest.mark.parametrize(
    "beginning", ["=", "+", "-", "@", "\t", "\r", " =", "\n@", '"=', ' ""+', "＝"]
)
def test_no_cell_is_a_formula(beginning):
    (cell,) = tab_separated([[f'{beginning}HYPERLINK("http://x")']]).splitlines()
    assert cell.startswith("'")


@pytest.mark.parametrize("number", ["-5", "+3", "-1 204,50", "-12.5%", "-1'000", "-", "7"])
def test_numbers_stay_numbers(number):
    assert tab_separated([[number]]) == f"{number}\n"


@pytest.mark.parametrize("cell", ["-2+3", "+1-cmd|' /C calc'!A0", "-A1", "=5", "-5\n=1", "--5"])
def test_what_only_begins_like_a_number_is_none(cell):
    assert tab_separated([[cell]]).startswith("'")
