"""What dots.ocr is asked: the prompts it was trained with, and the frame they stand in.

The prompts are those of ``dots_ocr/utils/prompts.py`` in the official repositories (MIT); a model
of this family behaves well on exactly these and on no others.
"""

from __future__ import annotations

from tokenizers import Tokenizer

from textlift.engines.vision_language.loading import token_id

LAYOUT = """\
Please output the layout information from the PDF image, including each layout element's bbox, \
its category, and the corresponding text content within the bbox.

1. Bbox format: [x1, y1, x2, y2]

2. Layout Categories: The possible categories are ['Caption', 'Footnote', 'Formula', \
'List-item', 'Page-footer', 'Page-header', 'Picture', 'Section-header', 'Table', 'Text', 'Title'].

3. Text Extraction & Formatting Rules:
    - Picture: For the 'Picture' category, the text field should be omitted.
    - Formula: Format its text as LaTeX.
    - Table: Format its text as HTML.
    - All Others (Text, Title, etc.): Format their text as Markdown.

4. Constraints:
    - The output text must be the original text from the image, with no translation.
    - All layout elements must be sorted according to human reading order.

5. Final Output: The entire output must be a single JSON object.
"""

LAYOUT_ONLY = """\
Please output the layout information from this PDF image, including each layout's bbox and its \
category. The bbox should be in the format [x1, y1, x2, y2]. The layout categories for the PDF \
document include ['Caption', 'Footnote', 'Formula', 'List-item', 'Page-footer', 'Page-header', \
'Picture', 'Section-header', 'Table', 'Text', 'Title']. Do not output the corresponding text. \
The layout result should be in JSON format."""

TEXT = "Extract the text content from this image."

BOX = """\
Extract text from the given bounding box on the image (format: [x1, y1, x2, y2]).
Bounding Box:
"""
"""Followed by the box, as a list in pixels of the image that the model sees."""

WEB = "Parsing the layout info of this webpage image with format json:\n"

SCENE = "Detect and recognize the text in the image."

PROMPTS = {
    "layout": LAYOUT,
    "layout-only": LAYOUT_ONLY,
    "text": TEXT,
    "box": BOX,
    "web": WEB,
    "scene": SCENE,
}
"""By the names of the modes."""

LAYOUT_MODES = frozenset({"layout", "layout-only", "web"})
"""Those answered with a list of elements in JSON."""

BOX_MODE = "box"
SCENE_MODE = "scene"

IMAGE_TOKEN = "<|imgpad|>"
END_TOKENS = ("<|endoftext|>", "<|endofassistant|>")
PAD_TOKEN = "<|endoftext|>"

_BEFORE_IMAGE = ("<|user|>", "<|img|>")
_AFTER_IMAGE = "<|endofimg|>"
_AFTER_PROMPT = ("<|endofuser|>", "<|assistant|>")


def framed(tokenizer: Tokenizer, prompt: str, *, image_tokens: int) -> list[int]:
    """The token ids of a question about one image.

    They are put together here and not by a chat template: of the two official templates one
    leaves out the marks of the user's turn, which the published figures were measured with.

    Args:
        tokenizer: Of the checkpoint.
        prompt: What is asked.
        image_tokens: How many tokens the image becomes.

    Raises:
        EngineError: The tokenizer lacks one of the tokens.
    """
    return [
        *(token_id(tokenizer, token) for token in _BEFORE_IMAGE),
        *[token_id(tokenizer, IMAGE_TOKEN)] * image_tokens,
        token_id(tokenizer, _AFTER_IMAGE),
        *tokenizer.encode(prompt, add_special_tokens=False).ids,
        *(token_id(tokenizer, token) for token in _AFTER_PROMPT),
    ]
