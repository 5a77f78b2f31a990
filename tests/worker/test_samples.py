import pytest
import torch

from app.db.enums import Split
from tests.worker import synthetic
from tests.worker.synthetic import UNCHANGED
from worker.prepared_images import PreparedImages
from worker.samples import Sample, SampleStream
from worker.transforms import Augmentation

EVERYTHING = Augmentation(tilt_share=0.5, contrast=0.2, saturation=0.2, hue_degrees=10, paste_share=1)


def prepared() -> PreparedImages:
    images = (*synthetic.shapes(training=3).training, synthetic.background(9, Split.TRAINING))
    return PreparedImages(images, synthetic.CLASS_NAMES, image_size=64, memory_bytes=10**9)


def stream(augmentation: Augmentation, *, threads: int = 0, stride: int = 1, batch_size: int = 2) -> SampleStream:
    return SampleStream(prepared(), augmentation, seed=4, batch_size=batch_size, threads=threads, stride=stride)


def same(first: Sample, second: Sample) -> bool:
    return torch.equal(first[0], second[0]) and all(torch.equal(first[1][key], second[1][key]) for key in first[1])


@pytest.mark.parametrize("augmentation", [Augmentation(), EVERYTHING])
def test_sample_stream__threads_make_the_same_batches(augmentation: Augmentation) -> None:
    alone, ahead = stream(augmentation), stream(augmentation, threads=2)

    for number in (0, 1, 2, 7):
        assert all(same(a, b) for a, b in zip(alone.batch(number), ahead.batch(number), strict=True))

    ahead.close()


def test_sample_stream__each_of_two_with_every_other_batch_has_what_one_would() -> None:
    alone = stream(EVERYTHING)
    pair = [stream(EVERYTHING, threads=1, stride=2) for _ in range(2)]

    for number in range(6):
        assert all(same(a, b) for a, b in zip(alone.batch(number), pair[number % 2].batch(number), strict=True))

    for one in pair:
        one.close()


def test_sample_stream__a_place_decides_whatever_the_size_of_the_batch() -> None:
    singles, fours = stream(EVERYTHING, batch_size=1), stream(EVERYTHING, batch_size=4)

    assert all(same(singles.batch(4 + place)[0], sample) for place, sample in enumerate(fours.batch(1)))


def test_sample_stream__shrunk_samples_are_the_same_ones_and_full_size_comes_back_at_once() -> None:
    alone, ahead = stream(UNCHANGED), stream(UNCHANGED, threads=2)

    for samples in (alone, ahead):
        for number, shrink, side in ((0, 0.625, 40), (1, 0.625, 40), (2, 1.0, 64)):
            assert {pixels.shape for pixels, _ in samples.batch(number, shrink=shrink)} == {(3, side, side)}

    for (_, full), (_, small) in zip(alone.batch(3), alone.batch(3, shrink=0.5), strict=True):
        assert full["labels"].tolist() == small["labels"].tolist()
        assert torch.allclose(full["boxes"] / 2, small["boxes"], atol=1)
    ahead.close()


def test_sample_stream__an_epoch_has_every_image_once() -> None:
    images, samples = prepared(), stream(UNCHANGED)

    epoch = [pixels for number in (2, 3) for pixels, _ in samples.batch(number)]

    for index in range(4):
        original = torch.from_numpy(images[index].rgb).permute(2, 0, 1)
        assert sum(torch.equal(original, pixels) for pixels in epoch) == 1


def test_sample_stream__pasting_brings_objects_to_background() -> None:
    pasting = stream(EVERYTHING)

    counts = [len(target["labels"]) for number in range(20) for _, target in pasting.batch(number)]

    assert 0 not in counts or counts.count(0) < 4  # what was pasted may lie outside, or a background image was drawn
    assert max(counts) > 2
