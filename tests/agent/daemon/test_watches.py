"""What the desk keeps and shows of a check holds none of its secrets."""

from datetime import timedelta
from pathlib import Path

from agent.config import load
from agent.daemon.watches import Watches
from agent.plan import plan
from agent.present.sites import site_views


def test_the_address_that_is_kept_and_shown_hides_what_authenticates(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[sites.a]\nurl = "http://agnes:${PW}@a.example/x?token=${PW}&page=2"\n', encoding="utf-8")
    settings = load(config, environ={"PW": "hunter2"})
    (planned,) = plan(settings).planned
    assert planned.target == "http://agnes:hunter2@a.example/x?token=hunter2&page=2"
    kept = Watches(settings).of(planned)
    assert kept.target == "http://***@a.example/x?token=***&page=2"
    assert kept.holds == timedelta(seconds=180)
    ((check,),) = [site.checks for site in site_views([planned], {}, {})]
    assert check.target == kept.target


def test_a_check_that_stays_goes_by_the_settings_of_the_day(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    contract = '[clients.c]\nname = "C"\n[contracts.k]\nclient = "c"\nkind = "regie"\n{}'
    text = contract + '[sites.a]\nurl = "http://a.example/"\ncontract = "k"\n'
    config.write_text(text.format(""), encoding="utf-8")
    settings = load(config)
    (planned,) = plan(settings).planned
    watches = Watches(settings)
    first = watches.of(planned)
    assert watches.of(planned) is first
    config.write_text(text.format('downtime_families = ["tls.cert.validity"]\n'), encoding="utf-8")
    watches.settings = load(config)
    assert watches.of(planned).downtime == {"tls.cert.validity"} != first.downtime


def test_uptime_is_what_others_wait_for_as_long_as_its_plan_takes(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    checks = '[sites.a.checks.uptime]\nevery = "2m"\ntimeout = "9s"\n[sites.a.checks.tls]\n'
    config.write_text(f'[sites.a]\nurl = "https://a.example/"\n{checks}', encoding="utf-8")
    settings = load(config)
    (lookout,) = Watches(settings).lookouts(plan(settings).planned)
    assert (lookout.kind, lookout.every, lookout.lasts) == ("uptime", timedelta(minutes=2), timedelta(seconds=20))
    assert lookout.confirms == timedelta(minutes=4, seconds=20)
