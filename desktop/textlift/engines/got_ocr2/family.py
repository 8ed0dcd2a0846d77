"""GOT-OCR2 as a family: transformers' classes, loaded piece by piece, and its questions."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import msgspec
from PIL import Image
from tokenizers import Tokenizer
from transformers import GotOcr2Config, GotOcr2ForConditionalGeneration
from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

from textlift.content.attempt import FailureKind
from textlift.content.geometry import Box
from textlift.engines.contract import EngineError
from textlift.engines.got_ocr2.card import FAMILY
from textlift.engines.got_ocr2.latex_answer import blocks_of_latex
from textlift.engines.got_ocr2.prompts import (
    BOX_MODES,
    END_TOKEN,
    FORMATTED_MODES,
    IMAGE_TOKEN,
    TEXT_END_TOKEN,
    TILED_MODES,
    box_in_thousandths,
    prompt_text,
)
from textlift.engines.got_ocr2.square_by_square import SquareBySquare
from textlift.engines.got_ocr2.squares import (
    Squares,
    cut_tiles,
    refuse_other_size,
    show_whole,
    tokens_per_square,
)
from textlift.engines.vision_language.family import Answer, Placement, Prepared, Request
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.engines.vision_language.library_family import LibraryFamily, Look
from textlift.engines.vision_language.loading import not_loadable
from textlift.engines.vision_language.text_blocks import blocks_of_text


class GotOcr2(LibraryFamily):
    """A loaded GOT-OCR2."""

    card: ClassVar[FamilyCard] = FAMILY
    config_class = GotOcr2Config
    model_class = GotOcr2ForConditionalGeneration
    processor_class = GotOcr2ImageProcessorPil
    image_token = IMAGE_TOKEN
    end_names = (TEXT_END_TOKEN,)
    pad_name = TEXT_END_TOKEN

    def __init__(self, folder: Path, placement: Placement) -> None:
        # The vision tower adds relative positions to its scores, so it has an attention of its
        # own, and the library refuses any other for the model as a whole.
        super().__init__(folder, msgspec.structs.replace(placement, attention="eager"))
        self.model.model.language_model.set_attn_implementation(placement.attention)
        self.end_tokens, self.end_strings = _ends(self.tokenizer, self.end_tokens)
        self._refuse_other_tokenizer(folder)
        refuse_other_size(folder, self.image_processor, self.model.config.vision_config)
        self._per_square = tokens_per_square(self.model.config.vision_config)
        self.model.model.vision_tower = SquareBySquare(self.model.model.vision_tower)

    def prepare(self, image: Image.Image, request: Request) -> Prepared:
        """Makes the model's inputs; see ``Family``."""
        if request.mode in BOX_MODES:
            place = Box(*_place(image, request))
            request = msgspec.structs.replace(request, box=place)
        return super().prepare(image, request)

    def look(self, image: Image.Image, request: Request) -> Look:
        """Shows the page in one square, or in tiles."""
        squares = self._squares(image, request)
        tokens = self._per_square * int(squares.pixels.shape[0])
        return Look(
            tensors={"pixel_values": squares.pixels},
            seen=squares.seen,
            placeholders=IMAGE_TOKEN * tokens,
            image_tokens=tokens,
        )

    def question(self, placeholders: str, request: Request) -> str:
        """Asks for what the mode is for; the box is told in thousandths by now."""
        box = request.box if request.mode in BOX_MODES else None
        return prompt_text(
            request.mode,
            placeholders=placeholders,
            box=(int(box.x0), int(box.y0), int(box.x1), int(box.y1)) if box is not None else None,
        )

    def parse(
        self,
        answer: str,
        image: Image.Image,  # noqa: ARG002
        request: Request,
        prepared: Prepared,  # noqa: ARG002
    ) -> Answer:
        """Reads an answer; see ``Family``."""
        if request.mode in FORMATTED_MODES:
            return Answer(blocks=blocks_of_latex(answer))
        return Answer(blocks=blocks_of_text(answer))

    def _squares(self, image: Image.Image, request: Request) -> Squares:
        if request.mode in TILED_MODES:
            return cut_tiles(image, self.image_processor, max_pixels=request.max_pixels)
        return show_whole(image, self.image_processor)

    def _refuse_other_tokenizer(self, folder: Path) -> None:
        wanted = self.model.config.image_token_index
        if self._image_id != wanted:
            raise not_loadable(
                f"In the model in {folder}, config.json says that {IMAGE_TOKEN} is token "
                f"{wanted}, and in tokenizer.json it is token {self._image_id}; "
                "the files are not of one model."
            )


def _ends(tokenizer: Tokenizer, others: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Ids and texts that end an answer.

    The published tokenizer has one token for the end of a turn, though the model's configuration
    does not name it; a tokenizer that spells it out has it watched for in the text.
    """
    number = tokenizer.token_to_id(END_TOKEN)
    if number is None:
        return others, (END_TOKEN,)
    return (int(number), *others), ()


def _place(image: Image.Image, request: Request) -> tuple[int, int, int, int]:
    if request.box is None:
        raise EngineError(
            FailureKind.NOT_AVAILABLE,
            f"The mode “{request.mode}” reads inside a box; say which.",
        )
    place = box_in_thousandths(request.box, width=image.width, height=image.height)
    x0, y0, x1, y1 = place
    if x0 >= x1 or y0 >= y1:
        raise EngineError(
            FailureKind.NOT_AVAILABLE,
            "The box is too small, or lies outside the page; draw another.",
        )
    return place
