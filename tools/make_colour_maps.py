"""Writes src/intake/formats/figure/maps.rs: the usual colour maps, each as 65 colours at equal steps, from matplotlib."""

import matplotlib

NAMES = """viridis plasma inferno magma cividis turbo jet hot afmhot gist_heat gnuplot gnuplot2 CMRmap cubehelix bone pink copper
cool coolwarm RdBu RdYlBu Spectral rainbow gist_rainbow nipy_spectral gist_ncar gist_stern gist_earth terrain ocean hsv
Blues Greens Reds Oranges Purples YlOrRd YlGnBu summer autumn winter spring""".split()
STEPS = 64

print("//! The usual colour maps, each as 65 colours at equal steps: written by `tools/make_colour_maps.py` from matplotlib.\n")
print("/// The name of a map and its colours, three bytes each in hexadecimal digits.")
print(f"pub const MAPS: [(&str, &str); {len(NAMES)}] = [")
for name in NAMES:
    colours = [matplotlib.colormaps[name](i / STEPS, bytes=True)[:3] for i in range(STEPS + 1)]
    text = "".join("%02x%02x%02x" % tuple(c) for c in colours)
    print(f'    ("{name}", "{text}"),')
print("];")
