"""What an answer, or the lack of one, means for a person."""

from __future__ import annotations

import re
import socket
import ssl
import urllib.request
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime

import httpx2
import msgspec

from textlift.downloads.addresses import host_of
from textlift.downloads.failures import DownloadProblem, TransientProblem
from textlift.downloads.messages import DownloadFailure
from textlift.downloads.redaction import without_secrets

_TRY_LATER = frozenset((408, 425, 429))
_SECONDS = re.compile(r"\d{1,9}")


class Subject(msgspec.Struct, frozen=True):
    """What is asked for.

    Attributes:
        name: That people know it by.
        page: Where one reads about it and accepts its licence; empty: nowhere.
    """

    name: str
    page: str = ""


def problem_of_answer(
    response: httpx2.Response, subject: Subject, *, token_place: str
) -> DownloadProblem | TransientProblem:
    """What an answer with a status from 400 on means.

    Args:
        response: Its body is not read.
        subject: What was asked for.
        token_place: Where the token comes from that was sent; empty: none; ``unsent``: there is
            one, which was kept back.
    """
    status = response.status_code
    code = response.headers.get("X-Error-Code", "")
    details = without_secrets(f"{status} {code} from {response.url}")
    host = host_of(str(response.url))
    if status in _TRY_LATER or status >= 500:
        busy = DownloadProblem(
            DownloadFailure.BUSY,
            f"{host} is too busy to answer ({status}); try again later.",
            details=details,
        )
        return TransientProblem(busy, f"{host} is busy ({status}).", after=_seconds_asked(response))
    if response.history and host != host_of(str(response.history[0].url)):
        # The hub named an address that is good for a while only.
        refused = DownloadProblem(
            DownloadFailure.NO_CONNECTION,
            f"{host}, which the hub names for {subject.name}, does not send it ({status}); try "
            "again later.",
            details=details,
        )
        return TransientProblem(refused, f"{host} refuses ({status}).")
    if _is_not_there(response, code, token_place):
        return DownloadProblem(
            DownloadFailure.NOT_FOUND,
            f"{subject.name} is not there; it was removed or renamed, or it is private and your "
            "token may not see it.",
            details=details,
        )
    if status in {401, 403, 407}:
        return DownloadProblem(
            DownloadFailure.NOT_ALLOWED,
            _why_refused(status, code, subject, token_place),
            details=details,
        )
    return DownloadProblem(
        DownloadFailure.NO_CONNECTION,
        f"{host} does not understand what it is asked ({status}); check the mirror in the "
        "settings.",
        details=details,
    )


def _is_not_there(response: httpx2.Response, code: str, token_place: str) -> bool:
    # The hub does not tell strangers whether a repository is private or is none.
    told = response.headers.get("X-Error-Message", "")
    to_stranger = not token_place and told == "Invalid username or password."
    return code == "RepoNotFound" or response.status_code in {404, 410} or to_stranger


def problem_of_connection(
    error: Exception, url: str, *, proxy: str | None, secrets: Iterable[str]
) -> DownloadProblem | TransientProblem:
    """What an error of the connection means."""
    host = host_of(url)
    through = _proxy_in_use(url, proxy)
    reason, sentence = _what_broke(error, host, through)
    details = without_secrets(f"{type(error).__name__}: {error}", secrets)
    problem = DownloadProblem(DownloadFailure.NO_CONNECTION, sentence, details=details)
    return TransientProblem(problem, reason) if reason else problem


def _what_broke(error: Exception, host: str, through: str) -> tuple[str, str]:
    """Why there is no connection: in a few words while it is tried again, and for good.

    The first is empty when it need not be tried again.
    """
    causes = list(_causes(error))
    by_proxy = f"There is no connection through the proxy {through}; check it in the settings."
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        told = (
            "",
            (
                f"The certificate of {host} is not trusted by this system; install your company's "
                "certificate there, or check the mirror and the proxy in the settings."
            ),
        )
    elif isinstance(error, httpx2.ProxyError):
        told = f"The proxy {through} refuses.", by_proxy
    elif isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout) and through:
        told = f"The proxy {through} does not answer.", by_proxy
    elif any(isinstance(cause, socket.gaierror) for cause in causes):
        told = (
            f"{host} was not found.",
            f"{host} was not found on the network; check the connection of this machine.",
        )
    elif isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        told = (
            f"{host} does not answer.",
            f"There is no connection to {host}; check the network and the mirror in the settings.",
        )
    elif isinstance(error, httpx2.TimeoutException):
        told = (
            f"{host} sends nothing.",
            f"{host} took too long to answer; check the network, or try again later.",
        )
    elif isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError):
        told = (
            "The connection was lost.",
            f"The connection to {host} was lost again and again; check the network.",
        )
    else:
        told = (
            "",
            (
                f"{host} answers with something that is not understood; check the mirror in the "
                "settings."
            ),
        )
    return told


def _why_refused(status: int, code: str, subject: Subject, token_place: str) -> str:
    name, page = subject.name, subject.page
    if status == 407:
        return f"The proxy wants a name and a password before it lets {name} through."
    if token_place == "unsent":
        return (
            f"{name} needs your token, which is not sent to a mirror without encryption; "
            "choose a mirror with https in the settings."
        )
    if code == "GatedRepo" and token_place:
        return (
            f"{name} is not open to the account of your token ({token_place}); accept the "
            f"licence on {page} with that account."
        )
    if token_place:
        return (
            f"The hub does not accept your token ({token_place}) for {name}; give a new one in "
            "the settings."
        )
    where = f" on {page}" if page else ""
    return f"{name} is not open to all; accept its licence{where} and give a token in the settings."


def _seconds_asked(response: httpx2.Response) -> float | None:
    """The ``Retry-After`` of an answer, in seconds, be it a number or a date."""
    given = response.headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(given):
        return float(given)
    try:
        date = parsedate_to_datetime(given)
        now = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    try:
        return max(0.0, (date - now).total_seconds())
    except TypeError:  # One of them names no time zone.
        return None


def _proxy_in_use(url: str, proxy: str | None) -> str:
    """The proxy that a request goes through, without its password; empty: none."""
    if proxy is not None:
        return host_of(proxy)
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2]
    if urllib.request.proxy_bypass(host.partition(":")[0]):
        return ""
    proxies = urllib.request.getproxies()
    found = proxies.get(scheme) or proxies.get("all") or ""
    return host_of(found if "://" in found else f"http://{found}") if found else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
