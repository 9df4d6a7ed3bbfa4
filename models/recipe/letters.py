"""Writes the letter of a plan, as the model shall write it.

Every sentence follows its move in angle brackets, which the program takes out again. Names in braces such as {company}
stay: the program puts the applicant's own words in.
"""

from sentences import RNG, SENTENCES, beginning

# A sentence is drawn anew this often when it would sound like an earlier one.
TRIES = 14


def letter(tone, paragraphs):
    """The letter of a plan, paragraphs parted by empty lines."""
    used, beginnings = set(), set()

    def sentence(move):
        for _ in range(TRIES):
            text = RNG.choice(SENTENCES[tone][move])
            if text not in used and beginning(text) not in beginnings:
                break
        used.add(text)
        beginnings.add(beginning(text))
        return f"<{move}> {text}"

    return "\n\n".join("".join(sentence(move) for move in moves) for moves in paragraphs)
