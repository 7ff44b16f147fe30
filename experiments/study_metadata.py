"""What catalogues and archives read of a study: Croissant, RO-Crate, a citation and the licences."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from abm import Column

_CROISSANT = "http://mlcommons.org/croissant/"
_PARQUET = "application/vnd.apache.parquet"
_AUTHORS = "The stargate-abm contributors"
_TYPES = {
    "str": "sc:Text", "date": "sc:Date", "time": "sc:DateTime", "bool": "sc:Boolean",
    "i64": "sc:Integer", "i32": "sc:Integer", "f64": "sc:Float",
}  # fmt: skip
LICENCE = {"name": "Apache-2.0", "path": "https://www.apache.org/licenses/LICENSE-2.0", "title": "Apache License 2.0"}
EPOCH = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": "CC BY 4.0"}
CROISSANT, CRATE, CITATION, LICENCES = "croissant.json", "ro-crate-metadata.json", "CITATION.cff", "LICENSE.txt"


def files(said: Mapping[str, Any], described: Mapping[str, Sequence[Column]]) -> dict[str, str]:
    """Text of each file by name.

    Args:
        said: the manifest
        described: columns of each table
    """
    return {
        CROISSANT: _json(croissant(said, described)),
        CRATE: _json(crate(said)),
        CITATION: citation(said),
        LICENCES: licences(said),
    }


def croissant(said: Mapping[str, Any], described: Mapping[str, Sequence[Column]]) -> dict[str, Any]:
    """The tables as record sets over sets of files.

    Source: MLCommons Croissant, format specification 1.0.
    """
    objects = [
        {
            "@type": "cr:FileObject",
            "@id": file["path"],
            "name": file["path"],
            "contentUrl": file["path"],
            "contentSize": f"{file['bytes']} B",
            "encodingFormat": _PARQUET,
            "sha256": file["sha256"],
        }
        for file in said["files"]
    ]
    sets = [
        {
            "@type": "cr:FileSet",
            "@id": f"{table}-files",
            "name": f"{table}-files",
            "containedIn": [{"@id": file["path"]} for file in said["files"] if file["table"] == table],
            "encodingFormat": _PARQUET,
            "includes": f"{table}/scenario=*/part-*.parquet",
        }
        for table in described
    ]
    return {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": f"{_CROISSANT}1.0",
        "name": f"stargate-abm-{said['name']}",
        "description": said["why"],
        "version": said["version"],
        "datePublished": said["finished_at"],
        "license": [LICENCE["path"], EPOCH["path"]],
        "creator": {"@type": "sc:Organization", "name": _AUTHORS},
        "citeAs": said["citation"],
        "distribution": [*objects, *sets],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": table,
                "name": table,
                "field": [_field(table, column) for column in columns],
            }
            for table, columns in described.items()
        ],
    }


def _field(table: str, column: Column) -> dict[str, Any]:
    told = f"{column.about} [{column.unit}]" if column.unit else column.about
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{column.name}",
        "name": column.name,
        "description": f"{told} ({column.kind})",
        "dataType": _TYPES[column.dtype],
        "source": {"fileSet": {"@id": f"{table}-files"}, "extract": {"column": column.name}},
    }


def _context() -> dict[str, Any]:
    """The names the specification asks every file to declare."""
    ours = (
        "citeAs column extract field fileProperty fileObject fileSet format includes isLiveDataset jsonPath key "
        "md5 parentField path recordSet references regex repeated replace samplingRate separator source subField "
        "transform equivalentProperty"
    )
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": _CROISSANT,
        "rai": f"{_CROISSANT}RAI/",
        "dct": "http://purl.org/dc/terms/",
        "sc": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        **{name: f"cr:{name}" for name in ours.split()},
    }


def crate(said: Mapping[str, Any]) -> dict[str, Any]:
    """The folder as the outcome of one action of one program.

    Source: RO-Crate 1.1 [w3id.org/ro/crate/1.1]; Process Run Crate 0.5 [w3id.org/ro/wfrun/process/0.5].
    """
    data = [file["path"] for file in said["files"]]
    beside = ["manifest.json", "datapackage.json", "README.md", CROISSANT, CITATION, LICENCES]
    software = "#stargate-abm"
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [
            {
                "@id": CRATE,
                "@type": "CreativeWork",
                "about": {"@id": "./"},
                "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            },
            {
                "@id": "./",
                "@type": "Dataset",
                "name": f"stargate-abm: study {said['name']}",
                "description": said["why"],
                "datePublished": said["finished_at"],
                "license": {"@id": LICENCE["path"]},
                "conformsTo": {"@id": "https://w3id.org/ro/wfrun/process/0.5"},
                "hasPart": [{"@id": path} for path in (*data, *beside)],
                "mentions": {"@id": "#run"},
            },
            *(_file(file) for file in said["files"]),
            *({"@id": name, "@type": "File", "name": name} for name in beside),
            {
                "@id": software,
                "@type": "SoftwareApplication",
                "name": "stargate-abm",
                "version": said["version"],
                "softwareVersion": f"code {said['runs_of']['code_hash']}, numbers {said['runs_of']['numbers_hash']}",
            },
            {
                "@id": "#run",
                "@type": "CreateAction",
                "name": said["command"],
                "description": f"{said['runs']} runs on {said['machine']}, Python {said['python']}, {said['packages']}",
                "endTime": said["finished_at"],
                "instrument": {"@id": software},
                "result": [{"@id": path} for path in data],
            },
            {"@id": LICENCE["path"], "@type": "CreativeWork", "name": LICENCE["title"]},
            {
                "@id": "https://w3id.org/ro/wfrun/process/0.5",
                "@type": "CreativeWork",
                "name": "Process Run Crate",
                "version": "0.5",
            },
        ],
    }


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    told = {"name": file["path"], "contentSize": str(file["bytes"]), "sha256": file["sha256"]}
    return {"@id": file["path"], "@type": "File", "encodingFormat": _PARQUET, **told}


def citation(said: Mapping[str, Any]) -> str:
    """How to cite the study, in the Citation File Format 1.2.0; texts are quoted as JSON, which is YAML."""
    return "\n".join(
        (
            "cff-version: 1.2.0",
            "message: If you use these results, please cite them as below.",
            "type: dataset",
            f"title: {json.dumps('stargate-abm: results of the study ' + said['name'], ensure_ascii=False)}",
            f"abstract: {json.dumps(said['why'], ensure_ascii=False)}",
            "authors:",
            f"  - name: {_AUTHORS}",
            f"version: {json.dumps(said['version'])}",
            f"date-released: {said['finished_at'][:10]}",
            f"license: [{LICENCE['name']}, {EPOCH['name']}]",
            f"notes: {json.dumps(said['citation'], ensure_ascii=False)}",
            "",
        )
    )


def licences(said: Mapping[str, Any]) -> str:
    """Under which terms the results may be passed on."""
    return (
        f"Results of the study {said['name']}, made with stargate-abm {said['version']}.\n\n"
        f"{LICENCE['title']}, {LICENCE['path']}\n\n"
        "Names, places, sizes and dates of campuses in these tables come from Epoch AI, Data on AI Data Centers,\n"
        f"https://epoch.ai/data/ai-data-centers, licensed {EPOCH['title']}, {EPOCH['path']}. Changed: selected, split\n"
        "into phases, completed from announcements. Whoever passes the tables on must name Epoch AI too.\n"
    )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
