"""Words that nobody has seen before, so that the model learns to copy instead of to recite."""

from spintax import RNG, draw

ONSETS = "b br c ch cl d dr f fl g gr h j k kl l m n p ph pr qu r s sh sk sl st t th tr v w y z zh".split()
NUCLEI = "a e i o u ai ea io oo ou y".split()
# Most syllables are open.
CODAS = "n r l s t x m nd rk lt sh ck ng rd v z".split() + [""] * 6

LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MIXED = LOWER + UPPER + "0123456789-"

# Greek, Cyrillic, CJK, Hebrew, Arabic, Hiragana, Hangul, accented Latin (two ranges), Devanagari, emoji.
SCRIPTS = [
    (0x3B1, 0x3C9),
    (0x430, 0x44F),
    (0x4E00, 0x5200),
    (0x5D0, 0x5EA),
    (0x627, 0x64A),
    (0x3042, 0x3090),
    (0xAC00, 0xB000),
    (0xE0, 0xFF),
    (0x100, 0x17F),
    (0x915, 0x939),
    (0x1F300, 0x1F640),
]


def word():
    """A pronounceable word of one to three syllables, in lower case."""
    syllables = RNG.choice([1, 2, 2, 2, 3, 3])
    return "".join(draw(ONSETS) + draw(NUCLEI) + draw(CODAS) for _ in range(syllables))


def name():
    """A word with a capital."""
    return word().capitalize()


def letters():
    """Random letters: Latin, mixed with digits, two names with a sign between, or another script."""
    kind = RNG.random()
    if kind < 0.3:
        return "".join(draw(LOWER) for _ in range(RNG.randint(2, 9)))
    if kind < 0.5:
        return "".join(draw(UPPER) for _ in range(RNG.randint(2, 5)))
    if kind < 0.6:
        return "".join(draw(MIXED) for _ in range(RNG.randint(3, 9)))
    if kind < 0.7:
        return name() + draw("-/.&+") + name()
    script = draw(SCRIPTS)
    return "".join(chr(RNG.randint(*script)) for _ in range(RNG.randint(1, 5)))


def novel():
    """Any of these words."""
    return draw([word, name, name, letters])()


def phrase(longest):
    """One to `longest` of these words."""
    return " ".join(novel() for _ in range(RNG.randint(1, longest)))
