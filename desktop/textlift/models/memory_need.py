"""How much memory a model takes to read a page: the one place where that is reckoned."""

from __future__ import annotations

import msgspec

from textlift.models.model_shape import ModelShape, TextShape, TowerShape

_PARAMETER_BYTES = {"int8": 1.0, "int4": 0.5 + 4 / 64}
"""Of a quantized weight; in 4 bits each block of 64 has a scale in 32 bits (Dettmers et al. 2023,
QLoRA, without its double quantization)."""

_OVERHEAD = {"cpu": 430_000_000, "cuda": 600_000_000, "mps": 400_000_000}
"""Of the runtime. On a CPU the libraries that an engine process has loaded, measured; on CUDA the
context with its kernels and the workspace of cuBLAS, by what is published; on Apple estimated."""

_ALLOCATOR_LOSS = 0.05
"""Share of what comes and goes that torch's allocator holds and cannot use, on a GPU."""

_QUESTION_TOKENS = 400
"""Around the image; the longest question, for layout, has 340."""

_CHANNELS = 3
_FRAMES = 2
"""Of an image, for towers that were made for videos too; and where they see one, the same pixels
are there in 32 bits for a moment."""

_READ_ROWS = 4
_SWIGLU_ROWS = 3
_ATTENTION_ROWS = 6
"""Of a token while the language model reads: of its width, of the feed-forward layer, and of the
queries' width in the attention."""


class MemoryNeed(msgspec.Struct, frozen=True):
    """What reading one page takes at most, in bytes of the device's memory.

    Attributes:
        weights: In the number format they are loaded in.
        cache: Keys and values of the language model, for the image's tokens and the answer's.
        activations: What the worst moment takes beyond that, of the tower or of the language
            model; the cache is not full then.
        overhead: Of the runtime: the CUDA context, libraries, what the allocator loses.
    """

    weights: int
    cache: int
    activations: int
    overhead: int

    @property
    def total(self) -> int:
        return self.weights + self.cache + self.activations + self.overhead


class Work(msgspec.Struct, frozen=True):
    """A model, and how it is to read a page.

    Attributes:
        shape: Of the model.
        pixels: Of the page that it is shown.
        answer_tokens: That it may write.
        number_bytes: Of the number format: 2 or 4.
        weights: ``int8`` or ``int4``; empty: in the number format.
    """

    shape: ModelShape
    pixels: int
    answer_tokens: int
    number_bytes: int
    weights: str = ""


def memory_need(work: Work, device: str) -> MemoryNeed:
    """The memory that a model takes to read a page, at the worst moment.

    There are three such moments, each with the weights there:

    - The tower looks at the image. For each patch a layer holds some rows of its width at once
      (``TowerShape.rows``, counted: without gradients a layer's tensors live until the layer is
      done). Attention through the fused kernels holds no scores (Dao et al. 2022,
      FlashAttention; Rabe and Staats 2021); where it adds relative positions to them (SAM,
      Kirillov et al. 2023) or is written out, it holds patches² x heads numbers, some times.
    - The language model reads question and image in one go: for each token the row it carries
      on, three rows of the feed-forward layer (SwiGLU: gate, value, their product) or six of the
      queries' width in the attention, and the keys and values of all layers (2 x layers x heads
      x width of a head: Kwon et al. 2023, PagedAttention, section 2).
    - It writes the last token of its answer: keys and values of all tokens, and of one layer
      once more, for they are joined to the new ones in a copy, or moved to where there is room
      for the answer.

    The cache is told for the last moment. What the first two take beyond that are the
    activations.

    Args:
        work: The model, and how it reads.
        device: ``cpu``, ``cuda:0``, ``mps``.

    Returns:
        Estimates; the benchmark ``memory_fit`` compares them with measured peaks.
    """
    shape, size = work.shape, work.number_bytes
    tokens = image_tokens(shape.tower, work.pixels) + _QUESTION_TOKENS
    per_token = cache_bytes_per_token(shape.text, size)
    cache = (tokens + work.answer_tokens) * per_token
    looking, reading = _question_bytes(work)
    writing = cache + cache // max(shape.text.layers, 1) + _logit_bytes(shape.text)
    activations = max(looking, reading + tokens * per_token, writing) - cache
    kind = device.partition(":")[0]
    weights = weight_need(shape, number_bytes=size, weights=work.weights)
    if work.weights and kind == "cpu":
        # The file of the weights stays mapped beside their smaller copies: nothing is saved.
        weights += shape.text.linear * size
    loss = 0.0 if kind == "cpu" else _ALLOCATOR_LOSS * (cache + activations)
    return MemoryNeed(
        weights=weights,
        cache=cache,
        activations=activations,
        overhead=_OVERHEAD.get(kind, _OVERHEAD["cuda"]) + int(loss),
    )


