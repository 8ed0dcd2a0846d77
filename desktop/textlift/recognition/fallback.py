"""Which engine is asked next for a page, and how: the policy, without doing anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from textlift.content.attempt import FailureKind
from textlift.content.languages import LANGUAGES
from textlift.content.scripts import script_name
from textlift.engines.contract import EngineCard
from textlift.recognition.pixel_ladder import MOST_RUNGS, fewer_pixels

FRESH_AFTER = frozenset({FailureKind.CRASHED, FailureKind.TIMED_OUT})
"""After these whoever is asked next starts in a new process: what went wrong may linger.

Unless the engine gave up by itself: then its process answers and is as good as before.
"""


class Step(msgspec.Struct, frozen=True):
    """Ask this engine.

    Attributes:
        engine: Its name.
        max_pixels: As in ``ReadOptions``.
        variation: As in ``ReadOptions``.
        fresh: In a process started after the last failure.
    """

    engine: str
    max_pixels: int = 0
    variation: int = 0
    fresh: bool = False


class Refusal(msgspec.Struct, frozen=True):
    """This engine is not asked, and why; for the page's record.

    Attributes:
        engine: Its name.
        failure: The kind.
        sentence: For a person.
        scripts: ISO 15924 codes of what the page is in, where that is why.
    """

    engine: str
    failure: FailureKind
    sentence: str
    scripts: tuple[str, ...] = ()


class Tried(msgspec.Struct, frozen=True):
    """A step that failed.

    Attributes:
        step: What was tried.
        failure: How it ended.
        pixels: Size of the image that the engine was given.
        orderly: The engine said so itself; its process can be used again.
        lacking: Bytes of memory that were wanted beyond what was free; 0: not known.
        room: Bytes of memory that there were for the page; 0: not known.
    """

    step: Step
    failure: FailureKind
    pixels: int = 0
    orderly: bool = False
    lacking: int = 0
    room: int = 0

    @property
    def lingers(self) -> bool:
        """Whether what went wrong may go on, so that whoever is next needs a new process."""
        return self.failure in FRESH_AFTER and not self.orderly


History = Sequence[Tried | Refusal]


def next_move(
    order: Sequence[str],
    *,
    history: History,
    cards: Mapping[str, EngineCard],
    skipped: Mapping[str, Refusal],
    scripts: frozenset[str] = frozenset(),
    starts: Mapping[str, int] | None = None,
) -> Step | Refusal | None:
    """What to do for a page after all that was tried.

    An engine is asked once more after each of its first two lacks of memory (with fewer pixels,
    see ``fewer_pixels``), its first run-away (with other parameters) and its first crash (in a
    fresh process); then, and after anything else, the next of the order is due.

    Args:
        order: Names of engines; a name that comes twice counts once.
        history: What was tried and refused for this page, oldest first.
        cards: Of the engines there are.
        skipped: Engines that cannot be loaded in this run.
        scripts: ISO 15924 codes the page is known to be written in; empty: not known.
        starts: Engine -> pixels of a page to begin with, where all were too many before.

    Returns:
        A step, a refusal to write down before asking again, or None when none is left.
    """
    last = history[-1] if history else None
    if isinstance(last, Tried) and last.step.engine not in skipped:
        again = step_again(last, history[:-1])
        if again is not None:
            return again
    fresh = any(isinstance(item, Tried) and item.lingers for item in history)
    seen = {item.engine if isinstance(item, Refusal) else item.step.engine for item in history}
    for name in order:
        if name not in seen:
            refusal = _refusal(name, history, cards, skipped, scripts)
            pixels = (starts or {}).get(name, 0)
            return refusal or Step(engine=name, max_pixels=pixels, fresh=fresh)
    return None


def scripts_of_languages(languages: Iterable[str]) -> frozenset[str]:
    """The scripts that the chosen languages are printed in; empty when one is not known."""
    known = [LANGUAGES.get(code) for code in languages]
    if None in known:
        return frozenset()
    scripts = {language.script for language in known if language is not None}
    # Japanese mixes kana with Chinese characters.
    return frozenset(scripts | {"Hani"} if "Kana" in scripts else scripts)


def step_again(last: Tried, history: History) -> Step | None:
    """How the same engine is asked once more after a failure; None: it is not.

    Args:
        last: The failure.
        history: What was tried and refused for the page before it.
    """
    step = last.step
    earlier = [
        item.failure
        for item in history
        if isinstance(item, Tried) and item.step.engine == step.engine
    ]
    if last.failure is FailureKind.OUT_OF_MEMORY:
        pixels = fewer_pixels(last.pixels, lacking=last.lacking, room=last.room)
        if not pixels or earlier.count(last.failure) >= MOST_RUNGS:
            return None
        return msgspec.structs.replace(step, max_pixels=pixels)
    if last.failure in earlier:
        return None
    if last.failure is FailureKind.RAN_AWAY:
        return msgspec.structs.replace(step, variation=1)
    if last.failure is FailureKind.CRASHED:
        return msgspec.structs.replace(step, fresh=True)
    return None


def _refusal(
    name: str,
    history: History,
    cards: Mapping[str, EngineCard],
    skipped: Mapping[str, Refusal],
    scripts: frozenset[str],
) -> Refusal | None:
    if name in skipped:
        return skipped[name]
    card = cards.get(name)
    if card is None:
        return Refusal(
            name, FailureKind.NOT_AVAILABLE, f"There is no model called “{name}” any more."
        )
    readable = frozenset(card.scripts)
    if not readable:
        return None
    if scripts and not scripts & readable:
        names = ", ".join(sorted(script_name(script) for script in scripts))
        sentence = f"{card.title} was not asked: it cannot read {names}."
        return Refusal(name, FailureKind.WRONG_SCRIPT, sentence, scripts=tuple(sorted(scripts)))
    for item in history:
        if isinstance(item, Tried) and item.failure is FailureKind.WRONG_SCRIPT:
            # Whatever the page is in, it is none of the scripts of the engine that said so.
            other = cards.get(item.step.engine)
            if other is not None and other.scripts and readable <= frozenset(other.scripts):
                sentence = (
                    f"{card.title} was not asked: "
                    f"it reads no script that {other.title} does not read."
                )
                return Refusal(name, FailureKind.WRONG_SCRIPT, sentence)
    return None
