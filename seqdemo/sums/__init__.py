"""Any number on the page, done again: its formula with its numbers, and a few lines of Python that give the same.

from seqdemo.sums import read
reading = read("sentiment-en-lstm", "A fine film.")
print(reading.network.readout(reading.states[3]).softmax(dim=0))
"""

from seqdemo.sums.inside import Look, Reading, Written, brought, look, read, weights, write

__all__ = ["Look", "Reading", "Written", "brought", "look", "read", "weights", "write"]
