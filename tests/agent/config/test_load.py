"""A configuration becomes typed settings, with what each level hands down."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from agent.config.loaded import Settings
from agent.config.problems import ConfigErrors
from agent.core.contract.settings import Contract
from agent.settings import Agent, Site

Load = Callable[..., Settings]


def test_a_site_without_checks_gets_uptime_and_tls_where_its_address_is_https(load: Load) -> None:
    settings = load('[sites.a]\nurl = "https://a.example/"\n[sites.b]\nurl = "http://b.example"')
    assert [(site.id, [watch.kind for watch in site.checks]) for site in settings.all(Site)] == [
        ("a", ["uptime", "tls"]),
        ("b", ["uptime"]),
    ]
    assert settings.get(Site, "b").url == "http://b.example/"


def test_the_nearest_word_counts(load: Load) -> None:
    settings = load(
        """
        [agent]
        language = "en"
        timeout = "9s"
        headers = { A = "agent", B = "agent" }
        [agent.defaults.uptime]
        every = "30s"
        slow_after = "4s"
        [contracts.k]
        client = "default"
        kind = "forfait"
        language = "fr"
        headers = { b = "contract" }
        [sites.a]
        url = "https://a.example/"
        contract = "k"
        timeout = "5s"
        [sites.a.checks.uptime]
        slow_after = 2
        """
    )
    site = settings.get(Site, "a")
    (watch,) = site.checks
    assert (site.language, settings.get(Contract, "k").language, settings[Agent].language) == ("fr", "fr", "en")
    assert (watch.options.timeout, watch.options.slow_after, watch.every) == (5.0, 2.0, timedelta(seconds=30))
    assert [(name, secret.reveal()) for name, secret in watch.options.headers] == [("A", "agent"), ("b", "contract")]


def test_all_errors_come_at_once(load: Load) -> None:
    with pytest.raises(ConfigErrors) as caught:
        load('[agent]\nnme = "x"\n[sites.a]\nurl = "www.a.example"\n[sites.all]\nurl = "https://b.example"')
    assert [(issue.line, issue.path, issue.suggestion) for issue in caught.value.issues] == [
        (2, "agent.nme", "name"),
        (4, "sites.a.url", "https://www.a.example"),
        (5, "sites.all", ""),
    ]
