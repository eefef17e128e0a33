"""What went wrong, in words the visitor can act on, in the visitor's language.

A `Problem` carries a key of the locale files and the values to fill in, so a page shows it in
Chinese while the command line prints it in English. Nothing in here ever quotes more than a
few characters of what was typed.
"""

from __future__ import annotations

from seqdemo.locales import translate_key


class Problem(ValueError):
    """Cannot be done as asked. `str(problem)` is the English sentence.

    code: key under "problem." in assets/locales/LANGUAGE/problems.json; values: what the sentence names.
    """

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(self.message("en"))

    def message(self, language: str) -> str:
        said = dict(self.values)
        if "language" in said:  # a code such as "en": named in the language of the reader
            said["language"] = translate_key(language, f"language.{said['language']}")
        if "wanted" in said:  # what a key of a checkpoint's papers must hold (seqdemo/papers.py)
            said["wanted"] = translate_key(language, f"wanted.{said['wanted']}")
        return translate_key(language, f"problem.{self.code}", **said)


class CheckpointProblem(Problem):
    """A checkpoint folder that cannot be opened: missing, truncated, of another format."""
