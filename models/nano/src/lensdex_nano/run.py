"""A training run that can be broken off: the loop, the learning rate, the progress bar, and what is kept on disk.

Knows nothing of what is learnt: a task gives it the loss of a step. A step is a function of the seed and its number, so
a resumed run sees what an unbroken one would have seen.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch import nn

Loss = Callable[[int], torch.Tensor]
"""From the number of a step to its loss; the gradient is taken by the run."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long, and how fast, a model learns."""

    steps: int
    learning_rate: float
    """The highest; reached after the warm-up, then lowered along a cosine to a hundredth."""
    warm_up_steps: int
    weight_decay: float = 0.05
    max_gradient_norm: float = 1.0
    save_seconds: float = 60.0

    def rate(self, step: int) -> float:
        """Return the learning rate of *step*, counted from 0."""
        if step < self.warm_up_steps:
            return self.learning_rate * (step + 1) / self.warm_up_steps
        done = (step - self.warm_up_steps) / max(1, self.steps - self.warm_up_steps)
        return self.learning_rate * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)


class Run:
    """Trains one model; *folder* keeps its state and `losses.jsonl`. *recipe* says what the state belongs to."""

    def __init__(self, name: str, folder: Path, model: nn.Module, schedule: Schedule, *, recipe: str) -> None:
        self._name = name
        self._folder = folder
        self._model = model
        self._schedule = schedule
        self._recipe = recipe
        self._state = folder / "state.pt"
        self._optimiser = torch.optim.AdamW(_groups(model, schedule.weight_decay), betas=(0.9, 0.98), eps=1e-8)
        self._step = 0
        self._seconds = 0.0

    def train(self, loss: Loss) -> float:
        """Train to the end, from where an earlier run of the same recipe stopped; return the seconds spent in all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._resume()
        self._model.train()
        with _progress() as progress, (self._folder / "losses.jsonl").open("a", buffering=1, encoding="utf-8") as log:
            bar = progress.add_task(self._name, total=self._schedule.steps, completed=self._step, loss="")
            saved = started = time.monotonic()
            before = self._seconds
            try:
                while self._step < self._schedule.steps:
                    value = self._advance(loss)
                    now = time.monotonic()
                    self._seconds = before + now - started
                    entry = {"step": self._step, "loss": round(value, 4), "seconds": round(self._seconds, 1)}
                    log.write(json.dumps(entry) + "\n")
                    progress.update(bar, completed=self._step, loss=f"{value:.3f}")
                    if now - saved > self._schedule.save_seconds:
                        self._save()
                        saved = now
            finally:
                self._save()
        self._model.eval()
        return self._seconds

    def _advance(self, loss: Loss) -> float:
        rate = self._schedule.rate(self._step)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.zero_grad(set_to_none=True)
        value = loss(self._step)
        value.backward()  # type: ignore[no-untyped-call]  # untyped there
        nn.utils.clip_grad_norm_(self._model.parameters(), self._schedule.max_gradient_norm)
        self._optimiser.step()
        self._step += 1
        return float(value.detach())

    def _save(self) -> None:
        beside = self._state.with_suffix(".new")
        torch.save(
            {
                "recipe": self._recipe,
                "step": self._step,
                "seconds": self._seconds,
                "model": self._model.state_dict(),
                "optimiser": self._optimiser.state_dict(),
            },
            beside,
        )
        beside.replace(self._state)

    def _resume(self) -> None:
        if not self._state.exists():
            return
        state = torch.load(self._state, weights_only=True, map_location=next(self._model.parameters()).device)
        if state["recipe"] != self._recipe:
            self._state.unlink()
            (self._folder / "losses.jsonl").unlink(missing_ok=True)
            return
        self._model.load_state_dict(state["model"])
        self._optimiser.load_state_dict(state["optimiser"])
        self._step, self._seconds = state["step"], state["seconds"]


def _groups(model: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Matrices decay, vectors (norms and biases) do not."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [parameter for parameter in parameters if parameter.dim() > 1], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.dim() <= 1], "weight_decay": 0.0},
    ]


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
