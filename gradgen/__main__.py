"""``python -m gradgen`` is the command ``gradgen``."""

import sys

from gradgen.cli import main

sys.exit(main())
