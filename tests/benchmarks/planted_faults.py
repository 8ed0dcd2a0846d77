"""How many planted faults the checks of a reading find, and how often they raise a false alarm.

    PYTHONPATH=tests python -m benchmarks.planted_faults FOLDER [--cache DIR] [--seeds 1]
        [--alarms] [--lost]

FOLDER holds documents with their true text, as for ``accuracy.py``. Engines read them as they
come; the inspector looks at them; each reading is taken in three forms: lines with boxes, blocks
with boxes and no lines, and text without boxes. The last two also with the true text, as from an
engine that makes no mistake. Line forms have no witness, as in the program; the others have the
first small engine that is not the one that read.

Found: the reading is refused, or has a warning of a fitting kind that it has not without the
fault and that touches it: its box shares a fourth of the smaller with the fault's, or it quotes
its words. Faults are planted only where the
reading has most of the true words: in rubbish there is nothing to find.

A false alarm: a warning on a reading as it came that is not borne out. It is borne out where the
reading lacks words there that the true text has, or that two engines have both read there (true
texts leave out letterheads and stamps); where words it quotes are not in the true text; or, for
the order, where stretches of the text stand elsewhere in the true text; for little confidence,
where the word F1 of the reading is below 0.8. The share is that of
pages with a false alarm among all pages, for each form.

Thresholds were chosen on every other document (A); the rest (B) is reported beside.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.accuracy import score
from benchmarks.fault_forms import Form, forms
from benchmarks.fault_pages import FaultPage, fault_pages
from benchmarks.fault_planting import PLANTS, Planted
from textlift.content.comparing import compare_words
from textlift.content.geometry import Box
from textlift.content.moved_words import find_moves
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.content.scripts import dominant_script
from textlift.content.word_keys import Tolerance, word_key, word_spans
from textlift.content.words import reading_words
from textlift.inspection.messages import PageLook
from textlift.recognition.checks.judging import judge
from textlift.recognition.checks.page_check import check_page

_READABLE = 0.6
"""Word F1 from which a reading is one that a fault can be planted in."""
_BADLY = 0.8
"""Word F1 below which a reading is one that an engine should have been unsure of."""
_DISORDER = 10
"""Words that stand elsewhere in the true text, from which the order is not right."""
_TOUCH = 0.25
"""Share of the smaller of two boxes."""
_LESS = {WarningKind.MISSED, WarningKind.DIFFERS}
_MORE = {WarningKind.INVENTED, WarningKind.DIFFERS, WarningKind.ORDER}
FITTING = {
    "paragraph deleted": _LESS,
    "line 30 times": _MORE,
    "sentence invented": _MORE,
    "table cut": _LESS,
    "column swapped": {WarningKind.ORDER},
    "columns interleaved": {WarningKind.ORDER},
    "halves swapped": {WarningKind.ORDER},
    "page mixed in": _MORE,
    "words exchanged": _LESS | _MORE,
}
"""Kinds of warnings that name a fault; what is put in between is out of order too."""
_QUOTES = ("“", "”")


@dataclass
class Tally:
    """What was counted for one half of the documents."""

    planted: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    alarmed: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def check(form: Form, reading: PageReading, tally: Tally) -> tuple[PageWarning, ...]:
    look = form.page.look
    if reading.detected is not None:
        look = PageLook(lines=reading.detected)  # As in the program: nobody looks again.
    started = time.perf_counter()
    found = check_page(
        reading,
        look=look,
        witness=form.witness,
        width=form.page.width,
        height=form.page.height,
    )
    tally.seconds.append(time.perf_counter() - started)
    return found


def refused(form: Form, reading: PageReading) -> bool:
    page = PageImage(path="", width=form.page.width, height=form.page.height, ink=0.1)
    return judge(reading, page) is not None


def words_of(text: str) -> list[str]:
    return [line[a:b] for line in text.split("\n") for a, b in word_spans(line)]


def keys(text: str) -> list[str]:
    return [key for word in words_of(text) if (key := word_key(word, Tolerance.READING))]


def quoted(sentence: str) -> str:
    start, end = (sentence.find(mark) for mark in _QUOTES)
    return sentence[start + 1 : end].removesuffix("…") if 0 <= start < end else ""


def touches(warning: PageWarning, planted: Planted, fault: str) -> bool:
    """Whether a warning is about the fault."""
    if warning.kind not in FITTING[fault]:
        return False
    box = warning.box
    if box is not None and any(_overlap(box, place) for place in planted.places):
        return True
    quote = keys(quoted(warning.sentence))
    said = {key for text in planted.words for key in keys(text)}
    return bool(quote) and sum(key in said for key in quote) * 2 >= len(quote)


def _overlap(one: Box, other: Box) -> bool:
    return one.intersection_area(other) >= _TOUCH * min(one.area, other.area) > 0


class Judge:
    """Says which warnings on a reading as it came are borne out."""

    def __init__(self, form: Form) -> None:
        self._page = form.page
        self._badly_read = score(form.page.truth, form.reading.text).f1 < _BADLY
        words = [word.text for word in reading_words(form.reading)]
        truth = words_of(form.page.truth)
        differences = compare_words(words, truth, tolerance=Tolerance.READING)
        moves = find_moves(words, truth, differences, tolerance=Tolerance.READING)
        self._moved = sum(len(move.first) for move in moves)
        moved = {index for move in moves for index in move.first}
        moved_true = {index for move in moves for index in move.second}
        self._extra = Counter(
            key
            for one in differences
            for index in one.first
            if index not in moved
            for key in keys(words[index])
        )
        self._missing = Counter(
            key
            for one in differences
            for index in one.second
            if index not in moved_true
            for key in keys(truth[index])
        )
        common = self._extra & self._missing
        self._extra -= common
        self._missing -= common
        self._has = Counter(key for word in words for key in keys(word))

    def is_borne_out(self, warning: PageWarning) -> bool:
        quote = keys(quoted(warning.sentence))
        if warning.kind is WarningKind.UNCERTAIN:
            return self._badly_read
        if warning.kind is WarningKind.ORDER:
            return self._moved >= _DISORDER
        if warning.kind is WarningKind.MISSED:
            printed = self._words_at(warning.box)
            if quote:
                missing = self._missing | printed
                return sum(key in missing for key in quote) * 2 >= len(quote)
            true = sum((self._missing & self._all_at(warning.box)).values())
            return true > 0 or bool(printed)
        return sum(key in self._extra for key in quote) * 2 >= len(quote) > 0

    def _all_at(self, box: Box | None) -> Counter[str]:
        """The words that any engine has at a place."""
        result: Counter[str] = Counter()
        for reading in self._page.readings.values():
            result |= _counted(reading, box)
        return result

    def _words_at(self, box: Box | None) -> Counter[str]:
        """The words that PP-OCRv6 and Tesseract both have at a place, and the text has not."""
        pp, tesseract = (self._page.readings.get(name) for name in ("pp-ocrv6", "tesseract"))
        if pp is None or tesseract is None:
            return Counter()
        both = _counted(pp, box) & _counted(tesseract, box)
        return Counter({key: 1 for key in both if not self._has[key]})


def _counted(reading: PageReading, box: Box | None) -> Counter[str]:
    return Counter(
        key
        for word in reading_words(reading)
        if box is not None and word.box is not None and box.contains(*word.box.center)
        for key in keys(word.text)
    )


def measure(
    page: FaultPage, others: list[Form], tally: Tally, arguments: argparse.Namespace
) -> None:
    """Counts one page in all its forms."""
    for form in forms(page):
        clean = check(form, form.reading, tally)
        judge_of = Judge(form)
        false = [one for one in clean if not judge_of.is_borne_out(one)]
        tally.pages[form.name] += 1
        tally.warned[form.name] += bool(clean)
        tally.alarmed[form.name] += bool(false)
        if arguments.alarms:
            for one in clean:
                mark = "false" if one in false else "right"
                print(f"{mark} {page.name} {form.name}: {one.kind.value} {one.sentence} {one.box}")
        if score(page.truth, form.reading.text).f1 < _READABLE:
            tally.unreadable[form.name] += 1
            continue
        script = dominant_script(page.truth)
        fellows = [
            other
            for other in others
            if other.name == form.name
            and other.page.name != page.name
            and dominant_script(other.page.truth) == script
            and other.page.truth != page.truth
        ]
        for fault, plant in PLANTS.items():
            for seed in range(arguments.seeds):
                rng = random.Random(f"{page.name} {form.name} {fault} {seed}")
                if not fellows:
                    continue
                planted = plant(form, rng.choice(fellows), rng)
                if planted is None:
                    continue
                new = [one for one in check(form, planted.reading, tally) if one not in clean]
                found = refused(form, planted.reading) or any(
                    touches(one, planted, fault) for one in new
                )
                tally.planted[fault, form.name] += 1
                tally.found[fault, form.name] += found
                if arguments.lost and not found:
                    print(
                        f"lost {page.name} {form.name}: {fault} {planted.places} {planted.words}"
                        f" {[one.sentence for one in new]}"
                    )


def print_table(title: str, tally: Tally) -> None:
    names = list(dict.fromkeys(name for name in tally.pages))
    names.sort(key=lambda name: (name.split()[1], name))
    print(f"\n{title}\n")
    print("| fault | " + " | ".join(names) + " | all |")
    print("|---" * (len(names) + 2) + "|")
    whole: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for fault in PLANTS:
        cells = []
        found = planted = 0
        for name in names:
            a, b = tally.found[fault, name], tally.planted[fault, name]
            cells.append(f"{a}/{b}" if b else "–")
            found, planted = found + a, planted + b
            whole[name][0] += a
            whole[name][1] += b
        share = f"{found}/{planted} = {found / planted:.0%}" if planted else "–"
        print(f"| {fault} | " + " | ".join(cells) + f" | {share} |")
    found, planted = sum(a for a, _ in whole.values()), sum(b for _, b in whole.values())
    shares = [f"{a / b:.0%}" if b else "–" for a, b in (whole[name] for name in names)]
    print(
        "| **all faults** | "
        + " | ".join(shares)
        + f" | {found}/{planted} = {found / max(1, planted):.0%} |"
    )
    pages, alarmed = sum(tally.pages.values()), sum(tally.alarmed.values())
    alarms = [f"{tally.alarmed[name]}/{tally.pages[name]}" for name in names]
    print(
        "| pages with a false alarm | "
        + " | ".join(alarms)
        + f" | {alarmed}/{pages} = {alarmed / max(1, pages):.0%} |"
    )
    warned = [f"{tally.warned[name]}/{tally.pages[name]}" for name in names]
    print(
        "| pages with a warning, right or false | "
        + " | ".join(warned)
        + f" | {sum(tally.warned.values())}/{pages} |"
    )
    rubbish = [str(tally.unreadable[name]) for name in names]
    print(
        "| pages too badly read to plant in | "
        + " | ".join(rubbish)
        + f" | {sum(tally.unreadable.values())} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, help="keep what was read for the next run")
    parser.add_argument("--seeds", type=int, default=1, help="faults of a kind for each page")
    parser.add_argument("--half", choices=["A", "B"], help="measure one half only")
    parser.add_argument("--alarms", action="store_true", help="print each warning as it came")
    parser.add_argument("--lost", action="store_true", help="print each fault that is not found")
    arguments = parser.parse_args()

    pages = fault_pages(arguments.folder, arguments.cache)
    if not pages:
        raise SystemExit(f"There is no document with a .gt.txt file in {arguments.folder}.")
    documents = sorted({page.name.rpartition(":")[0] for page in pages})
    tallies = {"A": Tally(), "B": Tally()}
    for half, tally in tallies.items():
        if arguments.half and half != arguments.half:
            continue
        chosen = set(documents[0 if half == "A" else 1 :: 2])
        own = [page for page in pages if page.name.rpartition(":")[0] in chosen]
        others = [form for page in own for form in forms(page)]
        for page in own:
            measure(page, others, tally, arguments)
        about = "chosen on" if half == "A" else "not looked at"
        print_table(f"Half {half} ({about}), {len(own)} pages", tally)
        seconds = sorted(tally.seconds)
        print(
            f"\nseconds of a check: median {seconds[len(seconds) // 2]:.3f}, "
            f"95 of 100 below {seconds[int(0.95 * len(seconds))]:.3f}, most {seconds[-1]:.3f}"
        )


if __name__ == "__main__":
    main()
