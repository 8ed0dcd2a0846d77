"""Muon for a network's matrices, and Adam for the rest, in one optimizer."""

from __future__ import annotations

import torch
from torch import nn

_MOMENTUM = 0.95
_BETAS = (0.9, 0.98)
_EPSILON = 1e-8
_ROUNDS = 5
_POLYNOMIAL = (3.4445, -4.7750, 2.0315)
"""Of the Newton-Schulz iteration; from https://kellerjordan.github.io/posts/muon/."""


class Muon(torch.optim.Optimizer):
    """Steps along the orthogonal part of a matrix's momentum, so that no direction is left behind.

    The tiny GOT-OCR2 told single signs apart after 100 steps of it; Adam needed 400. Each group
    of parameters has a ``share`` of the learning rate and, where it is stepped so, ``muon`` set.
    """

    def __init__(self, groups: list[dict[str, object]]) -> None:
        """Takes groups of parameters with ``share`` and ``muon``; the caller sets their ``lr``."""
        super().__init__(groups, {"lr": 0.0, "share": 1.0, "muon": False})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                if group["muon"]:
                    self._step_matrix(weight, group["lr"])
                else:
                    self._step_adam(weight, group["lr"])

    def _step_matrix(self, weight: nn.Parameter, rate: float) -> None:
        gradient = weight.grad.flatten(1)
        state = self.state[weight]
        if not state:
            state["momentum"] = torch.zeros_like(gradient)
        momentum = state["momentum"].lerp_(gradient, 1 - _MOMENTUM)
        direction = orthogonal_part(gradient.lerp(momentum, _MOMENTUM))
        scale = max(1.0, direction.shape[0] / direction.shape[1]) ** 0.5
        weight.add_(direction.view_as(weight), alpha=-rate * scale)

    def _step_adam(self, weight: nn.Parameter, rate: float) -> None:
        state = self.state[weight]
        if not state:
            state["step"] = 0
            state["mean"] = torch.zeros_like(weight)
            state["square"] = torch.zeros_like(weight)
        state["step"] += 1
        mean = state["mean"].lerp_(weight.grad, 1 - _BETAS[0])
        square = state["square"].lerp_(weight.grad.square(), 1 - _BETAS[1])
        known = [1 - beta ** state["step"] for beta in _BETAS]
        weight.addcdiv_(mean / known[0], (square / known[1]).sqrt_().add_(_EPSILON), value=-rate)


def orthogonal_part(matrix: torch.Tensor) -> torch.Tensor:
    """About the nearest matrix whose rows, or columns, are orthonormal."""
    wide = matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
    a, b, c = _POLYNOMIAL
    x = wide / (wide.norm() + _EPSILON)
    for _ in range(_ROUNDS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if matrix.shape[0] > matrix.shape[1] else x


def muon_for(model: nn.Module, *, filters: tuple[nn.Module, ...]) -> Muon:
    """The groups of a model: matrices inside it, filters over pixels, and the rest.

    Args:
        model: With its parameters.
        filters: Cut an image into patches. Such a filter adds up hundreds of pixels that are
            all alike, so a usual step would throw its answer about; it gets a small share.
    """
    slow = {id(weight) for module in filters for weight in module.parameters()}
    groups: dict[str, list[nn.Parameter]] = {"slow": [], "matrices": [], "rest": []}
    for module in model.modules():
        for name, weight in module.named_parameters(recurse=False):
            inner = isinstance(module, nn.Linear | nn.Conv2d) and name == "weight"
            if id(weight) in slow:
                groups["slow"].append(weight)
            elif inner and module is not model.get_output_embeddings():
                groups["matrices"].append(weight)
            elif not any(weight is other for group in groups.values() for other in group):
                groups["rest"].append(weight)
    return Muon(
        [
            {"params": groups["slow"], "share": 0.2},
            {"params": groups["matrices"], "share": 6.0, "muon": True},
            {"params": groups["rest"], "share": 1.0},
        ]
    )
