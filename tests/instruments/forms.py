"""XLSForms of other hands, and pyxform's judgement of ours.

forms.py write DIR    writes forms of the kinds that pyxform's documentation describes, in made-up words
forms.py accept FILE  converts each to an XForm as pyxform does (without the Java validator)
"""

import datetime
import pathlib
import sys

import openpyxl
from pyxform.xls2xform import convert


def book(path, **sheets):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)


def write(folder):
    yes_no = [["list_name", "name", "label"], ["yes_no", "yes", "Yes"], ["yes_no", "no", "No"]]
    # Every common type, a group, skip logic, a constraint; no settings but a title.
    book(
        folder / "basic.xlsx",
        survey=[
            ["type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "calculation", "appearance", "parameters", "default"],
            ["start", "start"],
            ["today", "today"],
            ["deviceid", "deviceid"],
            ["note", "hello", "Welcome"],
            ["text", "shop", "Which shop?", "As on the sign", "yes"],
            ["integer", "staff", "How many work here?", None, True, None, ". >= 0 and . < 500", "Below 500"],
            ["decimal", "rent", "Rent", None, None, "${staff} > 0"],
            ["date", "opened", "Opened on", None, None, None, ". <= today()"],
            ["time", "closes", "Closes at"],
            ["dateTime", "visited", "Visited at"],
            ["range", "mood", "Mood", None, None, None, None, None, None, None, "start=0 end=5 step=1", 3],
            ["begin_group", "inside", "Inside", None, None, "${staff} > 1", None, None, None, "field-list"],
            ["select_one yes_no", "light", "Is there light?"],
            ["select_multiple yes_no", "both", "Which?", None, None, "selected(${light}, 'yes')"],
            ["acknowledge", "seen", "I have seen it"],
            ["calculate", "double", None, None, None, None, None, None, "${staff} * 2"],
            ["note", "shown", "Twice: ${double}"],
            ["end_group"],
            ["geopoint", "where", "Where?"],
            ["image", "picture", "Picture"],
            ["text", "code", "Code", None, None, None, "regex(., '^[A-Z]{3}[0-9]{3}$')", "ABC123"],
        ],
        choices=yes_no,
        settings=[["form_title", "form_id", "version"], ["Shops", "shops", 2026]],
    )
    # Languages, choices that depend on an earlier answer, another answer in words.
    book(
        folder / "languages.xlsx",
        survey=[
            ["type", "name", "label::English (en)", "label::Français (fr)", "hint::English (en)", "choice_filter", "guidance_hint::English (en)"],
            ["select_one region", "region", "Region?", "Région ?"],
            ["select_one town", "town", "Town?", "Ville ?", "In that region", "region=${region}", "Ask slowly"],
            ["select_multiple fruit or_other", "fruit", "Fruit?", "Fruits ?"],
        ],
        choices=[
            ["list_name", "name", "label::English (en)", "label::Français (fr)", "region"],
            ["region", "north", "North", "Nord"],
            ["region", "south", "South", "Sud"],
            ["town", "upton", "Upton", "Upton", "north"],
            ["town", "downton", "Downton", "Downton", "south"],
            ["fruit", "apple", "Apple", "Pomme"],
        ],
        settings=[["form_title", "form_id", "version", "default_language"], ["Fruit", "Fruit Form", "v1.2", "English (en)"]],
    )
    # The older way of writing.
    book(
        folder / "older.xlsx",
        survey=[
            ["type", "name", "label:English", "relevance", "constraint message", "constraint"],
            ["begin group", "a", "A"],
            ["select one from yes_no", "q1", "One?"],
            ["select all that apply from yes_no", "q2", "Many?", "${q1} = 'yes'"],
            ["int", "q3", "Number?", "count-selected(${q2}) >= 1", "Small", ". < 10"],
            ["string", "q4", "Words?", "not(${q1} = 'no') and string-length(${q3}) > 0"],
            ["end group"],
        ],
        choices=[["list name", "name", "label:English"], ["yes_no", "yes", "Yes"], ["yes_no", "no", "No"]],
    )
    # Numbers, truth and days as such, not as texts; rows left empty.
    book(
        folder / "cells.xlsx",
        survey=[
            ["type", "name", "label", "required", "default"],
            [],
            ["select_one size", "size", "Size?", True],
            [None, None, None],
            ["date", "day", 2026, False, datetime.date(2026, 11, 30)],
        ],
        choices=[["list_name", "name", "label"], ["size", 1, 1], ["size", 2, 2.5]],
        settings=[["form_id", "version"], ["cells", 3]],
    )
    # What is not supported says so.
    book(
        folder / "repeat.xlsx",
        survey=[
            ["type", "name", "label"],
            ["begin_repeat", "child", "Child"],
            ["text", "nickname", "Nickname?"],
            ["end_repeat"],
        ],
    )
    for made in ["basic", "languages", "older", "cells", "repeat"]:
        # They are forms to pyxform too.
        accept(folder / f"{made}.xlsx")


def accept(path):
    result = convert(str(path), validate=False)
    assert "<h:html" in result.xform and "</h:html>" in result.xform, path
    return result


if __name__ == "__main__":
    what, *paths = sys.argv[1:]
    if what == "write":
        write(pathlib.Path(paths[0]))
    else:
        for each in paths:
            print(accept(each).xform)
