"""Checkpoints of GOT-OCR2: which load, and what is said of those that do not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from textlift.content.attempt import FailureKind
from textlift.content.geometry import Box
from textlift.engines.contract import EngineError
from textlift.engines.got_ocr2.card import FAMILY
from textlift.engines.got_ocr2.family import GotOcr2
from textlift.engines.vision_language.families import family_of_model_type
from textlift.engines.vision_language.family import Placement, Request
from tiny_models.byte_tokenizers import byte_tokenizer
from tiny_models.got_ocr2_checkpoint import SIDE, SPECIAL

CPU = Placement(torch.device("cpu"), torch.float32)
PAGE = Image.new("RGB", (90, 60), "white")


@pytest.fixture
def folder(random_folder: Path, tmp_path: Path) -> Path:
    """A copy that may be changed."""
    return Path(shutil.copytree(random_folder, tmp_path / "checkpoint"))


def change_json(path: Path, change: Callable[[dict], None]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def refusal(folder: Path) -> EngineError:
    with pytest.raises(EngineError) as caught:
        GotOcr2(folder, CPU)
    assert caught.value.failure is FailureKind.NOT_AVAILABLE
    return caught.value


def logits(family: GotOcr2, mode: str = "text-tiles") -> torch.Tensor:
    page = Image.linear_gradient("L").resize((400, 200)).convert("RGB")
    prepared = family.prepare(page, Request(mode, 4 * SIDE**2))
    with torch.inference_mode():
        return family.model(**prepared.inputs).logits


def test_the_card_names_the_class_and_the_model_type() -> None:
    assert family_of_model_type("got_ocr2") is FAMILY
    module, _, name = FAMILY.implementation.partition(":")
    assert (module, name) == (GotOcr2.__module__, GotOcr2.__name__)
    assert FAMILY.modes[0].name == "text"
    assert {mode.name for mode in FAMILY.modes if mode.needs_box} == {"box", "formatted-box"}


def test_both_kinds_of_attention_give_the_same(random_folder: Path) -> None:
    families = [
        GotOcr2(random_folder, Placement(torch.device("cpu"), torch.float32, attention))
        for attention in ("sdpa", "eager")
    ]
    used = [f.model.model.language_model.config._attn_implementation for f in families]
    assert used == ["sdpa", "eager"]
    torch.testing.assert_close(*(logits(family) for family in families), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_weights_and_pixels_have_the_type_that_was_asked_for(
    dtype: torch.dtype, random_folder: Path
) -> None:
    family = GotOcr2(random_folder, Placement(torch.device("cpu"), dtype))
    assert {weight.dtype for weight in family.model.parameters()} == {dtype}
    assert family.prepare(PAGE, Request("text", 10**6)).inputs["pixel_values"].dtype is dtype
    assert logits(family).isfinite().all()


def test_squares_one_by_one_are_squares_at_once(random_family: GotOcr2) -> None:
    wrapped = random_family.model.model.vision_tower
    squares = torch.randn(3, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        one_by_one = wrapped(pixel_values=squares).last_hidden_state
        at_once = wrapped.tower(pixel_values=squares).last_hidden_state
    torch.testing.assert_close(one_by_one, at_once, atol=1e-4, rtol=1e-4)
    assert (one_by_one[0] - one_by_one[1]).abs().max() > 0.1


def test_the_vision_tower_never_has_more_than_one_square_in_hand(random_family: GotOcr2) -> None:
    seen: list[int] = []
    tower = random_family.model.model.vision_tower.tower
    hook = tower.patch_embed.register_forward_pre_hook(
        lambda _module, arguments: seen.append(len(arguments[0]))
    )
    try:
        logits(random_family)
    finally:
        hook.remove()
    assert seen == [1, 1, 1]


def test_weights_load_by_their_published_names(folder: Path, random_family: GotOcr2) -> None:
    """The published file was written before the library renamed its parts."""
    names: list[str] = []

    def look(weights: dict[str, torch.Tensor]) -> None:
        names.extend(weights)
        embedding = weights["language_model.model.embed_tokens.weight"]
        weights["language_model.lm_head.weight"] = embedding.clone()

    change_weights(folder, look)
    assert "vision_tower.neck.conv1.weight" in names
    assert "multi_modal_projector.conv_upsampler1.weight" in names
    torch.testing.assert_close(logits(GotOcr2(folder, CPU)), logits(random_family))


def test_a_missing_tensor_is_an_error(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.pop("vision_tower.pos_embed"))
    assert "vision_tower.pos_embed" in refusal(folder).sentence


def test_an_unexpected_tensor_is_an_error(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.update(stray=torch.zeros(2)))
    assert "stray" in refusal(folder).sentence


def test_a_tokenizer_without_the_image_token_is_refused(folder: Path) -> None:
    byte_tokenizer(special=SPECIAL[:-1]).save(str(folder / "tokenizer.json"))
    assert "<imgpad>" in refusal(folder).sentence


def test_a_wrong_image_token_is_refused(folder: Path) -> None:
    change_json(folder / "config.json", lambda content: content.update(image_token_index=258))
    sentence = refusal(folder).sentence
    assert "258" in sentence
    assert "261" in sentence


def test_images_of_another_size_are_refused(folder: Path) -> None:
    change_json(
        folder / "preprocessor_config.json",
        lambda content: content.update(size={"height": 384, "width": 384}),
    )
    sentence = refusal(folder).sentence
    assert "384 x 384" in sentence
    assert "192 x 192" in sentence


def test_another_kind_of_model_is_refused(folder: Path) -> None:
    change_json(folder / "config.json", lambda content: content.update(model_type="qwen2_vl"))
    assert "qwen2_vl" in refusal(folder).sentence


def test_placeholders_that_do_not_match_are_found_before_the_model_runs(
    folder: Path,
) -> None:
    """A tokenizer that takes two placeholders for one token of its own."""
    tokenizer = byte_tokenizer(special=SPECIAL, whole=["<imgpad><imgpad>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    family = GotOcr2(folder, CPU)
    with pytest.raises(EngineError) as caught:
        family.prepare(PAGE, Request("text", 10**6))
    assert caught.value.failure is FailureKind.MALFORMED
    assert "0 places" in caught.value.sentence
    assert "16" in caught.value.sentence


@pytest.mark.parametrize("mode", ["box", "formatted-box"])
@pytest.mark.parametrize(
    "box", [None, Box(10, 10, 10, 40), Box(200, 0, 300, 50), Box(-30, -30, -1, -1)]
)
def test_a_box_that_holds_nothing_is_refused(
    box: Box | None, mode: str, random_family: GotOcr2
) -> None:
    with pytest.raises(EngineError) as caught:
        random_family.prepare(PAGE, Request(mode, 10**6, box))
    assert "box" in caught.value.sentence


def test_the_end_of_a_turn_ends_an_answer_though_the_configuration_does_not_say_so(
    random_family: GotOcr2,
) -> None:
    end = random_family.tokenizer.token_to_id("<|im_end|>")
    assert random_family.model.config.text_config.eos_token_id != end
    assert random_family.end_tokens[0] == end
    assert random_family.tokenizer.token_to_id("<|endoftext|>") in random_family.end_tokens
    assert random_family.end_strings == ()


def test_a_spelled_end_is_watched_for_in_the_text(folder: Path) -> None:
    """Ids stay as they are: the end's is given to a sign that nothing uses."""
    special = [token if token != "<|im_end|>" else "<|extra_0|>" for token in SPECIAL]
    byte_tokenizer(special=special).save(str(folder / "tokenizer.json"))
    family = GotOcr2(folder, CPU)
    assert family.end_strings == ("<|im_end|>",)
    assert family.end_tokens == (family.tokenizer.token_to_id("<|endoftext|>"),)
