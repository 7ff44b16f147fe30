"""What the runs of a study say: each analysis gives a chart, a table and a plain reading with its limits."""
