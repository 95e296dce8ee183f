"""Ceph's dialect of S3 Select in AWS's words: `int(x)` is a CAST, texts stand in single quotes, what is queried is called
S3Object, and the elements of an array are asked for by a wildcard."""

import re

TYPES = ("int", "float", "timestamp")


def closing(text, opening):
    """Where the parenthesis that opens here closes."""
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def casts(text):
    for kind in TYPES:
        while found := re.search(rf"(?<![\w.]){kind}\(", text):
            end = closing(text, found.end() - 1)
            text = f"{text[: found.start()]}cast({text[found.end() : end]} as {kind}){text[end + 1 :]}"
    return text


def in_awss_words(expression):
    expression = re.sub(r'"([^"]*)"', r"'\1'", expression)
    expression = re.sub(r"\bfrom\s+stdin\b", "from s3object", expression)
    expression = re.sub(r"(s3object\[\*\]\.root)\b(?!\[)", r"\1[*]", expression)
    return casts(expression)


def translate(params, **_):
    params["Expression"] = in_awss_words(params["Expression"])
