"""What servers and lines do wrong: tried again while that may help, and told when it does not."""

from __future__ import annotations

import contextlib
import itertools
import json
from pathlib import Path

import pytest

from doubles.downloading import get, running_get
from doubles.hub_faults import ALWAYS, Fault, Kind
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import Asked, LoopbackHub
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import DownloadFailure, Got, Source
from textlift.models.on_disk import what_is_missing

WEIGHTS = "model.safetensors"
SIZE = 400_000


@pytest.fixture(autouse=True)
def _repository(hub: LoopbackHub) -> None:
    hub.add("tiny/reader", made_up_model(size=SIZE))


def check_whole(hub: LoopbackHub, got: Got) -> None:
    files = hub.repositories["tiny/reader"].files()
    assert {name: (Path(got.folder) / name).read_bytes() for name in files} == {
        name: file.content for name, file in files.items()
    }


def bodies(hub: LoopbackHub) -> list[Asked]:
    """The requests for the bytes of the weights."""
    return hub.asked(kind="bytes", file=WEIGHTS)


def gaps(asked: list[Asked]) -> list[float]:
    return [second.time - first.time for first, second in itertools.pairwise(asked)]


def weights_size(hub: LoopbackHub) -> int:
    return hub.repositories["tiny/reader"].files()[WEIGHTS].size


def failure_of(downloads: Downloads, source: Source) -> DownloadError:
    with pytest.raises(DownloadError) as error:
        get(downloads, source)
    return error.value


@pytest.mark.parametrize("reset", [False, True], ids=["ended", "reset"])
def test_a_connection_that_is_cut_is_gone_on_with(
    process: Downloads, hub: LoopbackHub, source: Source, *, reset: bool
) -> None:
    for first, cut in enumerate((100_000, 90_000, 1), start=1):
        hub.script(Fault(cut_after=cut, reset=reset), file=WEIGHTS, first=first)

    got = get(process, source)

    check_whole(hub, got)
    asked = bodies(hub)
    assert len(asked) == 4
    starts = [int(one.range.removeprefix("bytes=").strip("-") or 0) for one in asked]
    assert starts == sorted(starts)
    if not reset:
        # A reset may take bytes with it that had arrived and were not read.
        assert starts == [0, 100_000, 190_000, 190_001]
        assert hub.sent(WEIGHTS) == weights_size(hub)


def test_delays_grow(process: Downloads, hub: LoopbackHub, source: Source) -> None:
    hub.script(Fault(status=503), file=WEIGHTS, times=3)

    got = get(process, source)

    check_whole(hub, got)
    assert [asked.status for asked in bodies(hub)] == [503, 503, 503, 200]
    # 0.1 seconds, doubled each time, each a quarter longer or shorter.
    first, second, third = gaps(bodies(hub))
    assert first >= 0.075
    assert second >= 0.15
    assert third >= 0.3


def test_an_end_to_all_tries(process: Downloads, hub: LoopbackHub, source: Source) -> None:
    hub.script(Fault(status=503), file=WEIGHTS, times=ALWAYS)

    error = failure_of(process, source)

    assert error.failure is DownloadFailure.BUSY
    assert len(bodies(hub)) == 4
    assert "503" in error.sentence
    hub.mend()
    check_whole(hub, get(process, source))


