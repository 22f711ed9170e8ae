#!/usr/bin/env python3
"""Compiles the marked texts beside it (*.txt) into ads.jsonl: each text with its truth, spans by construction.

Another folder's texts: `compile_ads.py [--check] FOLDER`.

A text begins with `=== LANGUAGE [+ID] [~ID] [-ID]` and goes on below, or behind ` :: ` on the same line: indicators that fire, that are open (not scored), that do not
fire though the mentions would say so. The same marks may stand at the end of the text. `@NAME: …` is a field.
`[[KIND|words]]` or `[[KIND:value|words]]` marks a mention:
  p phone, h phone written to hide, q phone where hidden or not is open, k price amount[EUR|GBP][/minutes], a age,
  n name, l place (municipality code; several = ambiguous), e e-mail, t handle service:name, u link, s street
  address, ? open (whatever is read there is not scored)
"""
import csv
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
MARK = re.compile(r"\[\[([a-z?])(?::([^|\]]*))?\|(.*?)\]\]", re.S)
FLAG = re.compile(r"(?:^|\s)([+~-])([a-z_]{6,})\s*$")
# What one text can show, by the catalogue's definitions (scope: one ad).
SCOPE = """movement_language tour_schedule foreign_prefix location_conflict third_person_voice plural_voice
several_persons_one_ad manager_contact staff_rotation recruits_workers payment_elsewhere accompanied round_the_clock
incall_only lives_at_workplace debt_or_pressure youth_language possible_minor low_stated_age newly_arrived
limited_language machine_translated origin_marketing client_exclusion price_missing unprotected_offered no_limits
obscured_phone trust_claims several_phones_in_ad app_only screening_language""".split()
OTHER = {"own_site", "explicit_limits"}


def towns():
    """Postal place in lower case -> municipality codes."""
    found = {}
    with open(HERE.parents[2] / "config" / "places" / "dk_places.csv", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            for name in (row["place"], re.sub(r" (?:[A-ZÆØÅ]|[SN][VØ])$", "", row["place"])):
                found.setdefault(name.lower(), {})[row["municipality_code"]] = row["municipality"].lower()
    return found


TOWNS = towns()


def town(words):
    name = re.sub(r"^\d{4} ", "", words).lower()
    codes = TOWNS.get(name, {})
    if len(codes) == 1:
        return list(codes)
    same = [code for code, municipality in codes.items() if name == municipality]
    base = re.sub(r" (?:.|[sn][vø])$", "", name)
    same = same or [code for code, municipality in codes.items() if base == municipality]
    if len(same) != 1:
        raise ValueError(f"name the municipality of {words!r}: {codes}")
    return same


def mention(kind, value, words):
    digits = re.sub(r"\D", "", words)
    if kind in "phq":
        number = re.sub(r"[^\d+]", "", value or words)
        number = "+" + number[2:] if number.startswith("00") else number
        if not number.startswith("+"):
            number = ("+" if len(number) > 8 else "+45") + number
        if number.startswith("+45") and len(number) != 11 or not 9 < len(number) < 15:
            raise ValueError(f"no number: {words!r}")
        return "phones", {"e164": number, "obscured": kind == "h", "open": kind == "q"}
    if kind == "k":
        amount, currency, minutes = re.fullmatch(r"(\d+)([A-Z]*)(?:/(\d+))?", value).groups()
        return "prices", {"amount": int(amount), "currency": currency or "DKK", "minutes": int(minutes) if minutes else None}
    if kind == "a":
        return "ages", {"years": int(value or digits or {"forty-two": 42}[words])}
    if kind == "n":
        return "names", {"name": value or words}
    if kind == "l":
        codes = value.split(",") if value else town(words)
        return "places", {"codes": codes}
    if kind == "t":
        service, handle = value.split(":")
        return "handles", {"service": service, "handle": handle}
    return {"e": ("emails", {"address": value or words}), "u": ("urls", {"url": value or words}),
            "s": ("addresses", {"text": value or words}), "?": ("open", {})}[kind]


def read(marked, field, truth):
    """The plain text; its mentions go into `truth`."""
    plain, last = "", 0
    for found in MARK.finditer(marked):
        plain += marked[last:found.start()]
        kind, value, words = found.groups()
        name, mention_ = mention(kind, value, words)
        start = len(plain.encode())
        plain += words
        truth.setdefault(name, []).append({**mention_, "field": field, "start": start, "end": len(plain.encode())})
        last = found.end()
    return plain + marked[last:]


def fires(truth, flags):
    ages = [age["years"] for age in truth.get("ages", [])]
    phones = truth.get("phones", [])
    computed = {
        "foreign_prefix": any(not phone["e164"].startswith("+45") for phone in phones),
        "several_phones_in_ad": len({phone["e164"] for phone in phones}) > 1,
        "obscured_phone": any(phone["obscured"] for phone in phones),
        "low_stated_age": any(18 <= age <= 22 for age in ages),
        "possible_minor": any(age < 18 for age in ages),
        "price_missing": not truth.get("prices"),
        "several_persons_one_ad": len({name["name"].lower() for name in truth.get("names", [])}) > 1,
    }
    yes = {name for name, is_so in computed.items() if is_so} | {name for sign, name in flags if sign == "+"}
    no = {name for sign, name in flags if sign == "-"}
    open_ = {name for sign, name in flags if sign == "~"}
    if "recruits_workers" in yes and "plural_voice" not in yes:
        open_.add("plural_voice")
    if "possible_minor" in yes and "youth_language" not in yes:
        open_.add("youth_language")
    return sorted(yes - no - open_), sorted(open_)


def texts(folder):
    for source in sorted(folder.glob("*.txt")):
        blocks = re.split(r"^=== ", source.read_text(encoding="utf-8"), flags=re.M)[1:]
        for number, block in enumerate(blocks, 1):
            first, _, rest = block.strip("\n").partition("\n")
            head, _, body = first.partition(" :: ")
            body = "\n".join(part for part in (body, rest) if part)
            language, *marks = head.split()
            flags = [(mark[0], mark[1:]) for mark in marks]
            while found := FLAG.search(body):
                flags.append(found.groups())
                body = body[:found.start()].rstrip()
            wrong = {name for _, name in flags} - set(SCOPE) - OTHER
            if wrong:
                raise ValueError(f"{source.name} {number}: no such indicator {wrong}")
            truth, fields, kept = {}, {}, []
            for line in body.split("\n"):
                found = re.match(r"@(\w+): (.*)$", line) if not kept else None
                if found:
                    fields[found[1]] = read(found[2], "fields." + found[1], truth)
                else:
                    kept.append(line)
            text = read("\n".join(kept).strip(), "text", truth)
            if "[[" in text or "]]" in text:
                raise ValueError(f"{source.name} {number}: a mark is left")
            yes, open_ = fires(truth, flags)
            line = {"id": f"{source.stem}-{number:02}", "text": text}
            if fields:
                line["fields"] = fields
            yield {**line, "truth": {"language": language, **truth, "indicators": yes, "open_indicators": open_}}


def main():
    names = [argument for argument in sys.argv[1:] if argument != "--check"]
    folder = pathlib.Path(names[0]) if names else HERE
    lines = "".join(json.dumps(text, ensure_ascii=False) + "\n" for text in texts(folder))
    if "--check" in sys.argv:
        old = not (folder / "ads.jsonl").exists() or (folder / "ads.jsonl").read_text(encoding="utf-8") != lines
        sys.exit(f"{folder.name}/ads.jsonl is old: run compile_ads.py" if old else 0)
    (folder / "ads.jsonl").write_text(lines, encoding="utf-8")


if __name__ == "__main__":
    main()
