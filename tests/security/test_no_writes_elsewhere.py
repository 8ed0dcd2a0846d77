"""What a reader, an inspector and an engine can write to, and what not."""

from __future__ import annotations

from pathlib import Path

import pytest

from doubles.confined import confined, needs_filter, needs_landlock

pytestmark = needs_landlock

ROLES = ("reader", "inspector", "engine")

ATTACKS = """
mine = Path(sys.argv[1]).parent / "mine"
result["write"] = tried(lambda: (mine / "letter.txt").write_text("gone"))
result["append"] = tried(lambda: (mine / "letter.txt").open("a"))
result["truncate"] = tried(lambda: os.truncate(mine / "letter.txt", 0))
result["make"] = tried(lambda: (mine / "new.txt").write_text("new"))
result["folder"] = tried(lambda: (mine / "new").mkdir())
result["link"] = tried(lambda: (mine / "link").symlink_to("letter.txt"))
result["remove"] = tried(lambda: (mine / "letter.txt").unlink())
result["rename"] = tried(lambda: (mine / "letter.txt").rename(mine / "other.txt"))
result["home"] = tried(lambda: Path("~/.textlift-test").expanduser().write_text("x"))
result["shared"] = tried(lambda: tempfile.TemporaryFile(dir="/var/tmp"))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear all")
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_the_user_is_written_made_or_removed(role: str, folder: Path):
    answer = confined(role, ATTACKS, folder)
    assert set(answer.values()) == {"EACCES"}, answer
    assert [path.name for path in (folder.parent / "mine").iterdir()] == ["letter.txt"]
    assert (folder.parent / "mine" / "letter.txt").read_text() == "Dear all"


@pytest.mark.parametrize("role", ROLES)
def test_everything_can_still_be_read(role: str, folder: Path):
    code = "result['text'] = (Path(sys.argv[1]).parent / 'mine' / 'letter.txt').read_text()"
    assert confined(role, code, folder) == {"text": "Dear all"}


def test_the_reader_makes_renames_and_deletes_in_the_cache(folder: Path):
    code = """
cache = Path(sys.argv[1])
def pages():
    (cache / "page.part").write_bytes(b"x")
    (cache / "page.part").replace(cache / "page.png")
    os.utime(cache / "page.png")
    (cache / "old.png").write_bytes(b"x")
    (cache / "old.png").unlink()
result["pages"] = tried(pages)
result["null"] = tried(lambda: open("/dev/null", "r+b", buffering=0))
"""
    assert confined("reader", code, folder) == {"pages": "done", "null": "done"}
    assert [path.name for path in folder.iterdir()] == ["page.png"]


def test_links_in_the_cache_lead_no_writes_out_of_it(folder: Path):
    code = """
cache, letter = Path(sys.argv[1]), Path(sys.argv[1]).parent / "mine" / "letter.txt"
(cache / "soft").symlink_to(letter)
result["soft"] = tried(lambda: (cache / "soft").write_text("gone"))
result["hard"] = tried(lambda: (cache / "hard").hardlink_to(letter))
result["out"] = tried(lambda: (cache / "soft").rename(letter.parent / "out"))
"""
    answer = confined("reader", code, folder)
    assert answer["soft"] == "EACCES"
    assert answer["hard"] in ("EACCES", "EXDEV")
    assert answer["out"] in ("EACCES", "EXDEV")


@needs_filter
@pytest.mark.parametrize("role", ["reader", "inspector"])
def test_rights_and_owners_of_files_are_not_changed(role: str, folder: Path):
    code = """
letter = Path(sys.argv[1]).parent / "mine" / "letter.txt"
result["mode"] = tried(lambda: letter.chmod(0o777))
result["owner"] = tried(lambda: os.chown(letter, os.getuid(), os.getgid()))
result["attribute"] = tried(lambda: os.setxattr(letter, "user.x", b"x"))
with letter.open() as stream:
    result["open file"] = tried(lambda: os.fchmod(stream.fileno(), 0o777))
"""
    assert set(confined(role, code, folder).values()) == {"EACCES"}


def test_an_engine_has_a_temporary_folder_and_caches_of_its_own(folder: Path, private_home: Path):
    code = """
def temporary():
    with tempfile.NamedTemporaryFile() as stream:
        stream.write(b"x")
        result["where"] = stream.name
result["temporary"] = tried(temporary)
for name in ("TRITON_CACHE_DIR", "CUDA_CACHE_PATH", "TORCHINDUCTOR_CACHE_DIR"):
    result[name] = tried(lambda: (Path(os.environ[name]) / "kernel.so").write_bytes(b"x"))
result["shared memory"] = tried(lambda: tempfile.TemporaryFile(dir="/dev/shm"))
"""
    answer = confined("engine", code, folder)
    assert Path(answer.pop("where")).is_relative_to(private_home / "cache" / "engines")
    assert set(answer.values()) == {"done"}, answer


def test_a_program_that_an_engine_starts_writes_no_farther(folder: Path):
    code = """
letter = Path(sys.argv[1]).parent / "mine" / "letter.txt"
ended = subprocess.run(["cp", "/dev/null", letter], capture_output=True, text=True)
result["code"] = ended.returncode
"""
    assert confined("engine", code, folder)["code"] != 0
    assert (folder.parent / "mine" / "letter.txt").read_text() == "Dear all"


def test_folders_can_be_added_for_engines(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TEXTLIFT_ENGINE_FOLDERS", f"{folder.parent / 'mine'}:/not/there")
    code = "result['added'] = tried(lambda: (Path(sys.argv[1]).parent / 'mine/b').write_text(''))"
    assert confined("engine", code, folder) == {"added": "done"}


def test_a_compiler_runs_in_an_engine(folder: Path):
    """As Triton's does, which makes a library out of C."""
    code = """
source = Path(tempfile.mkdtemp()) / "unit.c"
source.write_text("int answer(void) { return 42; }")
library = Path(os.environ["TRITON_CACHE_DIR"]) / "unit.so"
try:
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
except FileNotFoundError:
    result["answer"] = "no compiler"
else:
    result["answer"] = ctypes.CDLL(str(library)).answer()
"""
    answer = confined("engine", code, folder)["answer"]
    if answer == "no compiler":
        pytest.skip("there is no C compiler")
    assert answer == 42


def test_an_engine_may_name_its_threads_and_count_its_memory_anew(folder: Path):
    code = """
result["peak"] = tried(lambda: Path("/proc/self/clear_refs").write_text("5"))
name = Path(f"/proc/self/task/{threading.get_native_id()}/comm")
result["name"] = tried(lambda: name.write_text("worker"))
result["others"] = tried(lambda: Path("/proc/self/oom_score_adj").write_text("1"))
"""
    answer = confined("engine", code, folder)
    assert answer == {"peak": "done", "name": "done", "others": "EACCES"}
