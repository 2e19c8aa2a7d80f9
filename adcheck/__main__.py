"""Makes `python -m adcheck` the same program as `adcheck`."""

from adcheck.cli import main

if __name__ == "__main__":
    main()
