"""`python -m lensdex_problems`."""

import sys

from lensdex_problems.cli import main

if __name__ == "__main__":
    sys.exit(main())
