"""The documentation holds together: links resolve, every check has a page, every page can be reached."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changes/*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
NO_CHECKS = {"core", "net", "parse"}


def anchors(page: Path) -> set[str]:
    """The fragments that a page's headings give, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[tuple[Path, str]]:
    """The files and fragments that a page links to, outside code."""
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    targets = [target for target in LINK.findall(prose) if "://" not in target and not target.startswith("mailto:")]
    split = [target.partition("#") for target in targets]
    return [((page.parent / path).resolve() if path else page, fragment) for path, _, fragment in split]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    dead = [str(target) for target, _ in links(page) if not target.exists()]
    assert dead == []
    lost = [f"{target.name}#{name}" for target, name in links(page) if name and name not in anchors(target)]
    assert lost == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting += [target for target, _ in links(page) if target.suffix == ".md"]
    assert set(ROOT.glob("docs/**/*.md")) - reached == set()


def checks() -> list[str]:
    """The kinds of check there are: whatever lies in `checks` and is not its foundation."""
    entries = [path for path in (ROOT / "checks").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    return sorted({path.stem for path in entries} - NO_CHECKS - {"__init__"})


@pytest.mark.parametrize("kind", checks() or [pytest.param("", marks=pytest.mark.skip(reason="there is no check yet"))])
def test_every_check_has_a_page(kind: str) -> None:
    assert (ROOT / "docs" / "checks" / f"{kind}.md").is_file()
