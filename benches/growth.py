"""How time and memory of the command line grow with the number of galaxies. Only the standard library and numpy.

``python benches/growth.py GROVE [FOLDER]`` runs the program GROVE on simulated galaxies and writes docs/growth.csv and docs/images/growth.svg. Files of some
gigabytes lie in FOLDER meanwhile. Seconds are those of the processor, on all cores; memory is the largest resident set.

``python benches/growth.py --page LOG`` puts the lines that the page's benchmark (``bench_growth`` of tests/page) printed into LOG beside them: seconds of all of
the browser's processes, memory of the page and its workers.
"""

import csv
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SIZES = [1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000]
#: Ward on codes keeps rows of merged clusters: above this its memory is more than a laptop's.
MOST_CODES = 20_000
#: From the simulation to the groups.
PAGE = "the page, by shape"
WORK = {
    "encode (reference)": "#4e9af1",
    "encode and sort (shape)": "#f1a14e",
    "tree of codes": "#5fd38d",
    "tree of vectors": "#d36ad3",
    PAGE: "#e8e06a",
}


def run(arguments):
    """Seconds of the processor, and bytes."""
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{arguments} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def measure(grove, folder):
    rows = []
    for n in SIZES:
        galaxies = folder / "galaxies.h5"
        codes, tree = folder / "codes.npy", folder / "z.npy"
        subprocess.run([grove, "simulate", str(n), "-o", galaxies, "--seed", "5", "--force"], check=True, capture_output=True)
        model = ROOT / "www/model/galaxies.safetensors"
        found = {"encode (reference)": run([grove, "extract", galaxies, "--model", model, "-o", codes, "--force"])}
        if n <= MOST_CODES:
            found["tree of codes"] = run([grove, "tree", codes, "--linkage", tree, "--force"])
            found["encode and sort (shape)"] = run([grove, "sort", galaxies, "-o", folder / "sorted", "-k", "9", "--examples", "0", "--force"])
        # The shape of the cloud decides little: numbers of the codes' shares, 16 of them, scattered.
        shares = np.load(codes).reshape(n, 64)
        vectors = np.stack([(shares == code).mean(1) for code in range(16)], 1)
        np.save(folder / "vectors.npy", vectors + np.random.default_rng(1).normal(0, 0.01, vectors.shape))
        found["tree of vectors"] = run([grove, "tree", folder / "vectors.npy", "--linkage", tree, "--force"])
        for work, (seconds, memory) in found.items():
            rows.append((work, n, seconds, memory))
            print(f"{work}: {n} galaxies, {seconds:.2f} s, {memory / 1e6:.0f} MB", flush=True)
    return rows


def slope(points):
    """The exponent: of a straight line through the logarithms of the larger half."""
    points = points[len(points) // 2 - 1 :]
    x, y = np.log([p[0] for p in points]), np.log([p[1] for p in points])
    return np.polyfit(x, y, 1)[0]


def picture(rows):
    width, height, left, top = 420, 300, 60, 40
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * width + 40}" height="{height + 170}" font-family="sans-serif" font-size="12">']
    parts.append('<rect width="100%" height="100%" fill="#0a0d13"/>')
    for panel, (column, title) in enumerate([(2, "seconds of the processor"), (3, "largest memory, MB")]):
        scale = 1 if column == 2 else 1e-6
        values = [row[column] * scale for row in rows]
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

        def at(n, value, panel=panel, low=low, high=high):
            x = left + panel * width + (math.log10(n) - 3) / 2 * (width - 90)
            return x, top + (high - math.log10(value)) / (high - low) * height

        parts.append(f'<text x="{left + panel * width}" y="24" fill="#dde">{title}</text>')
        for decade in range(low, high + 1):
            (x, y), (end, _) = at(1e3, 10**decade), at(1e5, 10**decade)
            parts.append(f'<path d="M{x} {y}H{end}" stroke="#334"/><text x="{x - 8}" y="{y + 4}" fill="#99a" text-anchor="end">{10.0**decade:g}</text>')
        for n in (1_000, 10_000, 100_000):
            x, _ = at(n, 10**low)
            parts.append(f'<text x="{x}" y="{top + height + 18}" fill="#99a" text-anchor="middle">{n:,}</text>')
        for index, (work, colour) in enumerate(WORK.items()):
            points = [(row[1], row[column] * scale) for row in rows if row[0] == work]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
            legend = f"{work}: exponent {slope(points):.2f}"
            parts.append(f'<text x="{left + panel * width}" y="{top + height + 42 + 18 * index}" fill="{colour}">{legend}</text>')
    return "".join([*parts, "</svg>\n"])


def known():
    """The rows that are written already."""
    with (ROOT / "docs/growth.csv").open(newline="") as file:
        return [(work, int(n), float(seconds), float(size)) for work, n, seconds, size in list(csv.reader(file))[1:]]


def printed(log):
    """The rows of the page's benchmark: ``growth: galaxies,seconds,processor seconds,MB``."""
    lines = [line.split("growth: ")[1].split(",") for line in log.splitlines() if line.startswith("growth: ")]
    return [(PAGE, int(n), float(processor), float(size) * 1e6) for n, _, processor, size in lines]


def write(rows):
    with (ROOT / "docs/growth.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("work", "galaxies", "processor_seconds", "bytes"), *rows])
    (ROOT / "docs/images/growth.svg").write_text(picture(rows))


def main():
    if sys.argv[1] == "--page":
        return write([*(row for row in known() if row[0] != PAGE), *printed(Path(sys.argv[2]).read_text())])
    grove = sys.argv[1]
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        rows = measure(grove, Path(folder))
    write([*rows, *(row for row in known() if row[0] == PAGE)])


if __name__ == "__main__":
    main()
