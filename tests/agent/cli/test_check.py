"""`vigie check` on a real server: outcome and exit status, for people and for programs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

import agent
from agent.cli import main

ROOT = Path(agent.__file__).parents[1]
PAGE = b"<html><head><title>Atelier</title></head><body><h1>Atelier</h1><p>Ajouter au panier</p></body></html>"


class Site(BaseHTTPRequestHandler):
    """Answers by path: /up, /down, /loop; /once is down for one answer, /late takes 50 ms, /slow the whole test."""

    over = Event()
    asked_once = Event()

    def do_GET(self) -> None:
        match self.path:
            case "/up":
                self.answer(200)
            case "/late":
                self.over.wait(0.05)
                self.answer(200)
            case "/down":
                self.answer(503)
            case "/once":
                self.answer(200 if self.asked_once.is_set() else 502)
                self.asked_once.set()
            case "/loop":
                self.send_response(302)
                self.send_header("Location", "/loop")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case _:
                self.over.wait(30)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration is at hand but what a test writes."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Site.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def refused(site: str) -> str:
    del site
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.server_close()
    return f"http://127.0.0.1:{server.server_port}/"


CASES = [
    pytest.param("/up", (), 0, None, None, id="up"),
    pytest.param("/up", ("--set", "contains=panier"), 0, None, None, id="up-with-its-keyword"),
    pytest.param("/up", ("--set", "contains=Solde"), 1, "uptime.content", "keyword_missing", id="keyword-missing"),
    pytest.param("/up", ("--set", "contains=Solde", "--fail-on", "bloquante"), 0, "uptime.content", "keyword_missing",
                 id="a-major-finding-under-the-bar"),
    pytest.param("/up", ("--set", "contains=Solde", "--fail-on", "Majeur"), 1, "uptime.content", "keyword_missing",
                 id="a-major-finding-at-the-bar-in-french"),
    pytest.param("/down", (), 1, "uptime.down", "status", id="down"),
    pytest.param("/slow", ("--set", "timeout=0.4s"), 1, "uptime.down", "timeout_headers", id="slow"),
    pytest.param("/late", ("--set", "slow_after=20ms"), 1, "uptime.slow", None, id="slower-than-agreed"),
    pytest.param("/loop", (), 1, "uptime.redirect", "redirect_loop", id="redirecting-for-ever"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "words", "status", "rule", "reason"), CASES)
def test_json(
    site: str, path: str, words: tuple[str, ...], status: int, rule: str | None, reason: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert main(["check", "uptime", site + path, "--format", "json", *words]) == status
    told = json.loads(capsys.readouterr().out)
    assert (told["site"], told["kind"], told["target"], told["observed"]) == ("adhoc", "uptime", site + path, True)
    found = {finding["rule"]: finding for finding in told["findings"]}
    assert set(found) == ({rule} if rule else set())
    if rule and reason:
        assert found[rule]["evidence"]["reason"] == reason


@pytest.mark.parametrize(("path", "words", "status", "rule", "reason"), CASES)
def test_text(
    site: str, path: str, words: tuple[str, ...], status: int, rule: str | None, reason: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert main(["check", "uptime", site + path, *words]) == status
    out = capsys.readouterr().out
    assert out.startswith("✔ ok" if rule is None else "✖ ")
    assert [part for part in (rule, reason, rule and "what to do") if part and part not in out] == []
    assert "\x1b" not in out


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_an_address_hides_is_not_shown(site: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    secret = site.replace("://", "://agnes:hunter2@") + "/down?token=s3cr3t"
    assert main(["check", "uptime", secret, "--format", form]) == 1
    said = capsys.readouterr()
    assert f"{site.replace('://', '://***@')}/down?token=***" in said.out
    assert [word for word in ("agnes", "hunter2", "s3cr3t") if word in said.out + said.err] == []


def test_refused(site: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "uptime", refused(site)]) == 1
    assert "refuses connections" in capsys.readouterr().out


def test_all_is_an_array(site: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "all", site + "/up", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "uptime" in [one["kind"] for one in told]
    assert "tls" not in [one["kind"] for one in told]  # it cannot look at http:


ENGLISH = ("what to do", "attempt 1, step by step", "judged", "attempt 2: the same again", "evidence of uptime.down")
FRENCH = ("que faire", "tentative 1, pas à pas", "jugé", "tentative 2 : de nouveau la même chose", "preuves de uptime")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param((), ENGLISH, id="in-english-where-nobody-chose"),
        pytest.param(("--lang", "fr"), FRENCH, id="in-french-by-the-flag"),
        pytest.param(("--config", "fr.toml"), ENGLISH, id="in-english-where-no-site-is-named"),
        pytest.param(("--config", "fr.toml", "--site", "shop"), ENGLISH, id="in-the-sites-language"),
        pytest.param(("--config", "fr.toml", "--site", "shop", "--lang", "fr"), FRENCH, id="the-flag-before-the-site"),
        pytest.param(("--config", "broken.toml"), ENGLISH, id="a-broken-configuration-stops-no-look-at-an-address"),
        pytest.param(("--config", "none.toml"), ENGLISH, id="nor-does-one-that-is-not-there"),
    ],
)
def test_a_run_is_told_verdict_first_then_judged_then_evidence(
    site: str, words: tuple[str, ...], told: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("fr.toml").write_text(
        f'[agent]\nlanguage = "fr"\n[sites.shop]\nurl = "{site}/down"\nlanguage = "en"\n', encoding="utf-8"
    )
    Path("broken.toml").write_text('[agent]\nlanguage = "fr"\nnam = "x"\n', encoding="utf-8")
    assert main(["check", "uptime", site + "/down", "--explain", *words]) == 1
    out = capsys.readouterr().out
    assert out.startswith("✖ critical" if told is ENGLISH else "✖ bloquante")
    assert [word for word in told if word not in out] == []
    assert [out.index(word) for word in told] == sorted(out.index(word) for word in told)
    assert out.count("curl -sS") == 1


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        pytest.param(
            "en",
            ["✔ ok", ", 2 attempts)", "attempt 1 found: the site answers with status 502", "attempt 1, step by step",
             "✖ the site answers with status 502", "attempt 2: what differs", "✔ status 200", "HTTP/1.0 200"],
            id="in-english",
        ),
        pytest.param(
            "fr",
            ["✔ ok", ", 2 tentatives)", "la tentative 1 avait trouvé : le site répond par le statut 502",
             "tentative 1, pas à pas", "tentative 2 : ce qui change", "✔ statut 200", "HTTP/1.0 200"],
            id="in-french",
        ),
    ],
)  # fmt: skip
def test_what_was_wrong_for_a_second_is_told(
    site: str, lang: str, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Site.asked_once.clear()
    assert main(["check", "uptime", site + "/once", "--explain", "--lang", lang]) == 0
    out, place = capsys.readouterr().out, 0
    for word in told:
        place = out.find(word, place)
        assert place >= 0, word
    assert out.count("127.0.0.1: a" if lang == "en" else "127.0.0.1 : a") == 1  # it answered both times


def test_programs_are_given_english_unless_they_ask(site: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.toml").write_text('[agent]\nlanguage = "fr"\n', encoding="utf-8")
    assert main(["check", "uptime", site + "/down", "--format", "json"]) == 1
    assert "the site answers with status 503" in json.loads(capsys.readouterr().out)["findings"][0]["message"]
    assert main(["check", "uptime", site + "/down", "--format", "json", "--lang", "fr"]) == 1
    assert "le site répond" in json.loads(capsys.readouterr().out)["findings"][0]["message"]


def test_a_configured_site_needs_no_address(site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "c.toml"
    config.write_text(
        f'[sites.shop]\nurl = "{site}/up"\nlanguage = "en"\n[sites.shop.checks.uptime]\ncontains = "panier"\n'
    )
    assert main(["check", "uptime", "--site", "shop", "--config", str(config)]) == 0
    assert main(["check", "uptime", "--site", "shop", "--config", str(config), "--set", "contains=Solde"]) == 1
    assert main(["check", "uptime", "--site", "shop", "--config", str(config), site + "/down"]) == 1
    assert "✖ critical" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["check", "uptim", "http://127.0.0.1/"], "unknown check 'uptim'", id="unknown-kind"),
        pytest.param(["check", "uptime"], "which address?", id="no-address"),
        pytest.param(["check", "uptime", "ftp://127.0.0.1/"], "begins with http", id="not-a-web-address"),
        pytest.param(["check", "uptime", "http://127.0.0.1/", "--set", "x"], "KEY=VALUE", id="option-without-value"),
        pytest.param(
            ["check", "uptime", "http://127.0.0.1/", "--set", "contain=x"],
            "did you mean 'contains'",
            id="misspelt-option",
        ),
        pytest.param(["check", "uptime", "http://127.0.0.1/", "--zut"], "No such option", id="unknown-flag"),
        pytest.param(
            ["check", "uptime", "http://127.0.0.1/", "--fail-on", "x"], "minor, major, critical", id="bad-bar"
        ),
        pytest.param(["check", "uptime", "http://127.0.0.1/", "--format", "xml"], "xml", id="bad-format"),
        pytest.param(["check", "uptime", "http://127.0.0.1/", "--lang", "de"], "there is en, fr", id="bad-language"),
        pytest.param(["check", "uptime", "--site", "x", "--config", "/nowhere.toml"], "nowhere", id="no-configuration"),
        pytest.param(["chek"], "No such command", id="unknown-command"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_3(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert told.err.startswith("vigie: ")
    assert len(told.err.splitlines()) == 1


def test_a_site_that_is_not_configured_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[sites.shop]\nurl = "http://127.0.0.1/"\n')
    assert main(["check", "uptime", "--site", "shp", "--config", str(config)]) == 3
    assert main(["check", "links", "--site", "shop", "--config", str(config)]) == 3
    assert "no site shp" in capsys.readouterr().err


def test_help_teaches_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == main(["--help"]) == main(["check", "--help"]) == main(["--version"]) == 0
    assert "vigie check uptime https://www.example.org/ --set contains=Panier" in capsys.readouterr().out


def test_a_one_off_check_loads_only_what_it_runs(site: str) -> None:
    heavy = ("lxml", "bs4", "playwright", "apscheduler", "sqlite_utils", "prometheus_client")
    code = "import sys; from agent.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", "uptime", site + "/up"], capture_output=True, text=True, check=True,
        cwd=ROOT,
    )  # fmt: skip
    assert set(heavy) & set(done.stdout.splitlines()[-1].split()) == set()


def test_a_closed_pipe_is_no_traceback(site: str) -> None:
    code = "import sys; from agent.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        ["sh", "-c", f'"$0" -c "{code}" check uptime {site}/up --format json | head -c 1', sys.executable],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("{", "")
