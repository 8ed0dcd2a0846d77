"""Several starts of Textlift: one window, which gets the files of all of them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from doubles.pages import make_image
from textlift.sessions.store import SessionStore
from textlift.settings import Folders
from textlift.ui import handover
from textlift.ui.handover import Handover, HandoverServer, hand_over
from textlift.ui.only_window import Claim, OnlyWindow

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and sockets")


def documents(folders: Folders) -> list[str]:
    with closing(SessionStore(folders.session_file)) as store:
        return [Path(document.info.path).name for document in store.documents()]


def test_the_second_start_hands_its_files_over_and_ends(start, script, folders, tmp_path):
    script.engine("alpha")
    first = start(make_image(tmp_path / "a.png", 1))
    first.wait_for("finished 1 1")
    first.tell("minimize")
    first.wait_for("minimized")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    make_image(elsewhere / "b.png", 2)
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/c\xff.png")
    make_image(Path(odd), 3)
    began = time.monotonic()
    second = start("b.png", odd, cwd=elsewhere)
    assert second.wait() == 0
    seconds = time.monotonic() - began
    first.wait_for(f"added {elsewhere / 'b.png'}")
    first.wait_for("front True")
    first.wait_for("finished 3 1")
    assert second.said == []
    assert first.close() == 0
    assert len(documents(folders)) == 3
    print(f"second start: {seconds:.2f} s")


def test_a_start_without_files_brings_the_window_to_the_front(start, script):
    script.engine("alpha")
    first = start()
    first.wait_for("ready")
    assert start().wait() == 0
    first.wait_for("front True")
    assert first.close() == 0


def test_two_starts_at_the_same_moment_make_one_window(start, script, folders, tmp_path):
    script.engine("alpha")
    paths = [make_image(tmp_path / f"{number}.png", number) for number in range(1, 5)]
    windows = [start(path) for path in paths]
    ended = []
    while len(ended) < 3:
        ended += [one for one in windows if one not in ended and one.process.poll() is not None]
        time.sleep(0.02)
    assert [one.wait() for one in ended] == [0, 0, 0]
    (only,) = (one for one in windows if one not in ended)
    for path in paths:
        only.wait_for(f"added {path}")
    assert only.close() == 0
    assert sorted(documents(folders)) == sorted(path.name for path in paths)


def test_a_crash_is_no_obstacle(start, script, folders, tmp_path):
    script.engine("alpha")
    first = start()
    first.wait_for("ready")
    first.kill()
    assert (folders.data / "window.lock").exists()
    assert (folders.data / "window.socket").exists()
    second = start(make_image(tmp_path / "a.png", 1))
    second.wait_for("finished 1 1")
    third = start(make_image(tmp_path / "b.png", 2))
    assert third.wait() == 0
    second.wait_for("finished 2 1")
    assert second.close() == 0
    assert not (folders.data / "window.lock").exists()


def test_a_window_that_hangs_is_told_and_its_session_left_alone(
    start, script, folders, tmp_path, monkeypatch
):
    script.engine("alpha")
    first = start()
    first.wait_for("ready")
    lock = folders.data / "window.lock"
    # It was started long ago: one that starts just now is given more time.
    os.utime(lock, (1, 1))
    first.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    second = start(make_image(tmp_path / "a.png", 1))
    while "does not answer" not in second.errors():
        assert time.monotonic() - began < 30
        time.sleep(0.02)
    # A message box says the same, and the start waits until it was seen.
    assert second.process.poll() is None
    assert second.said == []
    second.process.kill()
    second.wait()
    first.process.send_signal(signal.SIGCONT)
    # What it was given while it hung it does in the end, once.
    first.wait_for(f"added {tmp_path / 'a.png'}")
    assert first.close() == 0
    assert documents(folders) == ["a.png"]


def test_other_homes_have_windows_of_their_own(start, script, tmp_path, folders):
    script.engine("alpha")
    first = start()
    first.wait_for("ready")
    other = start(environment={"TEXTLIFT_HOME": str(tmp_path / "other")})
    other.wait_for("ready")
    assert (first.close(), other.close()) == (0, 0)


def test_a_home_that_cannot_be_written_still_has_a_window(start, script, tmp_path):
    script.engine("alpha")
    (tmp_path / "file").write_text("x")
    home = {"TEXTLIFT_HOME": str(tmp_path / "file")}
    first = start(environment=home)
    first.wait_for(lambda line: line.startswith("unusable"))
    first.wait_for("ready")
    assert first.close() == 0


def test_the_command_line_is_not_affected(start, script, tmp_path):
    script.engine("alpha")
    first = start()
    first.wait_for("ready")
    first.process.send_signal(signal.SIGSTOP)
    command = [sys.executable, "-m", "textlift", "ocr", str(tmp_path / "none.png")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "none.png" in done.stderr
    assert "already" not in done.stderr
    first.process.send_signal(signal.SIGCONT)
    assert first.close() == 0


# The parts


@pytest.fixture
def server(qapp, tmp_path):
    with closing(HandoverServer(str(tmp_path / "socket"))) as server:
        assert server.problem == ""
        server.taken = []
        server.came.connect(server.taken.append)
        yield server


def raw(path: Path, content: bytes) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(10)
    client.connect(str(path))
    client.sendall(content)
    return client


@pytest.mark.parametrize(
    "content", [b"\x00\x00\x00\x05hello", b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_handover_is_hung_up_on(server, qtbot, tmp_path, content):
    client = raw(tmp_path / "socket", content)
    client.settimeout(0)

    def hung_up() -> bool:
        try:
            return client.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True

    qtbot.waitUntil(hung_up)
    assert server.taken == []
    client.close()


def test_a_handover_in_pieces(server, qtbot, tmp_path):
    body = msgspec.msgpack.encode(Handover(paths=(b"/a\xff.pdf", b"/b.pdf")))
    client = raw(tmp_path / "socket", len(body).to_bytes(4, "big")[:3])
    qtbot.wait(20)
    client.sendall(len(body).to_bytes(4, "big")[3:] + body[:4])
    qtbot.wait(20)
    client.sendall(body[4:])
    qtbot.waitUntil(lambda: bool(server.taken))
    assert server.taken[0].path_names == ("/a\udcff.pdf", "/b.pdf")
    client.close()


def test_only_this_user_may_hand_over(server, tmp_path):
    assert (tmp_path / "socket").stat().st_mode & 0o077 == 0


def test_the_socket_of_another_user_gets_nothing(server, tmp_path, monkeypatch, qtbot):
    monkeypatch.setattr(handover.os, "getuid", lambda: (tmp_path / "socket").stat().st_uid + 1)
    assert not hand_over(str(tmp_path / "socket"), Handover(paths=(b"/a.png",)), patience=5)
    qtbot.wait(20)
    assert server.taken == []


def test_nobody_listens(tmp_path):
    assert not hand_over(str(tmp_path / "socket"), Handover(), patience=0.1)


@pytest.mark.parametrize(("started", "most"), [("now", 15), ("long ago", 2)])
def test_a_window_that_starts_has_more_time_to_answer(folders, monkeypatch, started, most):
    """In one go: files that are sent a second time would come twice."""
    given = []
    monkeypatch.setattr(handover, "hand_over", lambda *_, patience: given.append(patience) or True)
    with closing(OnlyWindow(folders)) as first:
        assert first.claim(()) is Claim.ONLY
        if started == "long ago":
            os.utime(folders.data / "window.lock", (1, 1))
        assert OnlyWindow(folders).claim(("/a.png",)) is Claim.HANDED_OVER
    (patience,) = given
    assert most / 2 < patience <= most


def test_long_paths_of_the_home(qapp, tmp_path):
    data = tmp_path.joinpath(*(["a folder with a long name"] * 5))
    only = OnlyWindow(Folders(data, data, data, data))
    assert only.claim(()) is Claim.ONLY
    server = only.listen()
    assert server is not None
    assert server.problem == ""
    only.close()


def test_the_lock_of_another_machine_is_explained(qapp, folders, monkeypatch):
    only = OnlyWindow(folders)
    monkeypatch.setattr(OnlyWindow, "_host", lambda _: "study")
    sentence = only.no_answer_sentence()
    assert "on the machine study" in sentence
    assert str(folders.data / "window.lock") in sentence
