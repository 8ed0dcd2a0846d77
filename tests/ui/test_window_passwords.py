from __future__ import annotations

import pytest

from doubles.pages import make_pdf
from textlift.content.page import PageState

pikepdf = pytest.importorskip("pikepdf")


@pytest.fixture
def secret(tmp_path):
    """A PDF of two pages that “open sesame” opens."""
    plain, path = make_pdf(tmp_path / "plain.pdf", 2), tmp_path / "secret.pdf"
    with pikepdf.open(plain) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user="open sesame", owner="owner"))
    return path


def type_password(driver, password: str) -> None:
    dialog = driver.dialog()
    dialog.field.setText(password)
    dialog.accept()
    driver.wait(lambda: not dialog.isVisible())


def test_a_protected_file_asks_until_the_password_is_right(driver, secret):
    driver.script.engine("alpha")
    driver.start()
    driver.open(secret)
    assert not driver.dialog().problem.isVisible()
    type_password(driver, "wrong")
    assert driver.dialog().problem.isVisible()
    type_password(driver, "open sesame")
    (document,) = driver.wait_for_documents(1)
    driver.wait_until_read()
    assert document.count(PageState.DONE) == 2
    driver.wait(lambda: driver.window.page_view.has_page)


def test_without_the_password_nothing_comes_in(driver, secret):
    driver.script.engine("alpha")
    driver.start()
    driver.open(secret)
    driver.dialog().reject()
    driver.wait(lambda: driver.desktop.workspace.opening_count == 0)
    assert len(driver.desktop.workspace) == 0


def test_the_next_start_asks_again_since_passwords_are_not_stored(driver, secret, folders):
    driver.script.engine("alpha")
    driver.start()
    driver.open(secret)
    type_password(driver, "open sesame")
    driver.wait_for_documents(1)
    driver.wait_until_read()
    driver.close()
    for path in folders.data.iterdir():
        if path.is_file():
            assert b"open sesame" not in path.read_bytes()
    for path in folders.page_cache.rglob("*"):
        if path.is_file():
            path.unlink()
    driver.start()
    driver.wait(lambda: driver.window.text.current_text() == "Page 1 read by alpha.")
    driver.window.actions_["read-page"].trigger()
    type_password(driver, "open sesame")
    driver.wait(lambda: len(driver.script.told("alpha", 1)) == 2)
    driver.wait(lambda: not driver.window.reading.active)
    driver.wait(lambda: driver.window.page_view.has_page)
