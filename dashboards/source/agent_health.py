"""*Agent health*: is Vigie itself well? Schedule, lanes, store, deliveries, process."""

from grafana_foundation_sdk.builders import stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import dashboard

from dashboards.source.parts import (
    AGENTS,
    BAD,
    CHECKS,
    GOOD,
    NEUTRAL,
    WARN,
    AnyPanel,
    Column,
    Place,
    Query,
    lines,
    number,
    rows,
    states,
    steps,
    titled,
    words,
)


def agent_health() -> dashboard.Dashboard:
    """Build the dashboard."""
    made = titled(
        "vigie-agent-health",
        "Vigie: Agent health",
        "The agent itself: does it run its checks in time, keep what it sees, and deliver what it has to say?",
        agents=True,
        other=("vigie-fleet", "Fleet"),
    )
    panels: list[AnyPanel] = [
        *figures(),
        problems(),
        agents(),
        *schedule(),
        *lanes(),
        *deliveries(),
        *storage(),
        *process(),
    ]
    for identity, panel in enumerate(panels, 1):
        made = made.with_panel(panel.id(identity))
    return made.build()


def figures() -> list[stat.Panel]:
    """The first line: whether all is well."""
    zero_is_good = steps((None, GOOD), (1, WARN))
    last_run = f"time() - max(vigie_check_last_run_timestamp_seconds{{{AGENTS}}})"
    online = number(
        _figure(
            "References", "Whether reference targets answer: when none does, the agent blames itself.", "agent-offline"
        ),
        Query(expr=f"min(vigie_agent_online{{{AGENTS}}})"),
        "none",
        steps((None, BAD), (1, GOOD)),
    )
    configuration = number(
        _figure("Configuration", "Whether the last reading of the configuration was good.", "configuration-refused"),
        Query(expr=f"min(vigie_config_last_reload_successful{{{AGENTS}}})"),
        "none",
        steps((None, BAD), (1, GOOD)),
    )
    return [
        number(
            _figure("Last run", "Time since any check ran: the agent is dead when this grows.", "agent-silent"),
            Query(expr=last_run),
            "s",
            steps((None, GOOD), (120, WARN), (300, BAD)),
        ),
        online.mappings(words({1: ("✔ answer", GOOD), 0: ("✖ silent", BAD)})),
        configuration.mappings(words({1: ("✔ loaded", GOOD), 0: ("✖ refused", BAD)})),
        number(
            _figure("Firings missed", "Firings of the last hour that did not happen as planned.", "runs-missed"),
            Query(expr=f"sum(increase(vigie_scheduler_missed_total{{{AGENTS}}}[1h]))"),
            "none",
            zero_is_good,
        ).decimals(0),
        number(
            _figure("Messages waiting", "Messages that no channel has taken yet.", "outbox-stuck"),
            Query(expr=f"sum(vigie_outbox_pending{{{AGENTS}}})"),
            "none",
            steps((None, GOOD), (1, NEUTRAL), (20, WARN)),
        ),
        number(
            _figure("Disk left", "Free space on the disk of the fullest store.", "store-nearly-full"),
            Query(expr=f"min(vigie_store_free_bytes{{{AGENTS}}})"),
            "bytes",
            steps((None, BAD), (1 << 30, WARN), (5 << 30, GOOD)),
        ),
    ]


def _figure(title: str, says: str, runbook: str) -> Place:
    return Place(title=title, says=says, width=4, height=4, runbook=runbook)


def problems() -> statetimeline.Panel:
    """What the agent finds wrong with itself."""
    found = f"vigie_agent_problems{{{AGENTS}}}"
    present = f"max_over_time({found}[$__range] @ end()) == 1"
    return states(
        Place(
            title="Problems the agent found with itself",
            says="Those that were there at some moment of the range; each has a ticket without a site.",
            width=16,
            height=7,
        ),
        Query(expr=f"max by (rule) ({found} and on (instance, rule) ({present}))", name="{{rule}}"),
        {0: ("✔ no", GOOD), 1: ("✖ present", BAD)},
        "None within this time.",
    )


def agents() -> table.Panel:
    """Which agents run, in which version, since when."""
    return rows(
        Place(title="Agents", says="Agents that are scraped.", width=8, height=7),
        [
            Query(expr=f"max by (instance, version) (vigie_build_info{{{AGENTS}}})"),
            Query(
                expr=f"1000 * max by (instance) (process_start_time_seconds{{{AGENTS}}}"
                f" and on (instance) vigie_build_info{{{AGENTS}}})"
            ),
        ],
        [
            Column(field="instance", title="Agent"),
            Column(field="version", title="Version"),
            Column(field="Value #B", title="Started", unit="dateTimeFromNow"),
        ],
        "No agent is scraped.",
    )


