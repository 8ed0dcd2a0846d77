"""Carries chosen tokens from the device to the program, some steps behind."""

# Torch's functions for CUDA are not all typed.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import torch


class Trail:
    """The tokens of some steps.

    On CUDA they are copied while the device goes on, and only who looks at them waits, for the
    copy alone. Elsewhere there is nothing to wait for.
    """

    def __init__(self, device: torch.device, *, steps: int, rows: int) -> None:
        """Takes room for so many steps of so many rows."""
        self._cuda = device.type == "cuda"
        self._here = torch.empty(steps, rows, dtype=torch.long, device=device)
        self._count = 0
        self._there: torch.Tensor | None = None
        self._sent: torch.cuda.Event | None = None

    def add(self, tokens: torch.Tensor) -> None:
        """Keeps what a step chose, (rows,)."""
        self._here[self._count] = tokens
        self._count += 1

    def send(self) -> None:
        """Begins the copy; no more is added."""
        self._there = self._here[: self._count]
        if self._cuda:
            there = torch.empty(self._there.shape, dtype=torch.long, pin_memory=True)
            self._there = there.copy_(self._there, non_blocking=True)
            self._sent = torch.cuda.Event()
            self._sent.record()

    def arrived(self) -> list[list[int]]:
        """The tokens of each step, each of all rows; waits for them."""
        assert self._there is not None
        if self._sent is not None:
            self._sent.synchronize()
        tokens: list[list[int]] = self._there.tolist()
        return tokens
