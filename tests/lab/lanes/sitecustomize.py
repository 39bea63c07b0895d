"""Read by a child process when it starts: gives it the check of this folder."""

from pathlib import Path

import checks

checks.__path__.append(str(Path(__file__).parent / "extra"))
