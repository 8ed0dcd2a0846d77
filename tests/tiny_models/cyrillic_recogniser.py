"""A tiny recogniser with the inputs and outputs of PP-OCR's: what it is made of, and its file."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from torch import nn

from tiny_models.checkpoints import CHECKPOINTS
from tiny_models.cyrillic_lines import CHARACTERS, LINE_HEIGHT

CHECKPOINT = CHECKPOINTS / "cyrillic" / "cyrillic.onnx"
SIZE_LIMIT = 1_500_000

CLASSES = len(CHARACTERS) + 2
"""The blank comes first, a space last."""

_WIDTH = 128


class TinyRecogniser(nn.Module):
    """Convolutions down to a row of columns, and what each of them shows."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Sequential(
            *_convolution(1, 16, stride=(2, 2)),
            *_convolution(16, 32, stride=(2, 2)),
            *_convolution(32, 64, stride=(2, 1)),
            *_convolution(64, 96, stride=(2, 1)),
        )
        rows = LINE_HEIGHT // 16
        self.join = nn.Sequential(
            *_convolution(96, _WIDTH, kernel=(rows, 1), padding=(0, 0)),
            *_convolution(_WIDTH, _WIDTH, kernel=(1, 5), padding=(0, 2)),
            *_convolution(_WIDTH, _WIDTH, kernel=(1, 5), padding=(0, 2)),
        )
        self.name = nn.Linear(_WIDTH, CLASSES)

    def forward(self, lines: torch.Tensor) -> torch.Tensor:
        """Logits.

        Args:
            lines: (lines, 1, 48, width), from -1 for black to 1 for white.

        Returns:
            (lines, width / 4, classes).
        """
        columns = self.join(self.look(lines)).squeeze(2)
        return self.name(columns.transpose(1, 2))


class _AsPublished(nn.Module):
    """Takes three colours and gives probabilities, as PP-OCR's recognisers do."""

    def __init__(self, recogniser: TinyRecogniser) -> None:
        super().__init__()
        self.recogniser = recogniser

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.recogniser(x.mean(1, keepdim=True)).softmax(2)


def write_checkpoint(recogniser: TinyRecogniser, path: Path = CHECKPOINT) -> None:
    """Writes it as ONNX, with its characters in the metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        _AsPublished(recogniser).eval(),
        (torch.zeros(2, 3, LINE_HEIGHT, 320),),
        str(path),
        input_names=["x"],
        output_names=["probabilities"],
        dynamic_axes={"x": {0: "lines", 3: "width"}, "probabilities": {0: "lines", 1: "columns"}},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(path)
    for node in model.graph.node:
        # Where this machine keeps its packages is nobody's business.
        node.ClearField("doc_string")
    onnx.helper.set_model_props(model, {"character": "\n".join(CHARACTERS)})
    onnx.save(model, path)


def _convolution(
    before: int,
    after: int,
    *,
    kernel: tuple[int, int] = (3, 3),
    stride: tuple[int, int] = (1, 1),
    padding: tuple[int, int] = (1, 1),
) -> list[nn.Module]:
    convolution = nn.Conv2d(before, after, kernel, stride=stride, padding=padding, bias=False)
    return [convolution, nn.BatchNorm2d(after), nn.SiLU(inplace=True)]
