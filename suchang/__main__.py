"""Run the command line with ``python -m suchang``."""

from suchang.cli.main import main

if __name__ == "__main__":
    main()
