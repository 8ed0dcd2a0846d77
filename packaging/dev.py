"""Sets up a checkout and runs it: ``python3 packaging/dev.py run [FILES…]`` or ``test``."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "packaging" / "requirements.lock"
STAMP = ENVIRONMENT / "textlift-installed"
TRIED = ENVIRONMENT / "textlift-system"

# On Debian and Ubuntu: what Qt loads at run time, and Tesseract. "a|b": the older or newer name.
DEBIAN_PACKAGES = """
    libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0|libglib2.0-0t64 libx11-6 libx11-xcb1
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
    libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1
    libxkbcommon-x11-0 libxkbcommon0
    tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd tesseract-ocr-rus
""".split()  # noqa: SIM905
TESSERACT_COMMANDS = {
    "brew": "brew install tesseract tesseract-lang",
    "dnf": "sudo dnf install tesseract tesseract-langpack-eng tesseract-langpack-rus",
    "pacman": "sudo pacman -S tesseract tesseract-data-eng tesseract-data-osd tesseract-data-rus",
    "zypper": "sudo zypper install tesseract-ocr tesseract-ocr-traineddata-russian",
    "winget": "winget install UB-Mannheim.TesseractOCR",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    system = argparse.ArgumentParser(add_help=False)
    system.add_argument("--no-system", action="store_true", help="leave system packages alone")
    jobs = parser.add_subparsers(dest="job", required=True)
    run = jobs.add_parser("run", parents=[system], help="open the window")
    run.add_argument("files", nargs="*", help="files and folders to open")
    test = jobs.add_parser("test", parents=[system], help="run every check; more goes to pytest")
    test.add_argument("--all", action="store_true", help="the slow tests too")
    arguments, rest = parser.parse_known_args()
    if arguments.job == "run" and rest:
        parser.error(f"no such option: {rest[0]}; a file of that name is ./{rest[0]}")
    if sys.version_info < (3, 11):  # noqa: UP036  this script runs before anything checks it
        parser.error("Textlift needs Python 3.11 or newer.")
    set_up_python()
    if not arguments.no_system:
        set_up_system()
    if arguments.job == "test":
        return run_tests(rest, slow=arguments.all)
    return run_textlift(arguments.files)


def set_up_python() -> None:
    """Makes .venv with what is locked and the package; done once for each lock file."""
    wanted = hashlib.sha256(
        LOCK.read_bytes()
        + (ROOT / "pyproject.toml").read_bytes()
        + sys.version.encode()
        + str(ROOT).encode()
    ).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    print(f"Setting up {ENVIRONMENT} (once; it takes some minutes) …", flush=True)
    # Debian keeps ensurepip in a package of its own; the pip that is there does as well.
    own_pip = importlib.util.find_spec("ensurepip") is not None
    venv.create(ENVIRONMENT, with_pip=own_pip, symlinks=os.name != "nt")
    pip = [PYTHON, "-m", "pip"] if own_pip else [sys.executable, "-m", "pip", "--python", PYTHON]
    pip += ["--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, "--no-compile", "-r", LOCK], check=True)
    # pip would compile one file after the other. What does not compile is for other Pythons.
    compile_modules(ENVIRONMENT)
    editable = ["--no-deps", "--no-build-isolation", "--editable", ROOT]
    subprocess.run([*pip, *editable], check=True)
    STAMP.write_text(wanted)


def compile_modules(*folders: Path) -> None:
    """Compiles what is not compiled yet, on every processor."""
    subprocess.run([PYTHON, "-m", "compileall", "-qq", "-j", "0", *folders], check=False)


def set_up_system() -> None:
    """Installs missing system packages as root; otherwise says the command that does it."""
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        if shutil.which("tesseract") is None:
            known = (TESSERACT_COMMANDS[name] for name in TESSERACT_COMMANDS if shutil.which(name))
            how = next(known, "see its documentation for this system")
            print(f"Without Tesseract no Cyrillic is read. To install it: {how}", flush=True)
        return
    missing = missing_packages()
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() == 0 and not (TRIED.exists() and TRIED.read_text() == " ".join(missing)):
        print(f"Installing {' '.join(missing)} …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
        subprocess.run([*install, "-qq"], check=False, env=quiet, stdout=subprocess.DEVNULL)
        missing = missing_packages()
        # Without a network it would fail again at each start.
        TRIED.write_text(" ".join(missing))
    if missing:
        print(f"Some system packages are missing. Type: sudo {' '.join(install)}", flush=True)


def missing_packages() -> list[str]:
    names = [name for names in DEBIAN_PACKAGES for name in names.split("|")]
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names]
    shown = subprocess.run(query, check=False, capture_output=True, text=True).stdout
    there = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    return [names.split("|")[0] for names in DEBIAN_PACKAGES if there.isdisjoint(names.split("|"))]


def has_display() -> bool:
    if os.environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return False
    return sys.platform in {"win32", "darwin"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def run_textlift(files: list[str]) -> int:
    command = [str(PYTHON), "-m", "textlift"]
    if has_display():
        command += ["window", "--", *files]
    else:
        print("There is no display, so the files are read here in the terminal.", flush=True)
        folder = f"{ROOT / 'build' / 'text'}/"
        command += ["ocr", "--print", "--overwrite", "--format", "md", "--output", folder]
        command += ["--", *(files or [str(ROOT / "resources" / "sample.pdf")])]
    if os.name != "nt":
        # In this process's place: signals and the exit status are the program's own.
        os.execv(PYTHON, command)
    return subprocess.run(command, check=False).returncode


def run_tests(more: list[str], *, slow: bool) -> int:
    environment = dict(os.environ)
    if not has_display():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    # Confined processes may not write where modules lie: each of the hundreds would compile them.
    compile_modules(ROOT / "desktop", ROOT / "tests" / "doubles")
    mypy = ["mypy", "--num-workers", "2"]
    pytest = ["pytest", "-n", "2", *([] if slow else ["-m", "not slow"]), *more]
    steps = (["ruff", "check"], ["ruff", "format", "--check"], mypy, ["lint-imports"], pytest)
    failed = []
    for step in steps:
        print(f"\n== {' '.join(step)}", flush=True)
        command = [SCRIPTS / step[0], *step[1:]]
        if subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode:
            failed.append(step[0] if step[0] != "ruff" else " ".join(step))
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nEverything passed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"This did not work: {' '.join(map(str, error.cmd))}") from None
