"""The failures that users of dots.ocr know cannot occur; each cause is said in a sentence."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
import torch
import transformers
from PIL import Image
from safetensors.torch import load_file, save_file

from engines.dots_ocr.conftest import CPU
from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.dots_ocr.configuration import DotsOCRConfig
from textlift.engines.dots_ocr.family import DotsOcr
from textlift.engines.dots_ocr.inputs import InputMismatchError
from textlift.engines.dots_ocr.model import DotsOCRForCausalLM
from textlift.engines.vision_language.family import Request

PAGE = Image.new("RGB", (120, 60), "white")
REQUEST = Request("layout", 10**7)


@pytest.fixture
def inputs(family: DotsOcr) -> dict[str, torch.Tensor]:
    return dict(family.prepare(PAGE, REQUEST).inputs)


@pytest.fixture
def folder(random_folder: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    copy = tmp_path / "copy"
    shutil.copytree(random_folder, copy)
    return copy


def change_json(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


# The failure that says: Received a NoneType for argument video_processor


def test_no_automatic_class_and_no_processor_is_asked(
    random_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A processor of three parts, one of them for videos, is where this failure comes from."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("An automatic class was asked.")

    for name in ("AutoProcessor", "AutoTokenizer", "AutoModelForCausalLM", "AutoConfig"):
        monkeypatch.setattr(getattr(transformers, name), "from_pretrained", refuse)
    monkeypatch.setattr(transformers.ProcessorMixin, "__init__", refuse)
    family = DotsOcr(random_folder, CPU)
    assert family.prepare(PAGE, REQUEST).image_tokens == 8
    assert "torchvision" not in sys.modules


def test_the_programs_in_the_folder_are_not_run(family: DotsOcr, random_folder: Path) -> None:
    assert json.loads((random_folder / "config.json").read_text())["auto_map"]
    assert not (random_folder / "was_run").exists()
    assert not hasattr(family.model.config, "auto_map")


# The failure that says: shape '[0, 2, 294, 2]' is invalid for input of size 588


def test_a_grid_made_from_the_shape_of_the_pixels(family: DotsOcr) -> None:
    with pytest.raises(InputMismatchError, match="1 by 588 patches cannot be merged 2 by 2"):
        family.model.get_image_features(torch.zeros(588, 588), torch.tensor([[1, 1, 588]]))


@pytest.mark.parametrize(
    ("shape", "grid", "words"),
    [
        ((24, 588), [[1, 4, 4]], "names 16 patches of the image, but 24 were given"),
        ((15, 588), [[1, 3, 5]], "3 by 5 patches cannot be merged"),
        ((0, 588), [[1, 0, 4]], "0 by 4 patches"),
        ((24, 1176), [[1, 4, 6]], "Patches of 588 numbers each are expected"),
        ((1, 24, 588), [[1, 4, 6]], "Patches of 588 numbers each are expected"),
        ((24, 588), [[4, 6]], r"has the shape \(1, 2\)"),
        ((24, 588), [1, 4, 6], r"has the shape \(3,\)"),
        ((24, 588), None, "without the grid"),
    ],
)
def test_pixels_and_grid_that_do_not_belong_together(
    family: DotsOcr, shape: tuple[int, ...], grid: list | None, words: str
) -> None:
    tensor = None if grid is None else torch.tensor(grid)
    with pytest.raises(InputMismatchError, match=words) as caught:
        family.model.get_image_features(torch.zeros(shape), tensor)
    assert caught.value.failure is FailureKind.MALFORMED
    assert isinstance(caught.value, ValueError)
    assert re.fullmatch(r"[A-Z][^\n]*\.", caught.value.sentence)


# The failure that says: vision_embeddings.size(0)=56, new_img_mask.sum()=0


def test_a_question_without_the_placeholder(
    family: DotsOcr, inputs: dict[str, torch.Tensor]
) -> None:
    """A frame of Qwen has ``<|image_pad|>``, which is another token."""
    ids = inputs["input_ids"]
    ids[ids == family.model.config.image_token_id] = 7
    with pytest.raises(InputMismatchError, match="no place for the image"):
        family.model.generate(**inputs, max_new_tokens=2, max_length=None)


def test_a_placeholder_that_was_not_repeated(
    family: DotsOcr, inputs: dict[str, torch.Tensor]
) -> None:
    image = family.model.config.image_token_id
    row = [number for number in inputs["input_ids"][0].tolist() if number != image]
    inputs["input_ids"] = torch.tensor([[row[0], image, *row[1:]]])
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    with pytest.raises(InputMismatchError, match=r"places for 1 image tokens, .* gives 8"):
        family.model.generate(**inputs, max_new_tokens=2, max_length=None)


def test_a_placeholder_without_an_image(family: DotsOcr, inputs: dict[str, torch.Tensor]) -> None:
    with pytest.raises(InputMismatchError, match="places for 8 image tokens, but no image"):
        family.model(input_ids=inputs["input_ids"])


def test_an_answer_of_more_than_one_token(
    family: DotsOcr, inputs: dict[str, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The published code sees the image again at the second token, and finds no place for it."""
    seen = []
    tower = family.model.vision_tower
    see = tower.forward

    def counted(*args: torch.Tensor) -> torch.Tensor:
        seen.append(1)
        return see(*args)

    monkeypatch.setattr(tower, "forward", counted)
    output = family.model.generate(
        **inputs, max_new_tokens=5, max_length=None, eos_token_id=[], pad_token_id=0
    )
    assert output.shape[1] == inputs["input_ids"].shape[1] + 5
    assert len(seen) == 1


