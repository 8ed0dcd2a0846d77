"""Counts what lives at once in the towers of models: the numbers that their cards tell as rows.

    PYTHONPATH=tests python -m benchmarks.memory_rows [--models dots.ocr] [--pixels 1000000]
        [--dtypes bfloat16,float32]

Builds each model at its full width with two layers in each part, shows it a page on the CPU, and
counts every tensor that operations make, from the moment it is made until nothing holds it. That
is what a GPU's allocator would hand out, without what kernels need inside themselves. Printed are
the tower's peak, less the scores and masks that its shape tells of, in rows of its width for each
patch, and the language model's peak while it reads the question.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from benchmarks.library_models import PUBLISHED
from benchmarks.memory_fit import A4_AT_200_DPI, write_checkpoint
from textlift.engines.vision_language.families import families
from textlift.engines.vision_language.family import Family, Placement, Request
from textlift.engines.vision_language.shapes import checkpoint_shape
from textlift.models.memory_need import squares, tower_bytes
from textlift.models.model_shape import TowerShape
from tiny_models.random_checkpoint import drawn_page, generated

_TOWERS = ("visual", "vision_tower", "vision_model", "vision_encoder")


class LivingTensors(TorchDispatchMode):
    """Sums up the memory of the tensors that operations made and something still holds.

    Attributes:
        now: Bytes.
        peak: The most since it was last set.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.peak = 0
        self._sizes: dict[int, int] = {}

    def __torch_dispatch__(
        self, operation: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        output = operation(*args, **(kwargs or {}))
        for tensor in tree_leaves(output):
            if isinstance(tensor, torch.Tensor):
                self._take(tensor.untyped_storage())
        return output

    def _take(self, storage: torch.UntypedStorage) -> None:
        key = storage._cdata
        if key in self._sizes:
            return
        self._sizes[key] = storage.nbytes()
        weakref.finalize(storage, self._drop, key)
        self.now += storage.nbytes()
        self.peak = max(self.peak, self.now)

    def _drop(self, key: int) -> None:
        self.now -= self._sizes.pop(key, 0)

    def of(self, forward: Callable[..., Any], told: list[int]) -> Callable[..., Any]:
        """The same function, which tells the bytes it had at most beyond those before."""

        def counted(*args: Any, **kwargs: Any) -> Any:
            before = self.peak = self.now
            result = forward(*args, **kwargs)
            told.append(self.peak - before)
            return result

        return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=",".join(PUBLISHED))
    parser.add_argument("--pixels", type=int, default=1_000_000)
    parser.add_argument("--dtypes", default="bfloat16,float32")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for name in arguments.models.split(","):
        with tempfile.TemporaryDirectory() as folder:
            write_checkpoint(name, Path(folder), layers=2)
            for dtype in arguments.dtypes.split(","):
                count(name, Path(folder), getattr(torch, dtype), pixels=arguments.pixels)


def count(name: str, folder: Path, dtype: torch.dtype, *, pixels: int) -> None:
    """Prints what one model holds."""
    card = families()[PUBLISHED[name].family]
    module, _, class_name = card.implementation.partition(":")
    family_class: type[Family] = getattr(importlib.import_module(module), class_name)
    family = family_class(folder, Placement(torch.device("cpu"), dtype))
    living = LivingTensors()
    looking: list[int] = []
    reading: list[int] = []
    tower = next(
        getattr(place, part)
        for part in _TOWERS
        for place in (family.model, getattr(family.model, "model", None))
        if hasattr(place, part)
    )
    tower.forward = living.of(tower.forward, looking)
    decoder = family.model.get_decoder()
    decoder.forward = living.of(decoder.forward, reading)
    request = Request(mode=card.modes[0].name, max_pixels=pixels)
    with torch.inference_mode():
        prepared = family.prepare(drawn_page(*A4_AT_200_DPI), request)
        with living:
            generated(family, prepared, tokens=2)
    shape = checkpoint_shape(folder, card).tower
    seen = pixels if shape.tile else prepared.seen[0] * prepared.seen[1]
    size = dtype.itemsize
    without_rows = msgspec.structs.replace(shape, rows=0.0, half_rows=0.0)
    rows = max(looking) - tower_bytes(without_rows, seen, size)
    per_patch = rows / (patches(shape, seen) * shape.width * size)
    print(
        f"{name} {dtype}: {seen / 1e6:.2f} megapixels, {prepared.image_tokens} tokens; "
        f"tower {max(looking) / 1e6:.0f} MB, {per_patch:.1f} rows a patch; "
        f"language model {max(reading) / 1e6:.0f} MB for "
        f"{prepared.inputs['input_ids'].shape[1]} tokens",
        flush=True,
    )


def patches(tower: TowerShape, pixels: int) -> int:
    """That the tower holds at once."""
    shown = squares(tower, pixels)
    return max(shown)[0] if tower.one_by_one else sum(each * many for each, many in shown)


if __name__ == "__main__":
    main()
