"""The training loop: seeded, a metrics line and a checkpoint every epoch, resumable after a kill.

Needs torch, numpy, safetensors and the sub-word library; what it reads was numbered by `prepare`.
AdamW (Loshchilov and Hutter 2019) with warm-up and a cosine (SGDR, 2017); the saved weights are an
exponential moving average of those in training (Polyak and Juditsky 1992).
"""

from __future__ import annotations

import copy
import datetime
import json
import time
from collections.abc import Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from seqdemo import checkpoint
from seqdemo.models import MODELS
from seqdemo.probes.trajectories import fit_trajectory
from seqdemo.problems import Problem
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import Vocabulary
from seqdemo.training.calibrate import calibrated
from seqdemo.training.corpora import CORPORA, VECTORS, Corpus
from seqdemo.training.language import STATE as LANGUAGE
from seqdemo.training.language import learn_language
from seqdemo.training.objectives import batches_of, dev_score, loss_of
from seqdemo.training.prepared import BEGIN, Examples
from seqdemo.training.progress import Progress
from seqdemo.training.rates import rate_at
from seqdemo.training.recipes import Recipe
from seqdemo.training.states import load_state, save_state
from seqdemo.training.together import ALONE, Team
from seqdemo.training.watching import Watch


def train(
    recipe: Recipe,
    prepared: Path,
    folder: Path,
    *,
    device: str = "cpu",
    resume: bool = False,
    max_minutes: float | None = None,
    command: str = "",
    say: Callable[[str], None] = print,
    corpus: Corpus | None = None,
    watch: Watch | None = None,
    stills: Collection[int] = (),
    team: Team = ALONE,
) -> Path:
    """Train from prepared ids; returns the checkpoint folder, which holds the best epoch on dev so far.

    folder: gets state.pt (to resume), metrics.jsonl and checkpoint/. Stops in order after `max_minutes`.
    corpus: where the text is from, if from no row of CORPORA. watch: is told of each step of a training in one
    process, and may end it; an epoch that was cut short is judged like the others, but not resumed from. stills: steps
    after which the weights of that moment are kept too, in folder/stills/STEP. team: the processes that train together;
    the first writes and speaks.
    Raises Problem where there is something to resume but `resume` was not asked for, or nothing where it was.
    """
    torch.manual_seed(recipe.seed)
    on = team.device(device)
    say = say if team.first else lambda _: None
    tokenizer = _tokenizer(recipe, prepared)
    splits = {split: Examples.load(prepared / f"{split}.npz") for split in ("train", "dev")}
    sizes = recipe.sizes | {"vocabulary": len(tokenizer)}
    corpus = corpus or CORPORA[recipe.corpus]
    if recipe.kind == "classifier":
        sizes |= {"labels": len(corpus.labels)}
    network = MODELS[recipe.model].build(**sizes).to(on)
    if recipe.vectors:
        _begin_with(network.embedding, np.load(prepared / "vectors.npy", allow_pickle=False))
    if recipe.begin:
        checkpoint.load_weights(network, prepared / BEGIN)
    state_path, language_path, checkpoint_path = folder / "state.pt", folder / LANGUAGE, folder / "checkpoint"
    if not resume and (state_path.exists() or language_path.exists()):
        raise Problem("training_exists", folder=str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    if recipe.language and not state_path.exists():
        learn_language(network, splits, recipe, folder, resume=resume, write=team.first, say=say)
    average = copy.deepcopy(network).requires_grad_(False)
    begun = copy.deepcopy(average) if recipe.keep else None
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=recipe.peak_rate, betas=recipe.betas, weight_decay=recipe.weight_decay
    )
    steps_an_epoch = _count_steps(recipe, splits["train"])
    done: dict[str, Any] = {"epoch": 0, "step": 0, "best": -1.0, "minutes": 0.0, "metrics": []}
    if resume and (state_path.exists() or not language_path.exists()):
        checkpoint.recover(checkpoint_path)
        done = _resume(state_path, recipe, network, average, optimizer, on)
        say(f"resumed after epoch {done['epoch']} of {recipe.epochs}")
    runner = team.runner(network)
    how = {"command": command, "device": device, **({"processes": team.number} if team.number > 1 else {})}

    progress = Progress((recipe.epochs - done["epoch"]) * steps_an_epoch)
    began, earlier, first_step = time.monotonic(), done["minutes"], done["step"]
    for epoch in range(done["epoch"] + 1, recipe.epochs + 1):
        random = np.random.default_rng((recipe.seed, epoch))  # an epoch's order does not depend on earlier epochs
        torch.manual_seed(recipe.seed * 1000 + epoch + team.place * 1_000_003)  # each process drops other units
        network.train()
        loss_sum = count = 0.0
        goes_on = True
        for whole in batches_of(recipe, splits["train"], random):
            batch, factor = team.share(whole)
            done["step"] += 1
            share = done["step"] / (recipe.epochs * steps_an_epoch)
            for group in optimizer.param_groups:
                group["lr"] = recipe.peak_rate * rate_at(min(share, 1.0), recipe.warmup, recipe.final_rate)
            with torch.autocast(on.type, torch.bfloat16, enabled=recipe.bfloat16):
                judged = loss_of(runner, batch.to(on), recipe.smoothing, recipe.temperature)
            optimizer.zero_grad(set_to_none=True)
            (judged.loss * factor).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
            optimizer.step()
            _move_average(average, network, min(recipe.average, done["step"] / (done["step"] + 10)))
            loss, number = float(judged.loss.detach()), judged.number if factor else 0
            loss_sum += loss * number
            count += number
            if team.first:
                progress.show(done["step"] - first_step, f"epoch {epoch}/{recipe.epochs}  loss {loss_sum / count:.3f}")
            if team.first and done["step"] in stills:
                kept = _between(average, begun, recipe.keep)
                now = done | {"best": dev_score(recipe, kept, splits["dev"], on).accuracy}
                still = folder / "stills" / f"{done['step']:05d}"
                _save_checkpoint(recipe, corpus, kept, tokenizer, splits["train"], still, now, how, prepared)
            if watch and not watch.step(done["step"], recipe.epochs * steps_an_epoch, loss):
                goes_on = False
                break
        loss_sum, count = team.total(loss_sum, count)
        if not team.first:
            if team.agreed(False) and epoch < recipe.epochs:
                break
            continue
        kept = _between(average, begun, recipe.keep)
        score = dev_score(recipe, kept, splits["dev"], on)
        minutes = earlier + (time.monotonic() - began) / 60
        line = {
            "epoch": epoch,
            "train_loss": round(loss_sum / count, 4),
            "dev_loss": round(score.loss, 4),
            "dev_accuracy": round(score.accuracy, 4),
            "minutes": round(minutes, 2),
        }
        done |= {"epoch": epoch, "minutes": minutes, "metrics": [*done["metrics"], line]}
        say("  ".join(f"{key} {value}" for key, value in line.items()))
        if score.accuracy > done["best"]:
            done["best"] = score.accuracy
            if recipe.kind == "classifier":
                kept, done["calibration"] = calibrated(kept, splits["dev"], on)
            _save_checkpoint(recipe, corpus, kept, tokenizer, splits["train"], checkpoint_path, done, how, prepared)
        _write_metrics(done["metrics"], folder, checkpoint_path)
        if watch:
            watch.epoch(line)
        if not goes_on:
            break
        _save_state(state_path, recipe, network, average, optimizer, done)
        over = max_minutes is not None and (time.monotonic() - began) / 60 >= max_minutes
        if team.agreed(over) and epoch < recipe.epochs:
            say(f"stopped after {max_minutes:g} minutes; go on with --resume")
            break
    return checkpoint_path


