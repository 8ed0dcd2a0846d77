"""How the window bears documents of thousands of pages: time a page, and its longest turns.

    PYTHONPATH=tests python -m benchmarks.large_documents [--sizes 10,100,500,2000]
        [--only opening,files,session,many,page] [--profile session]

For each size a window is started in a process of its own, on documents and sessions made for it
(pages of 45 lines; every fifth has warnings, every twentieth a failed attempt), and worked as a
person would. Each cell has the milliseconds that the work took by the clock, and in brackets the
longest that the window's thread was at work without looking at its events, in milliseconds of the
processor (a busy machine makes others wait longer, but this no longer). The last column says how
what a page takes of the processor, in all threads of the window's process, grew from the size
before the last to the last: below and up to 1.0 is level, and a quadratic law would show as the
ratio of the sizes.

With ``TEXTLIFT_LONG_TURNS`` set, where the window's thread was in turns of more than 16 ms is
printed too. ``--profile NAME`` profiles the window's thread during that scenario at the last size
instead.
"""

from __future__ import annotations

import argparse
import cProfile
import logging
import os
import pstats
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks import large_scenarios
from benchmarks.made_documents import fill_many, fill_session, write_images, write_text_pdf
from benchmarks.window_turns import Figures, Steps, work_window
from textlift.settings import user_folders
from textlift.ui.application import Desktop

Scenario = Callable[[Desktop, object], Steps]


def _prepare(scenario: str, folder: Path, size: int) -> object:
    """Makes what a scenario needs; returns what it is given."""
    if scenario == "opening":
        write_text_pdf(folder / "book.pdf", pages=size)
        return folder / "book.pdf"
    if scenario == "session":
        write_text_pdf(folder / "book.pdf", pages=size)
        fill_session(user_folders().session_file, folder / "book.pdf", pages=size)
        return folder
    if scenario == "page":
        write_text_pdf(folder / "page.pdf", pages=1)
        fill_session(user_folders().session_file, folder / "page.pdf", pages=1, lines=size)
        return folder
    paths = write_images(folder / "files", count=size)
    if scenario == "many":
        fill_many(user_folders().session_file, paths)
    return paths


def measure(scenario: str, size: int, *, profile: bool = False) -> list[Figures]:
    """Works the window of this process; to be called once in it."""
    with tempfile.TemporaryDirectory(prefix="large-") as name:
        folder = Path(name)
        os.environ["TEXTLIFT_HOME"] = str(folder / "home")
        given = _prepare(scenario, folder, size)
        steps = getattr(large_scenarios, scenario)
        profiler = cProfile.Profile() if profile else None

        def script(desktop: Desktop, bench: object) -> Steps:
            if profiler is not None:
                profiler.enable()
            yield from steps(desktop, bench, given)
            if profiler is not None:
                profiler.disable()

        figures = work_window(size, script)
        if profiler is not None:
            pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
    return figures


def in_own_process(scenario: str, size: int) -> list[Figures]:
    """Measures in a process that nothing was done in before."""
    command = [sys.executable, "-m", "benchmarks.large_documents", "--child", scenario]
    done = subprocess.run(
        [*command, "--sizes", str(size)], stdout=subprocess.PIPE, check=True, env=os.environ
    )
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=list[Figures])


def print_table(sizes: list[int], found: dict[str, dict[int, Figures]]) -> None:
    """Markdown; a row for each piece of work."""
    print(f"| | {' | '.join(f'{size}' for size in sizes)} | a page, last to one before |")
    print("|---" * (len(sizes) + 2) + "|")
    for name, by_size in found.items():
        cells = []
        for size in sizes:
            one = by_size.get(size)
            cells.append(f"{one.seconds * 1000:.0f} ({one.longest_work * 1000:.0f})" if one else "")
        growth = ""
        if len(sizes) > 1 and all(size in by_size for size in sizes[-2:]):
            before, last = (by_size[size].cpu / size for size in sizes[-2:])
            growth = f"{last / before:.2f}"
        print(f"| {name} | {' | '.join(cells)} | {growth} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10,100,500,2000")
    parser.add_argument("--only", default="opening,files,session,many,page")
    parser.add_argument("--profile", default="")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if arguments.child:
        logging.disable(logging.WARNING)
        figures = measure(arguments.child, sizes[-1])
        print(msgspec.json.encode(figures).decode(), flush=True)
        return
    if arguments.profile:
        measure(arguments.profile, sizes[-1], profile=True)
        return
    for scenario in arguments.only.split(","):
        found: dict[str, dict[int, Figures]] = {}
        for size in sizes:
            for one in in_own_process(scenario, size):
                found.setdefault(one.name, {})[size] = one
        print(f"\n**{scenario}** (ms, longest turn of the window's thread in ms)\n")
        print_table(sizes, found)
        print(f"\nload of the machine: {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
