"""The demo of the page, in Python: 500 simulated galaxies in groups, held to the groups that are kept beside this file.

Run with ``--write`` to keep new ones.
"""

import csv
import sys
from pathlib import Path

import galaxy_grove as gg

KEPT = Path(__file__).with_name("demo_groups.csv")


def main() -> int:
    galaxies = gg.simulate(500, seed=1)
    ours = gg.sort(galaxies, k=[2, 9])
    rows = [[str(galaxies.ids[at]), str(ours.groups[2][at]), str(ours.groups[9][at])] for at in range(len(galaxies))]
    if "--write" in sys.argv:
        with KEPT.open("w", newline="") as file:
            csv.writer(file).writerows([["id", "group_2", "group_9"], *rows])
        print(f"{len(rows)} galaxies kept in {KEPT}")
        return 0
    with KEPT.open(newline="") as file:
        kept = list(csv.reader(file))[1:]
    other = sum(row != before for row, before in zip(rows, kept, strict=True))
    sizes = [int((ours.groups[9] == number).sum()) for number in range(1, 10)]
    print(f"{len(rows)} galaxies in 9 groups of {sizes}; {other} differ from {KEPT.name}")
    return int(other > 0)


if __name__ == "__main__":
    sys.exit(main())
