"""The tutorials do what they show: the code of each runs from its top to its end."""

import os
import re
from pathlib import Path

import pytest

DOCS = Path(os.environ["GROVE_ROOT"]) / "docs" / "tutorials"


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.stem)
def test_tutorial(path):
    blocks = re.findall(r"```python\n(.*?)```", path.read_text(), re.DOTALL)
    assert blocks, "a tutorial has code"
    names = {"__name__": path.stem}
    for block in blocks:
        exec(compile(block, str(path), "exec"), names)  # noqa: S102 - our own tutorials
