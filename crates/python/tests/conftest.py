"""What several tests need."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import galaxy_grove as gg


@pytest.fixture(scope="session")
def galaxies() -> gg.Galaxies:
    return gg.simulate(60, seed=3)


@pytest.fixture(scope="session")
def grove() -> str:
    """The command line, whose numbers these must be."""
    found = os.environ.get("GROVE") or shutil.which("grove")
    if not found:
        pytest.fail("set GROVE to the command line `grove`: cargo build --release --package grove-cli")
    return found


@pytest.fixture
def run(grove):
    def run(*arguments) -> str:
        done = subprocess.run([grove, *map(str, arguments)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return Path(__file__).parents[3] / "tests" / "fixtures"
