"""Of a repository only what a model is loaded from is fetched."""

from __future__ import annotations

import json

import pytest

from textlift.downloads.failures import DownloadProblem
from textlift.downloads.messages import DownloadFailure
from textlift.downloads.needed_files import check_names, listed_weights, needed_files

NEEDED = {
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "video_preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "qwen.tiktoken",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.json",
    "chat_template.jinja",
    "LICENSE",
    "license.txt",
    "LICENSE.md",
    "NOTICE",
    "Licence-Code.txt",
    "README.md",
}
LEFT = {
    ".gitattributes",
    "modeling_dots_ocr.py",
    "configuration.py",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "model.fp16.safetensors.index.json",
    "consolidated.safetensors",
    "model.pt",
    "model.pth",
    "model.ckpt",
    "training_args.pkl",
    "model-q4.gguf",
    "model.onnx",
    "tf_model.h5",
    "flax_model.msgpack",
    "demo.png",
    "results.csv",
    "requirements.txt",
    "license.py",
    "README.md.exe",
    "onnx/config.json",
    "original/model.safetensors",
    "../config.json",
}


def sizes(*names: str) -> dict[str, int]:
    return dict.fromkeys(names, 1000)


def test_what_is_needed_of_a_repository_with_everything():
    listed = sizes(*NEEDED, *LEFT, "model.safetensors")
    assert needed_files(listed) == NEEDED | {"model.safetensors"}


def test_a_list_of_weights_is_left_where_the_one_file_is_taken():
    names = needed_files(sizes("config.json", "model.safetensors", "model.safetensors.index.json"))
    assert names == {"config.json", "model.safetensors"}


def test_a_book_is_no_licence():
    listed = {"config.json": 10, "model.safetensors": 10, "LICENSE": 50_000_000}
    assert needed_files(listed) == {"config.json", "model.safetensors"}


@pytest.mark.parametrize("weights", ["pytorch_model.bin", "sub/model.safetensors", "x.safetensors"])
def test_without_weights_that_can_be_loaded_there_is_nothing_to_get(weights):
    with pytest.raises(DownloadProblem, match="safetensors") as raised:
        needed_files(sizes("config.json", weights))
    assert raised.value.failure is DownloadFailure.NOT_SAFE


def test_the_weights_that_are_listed():
    index = json.dumps(
        {"metadata": {}, "weight_map": {"a": "one.safetensors", "b": "x/two.safetensors"}}
    )
    listed = sizes("one.safetensors", "x/two.safetensors", "three.safetensors")
    assert listed_weights(index.encode(), listed) == {"one.safetensors", "x/two.safetensors"}


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (b"", "cannot be read"),
        (b"[]", "cannot be read"),
        (b'{"weight_map": {"a": 1}}', "cannot be read"),
        (b'{"weight_map": ' + b"[" * 100_000, "cannot be read"),
        (b'{"weight_map": {}}', "names other files"),
        (b'{"weight_map": {"a": "weights.bin"}}', "names other files"),
        (b'{"weight_map": {"a": "gone.safetensors"}}', "gone.safetensors"),
    ],
)
def test_a_list_of_weights_that_is_of_no_use(index, words):
    with pytest.raises(DownloadProblem, match=words) as raised:
        listed_weights(index, sizes("weights.bin", "one.safetensors"))
    assert raised.value.failure is DownloadFailure.NOT_SAFE


def test_names_that_some_disks_take_for_one():
    check_names(["config.json", "README.md"])
    with pytest.raises(DownloadProblem, match="tell apart"):
        check_names(["readme.md", "README.md"])
    with pytest.raises(DownloadProblem, match="no name of a file"):
        check_names(["../../model.safetensors"])
