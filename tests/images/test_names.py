import pytest

from app.images.names import MAX_NAME_CHARACTERS, BadName, clean_name, last_part, lies_beside_files


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("fig.jpg", "fig.jpg"),
        ("box/left/fig.jpg", "box/left/fig.jpg"),
        ("box\\left\\fig.jpg", "box/left/fig.jpg"),
        ("./box//fig.jpg", "box/fig.jpg"),
        ("quote'&amp;<b>.jpg", "quote'&amp;<b>.jpg"),
        ('say "fig".jpg', 'say "fig".jpg'),
        ("ūmlaut ąčę 日本.jpg", "ūmlaut ąčę 日本.jpg"),
        ("u\u0308.jpg", "ü.jpg"),
        ("..fig..jpg", "..fig..jpg"),
        ("x" * MAX_NAME_CHARACTERS, "x" * MAX_NAME_CHARACTERS),
    ],
)
def test_clean_name__keeps_folders_and_every_character_that_can_be_shown(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept
    assert clean_name(kept) == kept


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("../fig.jpg", "leads out"),
        ("box/../../fig.jpg", "leads out"),
        ("box\\..\\fig.jpg", "leads out"),
        ("/etc/fig.jpg", "absolute"),
        ("C:\\fig.jpg", "absolute"),
        ("fig\n.jpg", "cannot be shown"),
        ("fig\0.jpg", "cannot be shown"),
        ("fig\udc80.jpg", "cannot be shown"),
        ("", "no name"),
        ("./", "no name"),
        ("x" * (MAX_NAME_CHARACTERS + 1), "501 characters"),
    ],
)
def test_clean_name__refuses_what_no_image_can_be_called(sent: str, reason: str) -> None:
    with pytest.raises(BadName, match=reason):
        clean_name(sent)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("__MACOSX/box/._fig.jpg", True),
        ("box/._fig.jpg", True),
        ("box/.DS_Store", True),
        ("Thumbs.db", True),
        ("box/.hidden.jpg", False),
        ("MACOSX/fig.jpg", False),
    ],
)
def test_lies_beside_files__knows_what_systems_add(name: str, expected: bool) -> None:
    assert lies_beside_files(name) is expected


def test_last_part__leaves_the_folders_away() -> None:
    assert [last_part("a/b/c.jpg"), last_part("c.jpg")] == ["c.jpg", "c.jpg"]
