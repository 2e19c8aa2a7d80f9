"""The program `adcheck`, as a command and as `python -m adcheck`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit."""
    if sys.argv[1:2] == ["check"] and sys.argv[2:] and not {"-h", "--help"} & set(sys.argv):
        from adcheck.sandbox import reading

        reading.prepare()  # it takes as long as importing all that follows

    from adcheck.cli import cli

    cli(prog_name="adcheck")


if __name__ == "__main__":
    main()
