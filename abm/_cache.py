"""Names Numba's cache folder after the source, so that an edited kernel is never taken from an old cache."""

import hashlib
import os
import re
import sys
from pathlib import Path

_IMPORT = re.compile(r"^\s*(?:from|import) (abm(?:\.\w+)*)(?: import (.+))?", re.MULTILINE)


def use_cache_folder() -> None:
    """Point Numba to the folder of this source; must run before a kernel is compiled."""
    key = _source_hash(Path(__file__).parent)
    wanted = os.environ.get("NUMBA_CACHE_DIR")
    if wanted and Path(wanted).name == key:  # a child process of one that has been here
        return
    folder = _writable([Path(wanted)] if wanted else _default_places(), key)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)


def _source_hash(package: Path) -> str:
    """Hash of every file with kernels and all they import: Numba compiles in what those files say.

    The other files do not count, so an edit to a month's step does not cost a new compilation.
    """
    texts = {_module_name(package, path): path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    waiting = [name for name, text in texts.items() if "njit" in text and name != __name__]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in texts and name not in seen:
            seen.add(name)
            for module, names in _IMPORT.findall(texts[name]):
                waiting += [module, *(f"{module}.{part.strip(' ()')}" for part in names.split(","))]
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(seen):
        digest.update(name.encode() + b"\0" + texts[name].encode() + b"\0")
    return digest.hexdigest()


def _module_name(package: Path, path: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _default_places() -> list[Path]:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # unlike Path.home() it never raises
    return [Path(home) / "stargate-abm"]


def _writable(places: list[Path], key: str) -> Path:
    for place in places:
        try:
            (place / key).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place / key, os.W_OK):
            return place / key
    import tempfile  # slow to import, rarely needed

    # No home to write to: a folder of our own for this process and its children, named so that they know it.
    folder = Path(tempfile.mkdtemp(prefix="stargate-abm-")) / key
    folder.mkdir()
    return folder
