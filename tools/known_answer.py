"""Writes www/model/known-answer.safetensors: simulated cutouts and the codes that the shipped model must give for them.

    python3 tools/known_answer.py IMAGES.npz www/model/manifest.json www/model/known-answer.safetensors

IMAGES.npz holds simulated cutouts as `images` [N, 64, 64]. The codes are computed here, in double precision, by a few
lines of NumPy that share nothing with the Rust code but the model file. Of the N galaxies the 16 whose smallest margin
(squared distance to the second-best code minus that to the best) is largest are taken, in file order, so that rounding on
another device cannot flip a code. Needs numpy and safetensors.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from sorted_safetensors import save

COUNT = 16


def convolve(x, weights, bias, stride):
    """[N, C, H, W] with [O, C, k, k], zeros outside, as TensorFlow's SAME for these even sizes."""
    side = weights.shape[-1]
    before, after = ((side - stride) // 2, (side - stride + 1) // 2) if side > 1 else (0, 0)
    x = np.pad(x, ((0, 0), (0, 0), (before, after), (before, after)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (side, side), axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nchwij,ocij->nohw", windows, weights, optimize=True) + bias[:, None, None]


def encode(images, model):
    """Squared distances to the codes, [N, 64, codes], by METHOD sections 2 and 3."""
    weights = {name: tensor.astype(np.float64) for name, tensor in model.items()}

    def layer(x, name, stride=1):
        return convolve(x, weights[f"{name}/w"], weights[f"{name}/b"], stride)

    relu = lambda x: np.maximum(x, 0.0)
    x = images[:, None].astype(np.float64)
    for name in ("enc_1", "enc_2", "enc_3"):
        x = relu(layer(x, f"encoder/{name}", 2))
    x = layer(x, "encoder/enc_4")
    block = 0
    while f"encoder/res3x3_{block}/w" in weights:
        x = x + layer(relu(layer(relu(x), f"encoder/res3x3_{block}")), f"encoder/res1x1_{block}")
        block += 1
    z = layer(relu(x), "to_vq").reshape(len(images), -1, 64).transpose(0, 2, 1)
    return ((z[:, :, None, :] - weights["vq_layer/embedding"][None, None]) ** 2).sum(axis=-1)


def main(source: str, manifest: str, target: str) -> None:
    images = np.load(source)["images"].reshape(-1, 64, 64).astype(np.float32)
    model = Path(manifest).parent / json.loads(Path(manifest).read_text())["file"]
    distances = encode(images, load_file(model))
    codes = distances.argmin(axis=-1)
    ordered = np.sort(distances, axis=-1)
    margin = (ordered[..., 1] - ordered[..., 0]).astype(np.float32)

    smallest = margin.min(axis=1)
    rows = np.sort(np.argsort(-smallest, kind="stable")[:COUNT])
    # The model is named by its hash, so that a model and another model's answers cannot be taken for a pair.
    metadata = {
        "format": "galaxy-grove known answer",
        "version": "1",
        "source": "simulated Sersic galaxies; codes by tools/known_answer.py in double precision",
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
    print(f"codes used: {len(np.unique(tensors['codes']))} of {distances.shape[-1]}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
