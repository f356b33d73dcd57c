"""The contrastive loss: each example should find those of its own concept, and no others. Knows no model.

InfoNCE over all others of the batch (van den Oord et al. 2018) with several positives a row (Khosla et al. 2020) and a
little of the target on the same unit and subject; summed over vector sizes (Kusupati et al. 2022, Matryoshka).
"""

from collections.abc import Sequence

import torch
from torch.nn import functional

from lensdex_nano.pool import Kinship


def relatedness(kinships: Sequence[Kinship], *, unit: float, subject: float) -> torch.Tensor:
    """Return the target of each row: shape (rows, rows), rows sum to 1, the diagonal is 0.

    Same concept weighs 1, same unit *unit*, same subject *subject*, each divided among the examples that are so.
    """
    concepts, units, subjects = (
        torch.tensor([getattr(kinship, field) for kinship in kinships]) for field in ("concept", "unit", "subject")
    )
    same = [column[:, None] == column[None, :] for column in (concepts, units, subjects)]
    others = ~torch.eye(len(kinships), dtype=torch.bool)
    target = torch.zeros(len(kinships), len(kinships))
    for members, weight in ((same[0], 1.0), (same[1] & ~same[0], unit), (same[2] & ~same[1], subject)):
        chosen = (members & others).float()
        target += weight * chosen / chosen.sum(dim=1, keepdim=True).clamp(min=1)
    return target / target.sum(dim=1, keepdim=True).clamp(min=1e-9)


def contrastive_loss(
    states: torch.Tensor, target: torch.Tensor, *, temperature: float, sizes: Sequence[int]
) -> torch.Tensor:
    """Return the mean cross-entropy of each row's similarities against *target*, averaged over the vector *sizes*.

    *states*: shape (rows, hidden size), not normalised.
    """
    diagonal = torch.eye(len(states), dtype=torch.bool, device=states.device)
    losses = []
    for size in sizes:
        vectors = functional.normalize(states[:, :size].float(), dim=1)
        logits = (vectors @ vectors.T / temperature).masked_fill(diagonal, -1e9)
        losses.append(-(target * functional.log_softmax(logits, dim=1)).sum(dim=1).mean())
    return torch.stack(losses).mean()
