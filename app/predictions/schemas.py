"""The words of a prediction request's query."""

from enum import StrEnum


class AnswerFormat(StrEnum):
    JSON = "json"
    MASKS = "masks"
