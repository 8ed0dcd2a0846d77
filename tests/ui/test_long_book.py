"""A long book is read from end to end, and no process grows with its pages."""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing

import psutil
import pytest

from doubles.pages import draw_page
from textlift.content.page import PageState
from textlift.content.text_lines import page_text
from textlift.sessions.store import SessionStore

SETTLED_AFTER = 100
"""Pages, until which caches fill and modules are loaded."""
GROWTH = {"window": 12_000, "reader": 4_000, "engine": 4_000, "inspector": 12_000}
"""Bytes a page that each process may grow, pages after those: a summary of a page at most."""
SLACK = 12_000_000
"""Bytes that memory comes and goes by."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="closes by a signal")


def write_book(path, pages: int) -> None:
    images = [draw_page(number, size=(150, 200)) for number in range(1, pages + 1)]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=200)


def role(process: psutil.Process) -> str:
    command = process.cmdline()
    return command[command.index("--process") + 1] if "--process" in command else ""


def memory(window) -> dict[str, int]:
    """Bytes of each process by its role; of several, all."""
    found = {"window": psutil.Process(window.pid).memory_info().rss}
    for child in window.family():
        if name := role(child):
            found[name] = found.get(name, 0) + child.memory_info().rss
    return found


@pytest.mark.parametrize("pages", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_memory_stays_flat_over_a_long_book(start, script, folders, tmp_path, pages):
    write_book(tmp_path / "book.pdf", pages)
    # With TEXTLIFT_TEST_CHECKS set each page is looked at independently too, which takes longer.
    looked_at = "TEXTLIFT_TEST_CHECKS" in os.environ
    script.engine("alpha", detects=not looked_at)
    began = time.monotonic()
    window = start(tmp_path / "book.pdf")
    curve: dict[int, dict[str, int]] = {}
    step = pages // 10
    for page in (SETTLED_AFTER, *range(SETTLED_AFTER + step, pages + 1, step)):
        window.wait_for(f"finished 1 {page}", patience=600)
        curve[page] = memory(window)
    window.wait_for(f"finished 1 {pages}", patience=600)
    window.wait_for("idle")
    seconds = time.monotonic() - began
    curve[pages] = memory(window)
    assert window.close() == 0
    roles = sorted(curve[pages])
    print(f"\n{pages} pages in {seconds:.0f} s, MB of {', '.join(roles)}:")
    for page, found in curve.items():
        print(page, *(f"{found.get(name, 0) / 1e6:.0f}" for name in roles))

    with closing(SessionStore(folders.session_file)) as store:
        assert store.queued() == ()
        for number, page in enumerate(store.pages(1), 1):
            assert looked_at or page.state is PageState.DONE
            assert page_text(page) == f"Page {number} read by alpha."
        assert number == pages
    assert set(roles) >= {"window", "reader", "engine"}
    first = curve[SETTLED_AFTER]
    for name in roles:
        bound = SLACK + GROWTH[name] * (pages - SETTLED_AFTER)
        assert curve[pages][name] - first.get(name, 0) < bound, name
    assert ("inspector" in roles) is looked_at
