"""What is shown of QwenVL HTML while the model writes it: outlines, and words without tags."""

from __future__ import annotations

from textlift.content.block import Line
from textlift.content.html_reading import LenientHtmlParser
from textlift.engines.qwen_vl.html_elements import BLOCKS, FENCE_BEGIN, UNSEEN
from textlift.engines.qwen_vl.places import Measure, corners_of
from textlift.engines.vision_language.family import Piece

_FENCE = "```"


class HtmlView(LenientHtmlParser):
    """Follows the tags as they come; a tag that is not complete yet is held back."""

    def __init__(self, measure: Measure) -> None:
        super().__init__(convert_charrefs=True)
        self._measure = measure
        self._begun = False
        self._held = ""
        self._text: list[str] = []
        self._lines: list[Line] = []
        self._unseen = ""
        self._between = ""
        self._between_cells = False
        self._shown = False

    def add(self, text: str) -> Piece:
        """Takes the next characters of the answer."""
        self.feed(self._without_fence(text))
        piece = Piece(text="".join(self._text), lines=tuple(self._lines))
        self._text.clear()
        self._lines.clear()
        return piece

    def _without_fence(self, text: str) -> str:
        """The text to follow: nothing while it may be the beginning of a fence."""
        if self._begun:
            return text
        self._held += text
        start = self._held.lstrip()
        if _FENCE.startswith(start[: len(_FENCE)]) and "\n" not in start and "<" not in start:
            return ""
        self._begun = True
        return FENCE_BEGIN.sub("", self._held)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._unseen = tag
        box = self._measure.box(corners_of(dict(attrs).get("data-bbox")))
        if box is not None:
            self._lines.append(Line("", box=box))
        if tag in BLOCKS or tag == "table":
            self._between = "\n\n"
        elif tag in {"tr", "br"}:
            self._between = self._between or "\n"
            self._between_cells = tag == "tr"
        elif tag in {"td", "th"}:
            self._between = self._between or "\t"
            self._between_cells = False

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        elif tag in {"td", "th", "tr"}:
            self._between_cells = True
        elif tag in BLOCKS or tag == "table":
            self._between = "\n\n"
            self._between_cells = False

    def handle_data(self, data: str) -> None:
        if self._unseen or (data.strip() and not data.strip().strip(_FENCE)):
            return
        if self._between:
            data = data.lstrip()
        if not data.strip() and (self._between or self._between_cells or not self._shown):
            return
        self._text.append(f"{self._between if self._shown else ''}{data}")
        self._between = ""
        self._shown = True
