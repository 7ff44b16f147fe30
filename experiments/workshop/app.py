"""The Solara app: one page that holds one room."""

import logging

import solara

from experiments.workshop.room import Room

_LOG = logging.getLogger(__name__)


@solara.component
def Layout(children: list[object] | None = None) -> object:  # noqa: N802  # Solara looks for this name
    """No frame of Solara's around the page: its drawer covers a telephone and prints one cut-off page."""
    return solara.Column(children=children or [], style={"padding": "0"})


@solara.component
def Page() -> object:  # noqa: N802
    """The room, opened with what the link says."""
    search = solara.use_router().search
    room = solara.use_memo(lambda: _opened(search), [])
    return solara.Column(children=[room], style={"padding": "0"})


def _opened(search: str | None) -> object:
    """A room, or a sentence: Solara would show a visitor the traceback."""
    try:
        return Room(search)
    except Exception:
        _LOG.exception("a page could not be opened")
        return solara.Text("This page could not be opened; whoever runs the workshop finds the reason in its terminal.")
