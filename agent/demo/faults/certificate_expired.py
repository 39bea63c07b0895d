"""Nobody renewed the certificate: it expired yesterday."""

from agent.demo.faults import Fault

FAULT = Fault(summary="the certificate of the https site expired yesterday", certificate_days=-1.0)
