"""The server, the command line and what the offline model shares with them."""

import os

# Must be set before numpy is loaded. Its threads keep their cores busy for a while after each product of matrices, here
# all small ones, and a prediction, which wants every core next, took a third longer.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
