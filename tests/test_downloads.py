"""What downloaded files are called."""

import pytest

from app.downloads import ascii_name, attachment, file_name, name_of_attachment


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Fruit", "100% é 🍓 & #1?x=2+3", "best", "slow"), "Fruit-100%-é-🍓-1-x=2+3-best-slow.zip"),
        (("果物", "मॉडल 1.2", "labels", ""), "果物-मॉडल-1.2-labels.zip"),
        (("a/b\\c", "..", "../x", "labels"), "a-b-c-x-labels.zip"),
        ((' "quoted" <it>|*: ', "labels"), "quoted-it-labels.zip"),
        (("exe\u202egpj", "labels"), "exe-gpj-labels.zip"),
        (("e\u0301",), "é.zip"),
        (("CON.x", "labels"), "CON_.x-labels.zip"),
        (("Console", "labels"), "Console-labels.zip"),
    ],
)
def test_file_name__is_safe_on_every_system_and_keeps_letters(parts: tuple[str, ...], name: str) -> None:
    assert file_name(*parts, suffix=".zip") == name


def test_file_name__is_no_longer_than_a_file_system_takes() -> None:
    name = file_name("🍓" * 100, "é" * 100, "validation", suffix=".json.partial")
    assert len(name.encode()) < 255
    assert name.endswith("-validation.json.partial")


def test_ascii_name__writes_letters_without_their_marks() -> None:
    assert ascii_name("100% é 🍓 & #1?x=2+3") == "100-e-1-x-2-3"
    assert ascii_name("果物") == ""


def test_attachment__names_the_file_for_old_and_new_clients() -> None:
    assert attachment("Früchte-best.zip")["Content-Disposition"] == (
        "attachment; filename=\"Fruchte-best.zip\"; filename*=UTF-8''Fr%C3%BCchte-best.zip"
    )


@pytest.mark.parametrize("name", ["Fruit-100%-é-🍓-1-x=2+3-best-slow.zip", "果物-v1.2-labels.json"])
def test_name_of_attachment__reads_what_was_written(name: str) -> None:
    assert name_of_attachment(attachment(name)["Content-Disposition"]) == name


def test_name_of_attachment__reads_that_of_an_earlier_server() -> None:
    assert name_of_attachment('attachment; filename="project-3-coco.json"') == "project-3-coco.json"


def test_name_of_attachment__leads_to_no_other_folder() -> None:
    hostile = "attachment; filename=\"x\"; filename*=UTF-8''..%2F..%2F.bashrc%2Fa.zip%2F.."
    assert name_of_attachment(hostile) == "bashrc-a.zip."
    assert name_of_attachment("inline") is None
