"""Draws the dashboards without Grafana: the same queries, asked of a live Prometheus, as one SVG or PNG each."""
