"""What `stargate workshop` does: opens the room, or checks that it could be opened without the internet."""

import contextlib
import dataclasses
import ipaddress
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from rich.text import Text

import abm
from experiments.errors import BadInput
from experiments.output import console
from experiments.workshop import house, opening, serve

_ASSETS = (
    "@widgetti/solara-vuetify-app@10.1.1/dist/main8.css",
    "@widgetti/solara-vuetify-app@10.1.1/dist/fonts.css",
    "@widgetti/solara-vuetify-app@10.1.1/dist/solara-vuetify-app8.min.js",
    "requirejs@2.3.6/require.js",
    "echarts@5.4.0/dist/echarts.esm.min.js",
)


def open_room(host: str, port: int, language: str) -> None:
    """Serve until interrupted."""
    listening = serve.bound(host, port)
    to = console()

    def say() -> None:
        to.print(Text(f"The workshop is open at {_address(host, port)} (Ctrl-C closes it)"), soft_wrap=True)
        if not _is_local(host):
            to.print(Text("Everybody who reaches this machine can open it; there is no password."))
        sys.stdout.flush()

    try:
        serve.serve(listening, language, say)
    except KeyboardInterrupt:
        _closed()
    _closed()


def check(host: str, port: int, language: str) -> None:
    """Say of each thing a room needs whether it is there, and show where to go.

    Raises:
        BadInput: if something is missing.
    """
    to = console()
    for what in (_assets(), _own_files(language), _model(), _port(host, port)):
        to.print(Text(f"ready: {what}"), soft_wrap=True)
    import segno

    for address in _addresses(host, port):
        to.print(Text(f"\nopen {address}"), soft_wrap=True)
        segno.make(address).terminal(compact=True, border=2)
    if _is_local(host):
        to.print(Text("\nOnly this machine can open it; add --host 0.0.0.0 for everybody in the room."))


def _closed() -> NoReturn:
    raise KeyboardInterrupt("the workshop is closed")


def _assets() -> str:
    serve.application()  # sets Solara's paths
    from solara.server import settings

    folder = Path(settings.assets.proxy_cache_dir)
    missing = [name for name in _ASSETS if not (folder / name).is_file()]
    if missing:
        raise BadInput(f"{missing[0]} is not installed; pip install 'stargate-abm[workshop]' brings solara-assets")
    return f"JavaScript and fonts of {len(_ASSETS)} packages' files, no internet needed"


def _own_files(language: str) -> str:
    opening.told("")
    return f"the page in {len(opening.texts(language))} groups of sentences, version {house.model_version()}"


def _model() -> str:
    started = time.perf_counter()
    scenario = dataclasses.replace(abm.Scenario.load("baseline"), months=1)
    list(abm.run(scenario, seed=1))
    return f"the model, compiled ({time.perf_counter() - started:.0f} s for a first month)"


def _port(host: str, port: int) -> str:
    serve.bound(host, port).close()
    return f"port {port}"


def _is_local(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _address(host: str, port: int) -> str:
    return next(iter(_addresses(host, port)))


def _addresses(host: str, port: int) -> Iterator[str]:
    """Where a browser finds the room: this machine's own address in the room if it listens to everybody."""
    shown = host
    if host in ("0.0.0.0", "::"):
        shown = _own_address() or socket.gethostname()
    yield f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _own_address() -> str | None:
    """This machine's address towards others; connecting a datagram socket sends nothing."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # an address reserved for documentation
        return str(probe.getsockname()[0])
    return None
