"""What the list of models says of one model, and what can be done with it there."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import msgspec

from textlift.models.on_disk import shown_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from textlift.engines.contract import Availability
    from textlift.engines.registry import EngineEntry
    from textlift.models.catalogue import ModelEntry
    from textlift.models.fit import Answer, Fit, Way

_NOT_KNOWN_YET = "Looking for it on this computer…"


class Section(enum.Enum):
    """The parts of the list, in their order; the value is the heading."""

    READY = ""
    TO_GET = "Not on this computer yet"
    NOT_USABLE = "Cannot be used here"


class RowAction(enum.Enum):
    """What a row offers besides being chosen; the value is the word on its button."""

    GET = "Get and read"
    PAUSE = "Pause"
    GO_ON = "Go on"
    TRY_AGAIN = "Try again"
    CANCEL = "Cancel"


class GettingPhase(enum.Enum):
    """Where a download is."""

    WAITING = "waiting"
    """Others are before it."""
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"
    REMOVING = "removing"
    """It was cancelled, and what came of it is being removed."""


class Getting(msgspec.Struct, frozen=True):
    """A model on its way to this computer.

    Attributes:
        phase: Where it is.
        share: Of its bytes, those that are here, 0 to 1.
        words: For a person: "42 %, 31 MB/s, about 2 min left", or why it failed.
    """

    phase: GettingPhase
    share: float = 0.0
    words: str = ""

    @property
    def actions(self) -> tuple[RowAction, ...]:
        """What can be done about it, the most wanted first."""
        if self.phase is GettingPhase.REMOVING:
            return ()
        first = {
            GettingPhase.PAUSED: RowAction.GO_ON,
            GettingPhase.FAILED: RowAction.TRY_AGAIN,
        }.get(self.phase, RowAction.PAUSE)
        return (first, RowAction.CANCEL)


class ModelRow(msgspec.Struct, frozen=True):
    """One model.

    Attributes:
        name: Of the engine that runs it.
        title: The name people know.
        summary: What it is good at.
        section: Where it is listed.
        state: Whether it is there, or what is missing; empty where the section says enough.
        fit: Whether its memory is there, in words; empty when that is not known.
        fit_told: Likewise, with the device.
        answer: Likewise; None when it is not known.
        cost: Of getting it: size and licence.
        catch: What restricts its use.
        languages: What its authors say of them; searched, not shown.
        getting: Its download; None when there is none.
    """

    name: str
    title: str
    summary: str
    section: Section
    state: str = ""
    fit: str = ""
    fit_told: str = ""
    answer: Answer | None = None
    cost: str = ""
    catch: str = ""
    languages: str = ""
    getting: Getting | None = None
    can_be_got: bool = False

    @property
    def ready(self) -> bool:
        """It can be chosen at once."""
        return self.section is Section.READY

    @property
    def actions(self) -> tuple[RowAction, ...]:
        """What its buttons do; the first is what the Enter key does."""
        if self.ready:
            return ()
        if self.getting is not None:
            return self.getting.actions
        return (RowAction.GET,) if self.can_be_got else ()

    @property
    def told(self) -> tuple[str, ...]:
        """All that is said of it, besides its title."""
        getting = self.getting.words if self.getting is not None else ""
        texts = (
            self.summary,
            self.fit_told or self.fit,
            self.state,
            self.cost,
            self.catch,
            getting,
        )
        return tuple(text for text in texts if text)

    @property
    def spoken(self) -> str:
        """For a screen reader, which sees no buttons in a row."""
        keys = {RowAction.CANCEL: "Delete"}
        offers = [f"{keys.get(one, 'Enter')}: {one.value}." for one in self.actions]
        return f"{self.title}: {' '.join((*self.told, *offers))}"

    @property
    def rank(self) -> int:
        """What fits comes before what fits with a saving, and that before what does not."""
        if self.answer is None:
            return 0
        from textlift.models.fit import Answer

        return {Answer.FITS_WITH: 1, Answer.DOES_NOT_FIT: 2}.get(self.answer, 0)


def engine_row(
    entry: EngineEntry,
    *,
    state: Availability | None,
    fit: Fit | None,
    getting: Getting | None,
    title_of: Callable[[str], str],
) -> ModelRow:
    """The row of an engine that is offered.

    A model of the catalogue counts as not here until it is known to be on this computer; the
    engines that come with Textlift count as ready until it is known that they are not.

    Args:
        entry: The engine.
        state: What it said of itself; None: not asked yet.
        fit: Whether its model fits the memory.
        getting: Its download.
        title_of: Gives the title of a model by its name.
    """
    card, model = entry.card, entry.model
    ready = state.ready if state is not None else model is None
    can_be_got = state is not None and state.can_be_got
    unknown = state is None and model is not None
    if ready:
        section, words = Section.READY, state.sentence if state is not None else ""
    elif can_be_got or unknown or getting is not None:
        section, words = Section.TO_GET, _NOT_KNOWN_YET if unknown else ""
    else:
        assert state is not None
        section, words = Section.NOT_USABLE, f"{state.sentence} {state.remedy}".strip()
    not_usable = section is Section.NOT_USABLE
    return ModelRow(
        name=card.name,
        title=card.title,
        summary=card.summary,
        section=section,
        state=words,
        fit="" if fit is None or not_usable else fit_words(fit, title_of=title_of),
        fit_told="" if fit is None or not_usable else fit.sentence,
        answer=None if fit is None or not_usable else fit.answer,
        cost=model_cost(model) if model is not None and not ready else "",
        catch=model.licence_note if model is not None and not ready else "",
        languages=model.languages if model is not None else "",
        getting=None if ready else getting,
        can_be_got=can_be_got,
    )


def not_offered_row(model: ModelEntry) -> ModelRow:
    """The row of a model that is known and cannot be chosen."""
    return ModelRow(
        name=model.name,
        title=model.title,
        summary=model.summary,
        section=Section.NOT_USABLE,
        state=model.not_offered,
        cost=model_cost(model),
        catch=model.licence_note,
        languages=model.languages,
    )


def model_cost(model: ModelEntry) -> str:
    """What it costs to get a model: its size and its licence."""
    size = shown_size(model.size) if model.size else ""
    return " · ".join(text for text in (size, model.licence) if text)


def fit_words(fit: Fit, *, title_of: Callable[[str], str]) -> str:
    """Whether a model fits, without the device, which is the same for all of the list."""
    from textlift.models.fit import Answer

    needs = f"needs {shown_size(fit.need.total)}, {shown_size(fit.free)} are free"
    if fit.answer is Answer.FITS:
        return f"{fit.fits_words}: {needs}"
    if fit.answer is Answer.FITS_WITH and fit.ways:
        return f"Fits with {way_words(fit.ways[0])}: {needs}"
    if fit.answer is Answer.DOES_NOT_FIT:
        other = f". {title_of(fit.instead)} would fit" if fit.instead else ""
        return f"Does not fit: {needs}{other}"
    return ""


def way_words(way: Way) -> str:
    """What a way to make a model fit is, without its price."""
    return way.title.partition(":")[0]
