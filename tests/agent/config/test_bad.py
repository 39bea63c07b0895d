"""Every bad configuration says exactly what is wrong, where, and what was probably meant."""

from pathlib import Path

import pytest

from agent.config import owners
from agent.config.problems import ConfigErrors
from tests.agent.config.conftest import read

BAD = Path(__file__).with_name("bad")
ENVIRON = {"SPOKEN": "xx-secret", "ODD": "hunter2", "HOST": "internal.example"}


# What there is grows with every owner: the errors speak of it as SECTIONS.
SECTIONS = ", ".join(sorted({section.path.partition(".")[0] for section in owners.surroundings({}).sections}))


def _cases() -> list[Path]:
    return sorted(path for path in BAD.iterdir() if path.suffix == ".toml" or path.is_dir())


def _expected(path: Path) -> str:
    return (path / "errors" if path.is_dir() else path.with_suffix(".errors")).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", _cases(), ids=lambda path: path.stem)
def test_a_bad_configuration_says_what_is_wrong(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(ConfigErrors) as caught:
        read(path.relative_to(BAD), ENVIRON)
    said = str(caught.value).replace(str(BAD), "FOLDER").replace(SECTIONS, "SECTIONS")
    assert said + "\n" == _expected(path)
    assert not any(value in said for value in ENVIRON.values())
