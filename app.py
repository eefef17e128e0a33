"""seqdemo: type a sentence, watch trained networks read it and translate it. `python app.py --help`."""

import contextlib
import sys

with contextlib.suppress(ImportError):  # Hugging Face installs it on ZeroGPU, where it must come before torch
    import spaces  # noqa: F401

from seqdemo.commands.serving import main

if __name__ == "__main__":
    sys.exit(main())
