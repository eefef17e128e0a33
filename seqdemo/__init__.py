"""seqdemo: type a sentence and watch trained sequence models read it and translate it."""

__version__ = "0.1.0"
