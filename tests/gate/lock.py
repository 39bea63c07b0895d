"""Compile the hashed lock files of `requirements/` from pyproject.toml: `python -m tests.gate.lock [--upgrade]`."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Each set holds the one before it with the very same pins, so that a bigger set serves whoever needs a smaller one.
SETS: dict[str, tuple[str, ...]] = {
    "run": ("--constraint=requirements/held.in",),
    "browser": ("--extra=browser", "--constraint=requirements/run.txt"),
    "dev": ("--extra=browser", "--group=dev", "--constraint=requirements/browser.txt"),
}
COMPILE = (
    *("pip", "compile", "pyproject.toml", "--universal", "--python-version=3.11"),
    *("--generate-hashes", "--no-header", "--no-emit-index-url", "--no-annotate", "--quiet"),
    "--no-strip-extras",  # older pip takes `name[extra]` for a requirement of its own, which must be pinned too
)


def main(argv: list[str]) -> int:
    """Write every lock file; `--upgrade` takes newer releases, without it the pins of today are kept where they fit."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        print("the locks are made by uv, which is not here: python3 -m pip install uv", file=sys.stderr)
        return 3
    for name, extra in SETS.items():
        command = [uv, *COMPILE, *extra, *argv, f"--output-file=requirements/{name}.txt"]
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
