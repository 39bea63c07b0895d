"""Every fault is found by its name, and makes of the healthy site what it says."""

import pytest

from agent.demo import faults
from agent.demo.answer import Answer, Ending, Request
from agent.demo.site import respond

ORIGIN = "http://127.0.0.1:8788"


def get(path: str, *broken: str) -> Answer:
    request = Request(method="GET", path=path)
    answer = respond(request, ORIGIN)
    for name in broken:
        answer = faults.find(name).change(request, answer)
    return answer


def test_the_one_that_the_first_start_switches_on_is_among_them() -> None:
    assert "down" in faults.names()


@pytest.mark.parametrize("name", faults.names())
def test_each_tells_a_person_what_it_does_and_changes_the_page_or_the_certificate_it_speaks_of(name: str) -> None:
    fault = faults.find(name)
    assert fault.summary
    if fault.certificate_days is not None:
        assert get("/", name) == get("/")
        return
    path = {"dead_link": "/mentions-legales", "server_error": "/boutique/", "no_cart": "/boutique/"}.get(name, "/")
    assert get(path, name) != get(path)


def test_an_unknown_one_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(faults.UnknownFault, match=r"unknown fault 'dwon': there is .*down"):
        faults.find("dwon")


@pytest.mark.parametrize(
    ("name", "status", "holds"),
    [
        pytest.param("down", 502, b"Bad Gateway", id="down-is-a-bad-gateway"),
        pytest.param("error_page", 200, "base de données".encode(), id="a-database-error-hides-behind-200"),
        pytest.param("maintenance", 200, b"maintenance", id="a-forgotten-maintenance-page-hides-behind-200"),
        pytest.param("blank", 200, b"", id="a-white-page-is-200"),
        pytest.param("challenge", 403, b"Just a moment", id="a-challenge-answers-403"),
    ],
)
def test_what_the_home_page_becomes(name: str, status: int, holds: bytes) -> None:
    answer = get("/", name)
    assert (answer.status, holds in answer.body) == (status, True)


def test_a_redirect_loop_never_ends() -> None:
    seen, path = [], "/"
    for _hop in range(20):
        answer = get(path, "redirect_loop")
        path = dict(answer.headers)["Location"]
        seen.append((answer.status, path))
    assert seen[-1] in seen[:-1]
    assert {status for status, _path in seen} == {301}


def test_faults_add_up() -> None:
    answer = get("/", "slow", "truncated")
    assert (answer.wait, answer.ending) == (6.0, Ending.CUT)
