"""The process that migrates for a server: Alembic would stay in the server's memory."""

import sys

MIGRATE = (sys.executable, "-m", "app.cli.main", "migrate")
