"""`python -m symjepa` is the command `symjepa`."""

import sys

from symjepa.cli import main

sys.exit(main())
