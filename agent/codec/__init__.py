"""Jobs, outcomes and findings as JSON, strict both ways: to child processes and the store, later to other machines."""

from agent.codec.findings import decode_finding, encode_finding
from agent.codec.jobs import decode_job, decode_memory, encode_job, encode_memory
from agent.codec.outcomes import decode_outcome, encode_outcome
from agent.codec.strict import Unreadable

__all__ = [
    "Unreadable",
    "decode_finding",
    "decode_job",
    "decode_memory",
    "decode_outcome",
    "encode_finding",
    "encode_job",
    "encode_memory",
    "encode_outcome",
]
