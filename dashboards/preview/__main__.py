"""Draw the dashboards from a live Prometheus: `python3 -m dashboards.preview [--help]`."""

import argparse
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from agent import bootstrap

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
BROWSER_BOUND = 60.0  # seconds


def main(argv: list[str]) -> int:
    """Write one picture for each dashboard, and say where; 1 when Prometheus does not answer, 3 for wrong words."""
    from dashboards.preview import panels, picture
    from dashboards.preview.prometheus import NoAnswer, Prometheus

    asked = arguments(panels.names()).parse_args(argv)
    end = datetime.fromisoformat(asked.end).astimezone(UTC) if asked.end else datetime.now(UTC)
    view = picture.View(
        prometheus=Prometheus(address=asked.prometheus),
        start=end - timedelta(minutes=asked.minutes),
        end=end,
        rate=timedelta(seconds=asked.rate),
        zone=ZoneInfo(asked.timezone),
    )
    folder = Path(asked.out)
    folder.mkdir(parents=True, exist_ok=True)
    for name in asked.dashboard or panels.names():
        try:
            drawn = picture.draw(panels.read(name), view)
        except NoAnswer as error:
            sys.stderr.write(f"{error}\n")
            return 1
        made = folder / f"{name}.svg"
        made.write_text(drawn, encoding="utf-8")
        sys.stdout.write(f"{made}\n")
        if asked.png:
            shot = photograph(made)
            if shot is None:
                sys.stderr.write(f"no browser for PNG: install one of {', '.join(BROWSERS)}\n")
                return 1
            sys.stdout.write(f"{shot}\n")
    return 0


def arguments(dashboards: tuple[str, ...]) -> argparse.ArgumentParser:
    """What may be asked for."""
    parser = argparse.ArgumentParser(
        prog="python3 -m dashboards.preview",
        description="Draw the dashboards without Grafana, by their own queries, from a live Prometheus.",
    )
    parser.add_argument("--prometheus", default="http://127.0.0.1:9090", metavar="URL", help="default: %(default)s")
    parser.add_argument("--dashboard", action="append", choices=dashboards, help="one of them (may be repeated)")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long a time to show (default: %(default)g)")
    parser.add_argument("--end", metavar="INSTANT", help="where it ends, in ISO 8601 (default: now)")
    parser.add_argument(
        "--rate", type=float, default=60.0, metavar="S", help="seconds that rates are taken over: four scrapes"
    )
    parser.add_argument("--timezone", default="UTC", metavar="ZONE", help="of the instants that are written")
    parser.add_argument("--out", default="var/preview", metavar="FOLDER", help="default: %(default)s")
    parser.add_argument("--png", action="store_true", help="also as PNG, with a browser found on PATH")
    return parser


def photograph(svg: Path) -> Path | None:
    """Let a browser turn a picture into PNG beside it; None when there is no browser."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        return None
    head = svg.read_text(encoding="utf-8")[:300]
    width, height = (head.split(f'{side}="')[1].split('"')[0] for side in ("width", "height"))
    png = svg.with_suffix(".png").absolute()
    with TemporaryDirectory() as profile:
        subprocess.run(
            [
                *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-extensions"),
                *(f"--user-data-dir={profile}", f"--window-size={width},{height}", f"--screenshot={png}"),
                svg.absolute().as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=BROWSER_BOUND,
        )
    return png


if __name__ == "__main__":
    bootstrap.ensure("run")
    sys.exit(main(sys.argv[1:]))
