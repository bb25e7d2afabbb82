"""Stands in for the process of a campaign: answers each job with itself, or fails as it is told."""

from __future__ import annotations

import json
import os
import sys
import time

for line in sys.stdin:
    job = json.loads(line)
    if job.get("fail"):
        sys.stderr.write(f"{job['fail']}\n")
        sys.exit(1)
    time.sleep(job.get("sleep", 0.0))
    sys.stdout.write(json.dumps({**job, "pid": os.getpid()}) + "\n")
    sys.stdout.flush()
