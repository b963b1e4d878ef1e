"""What perf/run, perf/compare and perf/plots are made of.

In reading order: `scenario` (what is measured, as data), `servers` (who is measured), `load` (the load generator),
`counters` (what the kernel counted), `kinds` (how each kind of scenario is measured), `session` (who takes turns when),
`results` (the JSON file), `table`, `comparison`, `budgets`, `charts`, `page`, `readme` (what is made of it).
"""
