"""Writes www/model/known-answer.safetensors: simulated cutouts and the codes that the shipped model must give for them.

    python3 tools/known_answer.py ../shared/reference/pretrained/golden_pretrained.npz www/model/known-answer.safetensors

The codes are those of the reference graph in TensorFlow, not ours. Of the 32 simulated galaxies in the file the 16 whose
smallest margin (squared distance to the second-best code minus that to the best) is largest are taken, in file order, so
that rounding on another device cannot flip a code. Needs numpy.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np

from sorted_safetensors import save

COUNT = 16


def main(source: str, target: str) -> None:
    golden = np.load(source)
    images = golden["images"].reshape(-1, 64, 64)
    codes = golden["indices"].reshape(-1, 64)
    margin = golden["margin"].reshape(-1, 64)
    assert images.dtype == np.float32 and margin.dtype == np.float32
    assert codes.min() >= 0 and codes.max() < 16

    smallest = margin.min(axis=1)
    rows = np.sort(np.argsort(-smallest, kind="stable")[:COUNT])
    # The model is named by its hash, so that a model and another model's answers cannot be taken for a pair.
    model = Path(target).parent / "reference.safetensors"
    metadata = {
        "format": "galaxy-grove known answer",
        "version": "1",
        "source": "simulated Sersic galaxies; codes by the reference graph in TensorFlow 2.15",
        "model": model.name,
        "model_sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "rows": ",".join(map(str, rows)),
        "min_margin": f"{smallest[rows].min():.6g}",
        "licence": "MIT OR Apache-2.0",
    }
    tensors = {
        "images": images[rows],
        "codes": codes[rows].astype(np.uint8),
        "margin": margin[rows],
    }
    save(tensors, metadata, target)
    print(f"{target}: {COUNT} cutouts of {len(images)}, rows {metadata['rows']}")
    print(f"smallest margin {smallest[rows].min():.6g} (of all {len(images)}: {smallest.min():.6g})")
    print(f"codes used: {len(np.unique(tensors['codes']))} of 16")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
