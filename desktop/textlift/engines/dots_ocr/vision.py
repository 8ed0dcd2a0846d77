"""The vision tower of dots.ocr: patches of any number of images in, image tokens out.

The maths follows the published model: NaViT-style patches, rotary positions in two dimensions
(Su et al. 2021, applied as in Qwen2-VL, Wang et al. 2024), pre-norm blocks with SwiGLU
(Shazeer 2020), and a merger that makes one token of each two by two patches.
"""

# The library's classes are not all typed.
# mypy: disable-error-code="no-any-return, no-untyped-call"

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional
from transformers.models.qwen2.modeling_qwen2 import Qwen2RMSNorm

from textlift.engines.dots_ocr.configuration import DotsVisionConfig
from textlift.engines.dots_ocr.inputs import checked_grid
from textlift.engines.vision_language.spans import Attend, Spans

_ROTARY_BASE = 10000.0
_MERGER_EPS = 1e-6
"""Of the merger's layer norm; fixed in the published model, unlike that of the tower's norms."""


def patch_positions(grid: list[tuple[int, int, int]], merge: int) -> torch.Tensor:
    """Row and column of each patch, in the order in which the image processor emits them.

    Patches that are merged into one token follow each other: (rows / merge, columns / merge,
    merge, merge).

    Args:
        grid: Frames, rows and columns of patches of each image.
        merge: Patches on a side of a token.

    Returns:
        (patches, 2), integers.
    """
    positions = []
    for frames, rows, columns in grid:
        places = torch.cartesian_prod(torch.arange(rows), torch.arange(columns))
        grouped = places.reshape(rows // merge, merge, columns // merge, merge, 2)
        positions.append(grouped.transpose(1, 2).reshape(-1, 2).repeat(frames, 1))
    return torch.cat(positions)


def rotary_angles(positions: torch.Tensor, head_width: int) -> torch.Tensor:
    """The angles by which queries and keys are turned.

    They are computed at each call: a buffer that is not stored in the checkpoint stays
    uninitialised when the library builds a model without memory and loads it afterwards.

    Args:
        positions: (patches, 2), row and column.
        head_width: Of an attention head; a quarter of it is the number of frequencies.

    Returns:
        (patches, head_width / 2) in float32: those of the row, then those of the column.
    """
    half = head_width // 2
    steps = torch.arange(0, half, 2, dtype=torch.float32, device=positions.device)
    frequencies = 1.0 / _ROTARY_BASE ** (steps / half)
    return (positions.float().unsqueeze(-1) * frequencies).flatten(1)


def _turned(heads: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    """Turns heads (patches, ..., head_width) in float32, which the small angles need.

    The halves are turned one by one, and no copy of the heads in float32 is made.
    """
    first, second = heads.chunk(2, dim=-1)
    turned = (first * cosine - second * sine).to(heads.dtype)
    return torch.cat([turned, (second * cosine + first * sine).to(heads.dtype)], dim=-1)


class DotsVisionAttention(nn.Module):
    """Attention in both directions, within one frame of one image."""

    def __init__(self, config: DotsVisionConfig) -> None:
        super().__init__()
        self.config = config
        self.heads = config.num_attention_heads
        self.qkv = nn.Linear(config.embed_dim, config.embed_dim * 3, bias=config.use_bias)
        self.proj = nn.Linear(config.embed_dim, config.embed_dim, bias=config.use_bias)

    def forward(
        self, x: torch.Tensor, frames: Spans, rotation: tuple[torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        """Attends.

        Args:
            x: (patches, width).
            frames: The patches of each.
            rotation: Cosine and sine of the angles in float32, (patches, 1, 1, head_width / 2)
                each.
        """
        patches, width = x.shape
        joined = self.qkv(x).reshape(patches, 3, self.heads, -1)
        query, key = _turned(joined[:, :2], *rotation).unbind(1)
        attend: Attend = functional.scaled_dot_product_attention
        if self.config._attn_implementation == "eager":  # noqa: SLF001
            attend = _eager
        made = frames.attend(query, key, joined[:, 2], by=attend)
        return self.proj(made.reshape(patches, width))


def _eager(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """The same, step by step; its memory grows with the square of the image."""
    scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
    return scores.softmax(dim=-1, dtype=torch.float32).to(query.dtype) @ value


class DotsVisionMLP(nn.Module):
    """A gated linear layer, SwiGLU."""

    def __init__(self, config: DotsVisionConfig) -> None:
        super().__init__()
        width, inner, bias = config.embed_dim, config.intermediate_size, config.use_bias
        self.fc1 = nn.Linear(width, inner, bias=bias)
        self.fc2 = nn.Linear(inner, width, bias=bias)
        self.fc3 = nn.Linear(width, inner, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(functional.silu(self.fc1(x)) * self.fc3(x))


class DotsVisionBlock(nn.Module):
    """One layer of the tower."""

    def __init__(self, config: DotsVisionConfig) -> None:
        super().__init__()
        self.norm1 = Qwen2RMSNorm(config.embed_dim, eps=config.rms_norm_eps)
        self.attn = DotsVisionAttention(config)
        self.norm2 = Qwen2RMSNorm(config.embed_dim, eps=config.rms_norm_eps)
        self.mlp = DotsVisionMLP(config)

    def forward(
        self, x: torch.Tensor, frames: Spans, rotation: tuple[torch.Tensor, torch.Tensor]
    ) -> torch.Tensor:
        x = x + self.attn(self.norm1(x), frames, rotation)
        return x + self.mlp(self.norm2(x))


class DotsPatchifier(nn.Module):
    """A patch of pixels to a vector, and its norm."""

    def __init__(self, config: DotsVisionConfig) -> None:
        super().__init__()
        self.config = config
        side = config.patch_size
        self.proj = nn.Conv2d(config.num_channels, config.embed_dim, kernel_size=side, stride=side)
        self.norm = Qwen2RMSNorm(config.embed_dim, eps=config.rms_norm_eps)

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        channels, side = self.config.num_channels, self.config.patch_size
        # Of the frames in a patch the model looks at the first; an image has one.
        patches = pixel_values.reshape(-1, channels, self.config.temporal_patch_size, side, side)
        # Patches do not overlap, so the convolution is one product of matrices.
        seen = functional.linear(
            patches[:, :, 0].flatten(1), self.proj.weight.flatten(1), self.proj.bias
        )
        return self.norm(seen)


class DotsPatchEmbed(nn.Module):
    """Holds the patchifier under the name that the checkpoint gives it."""

    def __init__(self, config: DotsVisionConfig) -> None:
        super().__init__()
        self.patchifier = DotsPatchifier(config)

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        return self.patchifier(pixel_values)


class DotsPatchMerger(nn.Module):
    """Makes one token of the patches in a square."""

    def __init__(self, config: DotsVisionConfig) -> None:
        super().__init__()
        self.inner = config.embed_dim * config.spatial_merge_size**2
        self.ln_q = nn.LayerNorm(config.embed_dim, eps=_MERGER_EPS)
        self.mlp = nn.Sequential(
            nn.Linear(self.inner, self.inner),
            nn.GELU(),
            nn.Linear(self.inner, config.hidden_size),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.mlp(self.ln_q(x).reshape(-1, self.inner))


class DotsVisionTower(nn.Module):
    """The whole tower."""

    def __init__(self, config: DotsVisionConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = DotsPatchEmbed(config)
        self.blocks = nn.ModuleList(
            DotsVisionBlock(config) for _ in range(config.num_hidden_layers)
        )
        if config.post_norm:
            self.post_trunk_norm = Qwen2RMSNorm(config.embed_dim, eps=config.rms_norm_eps)
        self.merger = DotsPatchMerger(config)

    @property
    def dtype(self) -> torch.dtype:
        """Of the weights; pixels are brought to it."""
        return self.patch_embed.patchifier.proj.weight.dtype

    def forward(
        self, pixel_values: torch.Tensor, image_grid_thw: torch.Tensor | None
    ) -> torch.Tensor:
        """Sees the images.

        Args:
            pixel_values: Flattened patches of all images, (patches, numbers of a patch).
            image_grid_thw: Frames, rows and columns of patches of each image, (images, 3).

        Returns:
            The image tokens of all images, (patches / merge², hidden_size).

        Raises:
            InputMismatchError: The grid does not describe the patches.
        """
        grid = checked_grid(pixel_values, image_grid_thw, self.config)
        positions = patch_positions(grid, self.config.spatial_merge_size).to(pixel_values.device)
        head_width = self.config.embed_dim // self.config.num_attention_heads
        angles = rotary_angles(positions, head_width)[:, None, None]
        rotation = (angles.cos(), angles.sin())
        frames = Spans(
            [rows * columns for count, rows, columns in grid for _ in range(count)],
            pixel_values.device,
        )
        x = self.patch_embed(pixel_values.to(self.dtype))
        for block in self.blocks:
            x = block(x, frames, rotation)
        if self.config.post_norm:
            x = self.post_trunk_norm(x)
        return self.merger(x)
