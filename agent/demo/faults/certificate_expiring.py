"""The renewal of the certificate did not run: three days are left."""

from agent.demo.faults import Fault

FAULT = Fault(summary="the certificate of the https site expires in 3 days", certificate_days=3.0)
