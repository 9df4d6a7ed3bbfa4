"""The word pools and sentence frames, read from `pools.json` and `frames.json`.

A family (of professions) has `titles`, `skills`, `studies`, `topics` (noun phrases), `values`
(what good work is about) and `habits` (what the applicant does, as a bare verb phrase).
"""

import json
from pathlib import Path

HERE = Path(__file__).parent

POOLS = json.loads((HERE / "pools.json").read_text())
FRAMES = json.loads((HERE / "frames.json").read_text())

FAMILIES = POOLS["families"]
FAMILY_NAMES = list(FAMILIES)
GENERAL_FAMILY = "gen"
