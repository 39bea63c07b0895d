"""Whatever becomes of a command: people get one clear line, programs a status; no traceback, no half-written text."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli import main

START = "import sys; from agent.cli import main; sys.exit(main(sys.argv[1:]))"


def start(*words: str, stdout: int, **environ: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", START, *words]
    environ = {**os.environ, **environ}
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, env=environ, timeout=60, check=False)


def test_output_that_cannot_be_written_is_one_line() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        done = start("config", "schema", stdout=full)
    finally:
        os.close(full)
    assert (done.returncode, done.stderr) == (1, b"vigie: the output cannot be written: No space left on device\n")


def test_a_reader_who_leaves_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = start("--help", stdout=writer)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_what_is_piped_is_utf_8_whatever_the_locale_says(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[clients.lumiere]\nname = "Atelier Lumière"\n', encoding="utf-8")
    done = start("config", "show", "--config", str(config), stdout=subprocess.PIPE, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert 'name = "Atelier Lumière"' in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        pytest.param(
            ("chek",), "No such command 'chek'. Did you mean 'check'? (see `vigie --help`)", id="unknown-command"
        ),
        pytest.param(("check",), "Missing argument 'kind' (see `vigie check --help`)", id="missing-argument"),
        pytest.param(
            ("sites", "--format", "xml"),
            "Invalid value for '--format': 'xml' is not one of 'text', 'json' (see `vigie sites --help`)",
            id="value-of-no-choice",
        ),
        pytest.param(
            ("run", "--confg", "x"),
            "No such option: --confg (Possible options: --config) (see `vigie run --help`)",
            id="unknown-option",
        ),
        pytest.param(("run", "--config"), "Option '--config' requires an argument", id="no-value"),
        pytest.param(("check", "nope", "http://x/"), "unknown check 'nope': there is tls, uptime", id="unknown-check"),
        pytest.param(("check", "uptime"), "which address? give a URL, or --config F --site ID", id="no-address"),
        pytest.param(
            ("check", "uptime", "ftp://x/"),
            "ftp://x/: an address begins with http:// or https:// and names a host",
            id="an-address-of-another-scheme",
        ),
        pytest.param(
            ("check", "uptime", "http://x/", "--set", "a"), "--set a: write it as KEY=VALUE", id="set-without-a-value"
        ),
    ],
)
def test_a_command_that_cannot_be_is_one_line_and_status_3(
    words: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 3
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"vigie: {line}\n")


def test_each_error_of_a_configuration_is_a_line_that_says_who_speaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[agent]\nnam = "x"\ntimezon = "x"\n', encoding="utf-8")
    assert main(["tickets", "list", "--config", str(config)]) == 3
    lines = capsys.readouterr().err.splitlines()
    assert [line.startswith(f"vigie: {config}:") for line in lines] == [True, True]


def test_ctrl_c_while_the_command_is_still_being_loaded_says_nothing() -> None:
    asked = (
        "import sys, agent.cli\n"
        "def interrupted(_words): raise KeyboardInterrupt\n"
        "agent.cli.main = interrupted\n"
        "from agent.__main__ import main\n"
        "sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
