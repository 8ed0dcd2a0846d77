"""What an engine process may do: read, use the GPU, and write to a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from textlift.engines.contract import EngineOptions
from textlift.engines.temporary_folder import claim_temporary_folder, remove_abandoned_folders
from textlift.engines.tesseract.program import ProgramError, find_program
from textlift.processes.confinement.bytecode import keep_bytecode
from textlift.processes.confinement.confining import SWITCH, Protections, confine
from textlift.processes.confinement.limits import Limits
from textlift.processes.confinement.seccomp import CallFilter
from textlift.settings import user_folders

MORE_FOLDERS = "TEXTLIFT_ENGINE_FOLDERS"
"""In the environment: folders, as in PATH, that engines may write to as well."""

MEASURED = "measured"
"""The folder, among those of the engines, for what they find out about this machine's speed."""

LIMITS = Limits(file_size=8_000_000_000)
"""No limit on the address space: CUDA reserves more than any machine has."""

_CACHES = {
    "CUDA_CACHE_PATH": "cuda",
    "TRITON_CACHE_DIR": "triton",
    "TORCHINDUCTOR_CACHE_DIR": "inductor",
    "TORCH_EXTENSIONS_DIR": "extensions",
    "PYTORCH_KERNEL_CACHE_PATH": "kernels",
    "MIOPEN_USER_DB_PATH": "miopen",
    "MIOPEN_CUSTOM_CACHE_DIR": "miopen",
    "AMD_COMGR_CACHE_DIR": "comgr",
    "NEO_CACHE_DIR": "neo",
    "SYCL_CACHE_DIR": "sycl",
}
"""Where libraries put what they compile for a GPU. Not where other programs have theirs: those
run what they find there, and they are not confined."""

_DEVICES = (
    "null", "zero", "full", "shm", "nvidia*", "dri", "kfd", "dxg", "accel",
)  # fmt: skip
_OF_ITSELF = ("/proc/self/task", "/proc/self/clear_refs")
"""Names of its threads, which CUDA writes; the mark from which its peak of memory is counted."""
_WITH_TESSERACT = ("textlift.engines.tesseract.", "textlift.engines.automatic.")
_USUAL_SHARED_GPU = Path("/tmp/nvidia-mps")  # noqa: S108 - not ours to choose


def confine_engine(factory: str, encoded_options: str) -> Protections:
    """Confines this process, which is to be an engine, for good.

    Args:
        factory: ``module:Class`` of the engine.
        encoded_options: ``EngineOptions`` as JSON.
    """
    if sys.platform != "linux" or os.environ.get(SWITCH) == "off":
        return confine(limits=LIMITS, calls=None, writes=None)
    options = msgspec.json.decode(encoded_options, type=EngineOptions)
    if factory.startswith(_WITH_TESSERACT) and _is_a_snap(options.tesseract_path):
        held = confine(limits=LIMITS, calls=None, writes=None)
        return msgspec.structs.replace(
            held, missing=("a Tesseract installed as a snap gains rights by being started",)
        )
    _wake_nvidia()
    own = user_folders().cache / "engines"
    writes = [*_own_folders(own), *_devices(), *map(Path, _OF_ITSELF)]
    writes += [Path(part) for part in os.environ.get(MORE_FOLDERS, "").split(os.pathsep) if part]
    shared_gpu = _shared_gpu()
    if shared_gpu is not None:
        writes.append(shared_gpu)
    protections = confine(
        limits=LIMITS,
        calls=CallFilter(
            starts_programs=True,  # Tesseract; the compiler that Triton needs.
            changes_rights=True,  # The linker's work.
            local_sockets=True,
            # With CUDA's Multi-Process Service the GPU is reached through another process.
            local_connections=shared_gpu is not None,
        ),
        writes=writes,
    )
    keep_bytecode(own / "bytecode", of="transformers" if options.model else "onnxruntime")
    return protections


def remove_temporary_files() -> None:
    """Removes what engine processes that have ended left behind."""
    remove_abandoned_folders(_temporary(user_folders().cache / "engines"))


def _temporary(own: Path) -> Path:
    """A folder of folders, one for each process."""
    return own / "temporary"


def _own_folders(own: Path) -> Iterator[Path]:
    """Makes them and has libraries use them; a folder for temporary files for each process."""
    temporary = _temporary(own)
    remove_abandoned_folders(temporary)
    with contextlib.suppress(OSError):
        folder = claim_temporary_folder(temporary)
        os.environ["TMPDIR"] = str(folder)
        yield folder
    places = {name: own / folder for name, folder in _CACHES.items()}
    for name, folder in places.items():
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            continue
        os.environ[name] = str(folder)
        yield folder
    measured = own / MEASURED
    with contextlib.suppress(OSError):
        measured.mkdir(parents=True, exist_ok=True, mode=0o700)
    yield measured
    yield own / "bytecode"


def _shared_gpu() -> Path | None:
    """The folder of CUDA's Multi-Process Service, where that is at work.

    In its usual place everybody may make a folder, so there it must be the system's or the user's.
    """
    named = os.environ.get("CUDA_MPS_PIPE_DIRECTORY")
    if named:
        return Path(named) if Path(named).exists() else None
    try:
        found = _USUAL_SHARED_GPU.lstat()
    except OSError:
        return None
    trusted = stat.S_ISDIR(found.st_mode) and found.st_uid in {0, os.getuid()}
    return _USUAL_SHARED_GPU if trusted else None


def _devices() -> Iterator[Path]:
    for pattern in _DEVICES:
        yield from Path("/dev").glob(pattern)


def _is_a_snap(tesseract_path: str) -> bool:
    try:
        return find_program(tesseract_path).resolve().name == "snap"
    except ProgramError:
        return False


def _wake_nvidia() -> None:
    """Has the driver's files made, where nothing has used the GPU for computing since the start.

    CUDA would start this program by itself, but it needs the rights of root, which no program
    gains that a confined process starts.
    """
    program = shutil.which("nvidia-modprobe")
    if (
        program is None
        or not Path("/proc/driver/nvidia").exists()
        or Path("/dev/nvidia-uvm").exists()
    ):
        return
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            [program, "-u", "-c=0"],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            timeout=20,
        )
