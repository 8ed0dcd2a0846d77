"""The warnings of a page in its record: what is told and which links there are."""

from __future__ import annotations

import re

import msgspec
import pytest
from PySide6.QtGui import QTextDocument

from doubles.sample_pages import sample_record, warned_record
from textlift.content.page import PageRecord
from textlift.ui.record_warnings import warnings_html, warnings_plain
from textlift.ui.theme import DARK, LIGHT

pytestmark = pytest.mark.usefixtures("qapp")


def links(page: PageRecord) -> list[str]:
    return re.findall('href="([^"]+)"', warnings_html(page, LIGHT))


def seen(page: PageRecord) -> str:
    document = QTextDocument()
    document.setHtml(warnings_html(page, LIGHT))
    return document.toPlainText()


def test_each_warning_has_its_number_its_kind_and_what_can_be_done():
    page = warned_record()
    assert links(page) == ["tick:0", "warning:1", "tick:1", "tick:all"]
    words = seen(page).split("\n")
    assert [word for word in words if word in {"1", "2"}] == ["1", "2"]
    assert "Unsure. 2 lines are <uncertain>." in seen(page)
    assert "Missed. Text was missed here." in seen(page)
    assert "All 2 look right" in seen(page)


def test_what_is_ticked_off_can_be_checked_again():
    page = msgspec.structs.replace(warned_record(), ticked=(1,))
    assert links(page) == ["tick:0", "warning:1", "untick:1", "tick:all"]
    assert "✓2" in seen(page)
    assert list(warnings_plain(page)) == [
        "To check: 2 lines are <uncertain>.",
        "Ticked off: Text was missed here.",
    ]
    done = msgspec.structs.replace(page, ticked=(0, 1))
    assert links(done)[-1] == "untick:all"


def test_one_warning_needs_no_link_for_all():
    page = warned_record()
    assert page.reading is not None
    one = msgspec.structs.replace(page.reading, warnings=page.reading.warnings[:1])
    assert links(msgspec.structs.replace(page, reading=one)) == ["tick:0"]


def test_the_one_that_stands_out_has_a_ground_of_its_own():
    for colours in (LIGHT, DARK):
        html = warnings_html(warned_record(), colours, selected=1)
        (row,) = re.findall(r"<tr bgcolor=.*?</tr>", html)
        assert "Text was missed here." in row


def test_a_page_without_warnings_has_no_list():
    assert warnings_html(sample_record(), LIGHT) == ""
    assert list(warnings_plain(sample_record())) == []
