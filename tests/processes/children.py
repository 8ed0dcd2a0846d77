"""Mains of child processes with every vice, started by name in the tests of the parent's side."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import msgspec

from textlift.processes.served_error import ServedError
from textlift.processes.serving import Server, claim_standard_streams


class Ask(msgspec.Struct, tag=True):
    what: str
    amount: int = 0


class Say(msgspec.Struct, tag=True):
    text: str


def handle(body, report, cancellation):  # noqa: C901, PLR0912, RET503
    ask = msgspec.msgpack.decode(body, type=Ask)
    match ask.what:
        case "echo":
            return Say(text="echo")
        case "parts":
            for number in range(ask.amount):
                report(Say(text=str(number)))
            return Say(text="whole")
        case "refuse":
            raise ServedError("no", "It does not want to.", details="really")
        case "blunder":
            return {}["missing"]
        case "die":
            print("last words", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        case "print":
            print("noise on standard output", flush=True)
            os.write(1, b"more noise\n")
            return Say(text=repr(sys.stdin.readline()))
        case "stop politely":
            stopped = threading.Event()
            with cancellation.watching(stopped.set):
                report(Say(text="waiting"))
                stopped.wait()
            raise ServedError("cancelled", "Stopped.")
        case "hang":
            report(Say(text="hanging"))
            threading.Event().wait()
        case "hang with a child":
            child = subprocess.Popen(
                [sys.executable, "-c", "import threading; threading.Event().wait()"]
            )
            report(Say(text=str(child.pid)))
            threading.Event().wait()
        case "swell and talk":
            hoard = []
            while True:
                hoard.append(b"x" * 200_000)
                report(Say(text="swelling"))
        case "swell":
            hoard = []
            while True:
                hoard.append(b"x" * 20_000_000)


def main(start: str = "well", capacity: str = "1") -> None:
    if start == "dead":
        print("dead on arrival", file=sys.stderr, flush=True)
        os._exit(7)
    server = Server(*claim_standard_streams())
    if start == "refusing":
        server.fail_start("no", "There is nothing to load.")
        return
    server.serve(handle, capacity=int(capacity), device="cpu:test")


if __name__ == "__main__":
    main(*sys.argv[1:])