@torch.no_grad()
def _begin_with(embedding: nn.Embedding, vectors: NDArray[np.float32]) -> None:
    """Word vectors into the first columns, scaled to the spread of the other columns; unknown words stay random."""
    known = torch.from_numpy(vectors).to(embedding.weight)
    there = known.abs().sum(dim=1) > 0
    if embedding.embedding_dim < known.shape[1]:
        raise ValueError(f"an embedding of {embedding.embedding_dim} columns cannot hold vectors of {known.shape[1]}")
    embedding.weight[there, : known.shape[1]] = known[there] * (embedding.weight[2:].std() / known[there].std())


def _count_steps(recipe: Recipe, examples: Examples) -> int:
    """Batches an epoch; it varies by a few with the shuffle, so the schedule is capped at its end."""
    return sum(1 for _ in batches_of(recipe, examples, np.random.default_rng(recipe.seed)))


@torch.no_grad()
def _move_average(average: nn.Module, network: nn.Module, keep: float) -> None:
    """average <- keep * average + (1 - keep) * network; `keep` grows at first so that early steps fade."""
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - keep)


@torch.no_grad()
def _between(average: nn.Module, begun: nn.Module | None, share: float) -> nn.Module:
    """(1 - share) * average + share * begun, where a share of what a training began with is kept."""
    if begun is None:
        return average
    mixed = copy.deepcopy(average)
    torch._foreach_lerp_(list(mixed.parameters()), list(begun.parameters()), share)
    return mixed


