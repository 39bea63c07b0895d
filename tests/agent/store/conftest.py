"""What the tests of the store share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.agent.intake.bench import Bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.store.close()
