"""Compares `grove tree` with fastcluster (and SciPy's distances) on the same codes, in one run.

    python3 tools/compare_fastcluster.py path/to/grove [N ...]

For each N: codes of N made-up galaxies (ten families of 64 codes of 16, some positions redrawn, so that distances tie as
those of real codes do); then, three times in turn, `grove tree` as a whole process (reading, distances, linkage, writing) in
double and in single precision, and `pdist` + `fastcluster.linkage(ward, preserve_input=False)` within this one. Prints the
best times, their ratio and the peak memory of the `grove` processes. Needs numpy, scipy and fastcluster.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import fastcluster
import numpy as np
from scipy.spatial.distance import pdist


def codes_of(n: int) -> np.ndarray:
    random = np.random.default_rng(7)
    families = random.integers(0, 16, (10, 64))
    codes = families[random.integers(0, 10, n)]
    redrawn = random.random((n, 64)) < random.uniform(0.1, 0.7, (n, 1))
    return np.where(redrawn, random.integers(0, 16, (n, 64)), codes).astype(np.uint8)


def run(grove: str, features: str, folder: str, precision: str) -> tuple[float, float]:
    """Seconds and peak megabytes of one process."""
    command = [grove, "tree", features, "--rows", "given", "--precision", precision]
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--linkage", f"{folder}/Z_{precision}.npy", "--force"], stderr=subprocess.DEVNULL
    )
    # The kernel's high-water mark of this program; that of `wait4` would count the memory of this one too, which forked.
    peak = 0.0
    while process.poll() is None:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                peak = max(peak, float(line.split()[1]) / 1000)
        time.sleep(0.002)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed")
    return time.perf_counter() - start, peak


def main(grove: str, sizes: list[int]) -> None:
    for n in sizes:
        codes = codes_of(n)
        with tempfile.TemporaryDirectory() as folder:
            features = f"{folder}/features.npy"
            np.save(features, codes)
            ours, single, theirs, memory = [], [], [], {}
            for _ in range(3):
                seconds, memory["double"] = run(grove, features, folder, "double")
                ours.append(seconds)
                seconds, memory["single"] = run(grove, features, folder, "single")
                single.append(seconds)
                start = time.perf_counter()
                z = fastcluster.linkage(pdist(codes, "hamming"), "ward", preserve_input=False)
                theirs.append(time.perf_counter() - start)
            top = np.load(f"{folder}/Z_double.npy")[-1, 2]
            print(
                f"{n} galaxies: grove {min(ours):.2f} s (single {min(single):.2f} s), pdist + fastcluster "
                f"{min(theirs):.2f} s, ratio {min(ours) / min(theirs):.2f}; peak {memory['double']:.0f} MB "
                f"(single {memory['single']:.0f} MB); top {top:.4f} and {z[-1, 2]:.4f}"
            )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], [int(n) for n in sys.argv[2:]] or [1000, 10000, 20000])
