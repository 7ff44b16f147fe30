"""The workshop page: a Solara app in which the model answers while people drag its levers."""
