"""Reads a research package with the tools that its recipient would use. Says nothing where all is well."""

import csv
import json
import pathlib
import sys

import duckdb
import frictionless
import pandas
from pycanon import anonymity

package = pathlib.Path(sys.argv[1])

report = frictionless.validate(str(package / "datapackage.json"))
if not report.valid:
    sys.exit(f"frictionless: {report.to_summary()}")
if len(report.tasks) < 20:
    sys.exit(f"only {len(report.tasks)} tables")

for path in sorted((package / "parquet").glob("*.parquet")):
    table = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    columns, rows = table.columns, table.fetchall()
    with open(package / "data" / (path.stem + ".csv"), newline="", encoding="utf-8") as file:
        plain = list(csv.reader(file))
    if plain[0] != columns or len(plain) - 1 != len(rows):
        sys.exit(f"{path.name}: {len(rows)} rows of {columns}, in CSV {len(plain) - 1} of {plain[0]}")
    for one, other in zip(plain[1:], rows):
        for text, value in zip(one, other):
            same = text == "" if value is None else (
                float(text) == value if isinstance(value, float) else
                text == str(value).lower() if isinstance(value, bool) else text == str(value))
            if not same:
                sys.exit(f"{path.name}: '{text}' in CSV, {value!r} in Parquet")

check = json.loads((package / "reidentification.json").read_text(encoding="utf-8"))
advertisers = pandas.read_csv(package / "data" / "advertisers.csv", dtype=str, keep_default_na=False)
if len(advertisers) != check["advertisers"]["rows"] or len(advertisers) == 0:
    sys.exit(f"{len(advertisers)} rows, {check['advertisers']['rows']} by the check")
found = anonymity.k_anonymity(advertisers, check["quasi_identifiers"])
if found < 5 or found != check["advertisers"]["smallest_group"]:
    sys.exit(f"pycanon finds k = {found}, the package says {check['advertisers']['smallest_group']}")
