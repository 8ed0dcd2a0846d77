"""The recogniser's network in two parts against the same network in one piece."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from doubles.alphabets import TINY_CYRILLIC
from textlift.engines.contract import EngineError
from textlift.engines.pp_ocr.last_layer import body_and_head
from textlift.engines.pp_ocr.line_network import BLANK, LineNetwork, load_added_recogniser
from textlift.engines.pp_ocr.weights import bundled
from tiny_models.cyrillic_lines import RUBIK, cut_line

BUNDLED = bundled("PP-OCRv6_rec_small.onnx")


def lines(*, count: int, width: int) -> np.ndarray:
    """A printed word with letters of both alphabets, at another place on each line."""
    word = cut_line("Слово text 17", next(iter(RUBIK.values())), above=0.15, below=0.15, side=0.2)
    word = cv2.resize(word, (280, 48)).astype(np.float32) / 127.5 - 1
    batch = np.full((count, 3, 48, width), word[0, 0], dtype=np.float32)
    for index, line in enumerate(batch):
        line[:, :, 4 * index : 4 * index + 280] = word
    return batch


def in_one_piece(path: Path, batch: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: batch})[0]


@pytest.mark.parametrize("path", [BUNDLED, TINY_CYRILLIC], ids=["bundled", "tiny"])
@pytest.mark.parametrize(("count", "width"), [(1, 320), (3, 328), (8, 600)])
def test_two_parts_say_what_the_whole_says(path: Path, count: int, width: int):
    batch = lines(count=count, width=width)
    found = LineNetwork(onnx.load(path))(batch)
    expected = in_one_piece(path, batch)
    assert found.outputs == expected.shape[2]
    np.testing.assert_array_equal(found.best, expected.argmax(axis=2))
    written = found.best != BLANK
    assert written.any()
    np.testing.assert_allclose(found.scores[written], expected.max(axis=2)[written], atol=1e-4)
    assert not found.scores[~written].any()


def test_the_bundled_network_can_be_taken_apart():
    parts = body_and_head(onnx.load(BUNDLED))
    assert parts is not None
    body, head = parts
    assert len(head.graph.node) <= 3
    assert len(body.SerializeToString()) < BUNDLED.stat().st_size * 0.6


def with_other_end(*nodes: onnx.NodeProto) -> onnx.ModelProto:
    """The tiny network with these nodes in place of its softmax; "" names what that took in."""
    model = onnx.load(TINY_CYRILLIC)
    scores = model.graph.node[-1].input[0]
    del model.graph.node[-1]
    for node in nodes:
        node.input[:] = [name or scores for name in node.input]
    model.graph.node.extend(nodes)
    return model


@pytest.mark.parametrize(
    "nodes",
    [
        [helper.make_node("Softmax", [""], ["probabilities"], axis=1)],
        [helper.make_node("Sigmoid", [""], ["probabilities"])],
        [
            helper.make_node("Mul", ["", ""], ["twice"]),
            helper.make_node("Softmax", ["twice"], ["probabilities"], axis=2),
        ],
    ],
    ids=["another-axis", "no-softmax", "no-bias-before-it"],
)
def test_a_network_that_ends_otherwise_is_run_as_it_is(nodes: list[onnx.NodeProto], tmp_path: Path):
    model = with_other_end(*nodes)
    assert body_and_head(model) is None
    path = tmp_path / "other.onnx"
    onnx.save(model, path)
    batch = lines(count=2, width=320)
    found = load_added_recogniser(path, remedy="")(batch)
    np.testing.assert_array_equal(found.best, in_one_piece(path, batch).argmax(axis=2))


def test_names_without_their_own_meaning_are_looked_through():
    model = onnx.load(TINY_CYRILLIC)
    softmax = model.graph.node[-1]
    between = helper.make_node("Identity", [softmax.input[0]], ["the same"])
    softmax.input[0] = "the same"
    model.graph.node.insert(len(model.graph.node) - 1, between)
    assert body_and_head(model) is not None


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"no network"])
def test_a_file_that_is_no_network(content: bytes, tmp_path: Path):
    path = tmp_path / "bad.onnx"
    path.write_bytes(content)
    with pytest.raises(EngineError, match="gone or damaged; get it again"):
        load_added_recogniser(path, remedy="get it again")


def test_a_file_that_is_gone(tmp_path: Path):
    with pytest.raises(EngineError, match="gone or damaged"):
        load_added_recogniser(tmp_path / "gone.onnx", remedy="get it again")
