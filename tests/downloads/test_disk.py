"""The disk: full, read-only, damaged, shared with others; and what is removed from it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
import tqdm
from huggingface_hub import snapshot_download
from huggingface_hub.utils import disable_progress_bars

from doubles.downloading import MODEL, files_below, get, running_get
from doubles.hub_faults import Fault
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import LoopbackHub
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import DownloadFailure, HubModel, Source, Verified
from textlift.models.download_record import DownloadRecord, RecordedFile, write_record
from textlift.models.on_disk import what_is_missing
from textlift.processes import supervised

WEIGHTS = "model.safetensors"


def verify(downloads: Downloads, source: Source, wanted: HubModel = MODEL) -> Verified:
    return downloads.verify(wanted, source, on_fetching=lambda _: None)


@pytest.fixture
def small_disk(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """The download process sees a disk of 110 MB in place of the cache folder; nobody else does.

    Of these 100 MB are to be left to others.

    The fixture gives what finds that disk from outside, once the process runs.
    """
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare")
    cache.mkdir()
    inside = ["unshare", "--user", "--map-root-user", "--mount"]
    mounted = f"mount -t tmpfs -o size=110m none '{cache}' && exec \"$@\""
    shell = ["sh", "-c", mounted, "sh"]
    permitted = subprocess.run([*inside, *shell, "true"], check=False, capture_output=True)
    if permitted.returncode:
        pytest.skip("needs the right to mount")
    command = supervised.process_command

    def in_its_own_world(arguments: Sequence[str]) -> list[str]:
        return [*inside, *shell, *command(arguments)]

    monkeypatch.setattr(supervised, "process_command", in_its_own_world)
    return lambda: cache


def test_a_model_that_is_larger_than_the_disk_is_not_begun(
    small_disk: Callable[[], Path], downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=16_000_000))

    plan = downloads.look_up(MODEL, source)
    with pytest.raises(DownloadError) as error:
        downloads.get(MODEL, plan, source, on_fetching=lambda _: None)

    assert 0 < plan.disk_free <= 110 * 1024**2
    assert error.value.failure is DownloadFailure.DISK_FULL
    assert not hub.asked(kind="bytes", file=WEIGHTS)


@pytest.mark.skipif(not Path("/proc/self/root").exists(), reason="needs /proc")
def test_a_disk_that_others_fill_meanwhile(
    small_disk: Callable[[], Path], downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=1_500_000))
    held = hub.script(Fault(hold_after=400_000), file=WEIGHTS)
    with running_get(downloads, source) as running:
        running.wait_until_told(lambda told: told.have >= 400_000)
        disk = Path(f"/proc/{downloads.pid}/root{small_disk()}")
        filling = disk / "film.mkv"
        with contextlib.suppress(OSError), filling.open("wb", buffering=0) as film:
            while film.write(bytes(1_000_000)):
                pass
        held.release.set()
        outcome = running.outcome()
    assert isinstance(outcome, DownloadError)
    assert outcome.failure is DownloadFailure.DISK_FULL
    assert str(source.cache) in outcome.sentence
    assert not list(disk.glob("*/snapshots/*/*"))

    filling.unlink()
    got = get(downloads, source)

    assert 0 < got.fetched < 1_500_000
    assert not what_is_missing(Path(f"/proc/{downloads.pid}/root{got.folder}"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_disk_that_takes_no_large_files(
    downloads: Downloads, hub: LoopbackHub, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", made_up_model(size=3_000_000))
    command = supervised.process_command
    limited = ["sh", "-c", 'ulimit -f 2000 && exec "$@"', "sh"]
    monkeypatch.setattr(
        supervised, "process_command", lambda arguments: [*limited, *command(arguments)]
    )

    with pytest.raises(DownloadError) as error:
        get(downloads, source)

    assert error.value.failure is DownloadFailure.DISK
    assert str(source.cache) in error.value.sentence


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_folder_that_cannot_be_written_to(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, tmp_path: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    if os.geteuid():
        cache.mkdir(mode=0o500)
    else:
        # Permissions do not stop root; what is no folder does.
        cache.write_bytes(b"")
    with pytest.raises(DownloadError) as error:
        get(downloads, source)
    assert error.value.failure is DownloadFailure.DISK
    assert str(cache) in error.value.sentence
    assert not hub.asked(kind="bytes", file=WEIGHTS)


def test_a_sound_model_is_found_sound(
    downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=300_000, parts=2))
    get(downloads, source)
    assert verify(downloads, source) == Verified(checked=5)


@pytest.mark.parametrize("damage", ["a bit", "the end", "all of it"])
def test_a_damaged_file_is_named_and_fetched_again_alone(
    downloads: Downloads, hub: LoopbackHub, source: Source, damage: str
) -> None:
    hub.add("tiny/reader", made_up_model(size=300_000, parts=2))
    folder = Path(get(downloads, source).folder)
    broken = folder / "model-00002-of-00002.safetensors"
    content = bytearray(broken.read_bytes())
    if damage == "a bit":
        content[100_000] ^= 1
    if damage == "all of it":
        broken.resolve().unlink()
    else:
        broken.write_bytes(content if damage == "a bit" else content[:-1])
    hub.forget()

    found = verify(downloads, source)

    assert found.damaged == (broken.name,)
    assert not hub.asked()
    got = get(downloads, source)
    assert {asked.file for asked in hub.asked(kind="bytes")} <= {
        broken.name,
        "model.safetensors.index.json",
    }
    assert got.fetched == len(hub.repositories["tiny/reader"].files()[broken.name].content)
    assert verify(downloads, source) == Verified(checked=5)


def test_a_damaged_model_does_not_look_whole(
    downloads: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.add("tiny/reader", made_up_model(size=300_000))
    folder = Path(get(downloads, source).folder)
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[100_000] ^= 1
    (folder / WEIGHTS).write_bytes(content)

    verify(downloads, source)

    assert what_is_missing(folder)


def test_what_another_program_downloaded_is_verified_too(
    downloads: Downloads,
    hub: LoopbackHub,
    source: Source,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.add("tiny/reader", made_up_model(size=300_000))
    disable_progress_bars()
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)
    folder = Path(snapshot_download("tiny/reader", endpoint=hub.url, cache_dir=cache))

    sound = verify(downloads, source)
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[100_000] ^= 1
    (folder / WEIGHTS).write_bytes(content)
    damaged = verify(downloads, source)

    assert (sound.checked, sound.damaged) == (3, ())
    assert damaged.damaged == (WEIGHTS,)


def test_what_is_not_there_cannot_be_verified(downloads: Downloads, source: Source) -> None:
    with pytest.raises(DownloadError) as error:
        verify(downloads, source)
    assert error.value.failure is DownloadFailure.NOT_FOUND


def test_removing_gives_the_space_back(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    repository = hub.add("tiny/reader", made_up_model(size=300_000))
    get(downloads, source)

    removed = downloads.remove(MODEL, source)

    assert removed.freed >= repository.size()
    left = {path for path in files_below(cache) if not path.startswith(".locks/")}
    assert left <= {"CACHEDIR.TAG"}
    assert downloads.look_up(MODEL, source).have == 0


def test_removing_a_revision_keeps_what_others_share(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    files = made_up_model(size=300_000)
    repository = hub.add("tiny/reader", files)
    first = repository.resolve("main")
    assert first is not None
    pinned = HubModel(("tiny/reader",), first)
    get(downloads, source, pinned)
    changed = b'{"model_type": "qwen3_vl", "changed": true}'
    repository.commit(files | {"config.json": changed})
    folder = Path(get(downloads, source).folder)

    removed = downloads.remove(MODEL, source)

    assert removed.freed < 10_000
    assert not folder.exists()
    assert verify(downloads, source, pinned) == Verified(checked=3)
    assert not what_is_missing(cache / "models--tiny--reader" / "snapshots" / first)


def test_removing_leaves_other_models_alone(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    hub.add("tiny/reader2", made_up_model(size=1000, seed=2))
    get(downloads, source)
    other = HubModel(("tiny/reader2",))
    get(downloads, source, other)

    downloads.remove(MODEL, source)

    assert verify(downloads, source, other) == Verified(checked=3)


def test_removing_follows_no_link_out_of_the_cache(
    downloads: Downloads, hub: LoopbackHub, source: Source, cache: Path, tmp_path: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    folder = Path(get(downloads, source).folder)
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    (folder / "letter.txt").symlink_to(letter)

    downloads.remove(MODEL, source)

    assert letter.read_text() == "dear"


def test_removing_a_revision_follows_no_link_out_of_the_cache(
    downloads: Downloads, hub: LoopbackHub, source: Source, tmp_path: Path
) -> None:
    files = made_up_model(size=1000)
    repository = hub.add("tiny/reader", files)
    pinned = HubModel(("tiny/reader",), repository.resolve("main") or "")
    get(downloads, source, pinned)
    repository.commit(files | {"config.json": b'{"model_type": "qwen3_vl", "changed": true}'})
    folder = Path(get(downloads, source).folder)
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    (folder / "letter.txt").symlink_to(letter)

    downloads.remove(MODEL, source)

    assert not folder.exists()
    assert letter.read_text() == "dear"


def test_a_damaged_file_that_lies_elsewhere_loses_its_name_only(
    downloads: Downloads, hub: LoopbackHub, source: Source, tmp_path: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    weights = Path(get(downloads, source).folder) / WEIGHTS
    elsewhere = tmp_path / "other drive" / WEIGHTS
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(weights.read_bytes() + b"more")
    weights.unlink()
    weights.symlink_to(elsewhere)

    assert verify(downloads, source).damaged == (WEIGHTS,)
    assert elsewhere.is_file()
    assert not weights.is_symlink()
    get(downloads, source)
    assert verify(downloads, source) == Verified(checked=3)


def test_a_record_of_a_strangers_removes_nothing_elsewhere(
    downloads: Downloads, source: Source, cache: Path, tmp_path: Path
) -> None:
    letters = [tmp_path / "letter.txt", tmp_path / "other.txt"]
    for letter in letters:
        letter.write_text("dear")
    repository = cache / "models--tiny--reader"
    commit = "c" * 40
    (repository / "snapshots" / commit).mkdir(parents=True)
    (repository / "blobs").mkdir()
    up = "../" * 4
    record = DownloadRecord(
        commit,
        (
            RecordedFile(f"{up}letter.txt", 4, "a" * 40),
            RecordedFile("config.json", 4, f"{up[3:]}other.txt"),
        ),
    )
    write_record(repository, record)
    assert (repository / "snapshots" / commit / record.files[0].name).is_file()
    assert (repository / "blobs" / record.files[1].checksum).is_file()

    downloads.discard(MODEL, source)

    assert [letter.read_text() for letter in letters] == ["dear", "dear"]


def test_a_model_moves_with_the_chosen_folder(
    downloads: Downloads, hub: LoopbackHub, source: Source, tmp_path: Path
) -> None:
    hub.add("tiny/reader", made_up_model(size=1000))
    get(downloads, source)
    elsewhere = msgspec.structs.replace(source, cache=str(tmp_path / "other drive"))

    plan = downloads.look_up(MODEL, elsewhere)

    assert plan.folder.startswith(str(tmp_path / "other drive"))
    assert plan.have == 0
