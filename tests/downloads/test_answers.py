"""What answers and errors mean, and that nothing secret is told with them."""

from __future__ import annotations

import socket
import ssl

import httpx2
import pytest

from textlift.downloads.answers import Subject, problem_of_answer, problem_of_connection
from textlift.downloads.failures import DownloadProblem, TransientProblem
from textlift.downloads.messages import DownloadFailure
from textlift.downloads.redaction import without_secrets

URL = "https://hub.example/org/it/resolve/main/config.json?X-Amz-Signature=abc123"
SUBJECT = Subject("org/it", "https://hub.example/org/it")


def answered(status: int, *, token_place: str = "", **headers: str) -> Exception:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx2.Response(status, headers=given, request=httpx2.Request("GET", URL))
    return problem_of_answer(response, SUBJECT, token_place=token_place)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 599])
def test_what_may_be_over_soon_is_tried_again(status):
    trouble = answered(status)
    assert isinstance(trouble, TransientProblem)
    assert trouble.problem.failure is DownloadFailure.BUSY
    assert trouble.after is None


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("7", 7.0),
        (" 120 ", 120.0),
        ("Tue, 24 Nov 2026 12:01:30 GMT", 90.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2026 12:01:30", None),
        ("soon", None),
        ("-5", None),
        ("9" * 20, None),
        ("", None),
    ],
)
def test_a_server_says_how_long_to_wait(retry_after, seconds):
    date = "Tue, 24 Nov 2026 12:00:00 GMT"
    trouble = answered(429, Retry_After=retry_after, Date=date)
    assert isinstance(trouble, TransientProblem)
    assert trouble.after == seconds
    assert isinstance(answered(503, Retry_After=retry_after), TransientProblem)


@pytest.mark.parametrize(
    ("status", "code", "place", "failure", "words"),
    [
        (401, "GatedRepo", "", "NOT_ALLOWED", "accept its licence on https://hub.example/org/it"),
        (403, "GatedRepo", "keyring", "NOT_ALLOWED", "accept the licence on https://hub.example"),
        (401, "", "environment", "NOT_ALLOWED", "does not accept your token (environment)"),
        (401, "", "", "NOT_ALLOWED", "give a token in the settings"),
        (403, "", "unsent", "NOT_ALLOWED", "without encryption"),
        (407, "", "", "NOT_ALLOWED", "The proxy wants a name and a password"),
        (404, "EntryNotFound", "", "NOT_FOUND", "org/it is not there"),
        (410, "", "", "NOT_FOUND", "org/it is not there"),
        (401, "RepoNotFound", "", "NOT_FOUND", "or it is private"),
        (400, "", "", "NO_CONNECTION", "check the mirror"),
    ],
)
def test_what_is_refused_is_not_tried_again(status, code, place, failure, words):
    problem = answered(status, token_place=place, X_Error_Code=code)
    assert isinstance(problem, DownloadProblem)
    assert problem.failure is DownloadFailure[failure]
    assert words in problem.sentence
    assert "abc123" not in problem.sentence + problem.details


def broken(error: Exception, cause: Exception | None = None, **proxy: str) -> Exception:
    error.__cause__ = cause
    return problem_of_connection(error, URL, proxy=proxy.get("proxy"), secrets=("geheim",))


@pytest.mark.parametrize(
    ("error", "cause", "words"),
    [
        (httpx2.ConnectError(""), socket.gaierror(-2, ""), "hub.example was not found"),
        (httpx2.ConnectError(""), ConnectionRefusedError(), "no connection to hub.example"),
        (httpx2.ConnectTimeout(""), None, "no connection to hub.example"),
        (httpx2.ReadTimeout(""), None, "took too long"),
        (httpx2.ReadError(""), ConnectionResetError(), "was lost"),
        (httpx2.RemoteProtocolError(""), None, "was lost"),
    ],
)
def test_lost_connections_are_made_again(error, cause, words, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    trouble = broken(error, cause)
    assert isinstance(trouble, TransientProblem)
    assert trouble.problem.failure is DownloadFailure.NO_CONNECTION
    assert words in trouble.problem.sentence


def test_a_certificate_is_not_trusted_by_trying_again():
    problem = broken(httpx2.ConnectError("x"), ssl.SSLCertVerificationError("self-signed"))
    assert isinstance(problem, DownloadProblem)
    assert "certificate of hub.example is not trusted" in problem.sentence


def test_the_proxy_is_named_without_its_password():
    error = httpx2.ConnectError("cannot reach http://me:geheim@proxy:3128/ with geheim")
    trouble = broken(error, proxy="http://me:geheim@proxy:3128")
    assert isinstance(trouble, TransientProblem)
    assert "through the proxy proxy:3128" in trouble.problem.sentence
    told = trouble.problem.sentence + trouble.problem.details + trouble.reason
    assert "geheim" not in told
    assert "http://proxy:3128" in trouble.problem.details


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET https://u:p@host/a?sig=1#x failed", "GET https://host/a failed"),
        ("Authorization: Bearer abc.def", "Authorization: …"),
        ("token hf_AbC123 is bad", "token … is bad"),
        ("the word s3cret twice s3cret", "the word … twice …"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_what_is_secret_is_taken_out(text, shown):
    assert without_secrets(text, ["", "s3cret"]) == shown
