"""Made-up ads for measuring how well and how fast near-identical texts are found. Shares no code with what it measures.

Unrelated writers draw sentences from a common stock and add their own; sites put the same lines under every ad. A third
of the ads are one writer's text put up again: to the letter, with a light edit (up to 6 % of the words), a middle one (6
to 15 %) or a heavy one (20 to 35 %), always with another number, price, name and place. Truth: pairs of ads with one text
behind them, each pair with its heavier edit.
"""

import random

SYLLABLES = "ba be bi bo da de di do fa fe fi fo ga ge gi go ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe pi po ra re ri ro sa se si so ta te ti to va ve vi vo".split()
NAMES = "Anna Bella Clara Dina Ella Freja Gina Hanna Ida Jana Karla Lina Mia Nora Olga Petra Rosa Sara Tina Ulla Vera Wilma Yrsa Zoe".split()
TOWNS = "København Aarhus Odense Aalborg Esbjerg Randers Kolding Horsens Vejle Roskilde Herning Silkeborg".split()
FOOTER = "husk at sige hvor du så annoncen alle annoncer er lagt op af annoncøren selv".split()
EDITS = {"letter": (0.0, 0.0), "light": (0.01, 0.06), "middle": (0.06, 0.15), "heavy": (0.20, 0.35)}


def vocabulary(draw, many):
    words = set()
    while len(words) < many:
        words.add("".join(draw.choice(SYLLABLES) for _ in range(draw.choice((1, 2, 2, 3, 3, 4)))))
    return sorted(words)


class Writers:
    def __init__(self, seed, stock=4000):
        self.draw = random.Random(seed)
        self.words = vocabulary(self.draw, 12000)
        # Words are as unequal as in any language: the n-th is seen about 1/n as often as the first.
        self.weights = [1 / (rank + 3) for rank in range(len(self.words))]
        self.cumulative = []
        total = 0.0
        for weight in self.weights:
            total += weight
            self.cumulative.append(total)
        self.stock = [self.sentence() for _ in range(stock)]

    def word(self):
        return self.draw.choices(self.words, cum_weights=self.cumulative)[0]

    def sentence(self):
        return self.draw.choices(self.words, cum_weights=self.cumulative, k=self.draw.randint(6, 12))

    def text(self):
        """Half of the sentences are everybody's."""
        sentences = []
        for _ in range(self.draw.randint(5, 10)):
            sentences.append(self.draw.choice(self.stock) if self.draw.random() < 0.5 else self.sentence())
        return [word for sentence in sentences for word in sentence]

    def edit(self, words, how):
        share = self.draw.uniform(*EDITS[how])
        edited = []
        for word in words:
            if self.draw.random() >= share:
                edited.append(word)
                continue
            what = self.draw.random()
            if what < 0.5:
                edited.append(self.word())
            elif what < 0.75:
                edited += [word, self.word()]
        return edited

    def ad(self, words):
        """As it is put up: name and place before it, price, number and the site's line after it."""
        draw = self.draw
        head = [draw.choice(NAMES), "i", draw.choice(TOWNS)]
        price = [f"{draw.randint(6, 20) * 100}", "kr"]
        phone = [f"34{draw.randint(0, 999999):06d}"]
        return " ".join(head + words + price + ["ring"] + phone + (FOOTER if draw.random() < 0.6 else []))


def corpus(many, seed=1):
    """Texts, and the number of the text behind each with how it was edited."""
    writers = Writers(seed)
    draw = writers.draw
    ads = []
    behind = 0
    while len(ads) < many:
        words = writers.text()
        copies = 1 if draw.random() < 0.86 else draw.choice((2, 2, 3, 3, 4, 5, 6, 8, 12, 20))
        for copy in range(copies):
            how = "letter" if copy == 0 else draw.choice(("letter", "light", "light", "middle", "middle", "heavy"))
            ads.append((writers.ad(writers.edit(words, how)), behind, how))
        behind += 1
    ads = ads[:many]
    draw.shuffle(ads)
    return ads
