"""Stands for torch's attention to rows of different lengths, which only GPUs have: row by row."""

from __future__ import annotations

import torch
from torch.nn import functional


class VarlenByRows:
    """Takes what ``torch.nn.attention.varlen.varlen_attn`` takes, as its documentation says it.

    Attributes:
        calls: So far.
    """

    def __init__(self) -> None:
        self.calls = 0

    def __call__(  # noqa: PLR0917  # torch's signature
        self, query, key, value, cu_seq_q, cu_seq_k, max_q, max_k, *,
        scale=None, enable_gqa=False, seqused_k=None, block_table=None,
    ):  # fmt: skip
        self.calls += 1
        assert {tensor.dtype for tensor in (cu_seq_q, seqused_k)} == {torch.int32}
        assert enable_gqa == (query.shape[1] != key.shape[-2])
        seen = []
        for row, used in enumerate(seqused_k.tolist()):
            assert used <= max_k
            begin, end = cu_seq_q[row : row + 2].tolist()
            assert end - begin == max_q == 1
            if block_table is None:
                assert cu_seq_k.dtype == torch.int32
                first, last = cu_seq_k[row : row + 2].tolist()
                assert used <= last - first
                keys, values = (part[first : first + used] for part in (key, value))
            else:
                assert block_table.dtype == torch.int32
                assert key.shape[1] % 256 == 0, "as the kernel wants it"
                pages = block_table[row]
                keys, values = (part[pages].flatten(0, 1)[:used] for part in (key, value))
            rows = (part.transpose(0, 1)[None] for part in (query[begin:end], keys, values))
            seen.append(
                functional.scaled_dot_product_attention(*rows, scale=scale, enable_gqa=True)[0]
            )
        return torch.stack([one[:, 0] for one in seen])
