"""Write the dashboards: `python -m dashboards.source`."""

from dashboards.source import rendered

for path, text in rendered().items():
    path.write_text(text, encoding="utf-8")
