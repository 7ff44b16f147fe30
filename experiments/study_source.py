"""Finds and reads the files of studies, shipped ones and others."""

import tomllib
from pathlib import Path
from typing import Any

from abm import did_you_mean
from experiments.errors import BadInput

STUDIES = Path(__file__).parent / "studies"


def shipped() -> tuple[str, ...]:
    """Names of the studies that come with the model."""
    return tuple(sorted(path.stem for path in STUDIES.glob("*.toml")))


def path_of(name_or_path: str) -> Path:
    """Of a shipped study's file by its name, or what was given.

    Raises:
        BadInput: if no study is called so.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml" or path.name != name_or_path:
        return path
    if name_or_path in shipped():
        return STUDIES / f"{name_or_path}.toml"
    hint = did_you_mean(name_or_path, shipped(), f"shipped are {', '.join(shipped())}")
    raise BadInput(f"unknown study {name_or_path!r}; {hint} (or give the path of a .toml file)")


def read(path: Path) -> tuple[str, dict[str, Any]]:
    """Text of a study's file, and what it says.

    Raises:
        BadInput: if it cannot be read or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError as error:
        raise BadInput(f"no study file {path}; `stargate studies` lists the shipped ones") from error
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}; give the path of a readable .toml file") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path} is not valid TOML: {error}; mend it there") from error
