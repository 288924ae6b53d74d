"""What Python users expect: arrays, tables, errors, threads, files."""

import threading
import time
import warnings

import numpy as np
import pytest

import galaxy_grove as gg


def disc(side=120, centre=(70.0, 44.0), scale=6.0, flat=0.5, degrees=30.0, noise=0.5):
    """A disc of light; `degrees` from the x axis towards the y axis, which points up as in arrays of FITS images."""
    y, x = np.mgrid[:side, :side].astype(float)
    x, y = x - centre[0], y - centre[1]
    angle = np.radians(degrees)
    along, across = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    light = 100 * np.exp(-np.hypot(along, across / flat) / scale)
    return light + np.random.default_rng(5).normal(0, noise, light.shape)


def test_arrays_become_cutouts_and_keep_their_order():
    galaxies = gg.prepare([disc(), disc(90, (40.0, 45.0), 4.0)], names=["one", "two"], structure=True)
    assert galaxies.images.shape == (2, 64, 64) and galaxies.images.dtype == np.float32
    assert galaxies.names == ["one", "two"]
    assert [report.galaxies for report in galaxies.files] == [1, 1]
    assert galaxies.images.max() <= 1 and galaxies.images.min() >= 0
    # The angle is that of the array's own axes.
    assert abs(galaxies.columns["structure_position_angle"][0] - 30) < 3


def test_structure_of_light_has_the_truth_and_a_star_takes_the_blur_out():
    found = gg.structure(disc(), sersic=True)
    assert abs(found["ellipticity"][0] - 0.5) < 0.03
    assert abs(found["position_angle"][0] - 30) < 2
    assert abs(found["sersic_n"][0] - 1) < 0.05
    assert found["flags"][0] == "none"
    star = np.zeros((7, 7))
    star[3, 3] = 1
    same = gg.structure(disc(), sersic=True, psf=star)
    assert abs(same["sersic_n"][0] - found["sersic_n"][0]) < 0.01
    with pytest.raises(gg.GroveError, match="sersic=True"):
        gg.structure(disc(), psf=star)
    with pytest.raises(gg.GroveError, match="no point spread function"):
        gg.structure(disc(), sersic=True, psf=np.zeros((7, 7)))


def test_masked_pixels_are_no_light():
    bright = disc()
    bright[:40, :40] = 1e5
    mask = np.zeros(bright.shape, bool)
    mask[:40, :40] = True
    clean = gg.structure(np.where(mask, np.nan, bright))
    masked = gg.structure(np.ma.MaskedArray(bright, mask))
    assert masked["gini"][0] == clean["gini"][0] and masked["ellipticity"][0] == clean["ellipticity"][0]
    one, other = gg.prepare([np.ma.MaskedArray(bright, mask), np.where(mask, np.nan, bright)]).images
    assert np.array_equal(one, other)


def test_a_cutout2d_brings_its_coordinates():
    astropy = pytest.importorskip("astropy")
    from astropy.nddata import Cutout2D
    from astropy.wcs import WCS

    assert astropy
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [150.0, 2.0]
    wcs.wcs.crpix = [60.5, 60.5]
    wcs.wcs.cdelt = [-1e-4, 1e-4]
    cutout = Cutout2D(disc(), (70, 44), 80, wcs=wcs)
    galaxies = gg.prepare(cutout)
    ra, dec = wcs.pixel_to_world_values(70.0, 44.0)
    assert abs(galaxies.columns["ra"][0] - ra) < 2e-4
    assert abs(galaxies.columns["dec"][0] - dec) < 2e-4
    table = gg.sort(gg.simulate(12), k=2).table().to_astropy()
    assert len(table) == 12 and "group_2" in table.colnames


def test_what_gives_no_galaxy_is_told_of(tmp_path):
    (tmp_path / "empty.fits").write_bytes(b"")
    (tmp_path / "words.txt").write_text("no galaxy\n")
    np.save(tmp_path / "galaxy.npy", disc().astype("f4"))
    with pytest.warns(gg.RefusedWarning, match="gave no galaxy"):
        galaxies = gg.read(tmp_path)
    assert len(galaxies) == 1 and len(galaxies.files) == 3
    assert sum(report.refused for report in galaxies.files) == 2
    assert all(report.verdict for report in galaxies.files)
    with pytest.warns(gg.RefusedWarning):
        assert len(gg.prepare([np.full((50, 50), np.nan), disc()])) == 1


