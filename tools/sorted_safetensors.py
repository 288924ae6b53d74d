"""Writes safetensors files that are equal whenever their contents are. Needs numpy."""

import json

import numpy as np


def save(tensors: dict[str, np.ndarray], metadata: dict[str, str], target: str) -> None:
    """Writes safetensors with everything sorted by name: the library's own writer orders metadata at random."""
    head = {"__metadata__": dict(sorted(metadata.items()))}
    data = b""
    for name, array in sorted(tensors.items()):
        values = np.ascontiguousarray(array).tobytes()
        dtype = {"float32": "F32", "uint8": "U8"}[array.dtype.name]
        # Every tensor here is a multiple of 8 bytes long, so all of them stay aligned.
        assert len(values) % 8 == 0
        head[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(target, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)
