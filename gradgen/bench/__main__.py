"""``python -m gradgen.bench``."""

import sys

from gradgen.bench.cli import main

sys.exit(main())
