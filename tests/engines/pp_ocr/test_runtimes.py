"""The library that runs the small engine's networks: measured once, remembered, the same text."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest

from engines.pp_ocr.test_line_network import BUNDLED, lines
from textlift.engines.pp_ocr import runtimes
from textlift.engines.pp_ocr.last_layer import body_and_head
from textlift.engines.pp_ocr.line_network import BLANK, LineNetwork
from textlift.engines.pp_ocr.runtimes import (
    CHOICE,
    CLEARLY,
    Measured,
    Runtime,
    known_runtime,
    measure,
    quicker_runtime,
    this_machine,
)

needs_openvino = pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="openvino is an extra"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEXTLIFT_HOME", str(tmp_path))
    monkeypatch.delenv(CHOICE, raising=False)
    return tmp_path


@pytest.fixture
def both_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes, "openvino_is_installed", lambda: True)
    monkeypatch.setattr(runtimes, "version", lambda name: f"of {name}")


@pytest.fixture
def measurements(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What measuring finds, taken from the front."""
    found: list[float] = []
    monkeypatch.setattr(runtimes, "measure", lambda model: found.pop(0))
    return found


def test_without_openvino_nothing_is_measured(measurements, monkeypatch):
    monkeypatch.setattr(runtimes, "openvino_is_installed", lambda: False)
    assert known_runtime() is Runtime.ONNXRUNTIME
    assert quicker_runtime(b"") is Runtime.ONNXRUNTIME


@pytest.mark.parametrize(
    ("ratio", "runtime"),
    [(CLEARLY, Runtime.OPENVINO), (CLEARLY - 0.01, Runtime.ONNXRUNTIME)],
)
@pytest.mark.usefixtures("both_installed")
def test_it_is_measured_once(measurements: list[float], ratio: float, runtime: Runtime):
    assert known_runtime() is None
    measurements.append(ratio)
    assert quicker_runtime(b"") is runtime
    assert quicker_runtime(b"") is known_runtime() is runtime


@pytest.mark.parametrize("content", [b"", b"{", b'{"machine": 3}', b"\xff"])
@pytest.mark.usefixtures("both_installed")
def test_a_damaged_note_is_measured_anew(measurements: list[float], home: Path, content: bytes):
    path = home / "cache" / "engines" / "measured" / "small-engine-runtime.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    measurements.append(2.0)
    assert quicker_runtime(b"") is Runtime.OPENVINO
    assert msgspec.json.decode(path.read_bytes(), type=Measured).ratio == 2.0


@pytest.mark.usefixtures("both_installed")
def test_another_version_is_measured_anew(measurements: list[float], monkeypatch):
    measurements += [2.0, 0.5]
    assert quicker_runtime(b"") is Runtime.OPENVINO
    monkeypatch.setattr(runtimes, "version", lambda name: "newer")
    assert quicker_runtime(b"") is Runtime.ONNXRUNTIME


@pytest.mark.usefixtures("both_installed")
def test_a_folder_that_cannot_be_written_to_only_costs_time(measurements: list[float], home: Path):
    (home / "cache").write_text("in the way")
    measurements += [2.0, 2.0]
    assert quicker_runtime(b"") is Runtime.OPENVINO
    assert quicker_runtime(b"") is Runtime.OPENVINO
    assert measurements == []


@pytest.mark.usefixtures("both_installed")
def test_the_environment_has_the_last_word(measurements: list[float], monkeypatch):
    monkeypatch.setenv(CHOICE, "openvino")
    assert quicker_runtime(b"") is known_runtime() is Runtime.OPENVINO
    monkeypatch.setenv(CHOICE, "something else")
    measurements.append(0.9)
    assert quicker_runtime(b"") is Runtime.ONNXRUNTIME


@needs_openvino
def test_openvino_reads_the_same_characters(monkeypatch):
    found = {}
    for runtime in Runtime:
        monkeypatch.setenv(CHOICE, runtime)
        network = LineNetwork(onnx.load(BUNDLED))
        found[runtime] = [network(lines(count=2, width=width)) for width in (328, 400)]
    for ours, theirs in zip(found[Runtime.ONNXRUNTIME], found[Runtime.OPENVINO], strict=True):
        np.testing.assert_array_equal(ours.best, theirs.best)
        assert (ours.best != BLANK).any()
        np.testing.assert_allclose(ours.scores, theirs.scores, atol=1e-3)


@needs_openvino
def test_both_libraries_are_really_measured():
    parts = body_and_head(onnx.load(BUNDLED))
    assert parts is not None
    assert measure(parts[0].SerializeToString(), rounds=1) > 0
    assert "onnxruntime" in this_machine()
    assert "openvino" in this_machine()
