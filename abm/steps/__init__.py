"""What happens in a month, one file for each step or two; the order stands in `abm/month.py`."""
