"""Writes www/famous-galaxies.csv: 200 well known galaxies with position, size and Hubble type.

    pip install pyongc
    python3 tools/famous_galaxies.py www/famous-galaxies.csv

All numbers are OpenNGC's (Mattia Verga, https://github.com/mattiaverga/OpenNGC, CC BY-SA 4.0), which comes inside the
package PyOngc. Taken are, in this order, until there are 200: every galaxy of Messier's list; the galaxies of Caldwell's
list; those that OpenNGC knows a common name for; and then the brightest in blue light. Only
single galaxies count that have a size and a Hubble type; the Small Magellanic Cloud is left out, since it fills more sky
than a cutout can. The file keeps OpenNGC's licence, which it states in its first lines.
"""

import csv
import io
import math
import re
import sqlite3
import sys
from pathlib import Path

import pyongc

COUNT = 200
# Larger than this, in arcminutes, is no cutout. M 31 has 178.
LARGEST = 200
# Messier 102 is taken to be NGC 5866, as most authors do; OpenNGC leaves the question open.
MESSIER_102 = "NGC5866"
# Patrick Moore's list of 1995, the entries that are galaxies.
CALDWELL = """
IC342 NGC2403 NGC185 NGC147 NGC5005 NGC4236 NGC3077 NGC4449 NGC4244 NGC4631 NGC4559 NGC4565 NGC891 NGC4889
NGC2775 NGC6822 NGC4697 NGC4038 NGC4039 NGC3115 NGC4945 NGC5128 NGC55 NGC253 NGC247 NGC300 NGC1316 NGC1097 NGC1275
NGC3626 NGC7479 NGC7331 NGC2976 NGC6946 NGC6744 NGC5195 IC1613 NGC4656 NGC7814 NGC5248 NGC4753
""".split()
HEADER = """\
# 200 well known galaxies, made by tools/famous_galaxies.py from OpenNGC as it comes with PyOngc {version}.
# Data: OpenNGC, Mattia Verga and contributors, https://github.com/mattiaverga/OpenNGC
# Licence of this file: CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/ (not that of the program around it).
# Changed: a selection; positions in degrees (ICRS), major axis at the 25th blue magnitude in arcminutes.
"""
# Common names that OpenNGC gives to the wrong object or that mean a part of it: the Cocoon Galaxy is NGC 4490.
MISNAMED = {("NGC4990", "Cocoon Galaxy"), ("NGC0253", "Sculptor Filament")}
# A common name alone makes no famous galaxy: fainter ones in blue light are left out.
FAINTEST_NAMED = 13.5


def spaced(name):
    """NGC0224 as NGC 224."""
    catalogue, number, rest = re.fullmatch(r"(NGC|IC)0*(\d+)(.*)", name).groups()
    return f"{catalogue} {number}{rest}"


def common(name, names):
    """The first common name; one that says Galaxy goes first."""
    kept = [one.strip() for one in (names or "").split(",") if one.strip() and (name, one.strip()) not in MISNAMED]
    return min(kept, key=lambda one: "Galaxy" not in one, default="")


def main(target):
    database = sqlite3.connect(Path(pyongc.__file__).parent / "ongc.db")
    found = database.execute(
        "select name, messier, commonnames, ra, dec, majax, hubble, bmag from objects "
        "where type = 'G' and notngc = 0 and ra is not null and majax > 0 and majax < ? and hubble <> '' and bmag is not null",
        [LARGEST],
    ).fetchall()
    galaxies = {}
    for name, messier, names, ra, dec, size, hubble, magnitude in found:
        if not re.fullmatch(r"(NGC|IC)\d+[A-Z]?", name):
            continue
        number = 102 if name == MESSIER_102 else int(messier) if messier else None
        galaxies[name] = (number, common(name, names), math.degrees(ra), math.degrees(dec), size, hubble.strip(), magnitude)
    caldwell = {re.sub(r"(NGC|IC)(\d+)", lambda m: f"{m[1]}{int(m[2]):04}", name) for name in CALDWELL}

    def rank(item):
        name, (messier, known_as, _, _, _, _, magnitude) = item
        tier = 0 if messier else 1 if name in caldwell else 2 if known_as and magnitude <= FAINTEST_NAMED else 3
        return (tier, messier or 0, magnitude, name)

    chosen = sorted(galaxies.items(), key=rank)[:COUNT]
    chosen.sort(key=lambda item: (item[1][0] is None, item[1][0] or 0, item[1][2]))
    out = io.StringIO()
    out.write(HEADER.format(version=pyongc.__version__))
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["name", "other_name", "common_name", "ra_deg", "dec_deg", "diameter_arcmin", "hubble_type"])
    for name, (messier, known_as, ra, dec, size, hubble, _) in chosen:
        first, other = (f"M {messier}", spaced(name)) if messier else (spaced(name), "")
        rows.writerow([first, other, known_as, f"{ra:.5f}", f"{dec:.5f}", f"{size:g}", hubble])
    Path(target).write_text(out.getvalue())


if __name__ == "__main__":
    main(sys.argv[1])
