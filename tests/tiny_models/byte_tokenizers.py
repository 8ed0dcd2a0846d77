"""Small tokenizers: bytes, and whatever a tiny model is to see as one token."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers


def byte_tokenizer(*, special: Sequence[str], whole: Sequence[str] = ()) -> Tokenizer:
    """A byte-level tokenizer without merges, which encodes any text, a token for each byte.

    Args:
        special: Tokens that are no text, such as the end of a turn or the image's placeholder.
        whole: Texts that are one token each, such as a whole prompt; they decode to themselves.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={sign: i for i, sign in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in special])
    tokenizer.add_tokens([AddedToken(text, normalized=False) for text in whole])
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path) -> None:
    """Writes ``tokenizer.json``, as checkpoints have it."""
    tokenizer.save(str(folder / "tokenizer.json"))
