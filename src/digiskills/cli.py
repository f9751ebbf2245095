"""The command line's door: a build with nothing to do ends here, before anything but the interpreter is loaded."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; a mistake of the user becomes one message and an exit code, never a traceback."""
    from digiskills import unchanged

    told = unchanged.told(sys.argv[1:])
    if told:
        print(told)
        return
    from digiskills import commands
    from digiskills.errors import DigiskillsError

    try:
        commands.app()
    except DigiskillsError as error:
        print(f"digiskills: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
