"""A teacher for small networks: a sentence encoder that others taught with far more text, fine-tuned on one corpus.

Its soft answers are better targets than the labels, and it can answer for text that nobody labelled
(Hinton et al. 2015; for recurrent students Tang et al. 2019). It is needed while training text is
prepared and never again: `pip install -e .[teacher]`. Students, app and training do without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from seqdemo.problems import Problem
from seqdemo.text.merging import is_chinese
from seqdemo.training.batches import groups
from seqdemo.training.encoders import Encoder, encoder_folder
from seqdemo.training.rates import rate_at

BATCH_TOKENS = 2048


class Teacher(nn.Module):
    """Texts in, label scores out: the mean state of a sentence encoder and a linear read-out."""

    def __init__(self, labels: int, encoder: Encoder) -> None:
        super().__init__()
        try:
            from transformers import AutoModel, AutoTokenizer
        except ImportError as missing:
            raise Problem("teacher_missing", package=str(missing.name)) from None
        folder = str(encoder_folder(encoder))
        self.longest = encoder.longest
        self.encoder: Any = AutoModel.from_pretrained(folder)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        self.dropout = nn.Dropout(0.1)
        self.readout = nn.Linear(self.encoder.config.hidden_size, labels)

    def forward(self, texts: list[str]) -> Tensor:
        """-> logits [text, label]."""
        read = self.tokenizer(texts, padding=True, truncation=True, max_length=self.longest, return_tensors="pt")
        read = {name: part.to(self.readout.weight.device) for name, part in read.items()}
        states = self.encoder(**read).last_hidden_state  # [text, time, hidden]
        real = read["attention_mask"][..., None].to(states)
        logits: Tensor = self.readout(self.dropout((states * real).sum(1) / real.sum(1)))
        return logits


def fine_tune(
    teacher: Teacher,
    rows: Sequence[tuple[int, str]],
    *,
    epochs: int,
    peak_rate: float,
    seed: int,
    bfloat16: bool = True,
    say: Any = print,
) -> None:
    """Teach the teacher the corpus. rows: (number of the label, text)."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(teacher.parameters(), lr=peak_rate, weight_decay=0.01)
    texts, labels = [text for _, text in rows], torch.tensor([label for label, _ in rows])
    device = teacher.readout.weight.device
    plans = [batch for _ in range(epochs) for batch in _batches(texts, teacher.longest, random)]
    teacher.train()
    running = 0.0
    for step, batch in enumerate(plans, start=1):
        for group in optimizer.param_groups:
            group["lr"] = peak_rate * rate_at(step / len(plans), 0.08, 0.02)
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            logits = teacher([texts[number] for number in batch])
        loss = F.cross_entropy(logits.float(), labels[batch].to(device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
        optimizer.step()
        running += (float(loss.detach()) - running) / min(step, 100)
        if step % 100 == 0 or step == len(plans):
            say(f"teacher: step {step} of {len(plans)}  loss {running:.3f}")


@torch.inference_mode()
def answers(teacher: Teacher, texts: Sequence[str], *, bfloat16: bool = True) -> NDArray[np.float32]:
    """Logits [text, label] of a fine-tuned teacher."""
    teacher.eval()
    device = teacher.readout.weight.device
    found = np.zeros((len(texts), teacher.readout.out_features), dtype=np.float32)
    for batch in _batches(texts, teacher.longest, None):
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            found[batch] = teacher([texts[number] for number in batch]).float().cpu().numpy()
    return found


def save(teacher: Teacher, path: Path) -> None:
    """The whole teacher in float16; for the run folder, never for a checkpoint."""
    from safetensors.torch import save_file

    save_file({name: value.half().contiguous() for name, value in teacher.state_dict().items()}, path)


def restore(teacher: Teacher, path: Path) -> bool:
    """Bring a saved teacher back; False where there is none."""
    from safetensors.torch import load_file

    if not path.exists():
        return False
    teacher.load_state_dict({name: value.float() for name, value in load_file(path).items()})
    return True


def _batches(texts: Sequence[str], longest: int, random: np.random.Generator | None) -> list[NDArray[np.intp]]:
    """By length: a word counts one, and so does each Chinese character."""
    counts = [len(text.split()) + sum(map(is_chinese, text)) + 3 for text in texts]
    lengths = np.minimum(counts, longest).astype(np.int32)
    return groups(lengths, BATCH_TOKENS, random)
