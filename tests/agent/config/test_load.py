"""A configuration becomes typed settings, with what each level hands down."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.config import load as real
from agent.config.loaded import Settings
from agent.config.problems import ConfigErrors
from agent.core.contract.settings import Calendar, Client, Contract, ContractKind, OpenTime
from agent.core.desk.settings import Flap, RuleOverride
from agent.notify.settings import Channel
from agent.settings import Agent, Language, Listen, Phase, Site
from agent.store.settings import Retention
from agent.web.settings import Web
from checks.core.model import Key, Severity
from tests.agent.config.conftest import Journey, Step, read

Load = Callable[..., Settings]

SITE = '[sites.a]\nurl = "https://a.example/"\n'


def test_nothing_written_is_everything_by_default(load: Load, tmp_path: Path) -> None:
    settings = load("")
    assert settings[Agent] == Agent(state_dir=tmp_path / "var")
    assert (settings[Flap], settings[Retention], settings[Web]) == (Flap(), Retention(), Web())
    assert (settings.all(Site), settings.all(Channel), settings.all(RuleOverride)) == ((), (), ())
    assert settings.files == (tmp_path / "vigie.toml",)


def test_the_contract_of_the_documentation_reads_as_it_says(load: Load) -> None:
    settings = load(
        """
        [agent]
        listen = "[::1]:0"
        timezone = "Europe/Paris"
        [agent.flap]
        window = "60m"
        [retention]
        rollups = "26 months"
        evidence_size = "5GB"
        [calendars.ouvre]
        holidays = "FR-57"
        hours = { mon-fri = ["14:00-18:00", "09:00-12:30"], sat-sun = "10:00-24:00" }
        [clients.acme]
        name = "ACME SARL"
        [contracts.acme-2026]
        client = "acme"
        kind = "forfait"
        availability_target = 0.999
        lots = [{ bought = 2026-01-15, expires = 2027-01-15, uo = 40 }]
        [contracts.acme-2026.sla.bloquante]
        gti = "1h"
        gtr = "1d 4h 30m"
        [contracts.acme-2026.sla.major]
        gtr = "2d"
        calendar = "ouvre"
        """
    )
    contract, calendar = settings.get(Contract, "acme-2026"), settings.get(Calendar, "ouvre")
    assert (settings[Agent].listen, settings[Retention].rollups) == (Listen(host="::1", port=0), timedelta(days=806))
    assert settings.get(Client, "acme").name == "ACME SARL"
    assert calendar.hours.week[0] == ((540, 750), (840, 1080))
    assert calendar.hours.week[6] == ((600, 1440),)
    assert calendar.timezone == ZoneInfo("Europe/Paris")
    assert (contract.kind, contract.language, contract.lots[0].bought) == (
        ContractKind.FORFAIT,
        Language.FRENCH,
        date(2026, 1, 15),
    )
    first, second = contract.sla
    assert (first.severity, first.gti, first.gtr) == (
        Severity.CRITICAL,
        OpenTime(seconds=3600),
        OpenTime(days=1, seconds=16200),
    )
    assert (second.severity, second.gti, second.gtr, second.calendar) == (
        Severity.MAJOR,
        None,
        OpenTime(days=2),
        "ouvre",
    )


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [("mon", "", [0]), ("Mon-Wed", "", [0, 1, 2]), ("sat-mon", "", [0, 5, 6]), ("sun-sat", "", [0, 1, 2, 3, 4, 5, 6])],
)
def test_days_are_named_and_ranged(load: Load, first: str, last: str, days: list[int]) -> None:
    settings = load(f'[calendars.c]\nhours = {{ {first}{last} = "09:00-10:00" }}')
    week = settings.get(Calendar, "c").hours.week
    assert [day for day, open_ in enumerate(week) if open_] == days


def test_a_site_without_checks_gets_uptime_and_tls_where_its_address_is_https(load: Load) -> None:
    settings = load('[sites.a]\nurl = "https://a.example/"\n[sites.b]\nurl = "http://b.example"\n[sites.b.checks]')
    assert [(site.id, [watch.kind for watch in site.checks]) for site in settings.all(Site)] == [
        ("a", ["uptime", "tls"]),
        ("b", ["uptime"]),
    ]
    assert settings.get(Site, "b").url == "http://b.example/"


def test_a_check_has_its_name_its_kind_and_its_address(load: Load) -> None:
    settings = load(
        SITE + '[sites.a.checks.cart]\nkind = "uptime"\nurl = "/cart?x=1"\nrecheck_every = "5m"\nenabled = false\n'
        '[sites.a.checks.other]\nkind = "tls"\nurl = "https://b.example"\n'
    )
    cart, other = settings.get(Site, "a").checks
    assert (cart.name, cart.kind, cart.url, cart.enabled) == ("cart", "uptime", "https://a.example/cart?x=1", False)
    assert (cart.every, cart.recheck_every, cart.key("a")) == (None, timedelta(minutes=5), Key(site="a", check="cart"))
    assert (other.kind, other.url, other.enabled) == ("tls", "https://b.example/", True)


def test_the_nearest_word_counts(load: Load) -> None:
    settings = load(
        """
        [agent]
        language = "en"
        timezone = "UTC"
        timeout = "9s"
        headers = { A = "agent", B = "agent" }
        [agent.defaults.uptime]
        every = "30s"
        slow_after = "4s"
        [agent.defaults.tls]
        enabled = false
        [contracts.k]
        client = "default"
        kind = "forfait"
        language = "fr"
        headers = { b = "contract" }
        [contracts.k.defaults.uptime]
        retries = 2
        [sites.a]
        url = "https://a.example/"
        contract = "k"
        timeout = "5s"
        phase = "takeover"
        [sites.a.checks.uptime]
        slow_after = 2
        [sites.b]
        url = "https://b.example/"
        """
    )
    a, b = settings.all(Site)
    (watch,) = a.checks
    assert (a.language, settings.get(Contract, "k").language, b.language) == ("fr", "fr", "en")
    assert (a.timezone, a.phase) == (ZoneInfo("UTC"), Phase.TAKEOVER)
    assert (watch.options.timeout, watch.options.slow_after, watch.every) == (5.0, 2.0, timedelta(seconds=30))
    assert watch.options.retries == 2
    assert [(name, secret.reveal()) for name, secret in watch.options.headers] == [("A", "agent"), ("b", "contract")]
    assert [(one.kind, one.enabled) for one in b.checks] == [("uptime", True), ("tls", False)]
    assert (b.checks[0].options.timeout, b.checks[0].options.slow_after) == (9.0, 4.0)


def test_what_must_be_said_may_be_said_above(load: Load) -> None:
    settings = load(
        """
        [agent.defaults.smoke]
        browser = "chromium"
        [sites.a]
        url = "https://a.example/"
        [sites.a.checks.smoke.journeys.order]
        critical = true
        steps = [{ goto = "/", with = "x" }, { goto = "/order" }]
        """
    )
    (watch,) = settings.get(Site, "a").checks
    steps = (Step(goto="/", with_="x"), Step(goto="/order"))
    assert (watch.options.browser, watch.options.journeys) == (
        "chromium",
        (Journey(name="order", critical=True, steps=steps),),
    )


def test_paths_start_at_the_file_that_says_them(load: Load, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n", encoding="utf-8")
    settings = load(
        """
        [agent]
        state_dir = "state"
        ca_file = "ca.pem"
        [web]
        token = { file = "token" }
        [channels.a]
        url = "file://out/tick%20ets.jsonl"
        [channels.b]
        url = "file:///srv/tickets.jsonl"
        [channels.c]
        url = "file:${WHERE}"
        [sites.a]
        url = "https://a.example/"
        [sites.a.checks.tls]
        """,
        WHERE="/srv/x",
    )
    token = settings[Web].token
    assert token is not None
    assert (settings[Agent].state_dir, token.reveal()) == (tmp_path / "state", "abc")
    (watch,) = settings.get(Site, "a").checks
    assert (watch.options.ca_file, watch.options.roots) == (str(tmp_path / "ca.pem"), tmp_path / "roots")
    assert [channel.url.reveal({"WHERE": "/srv/x"}) for channel in settings.all(Channel)] == [
        f"file://{tmp_path}/out/tick%20ets.jsonl",
        "file:///srv/tickets.jsonl",
        "file:/srv/x",
    ]


def test_a_folder_is_one_configuration(tmp_path: Path) -> None:
    for name, text in {"b.toml": SITE, "a.toml": '[agent]\nname = "x"\n', "no.txt": "[", ".c.toml": "["}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = read(tmp_path)
    assert (settings[Agent].name, settings.get(Site, "a").id) == ("x", "a")
    assert [file.name for file in settings.files] == ["a.toml", "b.toml"]


def test_a_section_below_another_may_stand_in_another_file(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[agent]\nname = "x"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text("[agent.flap]\nreopens = 5\n", encoding="utf-8")
    settings = read(tmp_path)
    assert (settings[Agent].name, settings[Flap].reopens) == ("x", 5)


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "vigie.toml"
    path.write_bytes('\ufeff[agent]\r\nname = "x"\r\nnme = 1\r\n'.encode())
    with pytest.raises(ConfigErrors, match=r":3: agent\.nme: unknown key"):
        read(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda _path: None, "there is no such file", id="nothing-there"),
        pytest.param(lambda path: path.mkdir(), "the folder holds no *.toml file", id="an-empty-folder"),
        pytest.param(
            lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links", id="a-loop"
        ),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, make: Callable[[Path], None], message: str) -> None:
    path = tmp_path / "there"
    make(path)
    with pytest.raises(ConfigErrors) as caught:
        read(path)
    assert str(caught.value) == f"{path}: {message}"


def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)  # root may read everything
    with pytest.raises(ConfigErrors, match="cannot be read: Permission denied"):
        read(tmp_path)


def test_the_environment_stands_in_plain_values(load: Load) -> None:
    settings = load(
        '[agent]\nname = "${NAME}"\nuser_agent = "a $ b $$ $${NAME} ${EMPTY}|"\nlanguage = "${L}"\n' + SITE,
        NAME="agent-7",
        EMPTY="",
        L="en",
    )
    watch = settings.get(Site, "a").checks[0]
    assert (settings[Agent].name, settings[Agent].language) == ("agent-7", "en")
    assert watch.options.user_agent == "a $ b $$ ${NAME} |"
    assert settings.redact("run agent-7 now: en") == "run ${NAME} now: en"
    assert (settings.redact("en"), settings.redact("")) == ("${L}", "")


def test_secrets_stay_references_and_may_be_missing_where_nobody_uses_them(tmp_path: Path) -> None:
    path = tmp_path / "vigie.toml"
    path.write_text('[channels.a]\nurl = "${URL}"\nsecret = { file = "nowhere" }\n', encoding="utf-8")
    (channel,) = read(path, secrets=False).all(Channel)
    assert (channel.url.text, channel.url.references) == ("${URL}", ("URL",))
    with pytest.raises(ConfigErrors):
        read(path)


def test_an_entry_that_is_not_there(load: Load) -> None:
    with pytest.raises(KeyError):
        load("").get(Site, "a")


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        pytest.param("", ["channels: no channel has 'agent = true'"], id="nobody-hears-of-the-agent-itself"),
        pytest.param(
            '[channels.a]\nurl = "file:///x"\nagent = true\nseverities = ["info"]',
            ["channels.a.severities: 'info' is never a ticket"],
            id="nothing-is-ever-sent",
        ),
        pytest.param(
            '[channels.a]\nurl = "file:///x"\nagent = true\n'
            '[clients.c]\n[contracts.k]\nclient = "c"\nkind = "regie"\n'
            '[rules."uptime.down"]\ndisabled = true\nreason = "x"\n'
            '[clients.c.rules."uptime.slow"]\nseverity = "info"\n'
            '[sites.a]\nurl = "https://a.example/"\n[sites.a.rules."uptime.slow"]\nseverity = "mineure"\n'
            '[sites.a.checks.uptime.rules."uptime.slow"]\nseverity = "info"\n',
            [
                "contracts.k: covers no site",
                "clients.c.rules.\"uptime.slow\": says no 'reason'",
                "sites.a.rules.\"uptime.slow\": says no 'reason'",
                "sites.a.checks.uptime.rules.\"uptime.slow\": says no 'reason'",
            ],
            id="what-a-reader-would-ask-about",
        ),
    ],
)
def test_warnings(load: Load, text: str, warnings: list[str]) -> None:
    settings = load(text)
    said = [str(issue).partition(": ")[2] for issue in settings.warnings]
    assert len(said) == len(warnings)
    assert all(one.startswith(start) for one, start in zip(said, warnings, strict=True))


@pytest.mark.parametrize("listen", ["127.0.0.1:1", "localhost:1", "[::1]:1", "0.0.0.0:1", "vigie.example:1"])
def test_only_a_token_opens_the_agent_to_others(load: Load, listen: str) -> None:
    load(f'[agent]\nlisten = "{listen}"\n[web]\ntoken = "x"')
    if listen.startswith(("127", "local", "[::1]")):
        load(f'[agent]\nlisten = "{listen}"')
    else:
        with pytest.raises(ConfigErrors, match="can be reached by others"):
            load(f'[agent]\nlisten = "{listen}"')


def test_the_rules_of_the_checks_and_of_the_agent_are_known(tmp_path: Path) -> None:
    path = tmp_path / "vigie.toml"
    rules = ("uptime.slow", "agent.no_ipv6")
    path.write_text("".join(f'[rules."{rule}"]\nseverity = "info"\n' for rule in rules), encoding="utf-8")
    assert [rule.id for rule in real(path, environ={}).all(RuleOverride)] == list(rules)