def test_an_answer_that_no_file_wanted_is_named(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, disc().astype(np.float32))
    steps = []
    galaxies = gg.read(path, choose={"hdu": 2}, progress=lambda done, of: steps.append((done, of)))
    assert len(galaxies.ids) == 1
    assert any("no file asked for `hdu`" in note for note in galaxies.notes), galaxies.notes
    assert steps == [(1, 1)]


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: gg.read("/no/such/file.fits"), None),
        (lambda: gg.encode(np.zeros((2, 32, 32))), r"\[N, 64, 64\]"),
        (lambda: gg.encode(np.full((1, 64, 64), np.nan)), "number"),
        (lambda: gg.encode(gg.simulate(2), "other"), "no recipe"),
        (lambda: gg.linkage(np.zeros((4, 3)), "average"), "Ward"),
        (lambda: gg.linkage(np.full((4, 3), np.nan)), "number"),
        (lambda: gg.linkage(np.zeros((4, 64), np.uint8), "wart"), "no linkage"),
        (lambda: gg.cut(np.zeros((3, 4)), 2), None),
        (lambda: gg.cut(gg.linkage(np.arange(8.0).reshape(4, 2)), 9), "1 to 4"),
        (lambda: gg.sort(gg.simulate(1)), "at least 2"),
        (lambda: gg.prepare(np.zeros(5)), "two dimensions"),
        (lambda: gg.prepare([disc()], half_side=-1), "half_side"),
    ],
)
def test_errors_say_what_is_wrong(work, words):
    with warnings.catch_warnings():
        warnings.simplefilter("error", gg.RefusedWarning)
        with pytest.raises((gg.GroveError, gg.RefusedWarning), match=words):
            work()


def test_a_container_survives_being_saved(tmp_path, galaxies):
    for recipe in ("shape", "reference"):
        ours = gg.sort(galaxies, k=[2, 5], recipe=recipe)
        path = ours.save(tmp_path / recipe)
        again = gg.open(path)
        assert np.array_equal(again.galaxies.images, galaxies.images)
        assert again.galaxies.names == galaxies.names
        assert np.array_equal(again.linkage, ours.linkage)
        assert all(np.array_equal(again.groups[k], ours.groups[k]) for k in (2, 5))
        assert again.metadata["made_by"].startswith("galaxy_grove")
        assert path.read_bytes() == again.save(tmp_path / f"{recipe}-again").read_bytes()


def test_pictures_come_back_from_codes(galaxies):
    encoded = gg.encode(galaxies, "reference")
    images = gg.reconstruct(encoded)
    assert images.shape == galaxies.images.shape
    assert np.mean((images - galaxies.images) ** 2) < 0.01


def test_other_threads_run_meanwhile():
    images = gg.simulate(60).images
    ticks, done = [], threading.Event()

    def tick():
        while not done.wait(0.005):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        gg.encode(images)
    finally:
        done.set()
        thread.join()
    assert len(ticks) > 5


def test_arrow_batches_go_in_and_out(galaxies):
    pa = pytest.importorskip("pyarrow")
    flat = pa.array(galaxies.images.reshape(-1))
    image = pa.FixedSizeListArray.from_arrays(flat, 4096)
    batch = pa.record_batch({"id": pa.array(galaxies.ids), "image": image})
    for recipe in ("shape", "reference"):
        found = gg.encode_batch(batch, recipe)
        assert found.schema.names[:2] == ["id", "codes"]
        encoded = gg.encode(galaxies, recipe)
        codes = np.array(found.column("codes").to_pylist(), dtype=np.uint8)
        assert np.array_equal(codes, encoded.codes.reshape(60, 64))
        if recipe == "shape":
            assert np.array_equal(np.array(found.column("vector").to_pylist()), encoded.vectors)
    # A slice, and lists of lists, are the same galaxies.
    rows = pa.array([galaxies.images[row].tolist() for row in (3, 4)], pa.list_(pa.list_(pa.float32())))
    few = gg.encode_batch(pa.record_batch({"image": rows}), "reference")
    part = gg.encode_batch(batch.slice(3, 2), "reference")
    assert few.column("codes").to_pylist() == part.column("codes").to_pylist()
    # As many numbers in all, but not in each row.
    flat = galaxies.images[:2].reshape(-1).tolist()
    ragged = pa.array([flat[:4000], flat[4000:]], pa.list_(pa.float32()))
    with pytest.raises(gg.GroveError, match="lists of 4000 and of 4192"):
        gg.encode_batch(pa.record_batch({"image": ragged}))
    with pytest.raises(gg.GroveError, match="no column"):
        gg.encode_batch(batch.select(["id"]))
    table = pa.table(gg.sort(galaxies, k=2).table())
    assert table.num_rows == 60 and "group_2" in table.column_names
