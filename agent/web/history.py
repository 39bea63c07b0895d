"""Past runs and events in the JSON that other programs read."""

import json

from agent.present.outcome_json import Json, instant, outcome_json
from agent.store.events import Event
from agent.store.outcomes import Past


def past_json(past: Past) -> Json:
    """Return a past run: the whole outcome of one that said something, else what is left of it."""
    short: dict[str, Json] = {
        "id": past.id,
        "site": past.key.site,
        "check": past.key.check,
        "kind": past.kind,
        "target": past.target,
        "location": past.key.location,
        "started": instant(past.started),
        "seconds": past.took.total_seconds(),
        "result": past.result.value,
    }
    if past.outcome is None:
        return short
    whole = outcome_json(past.outcome, past.kind, past.target)
    assert isinstance(whole, dict)
    return {**whole, "result": past.result.value}


def event_json(event: Event) -> Json:
    """Return an event as it stands in its ticket's chain and in the log of all."""
    return {
        "id": event.id,
        "ticket": event.ticket,
        "seq": event.seq,
        "at": instant(event.at),
        "actor": event.actor,
        "event": event.kind.value,
        "payload": None if event.body is None else json.loads(event.body),
        "hash": event.hash,
        "log": event.log,
    }
