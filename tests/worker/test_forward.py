import torch
from torchvision.models.detection import MaskRCNN

from app.db.enums import ModelSize, Split
from tests.worker import synthetic
from worker import forward, transforms
from worker.draws import Draws
from worker.forward import Target
from worker.model import build_model
from worker.prepared_images import PreparedImages

CPU = torch.device("cpu")
SEEDS = (5, 6, 7)


def model() -> MaskRCNN:
    torch.manual_seed(0)
    return build_model(ModelSize.SMALL, class_count=2, image_size=64).train()


def samples() -> tuple[list[torch.Tensor], list[Target]]:
    images = (*synthetic.shapes().training[:2], synthetic.background(7, Split.TRAINING))
    prepared = PreparedImages(images, synthetic.CLASS_NAMES, image_size=64, memory_bytes=10**9)
    pairs = [transforms.to_tensors(prepared[index]) for index in range(3)]
    return [pixels for pixels, _ in pairs], [target for _, target in pairs]


def whole_masks(target: Target, side: int) -> torch.Tensor:
    masks = torch.zeros((len(target["boxes"]), side, side), dtype=torch.uint8)
    start = 0
    for mask, (x0, y0, x1, y1) in zip(masks, target["boxes"].long().tolist(), strict=True):
        stop = start + (y1 - y0) * (x1 - x0)
        mask[y0:y1, x0:x1] = target["masks"][start:stop].view(y1 - y0, x1 - x0)
        start = stop
    return masks


def losses(network: MaskRCNN, *, max_masks: int | None, seeds: tuple[int, ...] = SEEDS) -> dict[str, torch.Tensor]:
    images, targets = samples()
    batch = forward.batch_images(network, images, CPU)
    features = network.backbone(batch.tensors)
    return forward.losses_on_features(network, batch, features, targets, max_masks=max_masks, seeds=seeds).values


def test_losses_on_features__are_torchvisions() -> None:
    images, targets = samples()
    ours = losses(model(), max_masks=None)
    network = model()

    with Draws(SEEDS, CPU).of(network):
        theirs = network(
            [image.float() / 255 for image in images],
            [{**target, "masks": whole_masks(target, 64)} for target in targets],
        )

    assert ours.keys() == theirs.keys()
    for name in theirs:
        assert torch.allclose(ours[name], theirs[name], rtol=1e-4), name


def test_losses_on_features__fewer_masks_change_the_mask_loss_alone() -> None:
    every, few = losses(model(), max_masks=None), losses(model(), max_masks=1)

    assert {name for name in every if not torch.equal(every[name], few[name])} == {"loss_mask"}
    assert 0.2 < few["loss_mask"].item() < 20


def test_losses_on_features__background_alone_has_no_mask_to_learn() -> None:
    network = model()
    images, targets = samples()
    batch = forward.batch_images(network, images[2:], CPU)

    features = network.backbone(batch.tensors)
    found = forward.losses_on_features(network, batch, features, targets[2:], max_masks=4, seeds=SEEDS[2:])

    assert found.values["loss_mask"].item() == 0
    assert found.counts["loss_mask"] == 0
    found.total.backward()
    gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_detect_on_features__keeps_the_best_of_each_image() -> None:
    network = model().eval()
    images, _ = samples()
    with torch.no_grad():
        batch = forward.batch_images(network, images, CPU)
        features = network.backbone(batch.tensors)
        every = forward.detect_on_features(network, batch, features, min_score=0.0, max_boxes=1000)
        few = forward.detect_on_features(network, batch, features, min_score=0.0, max_boxes=3)

    assert [len(found.scores) for found in few] == [3, 3, 3]
    for all_found, best in zip(every, few, strict=True):
        assert torch.equal(best.scores, all_found.scores[:3])
        assert torch.equal(best.scores, best.scores.sort(descending=True).values)
        assert torch.allclose(best.mask_probabilities, all_found.mask_probabilities[:3], atol=1e-5)
        assert best.mask_probabilities.shape == (3, 28, 28)
