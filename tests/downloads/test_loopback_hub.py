"""The hub that the other tests download from speaks the protocol: the library itself is content."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx2
import pytest
import tqdm
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError
from huggingface_hub.utils import disable_progress_bars

from doubles.hub_faults import ALWAYS, Fault
from doubles.hub_repository import checkpoint_files, made_up_model
from doubles.loopback_hub import LoopbackHub
from doubles.loopback_proxy import LoopbackProxy
from doubles.own_certificate import make_certificate


@pytest.fixture(autouse=True)
def _no_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    disable_progress_bars()
    # The thread that watches over bars would outlive the test.
    monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 0)


def test_the_library_downloads_all_files_of_a_renamed_repository(
    hub: LoopbackHub, tmp_path: Path
) -> None:
    hub.page_size = 2
    files = {**checkpoint_files("qwen3_vl"), "some/where/notes.txt": b"hello"}
    hub.add("tiny/reader", files)
    hub.renamed["old/reader"] = "tiny/reader"

    folder = Path(
        snapshot_download(
            "old/reader", endpoint=hub.url, cache_dir=tmp_path, token="hf_for_the_hub_only"
        )
    )

    assert {name: (folder / name).read_bytes() for name in files} == files
    assert len(hub.asked(kind="tree")) > 2
    assert [asked.file for asked in hub.asked(host="cdn")] == ["model.safetensors"]
    assert {asked.token for asked in hub.asked(host="hub")} == {"hf_for_the_hub_only"}
    assert {asked.token for asked in hub.asked(host="cdn")} == {""}


def test_the_library_names_the_errors(hub: LoopbackHub) -> None:
    hub.add("tiny/reader", made_up_model(size=100))
    hub.add("tiny/gated", made_up_model(size=100), members=frozenset({"hf_member"}))
    api = HfApi(endpoint=hub.url)

    with pytest.raises(RevisionNotFoundError):
        api.model_info("tiny/reader", revision="gone")
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("tiny/nobody", token="hf_stranger")
    with pytest.raises(GatedRepoError):
        api.hf_hub_download("tiny/gated", "model.safetensors", token="hf_stranger")


def test_ranges_faults_and_what_was_sent(hub: LoopbackHub) -> None:
    content = bytes(range(256)) * 40
    url = hub.add_web_file("/alphabets/new.onnx", content)
    hub.script(Fault(cut_after=1000), file="new.onnx")
    hub.script(Fault(status=429, retry_after="7"), file="new.onnx", first=2)
    hub.script(Fault(flip_at=9000), file="new.onnx", first=3, times=ALWAYS)

    with pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(url)
    busy = httpx2.get(url)
    part = httpx2.get(url, headers={"Range": "bytes=8990-9009"})
    beyond = httpx2.get(url, headers={"Range": f"bytes={len(content)}-"})

    assert (busy.status_code, busy.headers["retry-after"]) == (429, "7")
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 8990-9009/{len(content)}"
    assert part.content[:10] == content[8990:9000]
    assert part.content[10] == content[9000] ^ 0xFF
    assert beyond.status_code == 416
    assert [asked.sent for asked in hub.asked(file="new.onnx")] == [1000, 0, 20, 0]


def test_the_proxy_forwards_and_tunnels(hub: LoopbackHub, tmp_path: Path) -> None:
    context, trusted = make_certificate(tmp_path)
    plain = hub.add_web_file("/notes.txt", b"in the open")
    trust = ssl.create_default_context(cafile=trusted)
    with LoopbackProxy() as proxy, LoopbackHub(certificate=context) as secret_hub:
        secret = secret_hub.add_web_file("/notes.txt", b"in secret")
        assert httpx2.get(plain, proxy=proxy.url).content == b"in the open"
        assert httpx2.get(secret, proxy=proxy.url, verify=trust).content == b"in secret"
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(secret)
    assert proxy.asked == [("GET", plain), ("CONNECT", secret.split("/")[2])]
