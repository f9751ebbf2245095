"""``python -m digiskills`` is the command line."""

from digiskills.cli import main

if __name__ == "__main__":
    main()
