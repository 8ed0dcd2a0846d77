"""The file is gone, another one, shorter, or its share is away, while its pages wait."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from doubles import engine_script as do
from doubles.pages import make_pdf
from doubles.small_disk import SmallDisk
from textlift.content.attempt import FailureKind
from textlift.content.page import PageState
from textlift.content.text_lines import page_text
from textlift.sessions.store import SessionStore

PAGES = 8
SENTENCES = {
    (
        "The file was deleted, moved or renamed after it was opened. Put it back or open it at its "
        "new place."
    ),
    "The file was changed after it was opened. Open it again to read what it holds now.",
    "This is a folder, not a file.",
}


def deleted(scan: Path) -> None:
    scan.unlink()


def replaced(scan: Path) -> None:
    make_pdf(scan, PAGES, first=101)


def truncated(scan: Path) -> None:
    with scan.open("rb+") as file:
        file.truncate(scan.stat().st_size // 2)


def a_folder_instead(scan: Path) -> None:
    scan.unlink()
    scan.mkdir()


def its_folder_away(scan: Path) -> None:
    scan.parent.rename(scan.parent.with_name("away"))


def states(folders) -> list[PageState]:
    with closing(SessionStore(folders.session_file)) as store:
        return [page.state for page in store.pages(1)]


def check_right(folders, *, all_read: bool) -> None:
    """Every text is that of its page; what is missing says why."""
    with closing(SessionStore(folders.session_file)) as store:
        pages = list(store.pages(1))
    for page in pages:
        if page.reading is not None:
            assert page_text(page) == f"Page {page.number} read by alpha."
        else:
            assert page.state is PageState.FAILED
            (attempt,) = page.attempts
            assert attempt.failure is FailureKind.DOCUMENT
            assert attempt.sentence in SENTENCES
    if all_read:
        assert all(page.state is PageState.DONE for page in pages)
    else:
        assert pages[0].state is PageState.DONE, "it was drawn before"
        assert pages[-1].state is PageState.FAILED


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files may go while they are open")
@pytest.mark.parametrize(
    "damage", [deleted, replaced, truncated, a_folder_instead, its_folder_away]
)
def test_source_file(start, script, folders, tmp_path, damage):
    share = tmp_path / "share"
    share.mkdir()
    scan = make_pdf(share / "scan.pdf", PAGES)
    original = tmp_path / "original.pdf"
    shutil.copy2(scan, original)
    gate = script.make_gate("gate")
    script.engine("alpha", pages={1: do.gate(gate)})
    window = start(scan)
    window.wait_for(lambda line: line.startswith("added"))
    script.wait_until_told(1)
    damage(scan)
    script.open_gate(gate)
    window.wait_for(f"finished 1 {PAGES}")
    window.wait_for("idle")
    check_right(folders, all_read=False)

    # It comes back, and the pages that are missing are read.
    if (tmp_path / "away").exists():
        (tmp_path / "away").rename(share)
    elif scan.is_dir():
        scan.rmdir()
    if damage is not its_folder_away:
        shutil.copy2(original, scan)
    told = len(script.told())
    missing = states(folders).count(PageState.FAILED)
    window.said.clear()
    window.tell("read")
    window.wait_for(f"finished 1 {PAGES}")
    window.wait_for("idle")
    assert window.close() == 0
    check_right(folders, all_read=True)
    assert len(script.told()) - told == missing


@pytest.mark.skipif(sys.platform != "linux", reason="needs a mount")
def test_share_that_vanishes(start, script, folders, tmp_path):
    share = tmp_path / "share"
    disk = SmallDisk(share, 10)
    original = make_pdf(tmp_path / "scan.pdf", PAGES)
    gate = script.make_gate("gate")
    script.engine("alpha", pages={1: do.gate(gate)})
    window = start(prefix=disk.prefix)
    window.wait_for("ready")
    shutil.copy2(original, disk.seen_from_outside(window.pid) / "scan.pdf")
    window.tell(f"open {share / 'scan.pdf'}")
    script.wait_until_told(1)
    inside = ["nsenter", f"--target={window.pid}", "--user", "--mount"]
    subprocess.run([*inside, "umount", "--lazy", str(share)], check=True)
    script.open_gate(gate)
    window.wait_for(f"finished 1 {PAGES}")
    window.wait_for("idle")
    check_right(folders, all_read=False)

    subprocess.run([*inside, "mount", "-t", "tmpfs", "none", str(share)], check=True)
    shutil.copy2(original, disk.seen_from_outside(window.pid) / "scan.pdf")
    window.said.clear()
    window.tell("read")
    window.wait_for(f"finished 1 {PAGES}")
    window.wait_for("idle")
    assert window.close() == 0
    check_right(folders, all_read=True)
