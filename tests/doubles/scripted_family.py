"""A family whose model writes what the test says, by the library's loop or by ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from transformers import GenerationMixin, PreTrainedModel, Qwen2Config
from transformers.modeling_outputs import CausalLMOutputWithPast

from textlift.content.block import Block, BlockKind
from textlift.engines.contract import ReadingMode
from textlift.engines.vision_language.family import Answer, Family, Placement, Prepared, Request
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.model_shape import ModelShape, TextShape, TowerShape

END = "<|end|>"


def byte_tokenizer() -> Tokenizer:
    """One token a byte, and one that ends an answer."""
    alphabet = sorted(ByteLevel.alphabet())
    tokenizer = Tokenizer(BPE({char: number for number, char in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevelDecoder()
    tokenizer.add_special_tokens([END])
    return tokenizer


class ScriptedModel(PreTrainedModel, GenerationMixin):
    """Writes ``script`` and then goes on with its last token for ever."""

    config_class = Qwen2Config
    main_input_name = "input_ids"

    def __init__(self, config: Qwen2Config) -> None:
        super().__init__(config)
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.script: list[int] = []
        self.prompt = 0
        self.before_step: Callable[[int], None] = lambda step: None
        self.post_init()

    def prepare_inputs_for_generation(self, input_ids: torch.Tensor, **kwargs: object) -> dict:
        return {"input_ids": input_ids, "pixel_values": kwargs.get("pixel_values")}

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        **_: object,
    ) -> CausalLMOutputWithPast:
        # The library gives all tokens each time, our own loop the last one and its place.
        seen = input_ids.shape[1] if position_ids is None else int(position_ids[0, -1]) + 1
        step = seen - self.prompt
        self.before_step(step)
        logits = torch.full((*input_ids.shape, self.config.vocab_size), -100.0)
        logits[:, -1, self.script[min(step, len(self.script) - 1)]] = 100.0
        return CausalLMOutputWithPast(logits=logits)


class ScriptedFamily(Family):
    """Answers ``answer`` to every image; with ``ends`` false it never writes the end token."""

    card = FamilyCard(
        name="scripted",
        title="Scripted",
        model_types=("scripted",),
        implementation="doubles.scripted_family:ScriptedFamily",
        modes=(
            ReadingMode(name="text", title="Text", returns="text"),
            ReadingMode(name="box", title="Inside a box", returns="text", needs_box=True),
        ),
        max_pixels=1_000_000,
        token_limit=100,
        shape=lambda config, parameters: ModelShape(
            parameters=parameters,
            tower=TowerShape(width=256, heads=4, patch=16, merge=2, rows=10.0),
            text=TextShape(
                layers=2, width=64, inner=128, queries=64, keys=64, vocabulary=512, linear=0
            ),
        ),
        pages_at_once=1,
    )

    def __init__(self, folder: Path, placement: Placement) -> None:
        del folder
        self.tokenizer = byte_tokenizer()
        self.placement = placement
        config = Qwen2Config(
            vocab_size=self.tokenizer.get_vocab_size(), hidden_size=8, intermediate_size=8,
            num_hidden_layers=1, num_attention_heads=1, num_key_value_heads=1,
            max_position_embeddings=4096,
        )  # fmt: skip
        self.model = ScriptedModel(config).eval()
        self.end_tokens = (self.tokenizer.token_to_id(END),)
        self.pad_token = self.end_tokens[0]
        self.prepared: list[Request] = []
        self.write("")

    def write(self, answer: str, *, ends: bool = True) -> None:
        """Sets what the model answers."""
        ids = self.tokenizer.encode(answer, add_special_tokens=False).ids
        self.model.script = [*ids, *self.end_tokens] if ends else ids

    def prepare(self, image: Image.Image, request: Request) -> Prepared:
        self.prepared.append(request)
        ids = torch.tensor([self.tokenizer.encode("read").ids])
        self.model.prompt = ids.shape[1]
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        return Prepared(inputs=inputs, seen=image.size, image_tokens=0)

    def parse(
        self, answer: str, image: Image.Image, request: Request, prepared: Prepared
    ) -> Answer:
        return Answer(blocks=(Block(kind=BlockKind.TEXT, text=answer),) if answer else ())
