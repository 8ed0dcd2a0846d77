"""The configuration of a dots.ocr checkpoint, as its ``config.json`` lays it out."""

# The library's classes are not all typed.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from typing import Any

from huggingface_hub.dataclasses import strict
from transformers import PretrainedConfig, Qwen2Config
from transformers.configuration_utils import SubConfigSpec


@strict
class DotsVisionConfig(PretrainedConfig):
    """Sizes of the vision tower.

    Attributes:
        embed_dim: Width of the tower.
        hidden_size: Width of what the merger hands to the text model.
        intermediate_size: Width of the gated layers.
        num_hidden_layers: Blocks.
        num_attention_heads: Of each block.
        num_channels: Of the image.
        patch_size: Side of a patch in pixels.
        spatial_merge_size: Patches on a side of the square that becomes one image token.
        temporal_patch_size: Frames in a patch; images have one.
        rms_norm_eps: Of the norms in the tower; the merger's layer norm has its own.
        use_bias: Whether the blocks' linear layers have a bias.
        post_norm: Whether there is a norm after the last block.
        initializer_range: Standard deviation of fresh weights.
    """

    model_type = "dots_vit"
    base_config_key = "vision_config"

    embed_dim: int = 1536
    hidden_size: int = 1536
    intermediate_size: int = 4224
    num_hidden_layers: int = 42
    num_attention_heads: int = 12
    num_channels: int = 3
    patch_size: int = 14
    spatial_merge_size: int = 2
    temporal_patch_size: int = 1
    rms_norm_eps: float = 1e-5
    use_bias: bool = False
    post_norm: bool = True
    initializer_range: float = 0.02

    def __post_init__(self, **kwargs: Any) -> None:
        # The published files ask for flash attention here, which the tower does not need; the
        # attention of the whole model is chosen where it is loaded.
        kwargs.pop("attn_implementation", None)
        super().__post_init__(**kwargs)

    @property
    def patch_width(self) -> int:
        """Numbers in a flattened patch."""
        return self.num_channels * self.temporal_patch_size * self.patch_size**2


@strict
class DotsOCRConfig(Qwen2Config):
    """A Qwen2 text model, whose keys stand at the top level, with a vision tower.

    Attributes:
        vision_config: Of the tower.
        image_token_id: The placeholder that image features take the place of.
        video_token_id: In the published files; not used.
    """

    model_type = "dots_ocr"
    sub_configs_defaults = {"vision_config": SubConfigSpec(DotsVisionConfig)}  # noqa: RUF012  # as the library

    vision_config: dict[str, Any] | PretrainedConfig | None = None
    image_token_id: int = 151665
    video_token_id: int | None = 151656

    def __post_init__(self, **kwargs: Any) -> None:
        # Names the classes of a program in the model's folder, which is never run.
        kwargs.pop("auto_map", None)
        super().__post_init__(**kwargs)

    @property
    def vision(self) -> DotsVisionConfig:
        """The vision tower's configuration."""
        if not isinstance(self.vision_config, DotsVisionConfig):
            raise TypeError("The vision configuration is not that of a dots.ocr vision tower.")
        return self.vision_config
