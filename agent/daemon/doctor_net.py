"""The part of the examination that asks others: the resolver, and the references that tell the time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

from agent.config.loaded import Settings
from agent.daemon.condition import CLOCK_OFF
from agent.daemon.doctor import Diagnosis, Verdict
from agent.daemon.eyes import references
from agent.settings import Site
from agent.uplink.references import Asker, offset
from checks.core.errors import CannotLook
from checks.net import Net, open_net
from checks.net.http.failure import NetFailure
from checks.parse.addresses import is_localhost, written_address

PATIENCE = 5.0  # seconds


async def ask_others(settings: Settings) -> list[Diagnosis]:
    """Examine resolver, uplink and clock."""
    async with open_net() as net:
        return [one async for one in _ask(settings, net)]


async def _ask(settings: Settings, net: Net) -> AsyncIterator[Diagnosis]:
    name = _some_name(settings)
    if name is None:
        yield Diagnosis(name="resolver", verdict=Verdict.OK, says="no site is written with a name")
    else:
        yield await _resolver(net, name)
    targets = references(settings)
    if not targets:
        says = "no reference_targets: other sites must tell whether it is us, and the clock is not compared"
        mend = "set reference_targets in [agent]"
        yield Diagnosis(name="references", verdict=Verdict.WARNING, says=says, mend=mend)
        return
    asker = Asker(net)
    heard = await asyncio.gather(*(asker.hear(target, None) for target in targets))
    silent = [target.url for target, one in zip(targets, heard, strict=True) if one is None]
    verdict = Verdict.OK if not silent else Verdict.WARNING if len(silent) < len(targets) else Verdict.WRONG
    says = f"{len(targets) - len(silent)} of {len(targets)} answer" + (
        f"; silent: {', '.join(silent)}" if silent else ""
    )
    mend = "mend the network of this machine, or choose other references" if silent else ""
    yield Diagnosis(name="references", verdict=verdict, says=says, mend=mend)
    ahead = offset(heard)
    if ahead is not None:
        yield _clock(ahead)


def _clock(ahead: timedelta) -> Diagnosis:
    good = abs(ahead) <= CLOCK_OFF
    says = f"{abs(ahead).total_seconds():.0f} s {'ahead of' if ahead > timedelta() else 'behind'} the references"
    verdict = Verdict.OK if good else Verdict.WRONG
    return Diagnosis(name="clock", verdict=verdict, says=says, mend="" if good else "set it: timedatectl set-ntp true")


def _some_name(settings: Settings) -> str | None:
    """A name that the DNS must know: of a reference, else of a site."""
    urls = [*settings_urls(settings)]
    hosts = (urlsplit(url).hostname or "" for url in urls)
    return next((host for host in hosts if host and written_address(host) is None and not is_localhost(host)), None)


def settings_urls(settings: Settings) -> list[str]:
    """Every address the configuration speaks of."""
    return [one.url for one in references(settings)] + [site.url for site in settings.all(Site)]


async def _resolver(net: Net, name: str) -> Diagnosis:
    try:
        found = await net.resolver.addresses(name, asyncio.get_running_loop().time() + PATIENCE, fresh=True)
    except (NetFailure, CannotLook) as error:
        mend = "see /etc/resolv.conf, and whether its servers answer"
        return Diagnosis(name="resolver", verdict=Verdict.WRONG, says=f"{name}: {error}", mend=mend)
    return Diagnosis(name="resolver", verdict=Verdict.OK, says=f"{name} leads to {', '.join(found.found)}")
