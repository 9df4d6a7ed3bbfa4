"""Measures letters from outside, without the program's own checks.

    python3 measure.py scan REQUESTS.json LETTERS.jsonl     what letters say that no input has
    python3 measure.py sameness LETTERS.jsonl               how alike the letters of a set are

REQUESTS is a list as in handwritten.json; LETTERS are lines as the example `evaluate` writes them. A name or figure
counts as given when its letters and digits stand anywhere in the request, written out or not.
"""

import json
import re
import statistics
import sys
from collections import Counter

# Words with a capital that the program's own sentences hold, beside the first words of sentences.
OWN = set("""I I'm I've I'd I'll Dear Hello Hi Kind Sincerely Regards Recruitment Team Thank Thanks BSc BA MSc MA PhD MEng BEng
GCSE GCSEs NVQ BTEC HNC HND Level Year A Band NHS DBS HGV LGV CSCS IT HR Saturday Saturdays Sunday Sundays Monday Mondays Tuesday
Tuesdays Wednesday Wednesdays Thursday Thursdays Friday Fridays January February March April May June July August September
October November December University College School Hospital Council Christmas English""".split())
ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
NUMBERS = {word: str(at) for at, word in enumerate(ONES)} | {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "thirty": "30", "forty": "40", "fifty": "50", "hundred": "100"}
PLACEHOLDER = re.compile(r"\[[A-Za-z' ]+\]|\{[a-z_.]+\}|<[a-z_.|]+>|(?i:your name here|insert |lorem ipsum|\bTBC\b)")


def given(request):
    """All that a request says, as one text."""
    def texts(value):
        if isinstance(value, dict):
            return [text for inner in value.values() for text in texts(inner)]
        return [str(value)]
    return " ".join(texts({key: request[key] for key in ("job", "applicant") if key in request}))


def bare(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def initials(text):
    return "".join(word[0] for word in re.findall(r"[A-Za-z]+", text)).lower()


def sentences(letter):
    body = [line for line in letter.split("\n\n")][1:-1]
    return [part.strip() for paragraph in body for part in re.split(r"(?<=[.!?])\s+(?=[A-Z])", paragraph) if part.strip()]


def invented(request, letter):
    """Figures and names of a letter that its request does not have."""
    source = given(request)
    flat, numbers = bare(source), set(re.findall(r"\d+", source))
    numbers |= {NUMBERS[word] for word in re.findall(r"[a-z]+", source.lower()) if word in NUMBERS}
    figures, names = [], []
    for sentence in sentences(letter):
        words = re.findall(r"[\w'’&.+#/-]+", sentence)
        for at, word in enumerate(words):
            word = word.strip(".'’-")
            lower = re.sub(r"['’]s$", "", word.lower())
            if any(digit not in numbers and digit not in flat for digit in re.findall(r"\d+", word)):
                figures.append(word)
            elif lower in NUMBERS and lower not in ("one", "first", "second") and NUMBERS[lower] not in numbers and lower not in flat:
                figures.append(word)
            elif at and word[:1].isupper() and word not in OWN and bare(lower) not in flat and initials(word) not in flat:
                names.append(word)
    return figures, names


def works_there(request, letter):
    company = bare(request["job"].get("company", ""))
    past = re.compile(r"\b(?:I (?:have )?(?:worked|been working|work)|my (?:time|work|role)) (?:at|for|with) ([^.,]+)", re.I)
    claims = [match[1] for match in past.finditer(letter) if company and bare(match[1]).startswith(company)]
    about = bare(" ".join(str(value) for value in request.get("applicant", {}).values()))
    return [claim for claim in claims if company not in about]


def looping(letter):
    words = letter.lower().split()
    grams = Counter(tuple(words[at : at + 6]) for at in range(len(words) - 5))
    repeated = [sentence for sentence, times in Counter(sentences(letter)).items() if times > 1]
    return repeated or [gram for gram, times in grams.items() if times > 2]


def scan(requests, letters):
    requests = {request["id"]: request for request in json.load(open(requests))}
    totals, examples = Counter(), []
    for line in letters:
        request, letter = requests[line["id"]], line["letter"]
        figures, names = invented(request, letter)
        found = {"figures": figures, "names": names, "work at the company": works_there(request, letter), "loops": looping(letter), "placeholders": PLACEHOLDER.findall(letter), "empty letters": [] if len(letter.split()) > 20 else [letter]}
        for kind, what in found.items():
            totals[kind] += bool(what)
            if what:
                examples.append(f"{line['id']}: {kind}: {', '.join(map(str, what))}")
    print(f"{len(letters)} letters; letters with something that no input has, or that no letter should have:")
    for kind in ("figures", "names", "work at the company", "loops", "placeholders", "empty letters"):
        print(f"  {kind}: {totals[kind]}")
    print("\n".join(examples))


def sameness(letters):
    texts = [line["letter"] for line in letters]
    grams = [set(zip(*(re.findall(r"\w+", text.lower())[at:] for at in range(5)))) for text in texts]
    shared = Counter(gram for letter in grams for gram in letter)
    share = [sum(shared[gram] > 1 for gram in letter) / max(1, len(letter)) for letter in grams]
    all_sentences = [sentences(text) for text in texts]
    counts = Counter(sentence for letter in all_sentences for sentence in set(letter))
    anybody = sum(counts[sentence] > 1 for letter in all_sentences for sentence in letter)
    total = sum(map(len, all_sentences))
    openers = Counter(" ".join(sentence.split()[:3]) for letter in all_sentences for sentence in letter)
    lengths = [len(sentence.split()) for letter in all_sentences for sentence in letter]
    print(f"{len(texts)} letters, {total} sentences")
    print(f"  5-grams shared with another letter: {100 * statistics.mean(share):.0f} %")
    print(f"  sentences that stand in another letter, too: {anybody} ({100 * anybody / total:.0f} %)")
    print(f"  words a sentence: mean {statistics.mean(lengths):.1f}, spread {statistics.pstdev(lengths):.1f}")
    print("  commonest beginnings: " + ", ".join(f"{words} ({times})" for words, times in openers.most_common(8)))


def main():
    verb, *files = sys.argv[1:]
    letters = [json.loads(line) for line in open(files[-1])]
    scan(files[0], letters) if verb == "scan" else sameness(letters)


if __name__ == "__main__":
    main()
