"""The numbers are those of the command line, and of SciPy, bit for bit."""

import csv

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster
from scipy.cluster.hierarchy import linkage as scipy_linkage
from scipy.spatial.distance import pdist
from sklearn.metrics import adjusted_rand_score

import galaxy_grove as gg


def column(path, name):
    with open(path, newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def test_simulated_galaxies_are_those_of_the_command_line(run, tmp_path, galaxies):
    run("simulate", 60, "--seed", 3, "-o", tmp_path / "s.h5")
    read = gg.read(tmp_path / "s.h5")
    assert np.array_equal(read.images, galaxies.images)
    assert np.array_equal(read.raw, galaxies.raw)
    assert np.array_equal(read.ids, galaxies.ids)
    assert column(tmp_path / "s.csv", "kind") == list(galaxies.columns["kind"])


@pytest.mark.parametrize("recipe", ["shape", "reference"])
def test_codes_vectors_tree_and_groups_are_those_of_the_command_line(run, tmp_path, galaxies, recipe):
    run("simulate", 60, "--seed", 3, "-o", tmp_path / "s.h5")
    run("sort", tmp_path / "s.h5", "-o", tmp_path / "sorted", "--recipe", recipe, "-k", 2, "-k", 7, "--examples", 0)
    theirs = gg.open(tmp_path / "sorted")
    ours = gg.sort(galaxies, k=[2, 7], recipe=recipe)
    assert np.array_equal(ours.encoded.codes, theirs.encoded.codes)
    assert np.array_equal(ours.linkage, theirs.linkage)
    assert np.array_equal(ours.structure, theirs.structure, equal_nan=True)
    assert ours.encoded.model_sha256 == theirs.encoded.model_sha256
    if recipe == "shape":
        assert np.array_equal(ours.encoded.vectors, theirs.encoded.vectors)
        assert np.array_equal(ours.encoded.unlike, theirs.encoded.unlike)
        assert np.array_equal(ours.encoded.histograms, theirs.encoded.histograms)
    for k in (2, 7):
        assert np.array_equal(ours.groups[k], theirs.groups[k])


def test_extracted_codes_are_those_of_the_command_line(run, tmp_path, galaxies):
    run("simulate", 60, "--seed", 3, "-o", tmp_path / "s.h5")
    model = tmp_path / "model.safetensors"
    model.write_bytes((__import__("pathlib").Path(__file__).parents[3] / "www/model/galaxies.safetensors").read_bytes())
    run("extract", tmp_path / "s.h5", "--model", model, "-o", tmp_path / "codes.npy")
    codes = gg.encode(galaxies, "reference").codes
    assert np.array_equal(np.load(tmp_path / "codes.npy").reshape(codes.shape), codes)
    assert np.array_equal(gg.encode(galaxies, "reference", model=model).codes, codes)


def test_the_tree_of_codes_is_scipys_to_the_last_bit():
    # Few codes of few positions: nearly every distance is tied with others.
    codes = np.random.default_rng(1).integers(0, 4, (300, 12), dtype=np.uint8)
    expected = scipy_linkage(pdist(codes, "hamming"), "ward")
    assert np.array_equal(gg.linkage(codes, shuffled=False), expected)


@pytest.mark.parametrize("method", ["average", "complete", "weighted", "single"])
def test_other_linkages_have_scipys_heights(method):
    codes = np.random.default_rng(2).integers(0, 16, (120, 64), dtype=np.uint8)
    expected = scipy_linkage(pdist(codes, "hamming"), method)[:, 2]
    assert np.allclose(gg.linkage(codes, method, shuffled=False)[:, 2], expected, rtol=0, atol=1e-12)


def test_any_models_vectors_make_scipys_tree_and_groups():
    vectors = np.random.default_rng(3).normal(size=(400, 24))
    z, expected = gg.linkage(vectors), scipy_linkage(vectors, "ward")
    assert np.allclose(z[:, 2], expected[:, 2], rtol=1e-9)
    for k in (2, 5, 27):
        labels = gg.cut(z, k)
        assert set(labels) == set(range(1, k + 1))
        assert adjusted_rand_score(labels, fcluster(expected, k, "maxclust")) == 1.0
    # SciPy's own matrix can be cut, too.
    assert len(set(gg.cut(expected, height=expected[-3, 2]))) == 3


def test_structure_is_that_of_the_command_line(run, tmp_path, fixtures):
    source = fixtures / "fits" / "grz.fits.gz"
    run("structure", source, "-o", tmp_path / "s.csv", "--sersic")
    read = gg.read(source, structure=True, sersic=True)
    for name in ("gini", "concentration", "sersic_n", "position_angle"):
        ours = read.columns[f"structure_{name}"]
        assert [f"{value:.6g}" for value in ours] == [f"{float(v):.6g}" for v in column(tmp_path / "s.csv", f"structure_{name}")]
    assert list(read.columns["structure_flags"]) == column(tmp_path / "s.csv", "structure_flags")


def test_places_are_those_of_the_command_line(run, tmp_path, galaxies):
    ours = gg.sort(galaxies, k=[3])
    ours.save(tmp_path / "sorted")
    run("simulate", 20, "--seed", 9, "-o", tmp_path / "new.h5")
    run("place", tmp_path / "new.h5", "--into", tmp_path / "sorted", "-o", tmp_path / "placed.csv")
    placed = ours.place(gg.simulate(20, seed=9))
    assert [str(group) for group in placed["group_3"]] == column(tmp_path / "placed.csv", "group_3")
    assert [f"{value:.3f}" for value in placed["confidence_3"]] == column(tmp_path / "placed.csv", "confidence_3")
    assert [str(number) for number in placed["nearest_id"]] == column(tmp_path / "placed.csv", "nearest_id")
    assert [f"{value:.4f}" for value in placed["unlike"]] == column(tmp_path / "placed.csv", "unlike")
