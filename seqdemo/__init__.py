"""seqdemo: type a sentence and watch trained sequence models read it and translate it."""

__version__ = "0.2.0"