def schedule() -> list[timeseries.Panel]:
    """Whether it fires when it should."""
    lag = f"sum by (le) (rate(vigie_scheduler_lag_seconds_bucket{{{AGENTS}}}[$__rate_interval]))"
    return [
        lines(
            Place(
                title="How late firings are",
                says="Between due and begun.",
                width=12,
                height=7,
                runbook="scheduler-late",
            ),
            [
                Query(expr=f"histogram_quantile(0.5, {lag})", name="half are below"),
                Query(expr=f"histogram_quantile(0.99, {lag})", name="99 % are below"),
            ],
            "s",
        ),
        lines(
            Place(
                title="Firings that did not happen as planned",
                says="By reason.",
                width=12,
                height=7,
                runbook="runs-missed",
            ),
            [
                Query(
                    expr=f"sum by (reason) (increase(vigie_scheduler_missed_total{{{AGENTS}}}[$__rate_interval]))",
                    name="{{reason}}",
                )
            ],
            "none",
        ),
    ]


def lanes() -> list[timeseries.Panel]:
    """What runs, and how long it takes."""
    runs = f"rate(vigie_check_runs_total{{{CHECKS}, {AGENTS}}}[$__rate_interval])"
    duration = f"sum by (kind, le) (rate(vigie_check_duration_seconds_bucket{{{AGENTS}}}[$__rate_interval]))"
    return [
        lines(
            Place(title="Runs by what they gave", says="Runs per second.", width=8, height=7),
            [Query(expr=f"sum by (result) ({runs})", name="{{result}}")],
            "ops",
            stacked=True,
        ),
        lines(
            Place(title="Runs going on and waiting", says="By lane.", width=8, height=7, runbook="scheduler-late"),
            [
                Query(expr=f"sum by (lane) (vigie_executor_running{{{AGENTS}}})", name="{{lane}}: going on"),
                Query(expr=f"sum by (lane) (vigie_executor_queue_depth{{{AGENTS}}})", name="{{lane}}: waiting"),
            ],
            "none",
        ),
        lines(
            Place(title="How long runs take", says="95 % are below, by kind of check.", width=8, height=7),
            [Query(expr=f"histogram_quantile(0.95, {duration})", name="{{kind}}")],
            "s",
        ),
    ]


def deliveries() -> list[timeseries.Panel]:
    """Whether what it says arrives."""
    return [
        lines(
            Place(
                title="Age of the oldest message",
                says="Not delivered yet, by channel.",
                width=8,
                height=7,
                runbook="outbox-stuck",
            ),
            [Query(expr=f"max by (channel) (vigie_outbox_oldest_seconds{{{AGENTS}}})", name="{{channel}}")],
            "s",
        ),
        lines(
            Place(
                title="Messages waiting, by channel",
                says="Not delivered yet.",
                width=8,
                height=7,
                runbook="outbox-stuck",
            ),
            [Query(expr=f"sum by (channel) (vigie_outbox_pending{{{AGENTS}}})", name="{{channel}}")],
            "none",
        ),
        lines(
            Place(
                title="Deliveries", says="Attempts by channel and result.", width=8, height=7, runbook="outbox-stuck"
            ),
            [
                Query(
                    expr=f"sum by (channel, result) (increase(vigie_deliveries_total{{{AGENTS}}}[$__rate_interval]))",
                    name="{{channel}}: {{result}}",
                )
            ],
            "none",
        ),
    ]


def storage() -> list[timeseries.Panel]:
    """Whether it keeps what it sees."""
    return [
        lines(
            Place(title="Size of the store", says="On disk.", width=8, height=7, runbook="store-nearly-full"),
            [Query(expr=f"vigie_store_bytes{{{AGENTS}}}", name="{{instance}}")],
            "bytes",
        ),
        lines(
            Place(
                title="Disk left, over time",
                says="Free on the store's disk.",
                width=8,
                height=7,
                runbook="store-nearly-full",
            ),
            [Query(expr=f"vigie_store_free_bytes{{{AGENTS}}}", name="{{instance}}")],
            "bytes",
        ),
        lines(
            Place(title="Outcomes not stored yet", says="They wait for the store's writer.", width=8, height=7),
            [Query(expr=f"vigie_intake_pending{{{AGENTS}}}", name="{{instance}}")],
            "none",
        ),
    ]


def process() -> list[timeseries.Panel]:
    """What it costs the machine."""
    ours = f"and on (instance) vigie_build_info{{{AGENTS}}}"
    return [
        lines(
            Place(title="Processor", says="Cores in use by the daemon, its children apart.", width=8, height=7),
            [Query(expr=f"rate(process_cpu_seconds_total[$__rate_interval]) {ours}", name="{{instance}}")],
            "none",
        ),
        lines(
            Place(title="Memory", says="Resident memory of the daemon, its children apart.", width=8, height=7),
            [Query(expr=f"process_resident_memory_bytes {ours}", name="{{instance}}")],
            "bytes",
        ),
        lines(
            Place(title="Open files", says="Of those the system allows, as a share.", width=8, height=7),
            [Query(expr=f"process_open_fds / process_max_fds {ours}", name="{{instance}}")],
            "percentunit",
        ),
    ]
