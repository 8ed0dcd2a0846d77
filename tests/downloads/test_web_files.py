"""A file of the web, as the alphabets are: with its checksum, gone on with, checked, removed."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from doubles.downloading import files_below, get, running_get
from doubles.hub_faults import ALWAYS, Fault
from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import DownloadFailure, Source, Verified, WebFile

CONTENT = random.Random(5).randbytes(400_000)


@pytest.fixture
def alphabet(hub: LoopbackHub, tmp_path: Path) -> WebFile:
    url = hub.add_web_file("/models/new/resolve/v1/alphabet.onnx", CONTENT)
    path = tmp_path / "alphabets" / "new.onnx"
    return WebFile(url, hashlib.sha256(CONTENT).hexdigest(), str(path))


def visible(folder: Path) -> set[str]:
    """The files in a folder, without the lock, which stays and is empty."""
    return {name for name in files_below(folder) if not name.endswith(".lock")}


def test_it_comes_and_lies_where_it_is_wanted(
    downloads: Downloads, hub: LoopbackHub, source: Source, alphabet: WebFile
) -> None:
    plan = downloads.look_up(alphabet, source)
    got = downloads.get(alphabet, plan, source, on_fetching=lambda _: None)

    assert (plan.size, plan.have, plan.commit) == (len(CONTENT), 0, "")
    assert got.fetched == len(CONTENT)
    path = Path(alphabet.path)
    assert path.read_bytes() == CONTENT
    assert visible(path.parent) == {path.name}
    assert get(downloads, source, alphabet).fetched == 0


def test_it_is_gone_on_with(
    downloads: Downloads, hub: LoopbackHub, source: Source, alphabet: WebFile
) -> None:
    hub.script(Fault(hold_after=150_000), file="alphabet.onnx")
    with running_get(downloads, source, alphabet) as running:
        running.wait_until_told(lambda told: told.have >= 150_000)
        running.cancel()
        running.outcome()
    assert not Path(alphabet.path).exists()

    got = get(downloads, source, alphabet)

    assert got.fetched == len(CONTENT) - 150_000
    assert Path(alphabet.path).read_bytes() == CONTENT


def test_another_content_is_never_let_in(
    downloads: Downloads, hub: LoopbackHub, source: Source, alphabet: WebFile
) -> None:
    hub.script(Fault(flip_at=7), file="alphabet.onnx", times=ALWAYS)

    with pytest.raises(DownloadError) as error:
        get(downloads, source, alphabet)

    assert error.value.failure is DownloadFailure.DAMAGED
    assert not visible(Path(alphabet.path).parent)


def test_it_is_verified_and_fetched_again(
    downloads: Downloads, source: Source, alphabet: WebFile
) -> None:
    get(downloads, source, alphabet)
    path = Path(alphabet.path)
    sound = downloads.verify(alphabet, source, on_fetching=lambda _: None)
    path.write_bytes(CONTENT[:-1] + b"?")
    damaged = downloads.verify(alphabet, source, on_fetching=lambda _: None)

    assert sound == Verified(checked=1)
    assert damaged.damaged == (path.name,)
    assert not path.exists()
    get(downloads, source, alphabet)
    assert path.read_bytes() == CONTENT


def test_it_is_discarded_and_removed(
    downloads: Downloads, hub: LoopbackHub, source: Source, alphabet: WebFile
) -> None:
    hub.script(Fault(hold_after=150_000), file="alphabet.onnx")
    with running_get(downloads, source, alphabet) as running:
        running.wait_until_told(lambda told: told.have >= 150_000)
        running.cancel()
        running.outcome()
    folder = Path(alphabet.path).parent

    discarded = downloads.discard(alphabet, source)
    assert discarded.freed >= 150_000
    assert not visible(folder)
    get(downloads, source, alphabet)
    removed = downloads.remove(alphabet, source)
    assert removed.freed == len(CONTENT)
    assert not visible(folder)


def test_no_token_is_sent_for_it(
    downloads: Downloads,
    hub: LoopbackHub,
    source: Source,
    alphabet: WebFile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_forTheHubOnly")
    with LoopbackHub() as elsewhere:
        url = elsewhere.add_web_file("/alphabet.onnx", CONTENT)
        get(downloads, source, WebFile(url, alphabet.sha256, alphabet.path))
        assert {asked.token for asked in elsewhere.asked()} == {""}


def test_it_is_not_there(downloads: Downloads, hub: LoopbackHub, source: Source) -> None:
    gone = WebFile(f"{hub.url}/gone.onnx", "0" * 64, "/nowhere/gone.onnx")
    with pytest.raises(DownloadError) as error:
        get(downloads, source, gone)
    assert error.value.failure is DownloadFailure.NOT_FOUND
