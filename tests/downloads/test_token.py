"""The hub's token: from where it is taken, whom it is sent to, and where it must never be seen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from doubles import file_keyring
from doubles.downloading import get
from doubles.hub_faults import ALWAYS, Fault
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import LoopbackHub
from doubles.loopback_proxy import LoopbackProxy
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import DownloadFailure, Source

TOKEN = "hf_theSecretOfTheTest"
OTHER = "hf_anotherSecretThing"


@pytest.fixture
def keyring(hub_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a keyring that works."""
    path = tmp_path / "keyring.json"
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", file_keyring.NAME)
    monkeypatch.setenv(file_keyring.VARIABLE, str(path))
    monkeypatch.setenv("PYTHONPATH", str(Path(file_keyring.__file__).parents[1]))
    return path


def tokens(hub: LoopbackHub, host: str = "hub") -> set[str]:
    return {asked.token for asked in hub.asked(host=host)}


def test_without_a_token_none_is_sent(
    downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    get(downloads, source)
    assert tokens(hub) == {""}
    assert downloads.token_state().place == ""


def test_a_token_of_the_environment_goes_to_the_hub_alone(
    downloads: Downloads, hub: LoopbackHub, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000), token=TOKEN)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    get(downloads, source)
    assert tokens(hub) == {TOKEN}
    assert tokens(hub, "cdn") == {""}
    assert not [one for one in hub.asked(host="cdn") if TOKEN in f"{one.path} {one.headers}"]
    assert downloads.token_state().place == "environment"


def test_a_token_is_kept_in_the_keyring(
    keyring: Path, downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000), token=TOKEN)
    stored = downloads.store_token(f" {TOKEN}\n")
    downloads.close()

    assert get(downloads, source).fetched > 1000

    state = downloads.token_state()
    assert stored.place == state.place == "keyring"
    assert state.keyring_problem == ""
    assert TOKEN in keyring.read_text()
    assert tokens(hub) == {TOKEN}


def test_the_environment_counts_more_than_the_keyring(
    keyring: Path,
    downloads: Downloads,
    hub: LoopbackHub,
    source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    downloads.store_token(OTHER)
    downloads.close()
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    get(downloads, source)
    assert tokens(hub) == {TOKEN}


def test_a_token_is_taken_out_of_the_keyring(keyring: Path, downloads: Downloads) -> None:
    downloads.store_token(TOKEN)
    assert downloads.store_token("").place == ""
    assert downloads.store_token("").place == ""
    assert TOKEN not in keyring.read_text()


def test_a_login_of_the_library_is_used(
    hub_cache: Path, downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000), token=TOKEN)
    (hub_cache.parent / "token").write_text(f"{TOKEN}\n")
    get(downloads, source)
    assert downloads.token_state().place == "hub login"
    assert tokens(hub) == {TOKEN}


def test_without_a_keyring_nothing_is_stored_anywhere(
    *,
    hub_cache: Path,
    private_home: Path,
    downloads: Downloads,
    hub: LoopbackHub,
    source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    with pytest.raises(DownloadError) as error:
        downloads.store_token(TOKEN)
    assert error.value.failure is DownloadFailure.NO_KEYRING
    assert downloads.token_state().keyring_problem
    # And what can be had without one is had.
    assert get(downloads, source).fetched > 1000
    assert not files_with(TOKEN, private_home, hub_cache.parent)


def test_a_token_is_not_sent_in_the_open_over_a_network(
    downloads: Downloads, hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000), token=TOKEN)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with LoopbackProxy() as proxy:
        proxy.hosts["mirror.example"] = hub.url.removeprefix("http://")
        mirror = Source(cache=str(cache), endpoint="http://mirror.example", proxy=proxy.url)
        with pytest.raises(DownloadError) as error:
            get(downloads, mirror)
    assert tokens(hub) == {""}
    assert error.value.failure is DownloadFailure.NOT_ALLOWED
    assert "without encryption" in error.value.sentence


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_a_token_is_never_told(
    *,
    private_home: Path,
    hub_cache: Path,
    downloads: Downloads,
    hub: LoopbackHub,
    source: Source,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    """Not in a sentence, in details, in what the process writes, or in any file."""
    hub.add("tiny/reader", made_up_model(size=1000))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    for name in ("HF_DEBUG", "HF_HUB_VERBOSITY"):
        monkeypatch.setenv(name, "debug")
    plan_then = Fault(status=status, message=f"Bad token {TOKEN}")
    hub.script(plan_then, kind="resolve", file="model.safetensors", times=ALWAYS)

    with pytest.raises(DownloadError) as error:
        get(downloads, source)

    process = downloads._process
    assert process is not None
    downloads.close()
    told = f"{error.value!r} {error.value.sentence} {error.value.details} {process._stderr_tail()}"
    assert TOKEN not in told
    assert not files_with(TOKEN, private_home, hub_cache.parent, tmp_path)
    assert {TOKEN} == tokens(hub)


def files_with(text: str, *folders: Path) -> list[Path]:
    """The files in which a text stands."""
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


def test_a_token_is_not_among_the_arguments(
    downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    downloads.token_state()
    arguments = Path(f"/proc/{downloads.pid}/cmdline")
    if not arguments.exists():
        pytest.skip("needs /proc")
    assert TOKEN.encode() not in arguments.read_bytes()
    assert os.environ["HF_TOKEN"] == TOKEN
