"""The agent's own rules: what is wrong with the agent itself."""

from checks.core.model import Confirm, Layer, Maintenance, Rule, Severity
from checks.core.text import Says, _, _n


def _agent(name: str, severity: Severity, says: Says, advice: Says, *watch: str) -> Rule:
    return Rule(
        id=f"agent.{name}",
        family=f"agent.{name}",
        severity=severity,
        maintenance=Maintenance.NONE,
        layer=Layer.AGENT,
        says=says,
        advice=advice,
        confirm=Confirm.FACT,
        watch=frozenset(watch),
    )


OFFLINE = _agent(
    "offline",
    Severity.CRITICAL,
    _("This agent reaches none of its reference targets: {targets}"),
    _("Mend the network of the machine it runs on. Until then nothing is said about any site."),
)
NO_IPV6 = _agent(
    "no_ipv6",
    Severity.MINOR,
    _("This agent reaches nothing over IPv6"),
    _("Give its machine IPv6, or accept that the IPv6 addresses of sites are not checked."),
)
CLOCK = _agent(
    "clock",
    Severity.MAJOR,
    _("The clock of this agent is {offset:duration} off"),
    _("Set the clock of its machine (NTP). Certificates and due times are judged by it."),
)
STORE = _agent(
    "store",
    Severity.CRITICAL,
    _("The store could not be written: {detail}"),
    _("See to the file and its folder. What was seen meanwhile waited, and was stored when it could be."),
)
DISK = _agent(
    "disk",
    Severity.CRITICAL,
    _("The disk of the store is full or nearly so: {free:size} left"),
    _("Make room on the disk that holds the state folder, or shorten [retention]."),
)
CONFIG = _agent(
    "config",
    Severity.MINOR,
    _("A new configuration was refused; the old one stays in force: {detail}"),
    _("Run `vigie config check`, mend what it names, then `vigie reload`."),
    "detail",
)
RESOURCES = _agent(
    "resources",
    Severity.MAJOR,
    _("This agent ran out of {what}"),
    _("Raise its limits (LimitNOFILE, MemoryMax of its service), or let it run fewer checks at once."),
    "what",
)
FEED_STALE = _agent(
    "feed_stale",
    Severity.MAJOR,
    _("The data of {feed} is {age:duration} old"),
    _("Run `vigie feeds update` and see why it fails; vulnerabilities published since then are not known."),
)
CHANNEL_DEAD = _agent(
    "channel_dead",
    Severity.MAJOR,
    _("The channel {channel} has delivered nothing since {since:instant}: {detail}"),
    _("Mend the channel, then run `vigie notify test`; its messages wait in the outbox."),
)
NO_BROWSER = _agent(
    "no_browser",
    Severity.MAJOR,
    _("No browser was found: journeys are not run"),
    _("Install one (`apt install chromium-headless-shell`), or name it in the configuration."),
)
OVERRUN = _agent(
    "overrun",
    Severity.MINOR,
    _n("{count} run came late or was left out", "{count} runs came late or were left out", "count"),
    _("Give the agent more time or power: longer intervals, fewer checks, a bigger machine."),
)
BLIND = _agent(
    "blind",
    Severity.MAJOR,
    _("The check {check} of {site} has judged nothing since {since:instant} ({cause})"),
    _("See why it cannot look: a challenge before the site, a resolver, a missing program. The site is not watched."),
    "cause",
)


RULES: tuple[Rule, ...] = (
    OFFLINE,
    NO_IPV6,
    CLOCK,
    STORE,
    DISK,
    CONFIG,
    RESOURCES,
    FEED_STALE,
    CHANNEL_DEAD,
    NO_BROWSER,
    OVERRUN,
    BLIND,
)
