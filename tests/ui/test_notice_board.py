"""Which of several notices the banner shows."""

from __future__ import annotations

import pytest

from textlift.ui.banner import Banner
from textlift.ui.notice_board import NoticeBoard
from textlift.ui.notices import Notice


@pytest.fixture
def banner(qtbot) -> Banner:
    banner = Banner()
    qtbot.addWidget(banner)
    return banner


@pytest.fixture
def board(banner) -> NoticeBoard:
    return NoticeBoard(banner)


def post(board: NoticeBoard, subject: str, kind: str) -> None:
    board.post(subject, Notice(kind=kind, text=subject))


def test_of_notices_as_bad_the_newest_is_shown(board, banner):
    post(board, "first", "warning")
    post(board, "second", "warning")
    assert banner.message.text() == "second"


def test_what_is_less_bad_does_not_cover_what_is_worse(board, banner):
    post(board, "lost", "error")
    post(board, "other model", "warning")
    assert banner.message.text() == "lost"
    banner.close_button.click()
    assert banner.message.text() == "other model"
    assert board.notice("lost") is None


def test_what_was_asked_for_just_now_is_shown_before_all_else(board, banner):
    post(board, "lost", "error")
    post(board, "saved", "info")
    assert banner.message.text() == "saved"
    banner.close_button.click()
    assert banner.message.text() == "lost"


def test_what_is_bad_covers_an_answer_of_before(board, banner):
    post(board, "saved", "info")
    post(board, "other model", "warning")
    assert banner.message.text() == "other model"
    post(board, "lost", "error")
    assert banner.message.text() == "lost"


def test_a_notice_behind_does_not_close_the_details_of_the_one_in_front(board, banner):
    board.post("lost", Notice(kind="error", text="lost", details="why"))
    banner.why_button.setChecked(True)
    post(board, "other model", "warning")
    assert banner.why_button.isChecked()
    board.withdraw("other model")
    assert banner.why_button.isChecked()


def test_only_the_notice_in_front_is_reworded(board, banner):
    post(board, "getting", "warning")
    post(board, "lost", "error")
    board.post_or_reword("getting", Notice(kind="warning", text="half of it"))
    assert banner.message.text() == "lost"
    banner.close_button.click()
    assert banner.message.text() == "half of it"
    board.post_or_reword("getting", Notice(kind="warning", text="all of it"))
    assert banner.message.text() == "all of it"


def test_without_notices_the_banner_is_hidden(board, banner):
    post(board, "lost", "error")
    board.withdraw("lost")
    assert banner.isHidden()
    post(board, "lost", "error")
    assert not banner.isHidden()
    banner.close_button.click()
    assert banner.isHidden()
