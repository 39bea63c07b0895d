"""What must not be in the repository: package indexes, and places that only one machine has."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Written in pieces, so that this file does not hold what it looks for.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("proxy", "golang", "org"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
    )
]
PLACES = [f"/{name}/" for name in ("work", "farm")] + [f"/opt/{name}/" for name in ("wheels", "pypi")]
OPTIONS = [f"--{name}" for name in ("index-url", "extra-index-url", "find-links")]
FORBIDDEN = re.compile(
    rf"(?<![\w.-])(?:{'|'.join(re.escape(text) for text in [*HOSTS, *PLACES])})|{'|'.join(OPTIONS)}[ =]"
)


def tracked() -> list[Path]:
    """Every file that git would commit."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a checkout of git")
    names = [name for name in done.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_package_index_and_no_place_of_one_machine_is_named() -> None:
    found = []
    for file in tracked():
        text = file.read_bytes().decode(errors="replace")
        found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in FORBIDDEN.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        pytest.param(f"see {'pypi'}.org/simple", True, id="an-index"),
        pytest.param(f"https://{'deb.debian'}.org/debian", True, id="a-mirror"),
        pytest.param(f"cd {'/wor'}k/main", True, id="a-folder-of-one-machine"),
        pytest.param(f"pip install --{'index'}-url=x", True, id="an-index-option"),
        pytest.param(f"notpypi{'.'}org and a/frame{'work'}/b", False, id="what-only-ends-like-one"),
        pytest.param("https://www.debian.org/", False, id="a-site-that-serves-pages"),
    ],
)
def test_the_pattern_catches_what_it_should(text: str, *, caught: bool) -> None:
    assert bool(FORBIDDEN.search(text)) is caught
