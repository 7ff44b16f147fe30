"""The numbers by subject: frozen dataclasses with no default, filled from `numbers/*.toml`."""
