"""The only code that needs torch: training, evaluation and export."""

import os

# Must be set before torch loads its OpenMP. By default a thread that waits for the others keeps its core busy for
# milliseconds, which on a shared core is time that the others wait for: steps took half longer beside another program,
# and no less alone.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
