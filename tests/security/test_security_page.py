"""Every test that SECURITY.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_tests_that_hold_the_claims_up_exist():
    named = re.findall(r"`(tests/[\w/.]+)`", (ROOT / "SECURITY.md").read_text())
    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_security_test_holds_a_claim_up():
    text = (ROOT / "SECURITY.md").read_text()
    there = {f"tests/security/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
    assert {name for name in there if name not in text} == {"tests/security/test_security_page.py"}
