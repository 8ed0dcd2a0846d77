"""What the niceness of the processes that read gives the window, and what it costs them.

    PYTHONPATH=tests python -m benchmarks.niceness [--rounds 3] [--seconds 3] [--values 0 5 10 19]

Two busy processes for each core stand for the engines. A thread that wants 8 ms of the processor
every 30 ms stands for a window that scrolls: how long it takes to get them is measured for each
niceness in turn. The cost is what is left of a core for a busy process of that niceness while a
usual one, such as another program of the user's, wants the same core; on a machine where nothing
else runs there is none. Not for Windows.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_BURST = 0.008

WINDOW = """
import json, sys, time
took, end = [], time.perf_counter() + float(sys.argv[1])
while time.perf_counter() < end:
    time.sleep(0.03)
    began, ran = time.perf_counter(), time.thread_time()
    while time.thread_time() - ran < float(sys.argv[2]):
        pass
    took.append(time.perf_counter() - began)
print(json.dumps(took))
"""
BUSY = """
import os, sys
os.nice(int(sys.argv[1]))
while True:
    pass
"""
RIVALS = """
import os, sys, time
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
if child := os.fork():
    end = time.monotonic() + float(sys.argv[2])
    while time.monotonic() < end:
        pass
    os.kill(child, 9)
    _, _, used = os.wait4(child, 0)
    print(used.ru_utime / float(sys.argv[2]))
else:
    os.nice(int(sys.argv[1]))
    while True:
        pass
"""


@contextmanager
def busy(count: int, niceness: int) -> Iterator[None]:
    """Processes that want a core each."""
    processes = [
        subprocess.Popen([sys.executable, "-c", BUSY, str(niceness)]) for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def ask(script: str, *arguments: object) -> object:
    """What a script prints."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--values", type=int, nargs="+", default=[0, 5, 10, 19])
    asked = parser.parse_args()
    took: dict[int, list[float]] = {value: [] for value in asked.values}
    left: dict[int, list[float]] = {value: [] for value in asked.values}
    for _ in range(asked.rounds):
        for value in asked.values:
            with busy(2 * (os.cpu_count() or 1), value):
                took[value] += ask(WINDOW, asked.seconds, _BURST)
            left[value].append(ask(RIVALS, value, asked.seconds))
    print("| niceness | 8 ms take: median ms | 99 % | share of a core beside a usual process |")
    print("|---|---|---|---|")
    for value in asked.values:
        ordered = sorted(took[value])
        median, late = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
        share = statistics.median(left[value])
        print(f"| {value} | {1000 * median:.1f} | {1000 * late:.1f} | {share:.0%} |")
    print(f"\nLoad of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
