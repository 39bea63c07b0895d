"""The API shows sites, outcomes, tickets and events as the contract names them, and refuses what it cannot read."""

import pytest

from tests.agent.web.asking import ask
from tests.agent.web.conftest import Desk


async def test_sites_with_their_checks_and_how_they_stand(desk: Desk) -> None:
    sites = (await ask(desk.app, "/api/v1/sites")).json()
    assert [(site["id"], site["status"]) for site in sites] == [("shop", "failing"), ("blog", "ok"), ("new", "waiting")]
    check = sites[0]["checks"][0]
    assert (check["name"], check["every"], check["severity"], check["rules"]) == (
        "uptime",
        60.0,
        "critical",
        ["t.down"],
    )
    assert check["last_started"].endswith("Z")
    assert sites[2]["checks"][0]["last_started"] is None


async def test_tickets_have_all_the_fields_others_rely_on(desk: Desk) -> None:
    (ticket,) = (await ask(desk.app, "/api/v1/tickets")).json()
    fields = (
        "ref fingerprint rule family site sites client contract check severity maintenance state title opened_at "
        "detected_at acked_at restored_at closed_at parent merged_into recurrence_of reopen_count flapping occurrences "
        "gti_due gtr_due events head"
    )
    assert set(fields.split()) <= ticket.keys()
    assert (ticket["ref"], ticket["state"], ticket["site"]) == (desk.ref, "open", "shop")


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 1), ("?state=all", 1), ("?state=open", 1), ("?state=closed", 0), ("?site=blog", 0), ("?site=shop", 1)],
)
async def test_tickets_by_state_and_site(desk: Desk, query: str, count: int) -> None:
    assert len((await ask(desk.app, f"/api/v1/tickets{query}")).json()) == count


async def test_one_ticket_with_its_story(desk: Desk) -> None:
    story = (await ask(desk.app, f"/api/v1/tickets/{desk.ref.lower()}")).json()
    assert (story["ref"], story["evidence"]["reason"], len(story["tries"])) == (desk.ref, "refused", 2)
    assert [event["event"] for event in story["history"]] == ["opened"]


async def test_outcomes_of_a_check_the_last_first(desk: Desk) -> None:
    found = (await ask(desk.app, "/api/v1/sites/shop/checks/uptime/outcomes")).json()
    assert [(one["result"], one["observed"]) for one in found] == [("findings", True)] * 2
    assert found[0]["started"] > found[1]["started"]
    short = (await ask(desk.app, "/api/v1/sites/blog/checks/uptime/outcomes")).json()
    assert [one["result"] for one in short] == ["ok"]
    limited = await ask(desk.app, "/api/v1/sites/shop/checks/uptime/outcomes?limit=1")
    assert limited.json() == found[:1]
    past = await ask(desk.app, "/api/v1/sites/shop/checks/uptime/outcomes?from=2020-01-01&to=2020-01-02T00:00:00Z")
    assert past.json() == []


async def test_events_after_the_last_one_known(desk: Desk) -> None:
    (event,) = (await ask(desk.app, "/api/v1/events")).json()
    assert (event["ticket"], event["event"], event["seq"]) == (desk.ref, "opened", 1)
    assert (await ask(desk.app, f"/api/v1/events?after={event['id']}")).json() == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/api/v1/tickets?state=broken", 400, id="a-state-there-is-not"),
        pytest.param("/api/v1/tickets?lang=de", 400, id="a-language-nobody-speaks"),
        pytest.param("/api/v1/events?after=-1", 400, id="a-number-that-is-none"),
        pytest.param("/api/v1/events?after=" + "9" * 30, 400, id="a-number-too-big-for-the-store"),
        pytest.param("/api/v1/sites/shop/checks/uptime/outcomes?from=yesterday", 400, id="an-instant-that-is-none"),
        pytest.param("/api/v1/tickets/NONE-1", 404, id="a-ticket-there-is-not"),
        pytest.param("/api/v1/sites/none/checks/uptime/outcomes", 404, id="a-site-there-is-not"),
        pytest.param("/api/v1/sites/shop/checks/none/outcomes", 404, id="a-check-there-is-not"),
    ],
)
async def test_what_cannot_be_answered(desk: Desk, path: str, status: int) -> None:
    answer = await ask(desk.app, path)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


async def test_nothing_can_be_changed(desk: Desk) -> None:
    assert (await ask(desk.app, "/api/v1/tickets", method="POST")).status_code == 403


async def test_a_site_that_never_ran_has_no_outcomes(desk: Desk) -> None:
    answer = await ask(desk.app, "/api/v1/sites/new/checks/uptime/outcomes")
    assert (answer.status_code, answer.json()) == (200, [])
