"""Run the steps of the gate one after the other: a line and a time for each, and what it said only when it failed."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.gate import count

ROOT = Path(__file__).resolve().parents[2]
COVERAGE = ".coverage.json"
BOUND = 20 * 60  # seconds that one step may take, far above what it needs
SOAK_BOUND = 80 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of the gate, run by this interpreter as `python -m …`."""

    says: str
    command: tuple[str, ...]
    bound: float = BOUND  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a step ended."""

    passed: bool
    seconds: float
    output: str


def steps(*, soak: bool) -> tuple[Step, ...]:
    """List what CI checks, the quick things first."""
    campaigns = ("-m", "soak or not soak") if soak else ()
    tests = ("-n", "2", "--cov", f"--cov-report=json:{COVERAGE}", "--cov-report=", *campaigns)
    return (
        Step(says="formatting", command=("ruff", "format", "--check", ".")),
        Step(says="lint", command=("ruff", "check", ".")),
        Step(says="walls", command=("tests.gate.walls",)),
        Step(says="imports", command=("tests.gate.imports",)),
        Step(says="types", command=("mypy",)),
        Step(says="tests", command=("pytest", "-q", *tests), bound=SOAK_BOUND if soak else BOUND),
        Step(says="coverage of what decides", command=("tests.gate.pure", COVERAGE)),
    )


def run(step: Step) -> Result:
    """Run one step to its end or its bound, keeping what it says."""
    start = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", *step.command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=step.bound,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        said = (late.stdout or b"").decode(errors="replace")
        return Result(
            passed=False, seconds=time.monotonic() - start, output=f"{said}\nnot done after {step.bound:.0f} s"
        )
    return Result(
        passed=done.returncode == 0, seconds=time.monotonic() - start, output=done.stdout.decode(errors="replace")
    )


def closing(output: str) -> str:
    """Pick pytest's own closing line, the one that counts."""
    lines = [line for line in output.splitlines() if count.CLOSING.search(line)]
    return lines[-1] if lines else ""


def main(*, soak: bool) -> int:
    """Run every step, whatever the ones before it gave; 0 if all passed."""
    failed = []
    last = ""
    for step in steps(soak=soak):
        result = run(step)
        if step.command[0] == "pytest":
            last = closing(result.output)
            result = with_count(result, last)
        print(f"{'ok  ' if result.passed else 'FAIL'} {result.seconds:6.1f} s  {step.says}", flush=True)
        if not result.passed:
            failed.append(step.says)
            print(result.output, flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    print(last)
    return 1 if failed else 0


def with_count(result: Result, last: str) -> Result:
    """Fail a run of the tests that held fewer of them than the files do."""
    wrong = count.judge(last, count.written(ROOT / "tests"))
    if not wrong:
        return result
    return Result(passed=False, seconds=result.seconds, output=f"{result.output}\n{wrong}")
