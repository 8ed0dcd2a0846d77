"""A second opinion laid beside the page's text, with what was chosen up to now."""

from __future__ import annotations

from collections.abc import Callable

from textlift.content.opinion import Opinion
from textlift.content.opinion_choices import Choices, all_second, choices_behind, composed
from textlift.content.page import EditedLine, PageRecord
from textlift.content.second_opinion import set_side_by_side
from textlift.content.side_by_side import SideBySide
from textlift.content.text_lines import page_lines, reading_lines


class OpinionDesk:
    """Two texts and the choices made between them.

    Attributes:
        opinion: Compared with the page's text.
        text: Both texts.
        first_name: Whose text the first column has.
        first_tip: Likewise, in a sentence.
        choices: In force.
    """

    def __init__(
        self,
        opinion: Opinion,
        text: SideBySide,
        *,
        names: tuple[str, str],
        choices: Choices,
    ) -> None:
        """Lays them down.

        Args:
            opinion: With a reading.
            text: Both texts.
            names: Of the first column, short and in a sentence.
            choices: That the page's text shows already.
        """
        self.opinion = opinion
        self.text = text
        self.first_name, self.first_tip = names
        self.choices = choices
        self._earlier: list[Choices] = []

    @property
    def lines(self) -> tuple[EditedLine, ...]:
        """The page's text as chosen."""
        return composed(self.text, self.choices)

    @property
    def can_undo(self) -> bool:
        """There is a choice to take back."""
        return bool(self._earlier)

    @property
    def all_of_second(self) -> Choices:
        """What takes all of the second text."""
        return all_second(self.text)

    def with_pair(self, number: int, *, second: bool) -> Choices:
        """The choices in force, but for one pair."""
        change = self.choices.taken.union if second else self.choices.taken.difference
        return Choices(taken=change((number,)), reordered=self.choices.reordered)

    def choose(self, choices: Choices) -> None:
        """Puts other choices in force; ``undo`` takes them back."""
        self._earlier.append(self.choices)
        self.choices = choices

    def undo(self) -> None:
        """Takes the last choice back."""
        if self._earlier:
            self.choices = self._earlier.pop()

    def follows(self, record: PageRecord) -> bool:
        """Whether the page's text is what was chosen here, or became so again by an undo there."""
        wanted = [line.text for line in page_lines(record)]
        for _ in range(len(self._earlier) + 1):
            if [line.text for line in self.lines] == wanted:
                return True
            self.undo()
        return False


def lay_out(
    record: PageRecord, opinion: Opinion, *, title_of: Callable[[str], str]
) -> OpinionDesk | None:
    """Compares a page with a second opinion; None of one without a reading.

    Where the user has changed the page's text, theirs is what is compared, unless it is what
    was chosen between the page's reading and this opinion at another time.

    Args:
        record: The page as it is now.
        opinion: On it, or on a part of it.
        title_of: Gives the name of an engine that people know.
    """
    if opinion.reading is None:
        return None
    reading, lines = record.reading, page_lines(record)
    scale = (
        record.width / opinion.width if record.width and opinion.width else 1.0,
        record.height / opinion.height if record.height and opinion.height else 1.0,
    )

    def compared(first: tuple[EditedLine, ...]) -> SideBySide:
        assert opinion.reading is not None
        return set_side_by_side(first, reading, opinion.reading, scale=scale, part=opinion.box)

    reader = title_of(reading.read_by) if reading is not None else ""
    if record.edit is not None and reading is not None:
        text = compared(reading_lines(reading))
        choices = choices_behind(text, lines)
        if choices is not None:
            names = (reader, f"As read by {reader}")
            return OpinionDesk(opinion, text, names=names, choices=choices)
    if record.edit is not None:
        tip = f"The text as you have changed it, read by {reader}" if reader else "Your text"
        names = ("Your text", tip)
    else:
        names = (reader or "No text yet", f"As read by {reader}" if reader else "")
    return OpinionDesk(opinion, compared(lines), names=names, choices=Choices())
