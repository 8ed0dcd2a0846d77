"""Mirrors, proxies and certificates: what the settings and the environment say of the network."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from doubles.downloading import get
from doubles.hub_repository import made_up_model
from doubles.loopback_hub import LoopbackHub
from doubles.loopback_proxy import LoopbackProxy
from doubles.own_certificate import make_certificate
from textlift.downloads.client import DownloadError, Downloads
from textlift.downloads.messages import DownloadFailure, Source
from textlift.models.on_disk import what_is_missing

FILES = made_up_model(size=100_000)


@pytest.fixture
def secret_hub(tmp_path: Path) -> Iterator[tuple[LoopbackHub, Path]]:
    """A hub that speaks HTTPS, and the file that makes others trust it."""
    context, trusted = make_certificate(tmp_path)
    with LoopbackHub(certificate=context) as hub:
        hub.add("tiny/reader", FILES)
        yield hub, trusted


@pytest.fixture
def proxy() -> Iterator[LoopbackProxy]:
    with LoopbackProxy() as running:
        yield running


def test_a_mirror_of_the_environment(
    downloads: Downloads, hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", FILES)
    monkeypatch.setenv("HF_ENDPOINT", f"{hub.url}/")
    assert not what_is_missing(Path(get(downloads, Source(cache=str(cache))).folder))


def test_a_mirror_of_the_settings_counts_more(
    downloads: Downloads, hub: LoopbackHub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/reader", FILES)
    with LoopbackHub() as other:
        monkeypatch.setenv("HF_ENDPOINT", other.url)
        get(downloads, Source(cache=str(cache), endpoint=f"{hub.url}/"))
        assert not other.asked()


@pytest.mark.parametrize("endpoint", ["hub.example", "ftp://hub.example", "https://", "http://[x"])
def test_a_mirror_that_is_no_address(process: Downloads, cache: Path, endpoint: str) -> None:
    with pytest.raises(DownloadError) as error:
        get(process, Source(cache=str(cache), endpoint=endpoint))
    assert error.value.failure is DownloadFailure.NO_CONNECTION
    assert "settings" in error.value.sentence


def test_everything_goes_through_the_proxy_of_the_settings(
    process: Downloads, hub: LoopbackHub, source: Source, proxy: LoopbackProxy
) -> None:
    hub.add("tiny/reader", FILES)
    through = msgspec.structs.replace(source, proxy=proxy.url)

    assert not what_is_missing(Path(get(process, through).folder))

    assert len(proxy.asked) == len(hub.asked()) > 5


def test_a_proxy_of_the_environment(
    downloads: Downloads,
    hub: LoopbackHub,
    source: Source,
    proxy: LoopbackProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.add("tiny/reader", FILES)
    monkeypatch.setenv("HTTP_PROXY", proxy.url)

    get(downloads, source)

    assert len(proxy.asked) == len(hub.asked()) > 5


def test_hosts_that_the_environment_exempts_from_the_proxy(
    downloads: Downloads,
    hub: LoopbackHub,
    source: Source,
    proxy: LoopbackProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.add("tiny/reader", FILES)
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")

    get(downloads, source)

    assert not proxy.asked


def test_a_proxy_that_wants_a_password(
    process: Downloads, hub: LoopbackHub, source: Source, proxy: LoopbackProxy
) -> None:
    hub.add("tiny/reader", FILES)
    proxy.authorization = "Basic " + base64.b64encode(b"anna:s3cret/pass").decode()
    without = msgspec.structs.replace(source, proxy=proxy.url)
    wrong = msgspec.structs.replace(source, proxy=f"http://anna:wr0ngpass@{proxy.host}")
    right = msgspec.structs.replace(source, proxy=f"http://anna:s3cret%2Fpass@{proxy.host}")

    for refused in (without, wrong):
        with pytest.raises(DownloadError) as error:
            get(process, refused)
        told = f"{error.value.sentence} {error.value.details}"
        assert "proxy" in error.value.sentence
        assert "wr0ngpass" not in told
    assert not hub.asked()
    assert not what_is_missing(Path(get(process, right).folder))


def test_a_proxy_that_is_not_there(process: Downloads, hub: LoopbackHub, source: Source) -> None:
    with LoopbackProxy() as gone:
        address = gone.host
    secret = msgspec.structs.replace(source, proxy=f"http://anna:s3cretpass@{address}")

    with pytest.raises(DownloadError) as error:
        get(process, secret)

    assert error.value.failure is DownloadFailure.NO_CONNECTION
    assert address in error.value.sentence
    assert "s3cretpass" not in f"{error.value.sentence} {error.value.details}"


def test_a_certificate_that_nobody_trusts(
    process: Downloads, secret_hub: tuple[LoopbackHub, Path], cache: Path
) -> None:
    hub, _ = secret_hub

    with pytest.raises(DownloadError) as error:
        get(process, Source(cache=str(cache), endpoint=hub.url))

    assert error.value.failure is DownloadFailure.NO_CONNECTION
    assert "certificate" in error.value.sentence
    assert not hub.asked()


def test_a_companys_certificate(
    downloads: Downloads,
    secret_hub: tuple[LoopbackHub, Path],
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub, trusted = secret_hub
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    got = get(downloads, Source(cache=str(cache), endpoint=hub.url))

    assert not what_is_missing(Path(got.folder))
    assert hub.asked(host="cdn")


def test_a_companys_certificate_behind_its_proxy(
    downloads: Downloads,
    secret_hub: tuple[LoopbackHub, Path],
    cache: Path,
    proxy: LoopbackProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub, trusted = secret_hub
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    got = get(downloads, Source(cache=str(cache), endpoint=hub.url, proxy=proxy.url))

    assert not what_is_missing(Path(got.folder))
    assert {method for method, _ in proxy.asked} == {"CONNECT"}
