"""What it took a generating model to read a page."""

from __future__ import annotations

import msgspec


class Generation(msgspec.Struct, frozen=True, omit_defaults=True):
    """What it took a generating model to read a page.

    Attributes:
        mode: The reading mode it was asked for.
        pixels: Of the image the model saw.
        prompt_tokens: Before the answer, image tokens included.
        tokens: Of the answer.
        token_limit: That the answer might have had.
        first_token_seconds: From the start to the first token of the answer.
        tokens_per_second: Of the answer, after the first token; 0 where there was one only.
        peak_memory: Bytes on the device (resident on the CPU), weights included.
        dtype: Of the weights.
    """

    mode: str = ""
    pixels: int = 0
    prompt_tokens: int = 0
    tokens: int = 0
    token_limit: int = 0
    first_token_seconds: float = 0.0
    tokens_per_second: float = 0.0
    peak_memory: int = 0
    dtype: str = ""
