import torch
from torchvision.models.detection._utils import BalancedPositiveNegativeSampler

from worker.draws import BalancedSampler, Draws, seed_of_draws

CPU = torch.device("cpu")
MANY = torch.tensor([1, 0, 0, -1, 2, 0, 1, 0, 0, 3])
FEW = torch.tensor([0, -1, 1])


def draw(images: list[torch.Tensor], seeds: list[int]) -> tuple[list[torch.Tensor], list[torch.Tensor], int]:
    sampler = BalancedSampler(4, 0.5, Draws(seeds, CPU))
    positives, negatives = sampler(images)
    return positives, negatives, sampler.count


def test_balanced_sampler__draws_as_many_as_torchvisions() -> None:
    ours = draw([MANY, FEW], [1, 2])
    theirs = BalancedPositiveNegativeSampler(4, 0.5)([MANY, FEW])

    for own, their in zip(ours[:2], theirs, strict=True):
        assert [mask.sum() for mask in own] == [mask.sum() for mask in their]
    assert ours[2] == 4 + 2
    assert all((MANY[mask.bool()] >= 1).all() for mask in ours[0][:1])
    assert (MANY[ours[1][0].bool()] == 0).all()


def test_balanced_sampler__an_images_draw_depends_on_its_seed_alone() -> None:
    together, alone = draw([FEW, MANY], [1, 2]), draw([MANY], [2])
    others = [draw([MANY], [seed]) for seed in range(3, 13)]

    assert torch.equal(together[0][1], alone[0][0])
    assert torch.equal(together[1][1], alone[1][0])
    assert any(not torch.equal(other[1][0], alone[1][0]) for other in others)


def test_seed_of_draws__differs_by_seed_and_place() -> None:
    assert len({seed_of_draws(seed, place) for seed in range(3) for place in range(50)}) == 150
