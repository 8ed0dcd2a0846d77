"""Run-aways are found, and what real pages print is none."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from conftest import SHARED
from textlift.engines.vision_language import watching
from textlift.engines.vision_language.watching import RunawayWatch, endless_unit

LONG = "It was the best of times, it was the worst of times, and so it went on. "


def written(text: str, *, piece: int = 3) -> tuple[bool, int]:
    """Whether the watch stopped the text, and after how many characters."""
    watch = RunawayWatch()
    for start in range(0, len(text), piece):
        if watch.add(text[start : start + piece]):
            return True, start + piece
    return False, len(text)


@pytest.mark.parametrize(
    ("unit", "within"),
    [
        (LONG, 1500),
        ("and so on ", 1800),
        ("的", 1800),
        ("<tr><td></td><td></td></tr>", 4500),
        ("<td></td>", 4500),
        ("| | | |\n", 4500),
        (".", 4500),
        ("_", 4500),
        ("0, ", 6000),
        ('{"bbox": [1, 2, 3, 4], "category": "Text", "text": "x"}, ', 1500),
        ("".join(random.Random(9).choices("abcdefghij ", k=1500)), 13_000),
    ],
)
def test_a_loop_is_stopped_long_before_a_token_limit(unit: str, within: int) -> None:
    stopped, after = written("Some text before it. " + unit * (15_000 // len(unit)))
    assert stopped
    assert after <= within


def test_a_model_that_counts_up_is_stopped_too() -> None:
    text = "".join(f"{number}. The same words with another number.\n" for number in range(1000))
    stopped, after = written(text)
    assert stopped
    assert after <= 4000


def test_the_watch_says_what_was_repeated() -> None:
    watch = RunawayWatch()
    watch.add("x" + LONG * 30)
    assert watch.shown_unit.endswith("…")
    assert len(watch.unit) == len(LONG)
    assert watch.times == 30


@pytest.mark.parametrize(
    "text",
    [
        "Chapter " + "." * 180 + " 12\n" + "Index " + "." * 190 + " 14\n",
        ("<tr>" + "<td></td>" * 12 + "</tr>") * 20,
        "\n".join(["Name: ______________________________"] * 12),
        "la la la la la la la la\n" * 8,
        "| 0.00 | 0.00 | 0.00 | 0.00 |\n" * 60,
        "".join(random.Random(3).choices("abcdefghij ", k=20_000)),
        "-" * 300 + "\n" + "=" * 300,
        "\n".join(f"{number * 7 % 93},{number % 60:02} EUR" for number in range(240)),
        "\n".join(f"§ {number} (aufgehoben)" for number in range(1, 120)),
        "\n".join(f"Signature of witness {number}: ____________" for number in range(1, 40)),
    ],
    ids=[
        "leaders",
        "empty table",
        "form",
        "song",
        "noughts",
        "random",
        "rulers",
        "prices",
        "sections",
        "witnesses",
    ],
)
def test_what_is_printed_is_no_loop(text: str) -> None:
    assert not written(text)[0]


def test_the_true_texts_of_real_pages_are_no_loops() -> None:
    folder = SHARED / "eval" / "open"
    if not folder.is_dir():
        pytest.skip("the evaluation pages are not here")
    found = [
        path.name
        for path in sorted(folder.glob("*.gt.txt"))
        if written(Path(path).read_text(encoding="utf-8"), piece=20)[0]
    ]
    assert not found


def test_the_unit_is_the_shortest_period() -> None:
    assert endless_unit("abc" * 600) == "abc"
    assert endless_unit("") == ""
    assert endless_unit("abc") == ""


def test_what_is_told_quickly_from_a_loop_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of loops of all lengths, with and without an end that breaks them off."""
    chance = random.Random(8)
    texts = []
    for _ in range(60):
        unit = "".join(chance.choices("abc 1\n", k=chance.choice((1, 2, 7, 30, 75, 299, 301, 400))))
        before = "".join(chance.choices("xyz", k=chance.randrange(900)))
        after = chance.choice(("", "", "x", unit[: len(unit) // 2]))
        texts.append(before + unit * (chance.randrange(2000) // len(unit) + 1) + after)
    quick = [watching._endless(text) for text in texts]
    monkeypatch.setattr(watching, "_comes_again", lambda text, least: bool(text))
    assert [watching._endless(text) for text in texts] == quick
    assert 5 < sum(bool(unit) for unit, _ in quick) < 55
