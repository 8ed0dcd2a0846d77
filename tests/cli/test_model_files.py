"""``textlift models get``, ``list``, ``verify`` and ``remove``, with the loopback hub."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from doubles.hub_faults import ALWAYS, Fault
from doubles.hub_repository import checkpoint_files, made_up_model
from doubles.loopback_hub import LoopbackHub
from textlift import cli
from textlift.downloads.download import DownloadState
from textlift.downloads.records import DownloadRecords
from textlift.settings import Settings, load_settings, save_settings, user_folders
from tiny_models.reading_matter import unseen_lines
from tiny_models.scoring import character_error_rate

at_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
with_signals = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

CATALOGUE = """
[[model]]
name = "reader"
title = "Tiny Reader"
family = "qwen_vl"
hub_id = "tiny/reader"
size = 1_400_000

[[model]]
name = "strict"
title = "Strict Reader"
family = "qwen_vl"
hub_id = "tiny/strict"
licence = "Cats Only 1.0"
licence_note = "Dogs may not use it."
licence_url = "https://licences.example/cats"
licence_restricts = true
"""


@pytest.fixture(autouse=True)
def _catalogue(hub: LoopbackHub, private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    patience = {"tries": 2, "first_delay": 0.1, "read": 5.0}
    monkeypatch.setenv("TEXTLIFT_DOWNLOAD_PATIENCE", json.dumps(patience))
    (private_home / "config").mkdir()
    (private_home / "config" / "models.toml").write_text(CATALOGUE)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "textlift", *arguments]


def textlift(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs it in this process, with nobody to answer."""
    result = CliRunner().invoke(cli.app, arguments, prog_name="textlift")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts ``textlift ARGUMENTS`` and goes on."""
    programs = []

    def start(*arguments: str) -> subprocess.Popen:
        program = subprocess.Popen(
            command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        programs.append(program)
        return program

    yield start
    for program in programs:
        program.kill()
        program.communicate()


def settings() -> Settings:
    return load_settings(user_folders().settings_file)


def records() -> list:
    return DownloadRecords(user_folders().downloads).read()[0]


def section(listed: str, heading: str) -> str:
    """The lines of the list under a heading."""
    lines = listed.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(heading))
    rest = (index for index in range(start + 1, len(lines)) if not lines[index].startswith("  "))
    return "\n".join(lines[start + 1 : next(rest, len(lines))])


def test_a_model_is_got_listed_damaged_mended_and_removed(
    hub: LoopbackHub, hub_cache: Path
) -> None:
    hub.add("tiny/reader", checkpoint_files("qwen3_vl"))
    before = textlift("models", "list")
    assert before.stdout.startswith("Nothing is on this machine yet.\n")
    assert "reader" in section(before.stdout, "To be got")
    assert not hub.asked()

    got = textlift("models", "get", "reader")
    assert got.returncode == 0, got.stderr
    assert got.stdout.startswith("Tiny Reader is here: 1 MB in ")
    assert "1 MB to fetch into" in got.stderr
    assert "are free there" in got.stderr
    hub.forget()
    listed = textlift("models", "list").stdout
    assert "Fits" in section(listed, "On this machine:")
    assert str(hub_cache) in section(listed, "On this machine:")
    assert "reader" not in section(listed, "To be got")
    sound = textlift("models", "verify")
    assert (sound.returncode, sound.stdout) == (
        0,
        "Tiny Reader: All 4 files are as published.\n",
    )

    weights = next(hub_cache.rglob("model.safetensors"))
    content = bytearray(weights.read_bytes())
    content[1000] ^= 1
    weights.write_bytes(content)
    damaged = textlift("models", "verify", "reader")
    assert damaged.returncode == 1
    assert "model.safetensors" in damaged.stderr
    assert "textlift models get reader" in damaged.stderr
    assert not hub.asked()
    mended = textlift("models", "get", "reader")
    assert mended.returncode == 0
    assert {asked.file for asked in hub.asked(kind="bytes")} == {"model.safetensors"}
    again = textlift("models", "get", "reader")
    assert again.stdout.startswith("Tiny Reader is here already: ")

    refused = textlift("models", "remove", "reader")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    removed = textlift("models", "remove", "reader", "--yes")
    assert (removed.returncode, removed.stdout) == (
        0,
        "Tiny Reader was removed; 1 MB are free again.\n",
    )
    assert not list(hub_cache.rglob("*.safetensors"))
    gone = textlift("models", "remove", "reader", "--yes")
    assert gone.returncode == 1
    assert gone.stderr == "Tiny Reader is not on this machine.\n"


@pytest.mark.parametrize("action", ["get", "verify", "remove"])
def test_what_is_not_known_is_said(action: str) -> None:
    unknown = textlift("models", action, "nothing")
    assert unknown.returncode == 2
    assert "no model or alphabet called “nothing”" in unknown.stderr
    assert "reader" in unknown.stderr


def test_what_comes_with_textlift_need_not_be_got(tmp_path: Path) -> None:
    bundled = textlift("models", "get", "pp-ocrv6")
    assert bundled.returncode == 2
    assert "is here already" in bundled.stderr


def test_a_licence_that_restricts_is_shown_and_accepted_once(hub: LoopbackHub) -> None:
    hub.add("tiny/strict", made_up_model(size=1000))
    refused = textlift("models", "get", "strict", "--yes")
    assert refused.returncode == 2
    for word in ("Cats Only 1.0", "Dogs may not", "https://licences.example/cats", "--accept"):
        assert word in refused.stderr
    assert not hub.asked()

    accepted = textlift("models", "get", "strict", "--accept-licence")
    assert accepted.returncode == 0
    assert settings().accepted_licences == ("strict",)
    textlift("models", "remove", "strict", "--yes")
    assert textlift("models", "get", "strict").returncode == 0


@with_signals
def test_ctrl_c_pauses_and_the_rest_comes_later(
    hub: LoopbackHub, hub_cache: Path, start: Callable[..., subprocess.Popen]
) -> None:
    hub.add("tiny/reader", made_up_model(size=3_000_000))
    hub.script(Fault(hold_after=1_500_000), file="model.safetensors")
    program = start("models", "get", "reader")
    hub.wait_until(lambda: hub.sent("model.safetensors") == 1_500_000)
    children = psutil.Process(program.pid).children(recursive=True)
    program.send_signal(signal.SIGINT)
    output, errors = program.communicate(timeout=20)
    assert (program.returncode, output) == (130, "")
    assert errors.splitlines()[-1].startswith("Paused: ")
    assert errors.splitlines()[-1].endswith(
        "of 3 MB are here. To go on, type: textlift models get reader"
    )
    assert children
    assert not any(child.is_running() for child in children)
    listed = textlift("models", "list").stdout
    assert "reader" in section(listed, "Not finished")
    assert [record.state for record in records()] == [DownloadState.PAUSED]
    weights = hub.repositories["tiny/reader"].files()["model.safetensors"]
    kept = next(hub_cache.rglob(f"{weights.sha256}*.incomplete")).stat().st_size
    hub.forget()

    assert textlift("models", "get", "reader").returncode == 0

    assert hub.sent("model.safetensors") == weights.size - kept
    assert not records()


def test_a_killed_command_leaves_no_process_and_can_be_gone_on_with(
    hub: LoopbackHub, hub_cache: Path, start: Callable[..., subprocess.Popen]
) -> None:
    hub.add("tiny/reader", made_up_model(size=3_000_000))
    hub.script(Fault(hold_after=1_500_000), file="model.safetensors")
    program = start("models", "get", "reader")
    hub.wait_until(lambda: hub.sent("model.safetensors") == 1_500_000)
    children = psutil.Process(program.pid).children(recursive=True)
    program.kill()
    program.wait()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive
    assert [record.name for record in records()] == ["reader"]
    begun = section(textlift("models", "list").stdout, "Not finished")
    here = sum(path.stat().st_size for path in hub_cache.rglob("blobs/*"))
    assert "reader" in begun
    assert f"{here / 1e6:.0f} of 3 MB are here." in begun
    discarded = textlift("models", "remove", "reader", "--yes")
    assert discarded.returncode == 0
    assert not records()


@with_signals
def test_ctrl_c_ends_a_check_that_hangs(
    hub: LoopbackHub, start: Callable[..., subprocess.Popen]
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    assert textlift("models", "get", "reader").returncode == 0
    program = start("models", "verify")
    children = []
    while not children:
        assert program.poll() is None
        children = psutil.Process(program.pid).children(recursive=True)
        time.sleep(0.005)
    children[0].suspend()
    program.send_signal(signal.SIGINT)
    output, errors = program.communicate(timeout=20)
    assert (program.returncode, output, errors) == (130, "", "Stopped.\n")
    assert not any(child.is_running() for child in children)


def test_one_that_cannot_be_got_stops_no_other(hub: LoopbackHub) -> None:
    hub.add("tiny/strict", made_up_model(size=1000))
    result = textlift("models", "get", "reader", "strict", "--accept-licence")
    assert result.returncode == 1
    assert "Strict Reader is here" in result.stdout
    assert any(line.startswith("Tiny Reader: ") for line in result.stderr.splitlines())


def test_a_damaged_download_says_so_and_is_remembered(hub: LoopbackHub) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    hub.script(Fault(flip_at=3), file="model.safetensors", times=ALWAYS)
    result = textlift("models", "get", "reader")
    assert result.returncode == 1
    assert "model.safetensors" in result.stderr
    assert "damaged" in section(textlift("models", "list").stdout, "Not finished")


def test_offline_nothing_is_asked(hub: LoopbackHub) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    save_settings(Settings(offline=True), user_folders().settings_file)
    result = textlift("models", "get", "reader")
    assert result.returncode == 1
    assert "settings" in result.stderr
    assert not hub.asked()


def test_a_model_that_has_no_room_is_refused_and_remembered(hub: LoopbackHub) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    names = ("config.json", "tokenizer.json", "model.safetensors")
    listed = [{"type": "file", "path": name, "size": 1 << 59, "oid": "1" * 40} for name in names]
    hub.script(Fault(content=json.dumps(listed).encode()), kind="tree")
    refused = textlift("models", "get", "reader")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Tiny Reader: The disk with ")
    assert "make room there" in refused.stderr
    assert not hub.asked(kind="resolve")
    assert [record.state for record in records()] == [DownloadState.FAILED]


def test_the_settings_choose_folder_mirror_and_proxy(
    hub: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", checkpoint_files("got_ocr2"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    chosen = Settings(model_cache=str(tmp_path / "drive"), hub_endpoint=hub.url)
    save_settings(chosen, user_folders().settings_file)
    assert textlift("models", "get", "reader").returncode == 0
    assert list((tmp_path / "drive").rglob("model.safetensors"))
    assert str(tmp_path / "drive") in section(textlift("models", "list").stdout, "On this")
    assert textlift("models", "verify").stdout == "Tiny Reader: All 5 files are as published.\n"


def test_an_alphabet_is_got_verified_and_removed(hub: LoopbackHub, private_home: Path) -> None:
    content = bytes(range(256)) * 40
    hub.add_web_file("/models/old.onnx", content)
    (private_home / "config" / "alphabets.toml").write_text(
        '[[alphabet]]\nname = "cherokee"\ntitle = "Cherokee"\nscripts = ["Cher"]\n'
        'url = "https://letters.example/models/old.onnx"\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\n'
    )
    save_settings(Settings(alphabet_mirror=hub.url), user_folders().settings_file)
    got = textlift("models", "get", "cherokee")
    assert got.returncode == 0, got.stderr
    assert (user_folders().alphabets / "cherokee.onnx").read_bytes() == content
    assert "cherokee" in section(textlift("models", "list").stdout, "On this machine")
    assert textlift("models", "verify").stdout == "Cherokee: The one file is as published.\n"
    assert textlift("models", "remove", "cherokee", "--yes").returncode == 0
    assert not (user_folders().alphabets / "cherokee.onnx").exists()


@pytest.mark.real_engine
def test_a_model_is_got_and_reads(hub: LoopbackHub, tmp_path: Path) -> None:
    hub.add("tiny/reader", checkpoint_files("qwen3_vl"))
    (text, image), *_ = unseen_lines("qwen3_vl", 1)
    image.save(tmp_path / "line.png")
    ask = ("ocr", "--quiet", "--no-fallback", "--model", "reader", "--device", "cpu")
    line = str(tmp_path / "line.png")
    missing = textlift(*ask, "--mode", "text", line)
    assert missing.returncode == 1
    assert not hub.asked()
    assert textlift("models", "get", "reader").returncode == 0
    hub.forget()
    read = textlift(*ask, "--mode", "text", line)
    assert read.returncode == 0, read.stderr
    assert character_error_rate([(text, read.stdout.strip())]) < 0.1
    assert not hub.asked()


# At a terminal


class AtTerminal:
    """``textlift ARGUMENTS`` with someone to answer; what it shows is kept."""

    def __init__(self, *arguments: str) -> None:
        import pty

        self._master, slave = pty.openpty()
        environment = {**os.environ, "COLUMNS": "120", "TERM": "xterm"}
        self.program = subprocess.Popen(
            command(*arguments), stdin=slave, stdout=slave, stderr=slave, env=environment
        )
        os.close(slave)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        while text not in self.shown:
            assert self._read(), f"never shown: {text}; shown: {self.shown}"

    def answer(self, text: str) -> None:
        os.write(self._master, f"{text}\n".encode())

    def interrupt(self) -> int:
        """Presses Ctrl-C until the program ends.

        A signal that comes after the question and before the wait for its answer is seen by
        Python only once the answer is there.
        """
        while self.program.poll() is None:
            self.program.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.program.wait(timeout=5)
        return self.end()

    def end(self) -> int:
        while self._read():
            pass
        os.close(self._master)
        return self.program.wait(timeout=20)

    def _read(self) -> bool:
        try:
            piece = os.read(self._master, 4096)
        except OSError:
            return False
        self.shown += piece.decode("utf-8", "replace")
        return bool(piece)


@at_a_terminal
def test_someone_is_asked_about_the_size(hub: LoopbackHub) -> None:
    hub.add("tiny/reader", made_up_model(size=3_000_000))
    no = AtTerminal("models", "get", "reader")
    no.wait_for("Fetch it?")
    no.answer("n")
    assert no.end() == 1
    assert not hub.asked(kind="bytes", file="model.safetensors")

    stopped = AtTerminal("models", "get", "reader")
    stopped.wait_for("Fetch it?")
    assert stopped.interrupt() == 130
    assert "Stopped; nothing was fetched." in stopped.shown

    yes = AtTerminal("models", "get", "reader")
    yes.wait_for("Fetch it?")
    yes.answer("")
    assert yes.end() == 0
    assert "Tiny Reader is here: 3 MB" in yes.shown


@at_a_terminal
def test_bytes_rate_and_time_are_shown(hub: LoopbackHub) -> None:
    hub.add("tiny/reader", made_up_model(size=3_000_000))
    hub.script(Fault(bytes_per_second=2_000_000), file="model.safetensors")
    program = AtTerminal("models", "get", "reader", "--yes")
    program.wait_for(" of 3 MB, ")
    program.wait_for("MB/s, ")
    program.wait_for("s left")
    assert program.end() == 0
    assert "Fetch it?" not in program.shown


@at_a_terminal
def test_someone_is_asked_about_a_licence(hub: LoopbackHub) -> None:
    hub.add("tiny/strict", made_up_model(size=1000))
    no = AtTerminal("models", "get", "strict", "--yes")
    no.wait_for("Do you accept it?")
    no.answer("n")
    assert no.end() == 2
    assert "Dogs may not use it." in no.shown
    assert not hub.asked()
    yes = AtTerminal("models", "get", "strict", "--yes")
    yes.wait_for("Do you accept it?")
    # The window writes others while the question is open.
    save_settings(Settings(threads=3), user_folders().settings_file)
    yes.answer("y")
    assert yes.end() == 0
    assert settings() == Settings(threads=3, accepted_licences=("strict",))


@at_a_terminal
def test_someone_is_asked_before_anything_is_removed(hub: LoopbackHub, hub_cache: Path) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    assert textlift("models", "get", "reader").returncode == 0
    no = AtTerminal("models", "remove", "reader")
    no.wait_for("Remove Tiny Reader")
    no.answer("n")
    assert no.end() == 1
    assert "Other programs" in no.shown
    assert list(hub_cache.rglob("model.safetensors"))
