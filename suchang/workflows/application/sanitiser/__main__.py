"""Sanitise standard input to standard output: one line of JSON that says what it is, then the bytes.

A refusal is the name of its cause on standard error and exit code 3.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from suchang.workflows.application.sanitiser.limits import MAX_BYTES, MEMORY, SECONDS
from suchang.workflows.application.sanitiser.rebuild import sanitise
from suchang.workflows.application.sanitiser.refusals import Refused


def main() -> int:
    """Run within the limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    trusted = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    try:
        clean = sanitise(sys.stdin.buffer.read(MAX_BYTES + 1), trusted)
    except Refused as refused:
        sys.stderr.write(refused.cause)
        return 3
    except (MemoryError, RecursionError):
        sys.stderr.write("too_costly")
        return 3
    head = {"media_type": clean.media_type, "signatures": [asdict(one) for one in clean.signatures]}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + clean.content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