def test_pixels_given_again_at_a_later_step(
    family: DotsOcr, inputs: dict[str, torch.Tensor]
) -> None:
    first = family.model(**inputs, use_cache=True)
    with pytest.raises(InputMismatchError, match="given again while the answer was being written"):
        family.model(
            input_ids=torch.tensor([[65]]),
            pixel_values=inputs["pixel_values"],
            image_grid_thw=inputs["image_grid_thw"],
            past_key_values=first.past_key_values,
        )


def test_pixels_beside_finished_embeddings(
    family: DotsOcr, inputs: dict[str, torch.Tensor]
) -> None:
    embeddings = family.model.model.embed_tokens(inputs["input_ids"])
    with pytest.raises(InputMismatchError, match="needs the question as token ids"):
        family.model(inputs_embeds=embeddings, pixel_values=inputs["pixel_values"])
    with pytest.raises(InputMismatchError, match="given no text"):
        family.model()


# The silent one: a rotary buffer that no one fills


def test_a_model_built_without_memory_sees_as_one_built_with_it(
    family: DotsOcr, random_folder: Path, inputs: dict[str, torch.Tensor]
) -> None:
    """``from_pretrained`` builds on the meta device; what is not in the file stays as it was."""
    built = DotsOCRForCausalLM(family.model.config).eval()
    built.load_state_dict(load_file(random_folder / "model.safetensors"))
    pixels, grid = inputs["pixel_values"], inputs["image_grid_thw"]
    with torch.no_grad():
        expected = built.get_image_features(pixels, grid)
        assert torch.equal(family.model.get_image_features(pixels, grid), expected)
        with torch.device("meta"):
            hollow = DotsOCRForCausalLM(family.model.config).eval()
        hollow.vision_tower.to_empty(device="cpu")
        hollow.vision_tower.load_state_dict(built.vision_tower.state_dict())
        assert torch.equal(hollow.get_image_features(pixels, grid), expected)


def test_the_tower_holds_nothing_that_is_not_in_the_file(family: DotsOcr) -> None:
    assert list(family.model.vision_tower.named_buffers()) == []


# Files that do not belong together


def test_a_missing_tensor(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    del tensors["vision_tower.blocks.1.attn.qkv.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EngineError, match=r"lacks tensors .* vision_tower\.blocks\.1\.attn\.qkv"):
        DotsOcr(folder, CPU)


def test_a_tensor_too_many(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["vision_tower.rotary_pos_emb.inv_freq"] = torch.zeros(4)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EngineError, match="tensors that the model does not have"):
        DotsOcr(folder, CPU)


def test_weights_that_hold_programs(folder: Path) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(EngineError, match="weights of other kinds are not loaded"):
        DotsOcr(folder, CPU)


def test_another_placeholder_than_the_tokenizers(folder: Path) -> None:
    change_json(folder / "config.json", image_token_id=9)
    with pytest.raises(EngineError, match="files are not of the same model"):
        DotsOcr(folder, CPU)


def test_image_settings_of_another_model(folder: Path) -> None:
    change_json(folder / "preprocessor_config.json", patch_size=16)
    with pytest.raises(EngineError, match=r"size of patches \(16 and 14\)"):
        DotsOcr(folder, CPU)
    change_json(folder / "preprocessor_config.json", patch_size="large")
    with pytest.raises(EngineError, match="image processing cannot be used"):
        DotsOcr(folder, CPU)


def test_a_tokenizer_of_another_model(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text().replace("<|endofassistant|>", "<|im_end|>"))
    with pytest.raises(EngineError, match=r"no token “<\|endofassistant\|>”"):
        DotsOcr(folder, CPU)


def test_no_image_settings_at_all(folder: Path) -> None:
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(EngineError, match="has no p"):
        DotsOcr(folder, CPU)


def test_flash_attention_in_the_file_is_ignored(family: DotsOcr) -> None:
    vision = family.model.config.vision
    assert vision._attn_implementation in {None, "sdpa"}
    assert "attn_implementation" not in vision.to_dict()


def test_a_vision_configuration_of_another_kind() -> None:
    config = DotsOCRConfig()
    config.vision_config = {"embed_dim": 8}
    with pytest.raises(TypeError, match="not that of a dots"):
        _ = config.vision
