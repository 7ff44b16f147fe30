"""Everybody who decides; one file for each kind: what it knows, what it plans."""