def _tokenizer(recipe: Recipe, prepared: Path) -> Vocabulary | Subwords:
    if recipe.kind == "classifier":
        return Vocabulary.load(prepared / checkpoint.TOKENIZER_FILES["words"])
    return Subwords.load(prepared / checkpoint.TOKENIZER_FILES["subwords"])


def _save_checkpoint(
    recipe: Recipe,
    corpus: Corpus,
    network: nn.Module,
    tokenizer: Vocabulary | Subwords,
    examples: Examples,
    folder: Path,
    done: dict[str, Any],
    how: dict[str, Any],
    prepared: Path,
) -> None:
    about = json.loads((prepared / "prepared.json").read_text(encoding="utf-8"))
    own = [[text.title, text.licence] for text in (corpus, *(CORPORA[name] for name in recipe.also))]
    earlier = [text for text in about.get("begin", {}).get("texts", ()) if text not in own] if recipe.begin else []
    training = {
        "corpus": corpus.title,
        "licence": corpus.licence,
        "also": [*own[1:], *earlier],
        "vectors": VECTORS[recipe.vectors].title if recipe.vectors else "",
        "vectors_licence": VECTORS[recipe.vectors].licence if recipe.vectors else "",
        **({"teacher": about["teacher"]} if recipe.teacher else {}),
        **({"peers": about["peers"]} if recipe.peers else {}),
        **({"begin": about["begin"]} if recipe.begin else {}),
        **({"translated_by": about["translated_by"]} if recipe.back or recipe.forward else {}),
        "examples": len(examples),
        "recipe": json.loads(json.dumps(asdict(recipe))),
        "seed": recipe.seed,
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        **how,
        "torch": torch.__version__,
        "epoch": done["epoch"],
        "minutes": round(done["minutes"], 1),
        "dev_accuracy": round(done["best"], 4),
        **({"calibration": round(done["calibration"], 4)} if "calibration" in done else {}),
    }
    # Every size is written down, the defaults too: a later default must not change an old checkpoint.
    row, row_config = MODELS[recipe.model], cast(Any, network).config
    config = checkpoint.CheckpointConfig(
        name=recipe.name,
        kind=recipe.kind,
        serves=recipe.serves,
        model=recipe.model,
        sizes={name: size for name, size in asdict(row_config).items() if name not in row.fixed},
        tokenizer="words" if recipe.kind == "classifier" else "subwords",
        tokenizer_version=about["tokenizer_version"],
        labels=corpus.labels,
        training=training,
    )
    if recipe.kind == "classifier":
        trajectory = fit_trajectory(network.eval(), examples.columns["text"], seed=recipe.seed)
        checkpoint.save(folder, config, network, tokenizer, trajectory=trajectory)
    else:
        words = (prepared / checkpoint.SOURCE_WORDS).read_text(encoding="utf-8").split("\n")
        checkpoint.save(folder, config, network, tokenizer, source_words=[word for word in words if word])


def _write_metrics(metrics: list[dict[str, float]], *folders: Path) -> None:
    text = "".join(json.dumps(line) + "\n" for line in metrics)
    for folder in folders:
        checkpoint.write_atomically(folder / "metrics.jsonl", text.encode())


def _save_state(
    path: Path,
    recipe: Recipe,
    network: nn.Module,
    average: nn.Module,
    optimizer: torch.optim.Optimizer,
    done: dict[str, Any],
) -> None:
    state = {
        "recipe": json.dumps(asdict(recipe), sort_keys=True),
        "network": network.state_dict(),
        "average": average.state_dict(),
        "optimizer": optimizer.state_dict(),
        "done": json.dumps(done),
    }
    save_state(path, state)


def _resume(
    path: Path,
    recipe: Recipe,
    network: nn.Module,
    average: nn.Module,
    optimizer: torch.optim.Optimizer,
    on: torch.device,
) -> dict[str, Any]:
    if not path.exists():
        raise Problem("nothing_to_resume", folder=str(path.parent))
    state = load_state(path, on)
    if state["recipe"] != json.dumps(asdict(recipe), sort_keys=True):
        raise Problem("recipe_changed", name=recipe.name, folder=str(path.parent))
    network.load_state_dict(state["network"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    done: dict[str, Any] = json.loads(state["done"])
    return done
