"""A linear map made for using, not for training: what stands around it is multiplied into it beforehand.

- A layer norm's scale and shift go into the matrix after it: W (g n + s) + b = (W g) n + (W s + b).
- So does a constant factor, such as attention's 1 / sqrt(d).
- The matrix stands as [in, out], the way a product of one row reads it, not [out, in] as in `nn.Linear`. One
  row costs as much time as reading the matrix from memory, so the order is all that counts (1.3 to 2 times).
- For several rows the matrix is also kept in blocks, as oneDNN, the library below torch, reads it (2 times for 5 rows).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

ROWS = 16  # the number of rows that the blocks are made for; they serve any


class Map(NamedTuple):
    """x -> x matrix + shift."""

    matrix: Tensor  # [in, out]
    shift: Tensor  # [out]
    blocks: Tensor | None  # the same matrix; None where there is no oneDNN for it (a GPU, float64)

    def __call__(self, states: Tensor) -> Tensor:
        """states: [row, in] -> [row, out]."""
        if self.blocks is None or states.shape[0] == 1:
            return torch.addmm(self.shift, states, self.matrix)
        mapped: Tensor = torch.ops.mkldnn._linear_pointwise.default(states, self.blocks, self.shift, "none", [], "")
        return mapped


def normed(states: Tensor) -> Tensor:
    """Layer norm (Ba et al. 2016, equation 3) without scale and shift."""
    return torch.layer_norm(states, states.shape[-1:])


def folded_map(linear: nn.Linear, norm: nn.LayerNorm | None = None, scale: float = 1.0) -> Map:
    """`scale * linear(norm(x))` as a map of `normed(x)`; without a norm `scale * linear(x)` as a map of x."""
    shift: Tensor = linear.weight.new_zeros(linear.out_features) if linear.bias is None else linear.bias
    matrix: Tensor = linear.weight.T
    if norm is not None:
        matrix, shift = matrix * norm.weight[:, None], shift + linear.weight @ norm.bias
    return as_map(matrix * scale, shift * scale)


def joined(maps: Sequence[Map]) -> Map:
    """Maps of the same input as one, their outputs side by side."""
    return as_map(torch.cat([one.matrix for one in maps], dim=1), torch.cat([one.shift for one in maps]))


def as_map(matrix: Tensor, shift: Tensor) -> Map:
    """matrix: [in, out]; shift: [out]."""
    fits = matrix.device.type == "cpu" and matrix.dtype == torch.float32 and torch.backends.mkldnn.is_available()
    blocks = torch.ops.mkldnn._reorder_linear_weight(matrix.T.contiguous(), ROWS) if fits else None
    return Map(matrix.contiguous(), shift.contiguous(), blocks)