def reading_bytes(work: Work) -> int:
    """What a page takes until its question is read, beside the keys and values: its first moments.

    Args:
        work: The model, and how it reads.
    """
    return max(_question_bytes(work))


def _question_bytes(work: Work) -> tuple[int, int]:
    """What the tower takes to look at the image, and the language model to read it all."""
    shape, size = work.shape, work.number_bytes
    tokens = image_tokens(shape.tower, work.pixels) + _QUESTION_TOKENS
    pixels = _FRAMES * _CHANNELS * work.pixels * size
    embedded = 2 * tokens * shape.text.width * size
    looking = pixels + tower_bytes(shape.tower, work.pixels, size)
    return looking, pixels + embedded + _prefill_bytes(work, tokens)


def least_on_gpu(work: Work, device: str) -> MemoryNeed:
    """What a model takes of a GPU at least when its layers lie in the system's memory.

    All but the language model's layers stay, and of those there is room for two: for the one
    that works and the one that is brought.
    """
    need = memory_need(work, device)
    text, size = work.shape.text, work.number_bytes
    layer = text.linear // max(text.layers, 1) * size
    stays = (work.shape.parameters - text.linear) * size + 2 * layer
    return msgspec.structs.replace(need, weights=min(stays, need.weights))


def weight_need(shape: ModelShape, *, number_bytes: int, weights: str) -> int:
    """Bytes of the weights once they are loaded; see ``Work``."""
    if not weights:
        return shape.parameters * number_bytes
    exact = (shape.parameters - shape.text.linear) * number_bytes
    return exact + int(shape.text.linear * _PARAMETER_BYTES[weights])


def cache_bytes_per_token(text: TextShape, number_bytes: int) -> int:
    """Keys and values of all layers for one token."""
    return 2 * text.layers * text.keys * number_bytes


def image_tokens(tower: TowerShape, pixels: int) -> int:
    """Tokens that an image becomes."""
    if tower.tokens:
        return tower.tokens
    return sum(patches * count for patches, count in squares(tower, pixels)) // tower.merge**2


def squares(tower: TowerShape, pixels: int) -> tuple[tuple[int, int], ...]:
    """What the tower is shown: the patches of a square, and how many such squares there are."""
    if not tower.tile:
        return ((pixels // tower.patch**2, 1),)
    whole = ((tower.whole // tower.patch) ** 2, 1)
    tiles = max(pixels - tower.whole**2, 0) // tower.tile**2
    if tiles < tower.least_tiles:
        return (whole,)
    return ((tower.tile // tower.patch) ** 2, tiles), whole


def tower_bytes(tower: TowerShape, pixels: int, size: int) -> int:
    """What the tower holds at once, the pixels aside, with numbers of so many bytes."""
    shown = squares(tower, pixels)
    if tower.one_by_one:
        shown = ((max(patches for patches, _ in shown), 1),)
    per_patch = tower.half_rows if tower.half_rows and size < 4 else tower.rows
    rows = sum(patches * count for patches, count in shown) * per_patch * tower.width * size
    # In 32 bits the exact copy is one of the others.
    exact = 4 if tower.exact_scores and size < 4 else 0
    scored = tower.heads * (tower.scores * size + exact) + (size if tower.masked else 0)
    return int(rows) + max(patches**2 * count * scored for patches, count in shown)


def _prefill_bytes(work: Work, tokens: int) -> int:
    text, size = work.shape.text, work.number_bytes
    layer = max(_SWIGLU_ROWS * text.inner, _ATTENTION_ROWS * text.queries)
    unpacked = text.width * text.inner * size if work.weights else 0
    return tokens * (_READ_ROWS * text.width + layer) * size + text.copied * size + unpacked


def _logit_bytes(text: TextShape) -> int:
    """Of the next token, and the same once more in 32 bits."""
    return text.vocabulary * 8
