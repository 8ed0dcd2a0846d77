"""The model computes what the published one does: against a second implementation, and a kit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from doubles.dots_ocr_reference import DotsReference, Sizes
from textlift.engines.dots_ocr.configuration import DotsOCRConfig
from textlift.engines.dots_ocr.model import DotsOCRForCausalLM
from textlift.engines.vision_language.family import Placement
from textlift.engines.vision_language.loading import load_config, load_weights

TOLERANCE = 1e-4
TOKENS = 6
ATTENTIONS = ("sdpa", "eager")


def load(folder: Path, attention: str, dtype: torch.dtype = torch.float32) -> DotsOCRForCausalLM:
    config = load_config(DotsOCRConfig, folder, model_types=("dots_ocr",))
    placement = Placement(torch.device("cpu"), dtype, attention)
    return load_weights(DotsOCRForCausalLM, folder, placement, config=config)


@pytest.fixture(scope="module", params=ATTENTIONS)
def model(request: pytest.FixtureRequest, random_folder: Path) -> DotsOCRForCausalLM:
    return load(random_folder, request.param)


@pytest.fixture(scope="module")
def reference(random_folder: Path) -> DotsReference:
    tensors = load_file(random_folder / "model.safetensors")
    config = json.loads((random_folder / "config.json").read_text())
    sizes = Sizes(
        vision_heads=config["vision_config"]["num_attention_heads"],
        text_heads=config["num_attention_heads"],
        key_heads=config["num_key_value_heads"],
        image_token=config["image_token_id"],
    )
    return DotsReference({name: tensor.numpy() for name, tensor in tensors.items()}, sizes)


def pixels(*grids: tuple[int, int, int]) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(sum(map(sum, grids)))
    rows = sum(frames * rows * columns for frames, rows, columns in grids)
    return torch.randn(rows, 588, generator=generator), torch.tensor(grids)


def question(config: DotsOCRConfig, *tokens: int) -> list[int]:
    """Ids with a run of placeholders for each image."""
    ids = [270, 11]
    for count in tokens:
        ids += [3, *[config.image_token_id] * count, 5]
    return [*ids, 40, 41, 42]


@pytest.mark.parametrize(
    "grids", [[(1, 4, 6)], [(1, 6, 4)], [(1, 2, 2)], [(1, 2, 10), (1, 6, 4)], [(2, 4, 4)]]
)
def test_the_tower_sees_what_the_reference_sees(
    model: DotsOCRForCausalLM, reference: DotsReference, grids: list[tuple[int, int, int]]
) -> None:
    patches, grid = pixels(*grids)
    with torch.no_grad():
        features = model.get_image_features(patches, grid)
    expected = reference.features(patches.numpy(), grids)
    assert features.shape == expected.shape
    assert np.abs(features.numpy() - expected).max() < TOLERANCE


def worst_difference(model: DotsOCRForCausalLM, reference: DotsReference) -> float:
    """Of the logits, over a question with two images."""
    patches, grid = pixels((1, 4, 6), (1, 2, 4))
    ids = question(model.config, 6, 2)
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([ids]), pixel_values=patches, image_grid_thw=grid
        ).logits[0]
    features = reference.features(patches.numpy(), grid.tolist())
    return float(np.abs(logits.numpy() - reference.logits(ids, features)).max())


def test_a_question_with_two_images(model: DotsOCRForCausalLM, reference: DotsReference) -> None:
    assert worst_difference(model, reference) < TOLERANCE


def test_a_question_without_an_image(model: DotsOCRForCausalLM, reference: DotsReference) -> None:
    ids = question(model.config)
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids])).logits[0]
    assert np.abs(logits.numpy() - reference.logits(ids)).max() < TOLERANCE


@pytest.mark.parametrize("use_cache", [True, False])
def test_every_token_of_an_answer(
    model: DotsOCRForCausalLM, reference: DotsReference, use_cache: bool
) -> None:
    patches, grid = pixels((1, 4, 6))
    ids = question(model.config, 6)
    written = generate(model, [ids], patches, grid, use_cache=use_cache)
    features = reference.features(patches.numpy(), grid.tolist())
    assert written == [reference.greedy(ids, features, tokens=TOKENS)]


def test_rows_of_a_batch_are_answered_as_if_alone(
    model: DotsOCRForCausalLM, reference: DotsReference
) -> None:
    """Padded on the left; the second row has no image at all."""
    patches, grid = pixels((1, 4, 6), (1, 2, 2))
    rows = [question(model.config, 6), question(model.config), question(model.config, 1)]
    written = generate(model, rows, patches, grid, use_cache=True)
    features = reference.features(patches.numpy(), grid.tolist())
    shares = [features[:6], None, features[6:]]
    assert written == [
        reference.greedy(ids, share, tokens=TOKENS) for ids, share in zip(rows, shares, strict=True)
    ]


def generate(
    model: DotsOCRForCausalLM,
    rows: list[list[int]],
    patches: torch.Tensor,
    grid: torch.Tensor,
    *,
    use_cache: bool,
) -> list[list[int]]:
    longest = max(map(len, rows))
    ids = torch.tensor([[0] * (longest - len(row)) + row for row in rows])
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows])
    output = model.generate(
        input_ids=ids,
        attention_mask=mask,
        pixel_values=patches,
        image_grid_thw=grid,
        max_new_tokens=TOKENS,
        do_sample=False,
        use_cache=use_cache,
        pad_token_id=0,
        eos_token_id=[],
    )
    return output[:, longest:].tolist()


def test_sixteen_bits_come_near(random_folder: Path, reference: DotsReference) -> None:
    patches, grid = pixels((1, 4, 6))
    expected = torch.from_numpy(reference.features(patches.numpy(), grid.tolist()))
    for dtype in (torch.bfloat16, torch.float16):
        model = load(random_folder, "sdpa", dtype)
        with torch.no_grad():
            features = model.get_image_features(patches, grid)
        assert features.dtype == dtype
        likeness = torch.nn.functional.cosine_similarity(features.double(), expected, dim=-1)
        assert likeness.min() > 0.99


def _swapped_sides(model: DotsOCRForCausalLM) -> Callable:
    see = model.vision_tower.forward

    def wrong_grid(patches: torch.Tensor, grid: torch.Tensor) -> torch.Tensor:
        return see(patches, grid[:, [0, 2, 1]])

    return wrong_grid


def _zeroed(model: DotsOCRForCausalLM) -> Callable:
    see = model.vision_tower.forward
    return lambda patches, grid: torch.zeros_like(see(patches, grid))


def _images_swapped(model: DotsOCRForCausalLM) -> Callable:
    see = model.vision_tower.forward
    return lambda patches, grid: see(patches, grid).roll(2, dims=0)


@pytest.mark.parametrize("fault", [_swapped_sides, _zeroed, _images_swapped])
def test_the_comparison_notices_a_fault_of_the_images(
    model: DotsOCRForCausalLM,
    reference: DotsReference,
    fault: Callable,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model.vision_tower, "forward", fault(model))
    assert worst_difference(model, reference) > 100 * TOLERANCE


@pytest.fixture
def kit(shared: Path) -> Path:
    folder = shared / "conformance" / "dots_ocr"
    if not folder.is_dir():
        pytest.skip("needs the conformance kit")
    return folder


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_the_kit_of_the_published_code(kit: Path, attention: str) -> None:
    model = load(kit, attention)
    vectors = load_file(kit / "vectors.safetensors")
    cases = {name.split(".")[0] for name in vectors if name.endswith(".input_ids")}
    assert len(cases) >= 6
    for case in sorted(cases):
        given = {
            name: vectors[f"{case}.{name}"]
            for name in ("input_ids", "attention_mask", "pixel_values", "image_grid_thw")
            if f"{case}.{name}" in vectors
        }
        with torch.no_grad():
            logits = model(**given).logits * given["attention_mask"].unsqueeze(-1)
        assert (logits - vectors[f"{case}.logits"]).abs().max() < TOLERANCE, case
        if "pixel_values" in given:
            with torch.no_grad():
                features = model.get_image_features(given["pixel_values"], given["image_grid_thw"])
            difference = features - vectors[f"{case}.vision_embeddings"]
            assert difference.abs().max() < TOLERANCE, case
        if f"{case}.generated" in vectors:
            for use_cache in (True, False):
                output = model.generate(
                    **given,
                    max_new_tokens=12,
                    max_length=None,
                    do_sample=False,
                    use_cache=use_cache,
                    pad_token_id=583,
                )[:, given["input_ids"].shape[1] :]
                assert torch.equal(output, vectors[f"{case}.generated"]), case
