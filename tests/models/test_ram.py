"""The system's memory, and what a container may have of it."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from textlift.models.ram import ControlGroup, control_groups, system_ram

MB = 1024**2


def version_2(folder: Path, *, limit: str, current: int, cache: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{current}\n")
    (folder / "memory.stat").write_text(
        f"anon {current - cache}\nfile {cache}\ninactive_anon 5\nactive_anon 7\n"
        f"inactive_file {cache // 2}\nactive_file {cache - cache // 2}\n"
    )
    return folder


def version_1(folder: Path, *, limit: int, usage: int, cache: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.limit_in_bytes").write_text(f"{limit}\n")
    (folder / "memory.usage_in_bytes").write_text(f"{usage}\n")
    # Those without "total" are of the group without those below it.
    (folder / "memory.stat").write_text(
        f"inactive_file 1\nactive_file 1\ntotal_inactive_file {cache}\ntotal_active_file 0\n"
    )
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "proc/self").mkdir(parents=True)
    return tmp_path


def put_process(root: Path, *lines: str) -> None:
    (root / "proc/self/cgroup").write_text("\n".join(lines) + "\n")


def test_without_limits_it_is_the_machine():
    ram = system_ram(())
    machine = psutil.virtual_memory()
    assert ram.total == machine.total
    assert ram.available == pytest.approx(machine.available, rel=0.2)


def test_a_container_of_version_2(root):
    put_process(root, "0::/")
    version_2(root / "sys/fs/cgroup", limit=str(900 * MB), current=500 * MB, cache=300 * MB)
    ram = system_ram(control_groups(root))
    assert (ram.total, ram.available) == (900 * MB, 700 * MB)


def test_a_container_of_version_1(root):
    put_process(root, "7:cpu,cpuacct:/", "4:memory:/docker/abc", "0::/")
    version_1(root / "sys/fs/cgroup/memory", limit=2**63 - 4096, usage=0)
    # The path is the host's and is not there.
    ram = system_ram(control_groups(root))
    assert ram.total == psutil.virtual_memory().total
    version_1(root / "sys/fs/cgroup/memory", limit=800 * MB, usage=500 * MB, cache=100 * MB)
    ram = system_ram(control_groups(root))
    assert (ram.total, ram.available) == (800 * MB, 400 * MB)


def test_the_narrowest_of_nested_groups_counts(root):
    put_process(root, "0::/user.slice/app.scope")
    top = root / "sys/fs/cgroup"
    version_2(top / "user.slice", limit=str(600 * MB), current=590 * MB)
    version_2(top / "user.slice/app.scope", limit=str(700 * MB), current=100 * MB)
    groups = control_groups(root)
    assert [group.folder.name for group in groups] == ["user.slice", "app.scope"]
    ram = system_ram(groups)
    assert (ram.total, ram.available) == (600 * MB, 10 * MB), "others fill the outer one"


def test_no_limit_is_none(root):
    put_process(root, "0::/app")
    group = ControlGroup(
        version_2(root / "sys/fs/cgroup/app", limit="max", current=5), unified=True
    )
    assert group.limit() == 0
    assert system_ram((group,)).total == psutil.virtual_memory().total


def test_more_used_than_allowed_leaves_nothing(root):
    group = ControlGroup(version_2(root / "group", limit="1000", current=2000), unified=True)
    assert system_ram((group,)).available == 0


def test_a_group_that_went_away_limits_nothing(root):
    gone = ControlGroup(root / "gone", unified=True)
    assert system_ram((gone,)).total == psutil.virtual_memory().total


def test_systems_without_groups_have_none(tmp_path):
    assert control_groups(tmp_path) == ()
