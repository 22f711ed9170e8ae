"""Fills a store (SQLite, made by 'bavn import' and 'bavn analyse' of one ad) with a made year: 200,000 ads in 300,000 versions,
seen on 3,000,000 days, of 60,000 advertisers. Rows alone: texts are masked ones of a few words; nothing sealed can be opened.
"""

import json
import os
import random
import sqlite3
import sys
import datetime

store = sqlite3.connect(sys.argv[1])
ads, people, scale = 200_000, 60_000, float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
ads, people = int(ads * scale), int(people * scale)
draw = random.Random(8)
store.execute("PRAGMA synchronous = OFF")
(analysis,) = store.execute("SELECT analysis_id FROM current_analysis").fetchone()
(site,) = store.execute("SELECT id FROM site LIMIT 1").fetchone()
(programme,) = store.execute("SELECT programme FROM site LIMIT 1").fetchone()
sites = [site]
for number in range(2, 11):
    sites.append(store.execute(
        "INSERT INTO site (site, programme, name, import_only, registered_at, wish) VALUES (?, ?, ?, 1, 0, 'go') RETURNING id",
        (f"made{number}", programme, f"Made {number}")).fetchone()[0])
codes = ["0101", "0751", "0461", "0851", "0157", "0561", "0621", "0730", "0265", "0370", "0400", "0741"]
first_day = datetime.date(2025, 11, 1)
hours = 8 * 3_600_000
days = [first_day + datetime.timedelta(n) for n in range(365)]
number = [day.year * 10_000 + day.month * 100 + day.day for day in days]
at = [int(datetime.datetime(day.year, day.month, day.day, 12, tzinfo=datetime.timezone.utc).timestamp() * 1000) for day in days]
later = at[-1] + 900 * 86_400_000


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


packed = [varint(time) for time in at]
masked = [json.dumps([{"field": "Title", "text": word, "runs": []}, {"field": "Body", "text": word + " i byen " * 60, "runs": []}])
          for word in ("escort", "privat og diskret", "klinik", "velkommen")]
forms = [draw.randrange(4) for _ in range(people)]
places = [draw.choices(codes, [40, 20, 15, 10, 5, 4, 3, 2, 2, 1, 1, 1])[0] for _ in range(people)]
languages = [draw.choices(["da", "en", "th", "ro", "es"], [50, 30, 10, 6, 4])[0] for _ in range(people)]
sealed = os.urandom(64)
seen = versions = 0
with store:
    for ad in range(ads):
        owner = draw.randrange(people)
        start, span = draw.randrange(365), draw.choice([1, 3, 8, 20, 43])
        up = range(start, min(365, start + span))
        of = 2 if draw.random() < 0.5 else 1
        (row,) = store.execute(
            "INSERT INTO ad (site_id, key_hash, site_ad_id_sealed, first_seen, last_seen, gone_at, versions, current_version, retention, "
            "delete_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'ad', ?) RETURNING id",
            (draw.choice(sites), os.urandom(32), sealed, at[up[0]], at[up[-1]], None, of, of, later)).fetchone()
        for version in range(1, of + 1):
            (own,) = store.execute(
                "INSERT INTO ad_version (ad_id, version, content_hash, content_sealed, masked, reader_version, retention, delete_after) "
                "VALUES (?, ?, ?, ?, ?, 'made', 'ad', ?) RETURNING id",
                (row, version, os.urandom(32), sealed, masked[forms[owner]], later)).fetchone()
            store.execute("INSERT INTO place_mention VALUES (?, 0, ?, ?, 'x')", (own, row, places[owner]))
            store.execute("INSERT INTO language_mention VALUES (?, 0, ?, ?)", (own, row, languages[owner]))
            versions += 1
        store.executemany(
            "INSERT INTO sighting VALUES (?, ?, ?, ?, ?, 1, 4096, 0, ?, 'ad', ?)",
            [(row, of if day > up[0] + span // 2 else 1, number[day], at[day], at[day], packed[day], later) for day in up])
        seen += len(up)
        store.execute("INSERT INTO entity_member (analysis_id, ad_id, advertiser, network, retention, delete_after) VALUES (?, ?, ?, ?, 'analysis', ?)",
                      (analysis, row, f"adv_{owner:06}", f"net_{owner // 2:06}", later))
    for owner in range(people):
        band = draw.choices([0, 1, 2, 3], [90, 6, 3, 1])[0]
        store.execute("INSERT INTO assessment (analysis_id, subject, kind, band, points, urgent, queue, body_sealed, retention, delete_after) "
                      "VALUES (?, ?, 'advertiser', ?, ?, 0, 'ordinary', ?, 'analysis', ?)",
                      (analysis, f"adv_{owner:06}", band, band * 1.5, sealed, later))
        for indicator in draw.sample(["third_person_voice", "number_rotation", "passed_pictures", "always_available"], band):
            store.execute("INSERT INTO assessment_indicator (analysis_id, subject, indicator, role, retention, delete_after) VALUES (?, ?, ?, 'score', 'analysis', ?)",
                          (analysis, f"adv_{owner:06}", indicator, later))
    last = at[-1]
    store.execute("UPDATE analysis SET as_of = max(as_of, ?) WHERE id = ?", (last, analysis))
print(f"{ads} ads, {versions} versions, {seen} days of sightings, {people} advertisers")
