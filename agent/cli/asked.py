"""Turns what was typed after `vigie check` into jobs, and finds out in which language they are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from checks.core import registry, ulid
from checks.core.errors import UsageError
from checks.core.model import Job, Key

if TYPE_CHECKING:
    from checks.core.options import Common

ADHOC = "adhoc"
ENGLISH = "en"  # what the command speaks where nobody chose


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Jobs, and the language of the people who read what they give: the site's, else the command's own."""

    jobs: tuple[Job, ...]
    language: str = ENGLISH


def adhoc(kind: str, url: str, pairs: Sequence[tuple[str, str]]) -> Asked:
    """Return what looks at any address; raises `UsageError`."""
    from agent.config import parse_options

    if not url:
        raise UsageError("which address? give a URL, or --config F --site ID")
    target = _address(url)
    kinds = registry.kinds() if kind == "all" else (kind,)
    checks = [registry.find(one) for one in kinds]
    scheme = urlsplit(target).scheme
    fitting = [one for one in checks if scheme in one.schemes]
    if not fitting:
        raise UsageError(f"{kind} cannot look at a {scheme}: address")
    jobs = [_job(Key(site=ADHOC, check=one.kind), one.kind, target, parse_options(one.kind, pairs)) for one in fitting]
    return Asked(jobs=tuple(jobs))


def _job(key: Key, kind: str, target: str, options: "Common") -> Job:
    return Job(key=key, id=ulid.new(), kind=kind, target=target, options=options, timeout=options.timeout)


def _address(url: str) -> str:
    whole = url if "://" in url else f"https://{url}"
    parts = urlsplit(whole)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{url}: an address begins with http:// or https:// and names a host")
    return whole if parts.path else parts._replace(path="/").geturl()


def configured(kind: str, url: str, site: str, pairs: Sequence[tuple[str, str]], config: Path) -> Asked:
    """Return what looks at a configured site; raises `UsageError` and `ConfigErrors`."""
    from agent.config import load, parse_options
    from agent.plan import plan

    planned = [one for one in plan(load(config, secrets=False)).planned if one.key.site == site]
    if not planned:
        raise UsageError(f"no site {site} in {config}")
    fitting = [one for one in planned if kind in {"all", one.kind, one.key.check}]
    if not fitting:
        raise UsageError(f"{site} has no check {kind}: there is {', '.join(one.key.check for one in planned)}")
    jobs = [
        _job(one.key, one.kind, _address(url) if url else one.target, parse_options(one.kind, pairs, one.options))
        for one in fitting
    ]
    return Asked(jobs=tuple(jobs), language=planned[0].language)