def test_a_server_that_asks_for_a_pause_gets_it(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.script(Fault(status=429, retry_after="1"), file=WEIGHTS)

    with running_get(process, source) as running:
        told = running.wait_until_told(lambda told: bool(told.waiting))
        assert isinstance(running.outcome(), Got)

    assert gaps(bodies(hub))[0] >= 1.0
    assert "busy" in told.waiting
    assert told.rate == 0


def test_a_server_that_wants_hours_of_pause_is_given_up(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.script(Fault(status=429, retry_after="7200"), file=WEIGHTS, times=ALWAYS)

    error = failure_of(process, source)

    assert error.failure is DownloadFailure.BUSY
    assert "120 minutes" in error.sentence
    assert len(bodies(hub)) == 1


@pytest.mark.parametrize("kind", ["info", "tree", "resolve"])
def test_questions_are_tried_again_too(
    process: Downloads, hub: LoopbackHub, source: Source, kind: Kind
) -> None:
    hub.script(Fault(status=502), kind=kind, times=2)

    check_whole(hub, get(process, source))


@pytest.mark.parametrize("kind", ["info", "tree"])
def test_a_hub_that_is_out_of_order_is_told_of(
    process: Downloads, hub: LoopbackHub, source: Source, cache: Path, kind: Kind
) -> None:
    hub.script(Fault(status=500), kind=kind, times=ALWAYS)

    assert failure_of(process, source).failure is DownloadFailure.BUSY
    assert not list(cache.rglob("*.safetensors"))


def test_wrong_bytes_once_are_fetched_again_alone(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.script(Fault(flip_at=1234), file=WEIGHTS)

    got = get(process, source)

    check_whole(hub, got)
    assert [asked.range for asked in bodies(hub)] == ["", ""]
    assert len(hub.asked(kind="bytes", file="config.json")) == 1


@pytest.mark.parametrize("file", [WEIGHTS, "tokenizer.json"])
def test_wrong_bytes_always_are_never_let_in(
    process: Downloads, hub: LoopbackHub, source: Source, cache: Path, file: str
) -> None:
    hub.script(Fault(flip_at=12), file=file, times=ALWAYS)

    error = failure_of(process, source)

    assert error.failure is DownloadFailure.DAMAGED
    assert file in error.sentence
    assert len(hub.asked(kind="bytes", file=file)) == 2
    assert not list(cache.glob("models--tiny--reader/snapshots/*/*"))
    hub.mend()
    check_whole(hub, get(process, source))


def test_a_page_of_the_networks_own_is_not_taken_for_the_file(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    page = b"<html>Welcome to the hotel. Please log in.</html>"
    hub.script(Fault(content=page), file=WEIGHTS, times=ALWAYS)

    error = failure_of(process, source)

    assert error.failure in {DownloadFailure.DAMAGED, DownloadFailure.NO_CONNECTION}
    hub.mend()
    check_whole(hub, get(process, source))


@pytest.mark.parametrize("kind", ["info", "tree"])
def test_a_page_of_the_networks_own_is_not_taken_for_the_hub(
    process: Downloads, hub: LoopbackHub, source: Source, kind: Kind
) -> None:
    hub.script(Fault(content=b"<html>Please log in.</html>"), kind=kind, times=ALWAYS)

    assert failure_of(process, source).failure is DownloadFailure.NO_CONNECTION


def test_a_server_without_ranges_begins_anew(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.script(Fault(cut_after=100_000), file=WEIGHTS)
    hub.script(Fault(no_range=True), file=WEIGHTS, first=2)

    got = get(process, source)

    check_whole(hub, got)
    assert [asked.status for asked in bodies(hub)] == [200, 200]
    assert hub.sent(WEIGHTS) == 100_000 + weights_size(hub)


@pytest.mark.parametrize("wrong", [-1000, 1000])
def test_a_wrong_length_is_no_end_of_the_file(
    process: Downloads, hub: LoopbackHub, source: Source, wrong: int
) -> None:
    hub.script(Fault(wrong_length=wrong), file=WEIGHTS)

    check_whole(hub, get(process, source))


def test_what_a_proxy_packed_is_unpacked(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.script(Fault(gzip=True), file="*", times=ALWAYS)

    check_whole(hub, get(process, source))


def test_a_connection_that_falls_silent_is_made_anew(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.script(Fault(hold_after=150_000), file=WEIGHTS)

    got = get(process, source)

    check_whole(hub, got)
    first, *others = bodies(hub)
    assert first.range == ""
    assert {asked.range for asked in others} == {"bytes=150000-"}


def test_a_server_that_says_nothing_is_asked_again(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.script(Fault(hang=True), file=WEIGHTS)

    check_whole(hub, get(process, source))

    assert len(bodies(hub)) == 2


def test_a_line_that_only_trickles_is_made_anew(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.script(Fault(bytes_per_second=500), file=WEIGHTS)

    check_whole(hub, get(process, source))

    assert len(bodies(hub)) == 2


def test_a_slow_line_is_put_up_with(process: Downloads, hub: LoopbackHub, source: Source) -> None:
    hub.script(Fault(bytes_per_second=200_000), file=WEIGHTS)

    check_whole(hub, get(process, source))

    assert len(bodies(hub)) == 1


@pytest.mark.parametrize("fault", [Fault(hang=True), Fault(hold_after=1000)], ids=["hung", "held"])
def test_a_pause_does_not_wait_for_a_silent_server(
    hub_cache: Path, hub: LoopbackHub, source: Source, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    patience = json.dumps({"read": 300.0})
    monkeypatch.setenv("TEXTLIFT_DOWNLOAD_PATIENCE", patience)
    hub.script(fault, file=WEIGHTS)
    with contextlib.closing(Downloads()) as patient:
        with running_get(patient, source) as running:
            hub.wait_until(lambda: bool(bodies(hub)))
            process = patient.pid
            running.cancel()
            outcome = running.outcome(timeout=2.0)
        assert patient.pid == process
    assert isinstance(outcome, DownloadError)
    assert outcome.failure is DownloadFailure.CANCELLED


def test_a_signed_address_that_is_too_old_is_asked_for_anew(
    process: Downloads, hub: LoopbackHub, source: Source
) -> None:
    hub.script(Fault(cut_after=100_000), file=WEIGHTS)
    hub.script(Fault(status=403, message="Request has expired"), file=WEIGHTS, first=2)

    got = get(process, source)

    check_whole(hub, got)
    assert len(hub.asked(kind="resolve", file=WEIGHTS)) == 3


def test_nobody_there(process: Downloads, source: Source, cache: Path) -> None:
    with LoopbackHub() as gone:
        address = gone.url
    nowhere = Source(cache=str(cache), endpoint=address)

    error = failure_of(process, nowhere)

    assert error.failure is DownloadFailure.NO_CONNECTION
    assert address.removeprefix("http://") in error.sentence
    assert not what_is_missing(Path(get(process, source).folder))
