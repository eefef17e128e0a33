"""seqdemo: type a sentence, watch trained networks read it and translate it. `python app.py --help`."""

import sys

from seqdemo.commands.serving import main

if __name__ == "__main__":
    sys.exit(main())
