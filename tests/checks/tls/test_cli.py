"""The command as people type it, against servers of the lab."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.lab.tls import faulty, healthy
from tests.lab.tls.servers import open_lab
from tests.lab.tls.world import World, open_case

START = "import sys; from agent.cli import main; sys.exit(main(sys.argv[1:]))"


async def vigie(name: str, folder: Path, *words: str, lang: str = "en") -> tuple[int, str, str]:
    case = next(case for case in (*faulty.CASES, *healthy.CASES) if case.name == name)
    async with open_lab() as lab:
        found = open_case(case, World(lab=lab, folder=folder), 3.0)
        ((host, addresses),) = found.options.resolve
        command = [
            sys.executable, "-c", START, "check", "tls", found.target, "--set", f"ca_file={found.options.ca_file}",
            "--set", f"resolve.{host}={','.join(addresses)}", "--set", f"http_port={found.options.http_port}",
            "--set", "timeout=5s", "--allow-private", "--lang", lang, *words,
        ]  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


async def test_a_fault_in_json(tmp_path: Path) -> None:
    status, out, err = await vigie("one-address-expired", tmp_path, "--format", "json")
    outcome = json.loads(out)
    (found,) = [finding for finding in outcome["findings"] if finding["severity"] == "critical"]
    assert (status, err) == (1, "")
    assert (outcome["observed"], outcome["kind"]) == (True, "tls")
    assert found["rule"] == "tls.cert.expired"
    assert found["evidence"]["address"] == "127.0.0.2"
    assert found["evidence"]["not_after"].endswith("Z")
    assert "127.0.0.2" in found["message"]


async def test_a_sound_chain_is_shown_to_a_person(tmp_path: Path) -> None:
    status, out, _err = await vigie("p-256-leaf", tmp_path, "--explain")
    assert status == 0
    for words in ("1. name.test", "2. Lab Issuing", "3. Lab Root", "[in the store]", "leads to a trusted root"):
        assert words in out


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        pytest.param(
            "en",
            ["✖ critical", "what to do", "attempt 1, step by step", "for name.test", "EXPIRED 1 d ago, on 20",
             "the same chain as 127.0.0.1", "weak suites: none", "attempt 2: the same again", "evidence of tls.cert"],
            id="in-english",
        ),
        pytest.param(
            "fr",
            ["✖ bloquante", "que faire", "tentative 1, pas à pas", "pour name.test", "EXPIRÉ depuis 1 j, le 20",
             "la même chaîne que 127.0.0.1", "suites faibles : aucune", "tentative 2 : de nouveau la même chose",
             "preuves de tls.cert"],
            id="in-french",
        ),
    ],
)  # fmt: skip
async def test_an_expired_certificate_is_told_step_by_step_once(tmp_path: Path, lang: str, words: list[str]) -> None:
    status, out, _err = await vigie("one-address-expired", tmp_path, "--explain", lang=lang)
    assert status == 1
    place = 0
    for word in words:
        place = out.find(word, place)
        assert place >= 0, word
    assert out.count("SHA-256 ") == 2  # two certificates, looked at twice


@pytest.mark.parametrize(
    ("name", "status"),
    [
        pytest.param("ninety-days-with-twenty-left", 1, id="findings"),
        pytest.param("chain-with-a-copy", 0, id="nothing-above-info"),
        pytest.param("everywhere-it-resets", 2, id="unobserved"),
    ],
)
async def test_exit_statuses(tmp_path: Path, name: str, status: int) -> None:
    assert (await vigie(name, tmp_path))[0] == status
