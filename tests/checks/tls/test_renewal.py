"""When issuers want their certificates back (RFC 9773)."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.core.model import Observed, Severity
from checks.core.run import observed
from checks.net.feeds import Feeds
from checks.net.http.client import Ask
from checks.net.http.exchange import Hop, Reply, Visit
from checks.net.http.failure import NetFailure, Reason, Stage
from checks.parse.certificates.paths import Trust
from checks.parse.certificates.read import read
from checks.tls.chains import chain
from checks.tls.issuers import acme_directory, caa_names, renews_by_itself
from checks.tls.judge import judge
from checks.tls.options import Options
from checks.tls.renewal import certificate_id, renewals
from checks.tls.seen import Renewal
from tests.checks.tls.harness import DAY, NOW, ROOT, SOUND, leaf, look, middle, seen, sent

DIRECTORY = "https://acme.test/directory"
SERVICE = "https://acme.test/ari"


class Acme:
    """An issuer's server."""

    def __init__(self, **pages: object) -> None:
        self.pages = {DIRECTORY: {"renewalInfo": SERVICE}, **pages}
        self.asked: list[str] = []

    async def visit(self, ask: Ask) -> Visit:
        self.asked.append(str(ask.url))
        page = self.pages.get(str(ask.url))
        if page is None:
            page = next((value for key, value in self.pages.items() if key == "window"), None)
        if page is None or isinstance(page, NetFailure):
            failure = page or NetFailure(Stage.CONNECT, Reason.CONNECT_REFUSED, "refused")
            return Visit(hops=(Hop(url=ask.url, method="GET", failure=failure),), failure=failure)
        body = page if isinstance(page, bytes) else json.dumps(page).encode()
        reply = Reply(status=200, reason="", version="1.1", headers=(), body=body)
        return Visit(hops=(Hop(url=ask.url, method="GET", reply=reply),))


def window(start: datetime, end: datetime, **more: str) -> dict[str, Any]:
    return {"suggestedWindow": {"start": start.isoformat(), "end": end.isoformat()}, **more}


async def asked(acme: Acme) -> tuple[Renewal, ...]:
    deadline = asyncio.get_running_loop().time() + 5
    return await renewals([SOUND], Feeds(), acme, deadline, DIRECTORY)


async def test_a_window_is_found_by_the_certificate_s_own_name() -> None:
    acme = Acme(window=window(NOW, NOW + DAY, explanationURL="https://acme.test/why"))
    (found,) = await asked(acme)
    assert (found.start, found.end, found.explanation) == (NOW, NOW + DAY, "https://acme.test/why")
    assert acme.asked == [DIRECTORY, f"{SERVICE}/{certificate_id(SOUND.leaf)}"]


def test_the_name_is_the_issuer_s_key_and_the_serial_number() -> None:
    """Against the example of RFC 9773, 4.1: the serial number's leading zero stays."""

    class Example:
        authority_key_id = bytes.fromhex("69885b6b8746 4041e1b3 7b847ba0 ae2cde01 c8d4".replace(" ", ""))
        serial = 0x87654321

    name = certificate_id(Example())  # type: ignore[arg-type]
    assert name == "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param({DIRECTORY: {}}, id="the-issuer-offers-none"),
        pytest.param({DIRECTORY: b"<html>"}, id="the-directory-is-none"),
        pytest.param({DIRECTORY: {"renewalInfo": "http://acme.test/x"}}, id="a-service-without-tls"),
        pytest.param({DIRECTORY: NetFailure(Stage.CONNECT, Reason.CONNECT_REFUSED, "x")}, id="nobody-answers"),
        pytest.param({}, id="the-certificate-is-not-known"),
        pytest.param({"window": {}}, id="no-window"),
        pytest.param({"window": window(NOW + DAY, NOW)}, id="a-window-that-ends-before-it-begins"),
        pytest.param({"window": {"suggestedWindow": {"start": "soon", "end": "later"}}}, id="dates-that-are-none"),
        pytest.param({"window": {"suggestedWindow": []}}, id="another-shape"),
        pytest.param({"window": b"[1]"}, id="another-shape-altogether"),
    ],
)
async def test_what_cannot_be_had_is_left_out(pages: dict[str, Any]) -> None:
    assert await asked(Acme(**pages)) == ()


async def test_only_certificates_that_everybody_trusts_are_asked_about() -> None:
    acme = Acme()
    private = chain((leaf().der,), Trust([], [read(ROOT.der)], "private"))
    assert await renewals([private], Feeds(), acme, asyncio.get_running_loop().time() + 5) == ()
    assert acme.asked == []


def judged(*windows: Renewal, **wish: Any) -> dict[str, Severity]:
    found = sent(leaf(middle(organization="Let's Encrypt"), **wish), middle(organization="Let's Encrypt"))
    if windows:
        windows = tuple(Renewal(certificate=found.leaf, start=one.start, end=one.end) for one in windows)
    answer: Observed = observed(judge(seen(look(found), renewals=windows), Options(), None, NOW), [])
    return {f.rule.id: f.severity for f in answer.findings if f.family == "tls.cert.validity"}


def at(start: timedelta, end: timedelta) -> Renewal:
    return Renewal(certificate=SOUND.leaf, start=NOW + start, end=NOW + end)


@pytest.mark.parametrize(
    ("window", "left", "expected"),
    [
        pytest.param(at(-3 * DAY, -DAY), 60 * DAY, {"tls.cert.expiring": Severity.MAJOR}, id="past-its-end"),
        pytest.param(at(-DAY, DAY), 60 * DAY, {}, id="within-it"),
        pytest.param(at(DAY, 3 * DAY), 60 * DAY, {}, id="before-it"),
        pytest.param(at(-DAY, DAY), 20 * DAY, {"tls.cert.expiring": Severity.MINOR}, id="dates-count-all-the-same"),
    ],
)
def test_a_window(window: Renewal, left: timedelta, expected: dict[str, Severity]) -> None:
    assert judged(window, left=left, since=90 * DAY - left) == expected


@pytest.mark.parametrize(
    ("life", "left", "stalled"),
    [
        pytest.param(90 * DAY, 30 * DAY, False, id="due-today"),
        pytest.param(90 * DAY, 25 * DAY, True, id="due-five-days-ago"),
        pytest.param(timedelta(hours=160), timedelta(hours=80), False, id="six-days-due-now"),
        pytest.param(timedelta(hours=160), timedelta(hours=70), True, id="six-days-and-late"),
    ],
)
def test_a_renewal_that_did_not_run(life: timedelta, left: timedelta, stalled: bool) -> None:
    assert ("tls.cert.renewal_stalled" in judged(left=left, since=life - left)) is stalled


def test_what_is_known_of_issuers() -> None:
    assert renews_by_itself("Let's Encrypt")
    assert not renews_by_itself("DigiCert Inc")
    assert not renews_by_itself("")
    assert acme_directory("Google Trust Services LLC").startswith("https://")
    assert caa_names("Sectigo Limited")[0] == "sectigo.com"
    assert caa_names("Acme") == ()
