"""What an operator puts beside Vigie: Grafana dashboards, Prometheus configuration and rules, and a preview of both."""
