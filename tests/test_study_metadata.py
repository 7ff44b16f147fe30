"""What lies beside the tables passes the validators of those who defined it."""

import json
import logging
import warnings

import polars as pl
import pytest

from experiments import open_study
from experiments.study_run import Order, run_study
from tests import study_fakes
from tests.study_fakes import planned

TEXT = """why = "Quotes \\" and: colons # hashes."
scenarios = ["baseline", "no_stargate"]
months = 9
workers_per_agent = 1000
outputs = ["months", "flows", "net"]
[vary.levers]
labour.travel_willing_share = [0.1, 0.3]
[design]
kind = "grid"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("study")
    plan = planned(path, 2, TEXT)
    run_study(plan, Order(path / "s", 1, "stargate study mine.toml", runner=study_fakes.quick_run))
    return path / "s"


def test_the_data_package_is_valid(folder):
    import frictionless

    report = frictionless.Package.validate_descriptor(json.loads((folder / "datapackage.json").read_text()))
    assert report.valid, report.flatten(["message"])
    package = frictionless.Package(str(folder / "datapackage.json"))
    assert set(package.resource_names) == {"runs", "design", "summary", "months", "flows", "net"}
    for resource in package.resources:
        paths = [resource.path, *resource.extrapaths]
        assert all((folder / path).is_file() for path in paths)
        for path in paths:
            assert pl.read_parquet_schema(folder / path).names() == resource.schema.field_names
    (reference, _) = package.get_resource("net").schema.foreign_keys
    assert reference["reference"]["resource"] == "runs"


def test_croissant_is_valid(folder, caplog):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries it brings
        import mlcroissant

        with caplog.at_level(logging.WARNING):
            dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    assert [message for message in caplog.messages if "not standard" in message] == []
    by_name = {record_set.name: record_set for record_set in dataset.metadata.record_sets}
    assert set(by_name) == {"runs", "design", "summary", "months", "flows", "net"}
    for name, record_set in by_name.items():
        path = next(folder.glob(f"{name}/scenario=*/*.parquet"))
        assert [field.name for field in record_set.fields] == pl.read_parquet_schema(path).names()


def test_the_crate_can_be_opened_and_holds_every_file(folder):
    from rocrate.rocrate import ROCrate

    crate = ROCrate(str(folder))
    assert crate.root_dataset["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.5"
    parts = {part.id for part in crate.root_dataset["hasPart"]}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert parts == there - {"ro-crate-metadata.json", "_SUCCESS", ".lock"}
    run = crate.dereference("#run")
    assert run["instrument"]["name"] == "stargate-abm"
    assert {result.id for result in run["result"]} == {file["path"] for file in open_study(folder).manifest["files"]}


def test_the_citation_is_yaml_and_says_what_to_cite(folder):
    import yaml

    said = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert (said["cff-version"], said["type"], said["license"]) == ("1.2.0", "dataset", ["Apache-2.0", "CC-BY-4.0"])
    assert said["abstract"] == 'Quotes " and: colons # hashes.'
    assert said["notes"] == open_study(folder).manifest["citation"]


def test_the_licences_name_whose_data_it_is(folder):
    text = (folder / "LICENSE.txt").read_text(encoding="utf-8")
    for words in ("Apache License 2.0", "Epoch AI", "https://creativecommons.org/licenses/by/4.0/"):
        assert words in text
