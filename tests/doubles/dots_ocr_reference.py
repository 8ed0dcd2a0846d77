"""dots.ocr written a second time, in float64 and with plain loops, to compare the program with.

It follows the description of the published model: its tensor names, its order of patches, its
rotations. It shares no code with ``textlift.engines.dots_ocr``.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

Array = np.ndarray


@dataclasses.dataclass(frozen=True)
class Sizes:
    """What the tensors do not tell."""

    vision_heads: int
    text_heads: int
    key_heads: int
    image_token: int
    rope_theta: float = 1_000_000.0


class DotsReference:
    """The model with the tensors of a checkpoint."""

    def __init__(self, tensors: Mapping[str, Array], sizes: Sizes) -> None:
        self.tensors = {name: np.asarray(value, np.float64) for name, value in tensors.items()}
        self.sizes = sizes

    def features(self, patches: Array, grid: Sequence[Sequence[int]]) -> Array:
        """The image tokens of all images, one after the other."""
        result = []
        start = 0
        for frames, rows, columns in grid:
            for _ in range(frames):
                end = start + rows * columns
                result.append(self._image(np.asarray(patches[start:end], np.float64), columns))
                start = end
        assert start == len(patches)
        return np.concatenate(result)

    def logits(self, ids: Sequence[int], features: Array | None = None) -> Array:
        """The logits after each token of one row."""
        embedding = self.tensors["model.embed_tokens.weight"]
        rows = [embedding[number] for number in ids]
        if features is not None:
            places = [at for at, number in enumerate(ids) if number == self.sizes.image_token]
            assert len(places) == len(features)
            for place, feature in zip(places, features, strict=True):
                rows[place] = feature
        x = np.stack(rows)
        layers = self._count("model.layers.")
        for layer in range(layers):
            x = self._text_layer(x, f"model.layers.{layer}.")
        x = self._rms(x, "model.norm.weight", 1e-6)
        return x @ self.tensors["lm_head.weight"].T

    def greedy(self, ids: Sequence[int], features: Array | None, *, tokens: int) -> list[int]:
        """The best token, again and again, the whole row anew for each."""
        row = list(ids)
        for _ in range(tokens):
            row.append(int(self.logits(row, features)[-1].argmax()))
        return row[len(ids) :]

    def _image(self, patches: Array, columns: int) -> Array:
        tower = "vision_tower."
        kernel = self.tensors[f"{tower}patch_embed.patchifier.proj.weight"]
        x = patches @ kernel.reshape(len(kernel), -1).T
        x = x + self.tensors[f"{tower}patch_embed.patchifier.proj.bias"]
        x = self._rms(x, f"{tower}patch_embed.patchifier.norm.weight", 1e-5)
        # Patches come two by two, so that each square of four follows its neighbour.
        places = []
        for index in range(len(patches)):
            square, inside = divmod(index, 4)
            down, across = divmod(square, columns // 2)
            places.append((2 * down + inside // 2, 2 * across + inside % 2))
        for layer in range(self._count(f"{tower}blocks.")):
            x = self._vision_block(x, f"{tower}blocks.{layer}.", places)
        x = self._rms(x, f"{tower}post_trunk_norm.weight", 1e-5)
        mean = x.mean(-1, keepdims=True)
        x = (x - mean) / np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-6)
        x = x * self.tensors[f"{tower}merger.ln_q.weight"]
        x = x + self.tensors[f"{tower}merger.ln_q.bias"]
        x = self._linear(x.reshape(len(x) // 4, -1), f"{tower}merger.mlp.0")
        x = x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))
        return self._linear(x, f"{tower}merger.mlp.2")

    def _vision_block(self, x: Array, name: str, places: Sequence[tuple[int, int]]) -> Array:
        normal = self._rms(x, f"{name}norm1.weight", 1e-5)
        query, key, value = np.split(self._linear(normal, f"{name}attn.qkv"), 3, axis=-1)
        width = x.shape[-1] // self.sizes.vision_heads
        steps = [10000.0 ** (-2 * i / (width // 2)) for i in range(width // 4)]
        angles = np.array(
            [
                [row * step for step in steps] + [column * step for step in steps]
                for row, column in places
            ]
        )
        heads = []
        for head in range(self.sizes.vision_heads):
            part = slice(head * width, (head + 1) * width)
            turned = _turn(query[:, part], angles), _turn(key[:, part], angles)
            weights = _softmax(turned[0] @ turned[1].T / math.sqrt(width))
            heads.append(weights @ value[:, part])
        x = x + self._linear(np.concatenate(heads, axis=-1), f"{name}attn.proj")
        normal = self._rms(x, f"{name}norm2.weight", 1e-5)
        gate = self._linear(normal, f"{name}mlp.fc1")
        inner = gate / (1 + np.exp(-gate)) * self._linear(normal, f"{name}mlp.fc3")
        return x + self._linear(inner, f"{name}mlp.fc2")

    def _text_layer(self, x: Array, name: str) -> Array:
        normal = self._rms(x, f"{name}input_layernorm.weight", 1e-6)
        query, key, value = (
            self._linear(normal, f"{name}self_attn.{part}_proj") for part in ("q", "k", "v")
        )
        width = x.shape[-1] // self.sizes.text_heads
        steps = [self.sizes.rope_theta ** (-2 * i / width) for i in range(width // 2)]
        angles = np.array([[place * step for step in steps] for place in range(len(x))])
        heads = []
        for head in range(self.sizes.text_heads):
            shared = head * self.sizes.key_heads // self.sizes.text_heads
            own = slice(head * width, (head + 1) * width)
            part = slice(shared * width, (shared + 1) * width)
            scores = _turn(query[:, own], angles) @ _turn(key[:, part], angles).T
            scores = scores / math.sqrt(width)
            scores[np.triu_indices(len(x), 1)] = -np.inf
            heads.append(_softmax(scores) @ value[:, part])
        x = x + self._linear(np.concatenate(heads, axis=-1), f"{name}self_attn.o_proj")
        normal = self._rms(x, f"{name}post_attention_layernorm.weight", 1e-6)
        gate = self._linear(normal, f"{name}mlp.gate_proj")
        inner = gate / (1 + np.exp(-gate)) * self._linear(normal, f"{name}mlp.up_proj")
        return x + self._linear(inner, f"{name}mlp.down_proj")

    def _linear(self, x: Array, name: str) -> Array:
        x = x @ self.tensors[f"{name}.weight"].T
        bias = self.tensors.get(f"{name}.bias")
        return x if bias is None else x + bias

    def _rms(self, x: Array, name: str, eps: float) -> Array:
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + eps) * self.tensors[name]

    def _count(self, prefix: str) -> int:
        numbers = {
            name.removeprefix(prefix).split(".")[0]
            for name in self.tensors
            if name.startswith(prefix)
        }
        return len(numbers)


def _turn(x: Array, angles: Array) -> Array:
    """Turns pairs of numbers, the one in the first half with the one in the second."""
    half = x.shape[-1] // 2
    first, second = x[:, :half], x[:, half:]
    cosine, sine = np.cos(angles), np.sin(angles)
    return np.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=-1)


def _softmax(scores: Array) -> Array:
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)
